"""Sound beside the picture: its own clock, mapped to the Run's media time, given out fragment by fragment."""

from __future__ import annotations

from mingjian.kernel.media_time import RATE_90K, ns_to_90k
from mingjian.ports.media import AccessUnit, SenderReport, Track
from mingjian.wire.fmp4.build import TrackRun

_DISCONTINUITY_S = 1


class AudioLane:
    """Waiting sound units of one Run. Times in the track's own clock unless they end in `_90k`.

    Sound is laid beside the picture by arrival, or by the sender reports of both tracks as soon as both came (RFC 3550
    6.4.1); the relation changes only where a segment begins, so that within a file sound is never stretched.
    """

    def __init__(self, track: Track) -> None:
        self.track = track
        self.rate = track.clock_rate
        self.report: SenderReport | None = None
        self._waiting: list[AccessUnit] = []
        self._zero: int | None = None  # sound time that lies at the Run's media time zero
        self._typical = 1024 if track.codec == "aac" else self.rate // 50
        self._last: int | None = None
        self._end: int | None = None  # where the file's sound ends so far

    def push(self, unit: AccessUnit, run_now_90k: int) -> None:
        """Take a unit that arrived when the Run's media time was about `run_now_90k`."""
        jumped = self._last is not None and abs(unit.pts - self._last) > _DISCONTINUITY_S * self.rate
        if self._zero is None or jumped:
            self._zero = unit.pts - run_now_90k * self.rate // RATE_90K
        self._last = unit.pts
        self._waiting.append(unit)

    def align(self, video_pts: int, video_90k: int, video_report: SenderReport | None) -> None:
        """A segment begins at the picture `video_pts`, at media time `video_90k` of the Run."""
        self._end = None
        if self.report is None or video_report is None:
            return
        camera_ns = video_report.camera_ns - self.report.camera_ns
        since_report_90k = video_pts - video_report.pts + ns_to_90k(camera_ns)
        at_picture = self.report.pts + since_report_90k * self.rate // RATE_90K
        self._zero = at_picture - video_90k * self.rate // RATE_90K

    def take(self, track_id: int, segment_start_90k: int, end_90k: int | None) -> TrackRun:
        """The sound up to the Run's media time `end_90k` (None: all), timed from the segment's beginning."""
        run = TrackRun(track_id, 0, video=False)
        zero = self._zero
        if zero is None:
            return run
        start = zero + segment_start_90k * self.rate // RATE_90K
        limit = None if end_90k is None else zero + end_90k * self.rate // RATE_90K
        count = len(self._waiting)
        if limit is not None:
            count = next((index for index, unit in enumerate(self._waiting) if unit.pts >= limit), count)
        units, self._waiting = self._waiting[:count], self._waiting[count:]
        following = self._waiting[0].pts if self._waiting else None
        floor = start if self._end is None else max(start, self._end)
        for index, unit in enumerate(units):
            if unit.pts < floor:
                continue  # before the picture began, or said twice
            after = units[index + 1].pts if index + 1 < len(units) else following
            if not run.buffers:
                run.base_time = unit.pts - start
            run.add(unit.data, self._duration(unit, after))
        if run.buffers:
            self._end = start + run.base_time + sum(run.durations)
        return run

    def _duration(self, unit: AccessUnit, after: int | None) -> int:
        if self.track.codec in ("pcma", "pcmu"):
            return len(unit.data) // max(1, self.track.channels)
        if after is not None and 0 < after - unit.pts <= _DISCONTINUITY_S * self.rate:
            self._typical = min(self._typical, after - unit.pts) or self._typical
            return after - unit.pts
        return self._typical
