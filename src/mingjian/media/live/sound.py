"""Sound of a live picture: as the camera sends it where browsers play it, G.711 as FLAC (lossless, no delay)."""

from __future__ import annotations

from mingjian.ports.media import AccessUnit, Codec, Track
from mingjian.wire.flac import MAX_BLOCK, MIN_BLOCK, G711ToFlac, streaminfo
from mingjian.wire.fmp4.build import TrackRun
from mingjian.wire.fmp4.entries import TrackSpec

TRACK_ID = 2
_MOST_WAITING = 512
_AAC_FRAME = 1024


class LiveSound:
    """Units wait here for the next picture. Times are in the sound's clock, from the Run's media time zero."""

    def __init__(self, track: Track) -> None:
        self._rate = track.clock_rate
        self._channels = max(1, track.channels)
        self._waiting: list[tuple[int, bytes | bytearray]] = []
        self._usual = _AAC_FRAME
        self._flac = None
        codec, config = track.codec.value, track.config
        if track.codec in (Codec.PCMA, Codec.PCMU):
            self._flac = G711ToFlac(codec, self._rate, self._channels)
            codec, config = "flac", (streaminfo(self._rate, self._channels),)
        self.spec = TrackSpec(TRACK_ID, codec, self._rate, config, self._channels)

    def push(self, unit: AccessUnit, zero_pts: int) -> None:
        """Take a unit; one from before the picture began is left out, and so is what comes when no picture does."""
        time = unit.pts - zero_pts
        if time < 0 or len(self._waiting) >= _MOST_WAITING:
            return
        data: bytes | bytearray = unit.data
        if self._flac is not None:
            block = len(data) // self._channels
            if not MIN_BLOCK <= block <= MAX_BLOCK:
                return
            data = self._flac.frame(data, time)
            self._waiting.append((time, data))
            self._usual = block
            return
        self._waiting.append((time, data))

    def take(self) -> TrackRun | None:
        """What waits, as one run of samples; None when nothing does."""
        if not self._waiting:
            return None
        waiting, self._waiting = self._waiting, []
        run = TrackRun(TRACK_ID, waiting[0][0], video=False)
        for index, (time, data) in enumerate(waiting):
            if index + 1 < len(waiting):
                distance = waiting[index + 1][0] - time
                if 0 < distance <= self._rate:
                    self._usual = distance
            run.add(data, self._usual)
        return run
