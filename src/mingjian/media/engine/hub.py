"""One stream's hub: what the source delivers goes to the recorder and, while somebody looks, to a live tap.

Units since the last keyframe are kept by reference (the recorder holds the same bytes), so that a viewer who joins sees a
picture at once. A failure of live never reaches the recorder, nor the other way round.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.ids import new_id
from mingjian.media.live.run_context import RunContext
from mingjian.media.live.tap import LiveTap, TapListener
from mingjian.ports.media import AccessUnit, MediaSink, SenderReport, SourceState, SourceStatus, Track

_LOG = logging.getLogger(__name__)

MAX_KEPT_BYTES = 16 << 20
MAX_KEPT_UNITS = 3000
RATE_WINDOW_NS = 10 * NS_PER_S
_COMPLAIN_EVERY_NS = 10 * NS_PER_S


class StreamHub:
    """A MediaSink. All methods run on the engine's event loop. `on_watch` hears when the first viewer comes, the last goes."""

    def __init__(
        self,
        clock: Clock,
        recorder: MediaSink | None,
        *,
        audio: bool,
        on_watch: Callable[[bool], None] = lambda _watched: None,
    ) -> None:
        self.status: SourceStatus | None = None
        self.tracks: tuple[Track, ...] = ()
        self.clock_offset_ms: int | None = None
        self._clock = clock
        self._recorder = recorder
        self._audio = audio
        self._on_watch = on_watch
        self._run: RunContext | None = None
        self._kept: list[AccessUnit] = []
        self._kept_bytes = 0
        self._pictures = 0
        self._video_index = -1
        self._last_picture: AccessUnit | None = None
        self._tap: LiveTap | None = None
        self._bytes = 0
        self._frames = 0
        self._marks: deque[tuple[int, int, int]] = deque(maxlen=16)
        self._complained_ns: int | None = None

    @property
    def viewers(self) -> int:
        """How many connections look (edges, not people)."""
        return 0 if self._tap is None else self._tap.listeners

    def join(self, listener: TapListener) -> None:
        """Somebody looks from now on."""
        if self._tap is None:
            self._tap = LiveTap()
            if self._run is not None:
                self._tap.begin(self._run, self._kept)
            self._on_watch(True)
        self._tap.add(listener)
        if self.status is not None and self.status.state is not SourceState.STREAMING:
            listener.on_state(self.status)

    def leave(self, listener: TapListener) -> None:
        """And no longer. With the last one the tap goes."""
        if self._tap is not None:
            self._tap.remove(listener)
            if not self._tap.listeners:
                self._tap = None
                self._on_watch(False)

    def rates(self) -> tuple[int, int]:
        """(bits a second, frames per 1000 s) over about the last 10 s."""
        now_ns = self._clock.mono_ns()
        self._mark(now_ns)
        first = self._marks[0]
        span_ns = now_ns - first[0]
        if span_ns < NS_PER_S // 10:
            return 0, 0
        return (
            (self._bytes - first[1]) * 8 * NS_PER_S // span_ns,
            (self._frames - first[2]) * 1000 * NS_PER_S // span_ns,
        )

    def tick(self) -> None:
        """About once a second: remember the counters."""
        self._mark(self._clock.mono_ns())

    # ports.media.MediaSink

    def on_start(self, tracks: tuple[Track, ...], now_ns: int) -> None:
        """A Run begins."""
        if self._recorder is not None:
            self._to_recorder(lambda sink: sink.on_start(tracks, now_ns))
        self._take_tracks(tracks)
        self._run = RunContext(new_id(now_ns), tracks, self._audio)
        self._forget()
        self._last_picture = None
        if self._tap is not None:
            self._to_tap(lambda tap, run: tap.begin(run))

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        """Parameter sets changed."""
        if self._recorder is not None:
            self._to_recorder(lambda sink: sink.on_tracks(tracks))
        self._take_tracks(tracks)
        self._forget()
        if self._run is not None:
            self._run.tracks = tracks
            if self._tap is not None:
                self._to_tap(lambda tap, run: tap.parameters_changed())

    def on_unit(self, unit: AccessUnit) -> None:
        """The hot path: one call per picture or sound frame."""
        recorder = self._recorder
        if recorder is not None:
            try:
                recorder.on_unit(unit)
            except Exception:  # noqa: BLE001 - recording one unit must not cost live or the connection; logged
                self._complain("recording a unit failed")
        run = self._run
        if run is None:
            return
        self._bytes += len(unit.data)
        if unit.track == self._video_index:
            self._frames += 1
            if unit.keyframe:
                if run.zero_pts is None:
                    run.first_picture(unit)
                run.keyframe(unit, self._pictures)
                self._pictures = 0
                self._forget()
                self._keep(unit)
            elif self._kept:
                self._keep(unit)
            self._pictures += 1
            self._last_picture = unit
        else:
            if self._kept:
                self._keep(unit)
            run.sound_unit(unit, self._last_picture)
        if self._tap is not None:
            try:
                self._tap.unit(run, unit)
            except Exception:  # noqa: BLE001 - a defect of live must not cost the recording; logged
                self._complain("a live tap failed")
                self._tap.end()

    def on_sender_report(self, report: SenderReport) -> None:
        """The camera's clock."""
        if self._recorder is not None:
            self._to_recorder(lambda sink: sink.on_sender_report(report))
        if self._run is not None:
            self._run.reports[report.track] = report
        if report.track == self._video_index:
            self.clock_offset_ms = (report.camera_ns - report.arrival_ns) // 1_000_000

    def on_stop(self, now_ns: int) -> None:
        """The Run is over."""
        if self._recorder is not None:
            self._to_recorder(lambda sink: sink.on_stop(now_ns))
        if self._tap is not None:
            self._to_tap(lambda tap, run: tap.end())
        self._run = None
        self._forget()

    def on_status(self, status: SourceStatus) -> None:
        """The source's state."""
        if self._recorder is not None:
            self._to_recorder(lambda sink: sink.on_status(status))
        self.status = status
        if self._tap is not None:
            self._tap.state(status)

    def _take_tracks(self, tracks: tuple[Track, ...]) -> None:
        self.tracks = tracks
        self._video_index = next((track.index for track in tracks if track.codec.is_video), -1)

    def _keep(self, unit: AccessUnit) -> None:
        self._kept.append(unit)
        self._kept_bytes += len(unit.data)
        if self._kept_bytes > MAX_KEPT_BYTES or len(self._kept) > MAX_KEPT_UNITS:
            self._forget()  # a GOP this long is not kept: who joins waits for the next keyframe

    def _forget(self) -> None:
        self._kept = []
        self._kept_bytes = 0

    def _mark(self, now_ns: int) -> None:
        while self._marks and now_ns - self._marks[0][0] > RATE_WINDOW_NS:
            self._marks.popleft()
        if not self._marks or now_ns - self._marks[-1][0] >= NS_PER_S * 9 // 10:
            self._marks.append((now_ns, self._bytes, self._frames))

    def _to_recorder(self, call: Callable[[MediaSink], None]) -> None:
        if self._recorder is None:
            return
        try:
            call(self._recorder)
        except Exception:  # noqa: BLE001 - see on_unit
            self._complain("the recorder failed")

    def _to_tap(self, call: Callable[[LiveTap, RunContext], None]) -> None:
        if self._tap is None or self._run is None:
            return
        try:
            call(self._tap, self._run)
        except Exception:  # noqa: BLE001 - see on_unit
            self._complain("a live tap failed")

    def _complain(self, what: str) -> None:
        """Log with trace, but not for every picture."""
        now_ns = self._clock.mono_ns()
        if self._complained_ns is None or now_ns - self._complained_ns > _COMPLAIN_EVERY_NS:
            self._complained_ns = now_ns
            _LOG.exception(what)
