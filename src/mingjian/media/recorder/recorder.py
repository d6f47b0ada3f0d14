"""One stream's recorder: a MediaSink that keeps units for a fragment's length and hands fragments to the store.

A Run is a stretch of continuous media time. A new one begins with each connection, when the stream's clock leaps or goes
back, and when the machine's clock is stepped; always at a keyframe, so that until then nothing is lost: pictures between
the leap and the keyframe go on in the old Run at the usual distance.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S, Clock
from mingjian.kernel.ids import new_id
from mingjian.kernel.media_time import RATE_90K, ns_to_90k, rescale, ticks_90k_to_ns
from mingjian.media.recorder.audio import AudioLane
from mingjian.media.recorder.fragmenter import Cut, Fragmenter
from mingjian.media.recorder.timing import RunClock
from mingjian.media.recorder.tracks import specs_of
from mingjian.media.store.segment import FragmentJob, Segment
from mingjian.media.store.store import SegmentPlan, Store
from mingjian.ports.media import AccessUnit, SenderReport, SourceStatus, Track
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_prft
from mingjian.wire.fmp4.entries import TrackSpec
from mingjian.wire.fmp4.order import decode_times

SEGMENT_90K = 300 * RATE_90K
BACKWARD_90K = 2 * RATE_90K
AHEAD_NS = 5 * NS_PER_S
_OFFSET_EVERY_NS = 600 * NS_PER_S
_OFFSET_CHANGE_MS = 100
_LOSS_EVERY_NS = 10 * NS_PER_S


@dataclass(slots=True)
class RecorderCounters:
    """Since the recorder was made."""

    frames: int = 0
    damaged_frames: int = 0
    bytes: int = 0
    fragments: int = 0
    segments: int = 0
    runs: int = 0
    dropped_before_keyframe: int = 0
    lost_fragments: int = 0


@dataclass(slots=True)
class _Loss:
    start_ns: int
    end_ns: int
    reported_ns: int = 0


class _Run:
    """What belongs to one stretch of continuous media time."""

    def __init__(self, run: str, lead: Track, sound: Track | None, generation: int) -> None:
        self.id = run
        self.lead = lead
        self.sound_alone = not lead.codec.is_video
        self.generation = generation
        self.clock = RunClock()
        self.fragmenter = Fragmenter()
        self.audio = None if sound is None else AudioLane(sound)
        self.zero: int | None = None  # lead pts at the Run's media time zero, moved by leaps
        self.last_90k = 0
        self.last_arrival_ns = 0
        self.last_dts: int | None = None
        self.ending = False  # a new Run begins at the next keyframe


class StreamRecorder:
    """Records one stream of one camera. All methods run on the engine's event loop and do not block."""

    def __init__(
        self, camera: str, stream: str, store: Store, clock: Clock, *, priority: int = 5, record_audio: bool = True
    ) -> None:
        self.counters = RecorderCounters()
        self.clock_offset_ms: int | None = None
        self._camera = camera
        self._stream = stream
        self._store = store
        self._clock = clock
        self._priority = priority + (1 if stream != "main" else 0)
        self._record_audio = record_audio
        self._lead: Track | None = None
        self._sound: Track | None = None
        self._specs: dict[int, TrackSpec] = {}
        self._run: _Run | None = None
        self._segment: Segment | None = None
        self._segment_zero_90k = 0
        self._sequence = 0
        # not all cameras of a start seal at the same moment: the first segments are of different lengths
        self._segment_limit_90k = SEGMENT_90K // 2 + zlib.crc32(camera.encode()) % (SEGMENT_90K // 2)
        self._new_tracks = False
        self._loss: _Loss | None = None
        self._waiting_for_key = False
        self._offset_noted: tuple[int, int] | None = None
        self._video_report: SenderReport | None = None

    @property
    def recording(self) -> bool:
        """Whether a segment is growing."""
        return self._segment is not None and not self._segment.failed

    # ports.media.MediaSink

    def on_start(self, tracks: tuple[Track, ...], now_ns: int) -> None:
        """A connection delivers from here on."""
        self.on_stop(now_ns)
        self._take_tracks(tracks)

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        """Parameter sets changed: the segment ends, the Run goes on."""
        run = self._run
        if run is not None:
            self._end_fragment(run, run.fragmenter.finish())
        self._end_segment()
        self._take_tracks(tracks)
        self._new_tracks = True

    def _take_tracks(self, tracks: tuple[Track, ...]) -> None:
        self._specs = specs_of(tracks, audio=self._record_audio)
        chosen = [track for track in tracks if track.index in self._specs]
        self._lead = next((track for track in chosen if track.codec.is_video), chosen[0] if chosen else None)
        self._sound = next((track for track in chosen if track is not self._lead), None)

    def on_unit(self, unit: AccessUnit) -> None:
        """The next unit."""
        run = self._run
        if self._lead is None or unit.track != self._lead.index:
            if run is not None and run.audio is not None and unit.track == run.audio.track.index:
                self._on_sound(run, unit)
            return
        if unit.keyframe and (run is None or run.ending or run.generation != self._store.generation):
            run = self._begin_run(unit)
        if run is None or (self._new_tracks and not unit.keyframe):
            self.counters.dropped_before_keyframe += 1
            return
        self._new_tracks = False
        time_90k = self._place(run, unit)
        cut = run.fragmenter.push(unit, time_90k, sound=run.sound_alone)
        if cut is not None:
            self._end_fragment(run, cut)
            if unit.keyframe and self._segment_is_over(run, cut.end_90k):
                self._end_segment()
        run.clock.observe(time_90k, unit.arrival_ns)

    def on_sender_report(self, report: SenderReport) -> None:
        """The camera's own clock, kept as evidence."""
        run = self._run
        if run is not None and run.audio is not None and report.track == run.audio.track.index:
            run.audio.report = report
            return
        self._video_report = report
        offset_ms = (report.camera_ns - report.arrival_ns) // NS_PER_MS
        self.clock_offset_ms = offset_ms
        noted = self._offset_noted
        if (
            noted is None
            or abs(offset_ms - noted[1]) >= _OFFSET_CHANGE_MS
            or report.arrival_ns - noted[0] >= _OFFSET_EVERY_NS
        ):
            self._offset_noted = (report.arrival_ns, offset_ms)
            self._store.clock_offset(self._camera, self._stream, report.arrival_ns, offset_ms)

    def on_stop(self, now_ns: int) -> None:
        """The connection ended: what waits is written, the segment is sealed."""
        run, self._run = self._run, None
        if run is not None:
            self._end_fragment(run, run.fragmenter.finish(), last=True)
        self._end_segment()
        self._close_loss()

    def on_status(self, status: SourceStatus) -> None:
        """Noted for the timeline: a gap's reason comes from here."""
        self._store.state(
            self._camera, self._stream, status.at_ns, status.state.value,
            None if status.reason is None else status.reason.value, status.detail_zh, status.detail_en,
        )  # fmt: skip

    # Runs and their time

    def _begin_run(self, unit: AccessUnit) -> _Run:
        old = self._run
        if old is not None:
            self._end_fragment(old, old.fragmenter.finish(), last=True)
            self._end_segment()
        assert self._lead is not None
        self._run = _Run(new_id(max(0, unit.arrival_ns)), self._lead, self._sound, self._store.generation)
        self.counters.runs += 1
        return self._run

    def _place(self, run: _Run, unit: AccessUnit) -> int:
        """The unit's media time within the Run; a leap is taken out here and ends the Run at the next keyframe."""
        pts = unit.pts if run.lead.clock_rate == RATE_90K else rescale(unit.pts, run.lead.clock_rate, RATE_90K)
        if run.zero is None:
            run.zero = pts
        else:
            delta_90k = pts - run.zero - run.last_90k
            if delta_90k < -BACKWARD_90K or (
                delta_90k > RATE_90K
                and delta_90k - ns_to_90k(unit.arrival_ns - run.last_arrival_ns) > ns_to_90k(AHEAD_NS)
            ):
                run.zero = pts - run.last_90k - _usual_step(run.lead)
                run.ending = True
        time_90k = pts - run.zero
        run.last_90k = max(run.last_90k, time_90k)
        run.last_arrival_ns = unit.arrival_ns
        return time_90k

    def _on_sound(self, run: _Run, unit: AccessUnit) -> None:
        assert run.audio is not None
        if run.zero is None:
            return
        since_90k = ns_to_90k(unit.arrival_ns - run.last_arrival_ns)
        run.audio.push(unit, run.last_90k + max(0, min(since_90k, RATE_90K)))

    # Fragments and segments

    def _end_fragment(self, run: _Run, cut: Cut | None, *, last: bool = False) -> None:
        if cut is None:
            return
        run.clock.settle(cut.end_90k)
        run.ending = run.ending or run.clock.leapt
        start_ns = run.clock.wall_ns(cut.start_90k)
        end_ns = run.clock.wall_ns(cut.end_90k)  # of a loss; what is written ends where its file will say
        if self._segment is not None and self._segment.failed:
            self._end_segment()
        if self._segment is None and not self._begin_segment(run, cut, start_ns):
            self._lose(start_ns, end_ns)
            return
        if self._waiting_for_key and not cut.keyframe:
            self._lose(start_ns, end_ns)
            return
        self._waiting_for_key = False
        job = self._build(run, cut, last=last)
        segment = self._segment
        assert segment is not None
        if self._store.append(segment, job, last=last):
            self._close_loss()
            self.counters.fragments += 1
            self.counters.frames += job.frames
            self.counters.damaged_frames += job.damaged
            self.counters.bytes += job.size
        else:
            self._waiting_for_key = True  # what follows in this GOP cannot be decoded without it
            self._lose(start_ns, end_ns)

    def _begin_segment(self, run: _Run, cut: Cut, start_ns: int) -> bool:
        if not cut.keyframe:
            return False
        specs = tuple(self._specs.values())
        plan = SegmentPlan(
            self._camera, self._stream, run.id, start_ns, cut.start_90k, specs, self._priority, self.clock_offset_ms
        )
        try:
            self._segment = self._store.open_segment(plan)
        except ValueError:  # the source gave no complete parameter sets
            return False
        if self._segment is None:
            return False
        self._segment_zero_90k = cut.start_90k
        self._sequence = 0
        run.last_dts = None
        self.counters.segments += 1
        if run.audio is not None:
            run.audio.align(cut.units[0].pts, cut.times[0], self._video_report)
        return True

    def _build(self, run: _Run, cut: Cut, *, last: bool) -> FragmentJob:
        """The fragment, with the wall times that its file alone will tell: of its first decoding time, and its length.

        A stream that went back a little has pictures before that time; the fragment before covers them.
        """
        spec = self._specs[run.lead.index]
        zero = self._segment_zero_90k
        dts = decode_times([time - zero for time in cut.times], run.last_dts)
        video = TrackRun(spec.track_id, dts[0], video=spec.is_video)
        end = max(cut.end_90k - zero, dts[-1] + 1)
        video.durations = [after - before for before, after in zip(dts, [*dts[1:], end], strict=True)]
        video.buffers = [unit.data for unit in cut.units]
        video.sizes = [len(unit.data) for unit in cut.units]
        video.keys = [unit.keyframe for unit in cut.units]
        video.offsets = [time - zero - decoded for time, decoded in zip(cut.times, dts, strict=True)]
        run.last_dts = dts[-1]
        if not spec.is_video:
            _retime(video, spec.timescale)
        runs = [video]
        if run.audio is not None and run.audio.track.index in self._specs:
            sound_id = self._specs[run.audio.track.index].track_id
            runs.append(run.audio.take(sound_id, zero, None if last else cut.end_90k))
        self._sequence += 1
        start_ns = run.clock.wall_ns(zero + dts[0])
        end_ns = start_ns + ticks_90k_to_ns(end - dts[0])
        buffers = build_fragment(self._sequence, runs, build_prft(spec.track_id, start_ns, video.base_time))
        size = len(buffers[0]) + sum(sum(one.sizes) for one in runs)
        return FragmentJob(
            buffers, size, dts[0], end - dts[0], start_ns, end_ns, cut.keyframe, len(cut.units),
            sum(unit.damaged for unit in cut.units), self.clock_offset_ms,
        )  # fmt: skip

    def _segment_is_over(self, run: _Run, end_90k: int) -> bool:
        segment = self._segment
        if segment is None:
            return False
        return segment.rotate or segment.failed or end_90k - self._segment_zero_90k >= self._segment_limit_90k

    def _end_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is not None:
            self._segment_limit_90k = SEGMENT_90K
            self._store.seal(segment)

    # Losses

    def _lose(self, start_ns: int, end_ns: int) -> None:
        """Footage that cannot be written: one growing stretch, told every 10 s."""
        self.counters.lost_fragments += 1
        if self._loss is None:
            self._loss = _Loss(start_ns, end_ns)
        self._loss.end_ns = max(self._loss.end_ns, end_ns)
        if self._loss.end_ns - self._loss.reported_ns >= _LOSS_EVERY_NS:
            self._tell_loss(self._loss)

    def _close_loss(self) -> None:
        loss, self._loss = self._loss, None
        if loss is not None:
            self._tell_loss(loss)

    def _tell_loss(self, loss: _Loss) -> None:
        loss.reported_ns = loss.end_ns
        self._store.loss(self._camera, self._stream, loss.start_ns, loss.end_ns, "not written")


def _usual_step(track: Track) -> int:
    """The distance of two samples as declared, else that of 25 pictures a second."""
    return RATE_90K * 1000 // track.fps_milli if track.fps_milli else 3600


def _retime(run: TrackRun, timescale: int) -> None:
    """A file with sound alone: from 90 kHz to the sound's own clock."""
    run.base_time = rescale(run.base_time, RATE_90K, timescale)
    run.durations = [rescale(duration, RATE_90K, timescale) for duration in run.durations]
