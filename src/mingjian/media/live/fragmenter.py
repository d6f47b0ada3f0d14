"""Access units to one fMP4 fragment per picture, handed out as soon as the picture is complete.

How long a picture stands is not known before the next one comes, and waiting for it would cost a picture's time: a
fragment claims the longest distance seen lately. Media Source Extensions (W3C, coded frame processing, step 6) begin a new
group, which needs a keyframe, where decoding times jump by more than twice the duration claimed.
"""

from __future__ import annotations

from collections import deque

from mingjian.kernel.media_time import RATE_90K, ticks_90k_to_ns
from mingjian.media.live.run_context import RunContext
from mingjian.media.live.sound import LiveSound
from mingjian.ports.media import AccessUnit, Track
from mingjian.wire.feed import FragmentFlag, LiveFragment, LiveInit
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init
from mingjian.wire.fmp4.entries import TrackSpec, codec_strings
from mingjian.wire.fmp4.order import DecodeClock
from mingjian.wire.h26x import video_info

VIDEO_TRACK_ID = 1
UNTOLD_REORDER_DEPTH = 4
"""Where the SPS does not say: enough for the B-frames of cameras. A larger depth only moves decoding times."""

_WINDOW = 50
_LONGEST_90K = RATE_90K
_WALL_WINDOW_90K = 10 * RATE_90K
_LEAP_90K = 10 * RATE_90K


class LeapError(Exception):
    """The stream's clock leapt: a new Run must begin at the next keyframe."""


class _WallClock:
    """Wall time of media time: the least delayed arrival of the last 10 to 20 s tells (see recorder.timing)."""

    def __init__(self) -> None:
        self._before_ns: int | None = None
        self._lowest_ns: int | None = None
        self._window_end_90k = _WALL_WINDOW_90K

    def observe(self, time_90k: int, arrival_ns: int) -> int:
        """A picture of this media time arrived then; when it was taken, by the arrival clock."""
        media_ns = ticks_90k_to_ns(time_90k)
        offset_ns = arrival_ns - media_ns
        if self._lowest_ns is None or offset_ns < self._lowest_ns:
            self._lowest_ns = offset_ns
        anchor_ns = self._lowest_ns if self._before_ns is None else min(self._lowest_ns, self._before_ns)
        if time_90k >= self._window_end_90k:
            self._window_end_90k = time_90k + _WALL_WINDOW_90K
            self._before_ns, self._lowest_ns = self._lowest_ns, None
        return anchor_ns + media_ns


def reorder_depth(video: Track) -> int:
    """How deep the stream says that it reorders its pictures; by the SPS, else a depth that suits every camera."""
    info = video_info(video.codec.value, video.config)
    declared = None if info is None else info.reorder_depth
    return UNTOLD_REORDER_DEPTH if declared is None else declared


class LiveFragmenter:
    """One Run with one set of parameters. Raises ValueError when the tracks lack what a decoder needs first."""

    def __init__(self, run: RunContext, *, sound: bool) -> None:
        video = run.video
        if video is None:
            raise ValueError("there is no picture")
        self._run = run
        self._index = video.index
        self._sound = LiveSound(run.sound) if sound and run.sound is not None else None
        self._sound_index = run.sound.index if self._sound is not None and run.sound is not None else -1
        spec = TrackSpec(VIDEO_TRACK_ID, video.codec.value, RATE_90K, video.config, 0, video.width, video.height)
        specs = (spec,) if self._sound is None else (spec, self._sound.spec)
        codecs = codec_strings(specs)
        self.init = LiveInit(
            mime=f'video/mp4; codecs="{codecs}"',
            codecs=codecs,
            width=video.width,
            height=video.height,
            run=run.id,
            data=build_init(specs),
        )
        frame_90k = run.usual_frame_90k()
        self._decode = DecodeClock(reorder_depth(video), frame_90k)
        self._distances: deque[int] = deque([frame_90k], maxlen=_WINDOW)
        self._wall = _WallClock()
        self._sequence = 0
        self._last_dts: int | None = None
        self._last_90k: int | None = None

    @property
    def has_sound(self) -> bool:
        """Whether its init segment promises sound."""
        return self._sound is not None

    def push(self, unit: AccessUnit) -> LiveFragment | None:
        """A fragment for a picture, None for sound (it goes with the next picture). Raises LeapError."""
        run = self._run
        if unit.track == self._index:
            return self._picture(unit)
        if self._sound is not None and unit.track == self._sound_index and run.sound_zero_pts is not None:
            self._sound.push(unit, run.sound_zero_pts)
        return None

    def _picture(self, unit: AccessUnit) -> LiveFragment | None:
        zero_pts = self._run.zero_pts
        time_90k = unit.pts - (unit.pts if zero_pts is None else zero_pts)
        if -RATE_90K < time_90k < 0:
            return None  # a leading picture of the Run's first keyframe: its references were never sent
        if time_90k < 0 or (self._last_90k is not None and abs(time_90k - self._last_90k) > _LEAP_90K):
            raise LeapError
        self._last_90k = time_90k
        dts = self._decode.next(time_90k)
        if self._last_dts is not None:
            self._distances.append(min(dts - self._last_dts, _LONGEST_90K))
        self._last_dts = dts
        duration_90k = max(self._distances)
        picture = TrackRun(VIDEO_TRACK_ID, dts)
        picture.add(unit.data, duration_90k, key=unit.keyframe, offset=time_90k - dts)
        flags = FragmentFlag.KEYFRAME if unit.keyframe else FragmentFlag(0)
        if unit.damaged:
            flags |= FragmentFlag.DAMAGED
        runs = [picture]
        sound = None if self._sound is None else self._sound.take()
        if sound is not None:
            runs.append(sound)
            flags |= FragmentFlag.AUDIO
        self._sequence += 1
        return LiveFragment(
            flags=int(flags),
            start_ns=self._wall.observe(time_90k, unit.arrival_ns),
            arrival_ns=unit.arrival_ns,
            duration_90k=duration_90k,
            data=b"".join(build_fragment(self._sequence, runs)),
        )
