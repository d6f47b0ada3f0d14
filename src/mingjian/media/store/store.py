"""The engine's writing side of the store: volumes, their writers, where each segment goes, what is noted.

All methods but `open` and `close` may be called on the event loop: they queue and return.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.store.alarms import Alarm, alarm
from mingjian.media.store.disk import Disk
from mingjian.media.store.retention import Order, RetentionRule, delete_ordered, retain
from mingjian.media.store.segment import FragmentJob, Segment, init_of
from mingjian.media.store.sequences import Sequences
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.time_guard import TimeGuard
from mingjian.media.store.volume import segment_path
from mingjian.media.store.volume_set import VolumeSet
from mingjian.media.store.writer import Life, VolumeWriter, WriterLimits
from mingjian.ports.engine import OrderedDeletion, VolumeStatus
from mingjian.ports.plan import EnginePlan
from mingjian.ports.recording import SegmentRecord
from mingjian.wire.fmp4.entries import TrackSpec, codec_strings

STEP_NS = NS_PER_S
"""Wall and monotonic time apart by more than this since the last look: the machine's clock was stepped."""


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """What a recorder wants to write: whose footage, from when, with which tracks."""

    camera: str
    stream: str
    run: str
    start_ns: int
    start_90k: int
    tracks: tuple[TrackSpec, ...]
    priority: int = 5
    clock_offset_ms: int | None = None


class Store:
    """All volumes of one engine. Use `open`, then `close`; between them every method is cheap but `retain`.

    The engine calls `look` once a second, `apply_plan` with every plan, and `retain` about once a minute on a thread.
    Without a `guard` nothing is ever deleted.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        clock: Clock,
        *,
        disk: Disk | None = None,
        digest: str = "sha256",
        limits: WriterLimits | None = None,
        space: SpacePolicy | None = None,
        guard: TimeGuard | None = None,
        on_step: Callable[[int], None] = lambda delta_ns: None,
        log: EngineLog | None = None,
    ) -> None:
        self.generation = 0
        """Counts the steps of the machine's clock; a recorder that sees it change begins a new Run."""
        self._clock = clock
        self._disk = disk or Disk()
        self._digest = digest
        self._guard = guard
        self._on_step = on_step
        self._log = log
        self._life = self._new_life()
        self._sequences = Sequences()
        self._open: dict[str, tuple[Segment, VolumeWriter, int]] = {}
        self._cameras: dict[str, dict[str, Any]] = {}
        self._enabled: dict[str, bool] = {}
        self._states: dict[tuple[str, str], tuple[str, str | None]] = {}
        self._volumes = VolumeSet(
            roots, clock, self._disk, limits, space or SpacePolicy(), life=lambda: self._life, greet=self._greeting,
            on_loss=self._on_lost_fragment, on_tick=self._remember_time,
            on_opening=log.attach if log is not None else lambda volume: None,
            on_durable=log.durable if log is not None else None,
        )  # fmt: skip

    @property
    def writers(self) -> list[VolumeWriter]:
        """The writers of all open volumes."""
        return self._volumes.writers

    def open(self) -> None:
        """Open every volume that can be opened; the others become alarms and are tried again. Blocks for the indexes.

        An index that is lost or broken is begun anew, so that recording starts at once, and filled again beside it.
        """
        self._volumes.open()
        if self._log is not None:
            self._log.start(lambda: self._volumes.recovered)

    def wait_recovered(self, timeout_s: float) -> bool:
        """Block until what an earlier death left open is sealed; recording goes on meanwhile."""
        return self._volumes.wait_recovered(timeout_s)

    def close(self, timeout_s: float = 8.0) -> bool:
        """Note a clean end, write and sync everything, stop. False when something did not end in time."""
        for writer in self.writers:
            writer.note({"t": "end", "life": self._life.id, "at_ns": self._life.now_ns(self._clock)})
        self._sequences.close()
        closed = self._volumes.close(timeout_s)
        return (self._log is None or self._log.close(timeout_s)) and closed

    def flush(self, timeout_s: float = 30.0) -> bool:
        """Block until everything so far is written, committed and synced (tests, orderly steps)."""
        return all([writer.flush(timeout_s) for writer in self.writers])

    def _greeting(self) -> list[dict[str, Any]]:
        """What a volume must know from the beginning: the life, and what the plan says of keeping."""
        return [self._life_entry(""), *self._cameras.values()]

    # Segments

    def open_segment(self, plan: SegmentPlan) -> Segment | None:
        """Begin a segment on the volume with the most room for it; None when no volume takes it (storage loss).

        Raises ValueError when a track's configuration is incomplete.
        """
        self._look_at_clock()
        writer = self._choose(plan.priority)
        if writer is None:
            return None
        sequence = self._sequences.next(plan.camera, plan.stream, [one.volume.index for one in self.writers])
        record = SegmentRecord(
            id=new_id(max(0, plan.start_ns)), camera=plan.camera, stream=plan.stream, run=plan.run, sequence=sequence,
            path=segment_path(plan.camera, plan.stream, plan.start_ns, sequence),
            start_ns=plan.start_ns, end_ns=plan.start_ns, start_90k=plan.start_90k, duration_90k=0, bytes=0,
            init_bytes=0, fragments=0, frames=0, damaged_frames=0, codecs=codec_strings(plan.tracks),
            width=max((track.width for track in plan.tracks), default=0),
            height=max((track.height for track in plan.tracks), default=0),
            sealed=False, digest=None, digest_alg=self._digest, recomputed=False, clock_offset_ms=plan.clock_offset_ms,
            volume=writer.volume.id,
        )  # fmt: skip
        segment = Segment(
            record, init_of(record, plan.tracks, writer.volume.instance), plan.tracks, writer.volume.instance
        )
        self._open[record.id] = (segment, writer, plan.priority)
        writer.open_segment(segment)
        return segment

    def append(self, segment: Segment, job: FragmentJob, *, last: bool = False) -> bool:
        """Write one fragment, the `last` of its Run or not. False when it was not taken because the volume is too slow:
        a loss to book.
        """
        self._look_at_clock()
        _, writer, _ = self._open[segment.record.id]
        return writer.append(segment, job, last=last)

    def seal(self, segment: Segment) -> None:
        """No more fragments: close the file with its index and digest."""
        _, writer, _ = self._open.pop(segment.record.id)
        writer.seal(segment)

    def _choose(self, priority: int) -> VolumeWriter | None:
        """The volume with the most free bytes per segment already growing on it, of those that take this priority."""
        best: tuple[float, VolumeWriter] | None = None
        roomy = any(space.roomy for space in self._volumes.spaces.values())
        for writer in self.writers:
            space = self._volumes.spaces[writer.volume.id]
            if not (space.roomy if roomy else space.takes(priority)):
                continue
            growing = sum(1 for _, other, _ in self._open.values() if other is writer)
            rank = space.free_bytes / (growing + 1)
            if best is None or rank > best[0]:
                best = (rank, writer)
        return None if best is None else best[1]

    # Facts

    def state(
        self, camera: str, stream: str, at_ns: int, state: str, reason: str | None = None, zh: str = "", en: str = ""
    ) -> None:
        """A source changed its state (ports.media.SourceState), or an operator's order: `disabled`, `enabled`.

        Trying again, and failing again for the same reason, is nothing new and not noted.
        """
        last = self._states.get((camera, stream))
        if (state, reason) == last or (state == "connecting" and last is not None and last[0] == "failed"):
            return
        self._states[camera, stream] = (state, reason)
        entry = {
            "t": "state", "camera": camera, "stream": stream, "at_ns": at_ns, "state": state, "reason": reason,
            "zh": zh, "en": en,
        }  # fmt: skip
        self._note(entry)

    def loss(self, camera: str, stream: str, start_ns: int, end_ns: int, detail: str) -> None:
        """Footage of [start, end) came but did not get to disk."""
        if end_ns > start_ns:
            self._note({"t": "loss", "camera": camera, "stream": stream, "start_ns": start_ns, "end_ns": end_ns,
                        "detail": detail})  # fmt: skip

    def clock_offset(self, camera: str, stream: str, at_ns: int, offset_ms: int) -> None:
        """The camera's clock minus ours, as history."""
        self._note({"t": "offset", "camera": camera, "stream": stream, "at_ns": at_ns, "offset_ms": offset_ms})

    def apply_plan(self, plan: EnginePlan) -> None:
        """Remember what the plan says of keeping, on every volume: it must outlive the camera's removal.

        An operator's switching off and on is noted as well; sources need not say it.
        """
        for camera in plan.cameras:
            entry = {
                "t": "camera", "camera": camera.id, "keep_days": camera.keep_days,
                "planned_from_ns": camera.planned_from_ns, "removed_ns": camera.removed_ns,
            }  # fmt: skip
            if self._cameras.get(camera.id) != entry:
                self._cameras[camera.id] = entry
                self._note_everywhere(entry)
            if self._enabled.get(camera.id) != camera.enabled:
                self._enabled[camera.id] = camera.enabled
                for stream in camera.streams:
                    self.state(
                        camera.id, stream.name, self._clock.now_ns(), "enabled" if camera.enabled else "disabled"
                    )

    def add_hold(
        self, camera: str, stream: str | None, from_ns: int, to_ns: int, reason: str, person: str,
        hold: str | None = None,
    ) -> str:  # fmt: skip
        """Nothing of [from, to) is deleted until the hold is removed. Returns the hold's id.

        With an id of the caller's own, telling it again (an answer was lost) adds nothing.
        """
        now_ns = self._clock.now_ns()
        hold = hold or new_id(now_ns)
        self._note_everywhere(
            {"t": "hold", "id": hold, "camera": camera, "stream": stream, "from_ns": from_ns, "to_ns": to_ns,
             "reason": reason, "person": person, "at_ns": now_ns}
        )  # fmt: skip
        return hold

    def remove_hold(self, hold: str, reason: str, person: str) -> None:
        """End a hold."""
        self._note_everywhere(
            {"t": "unhold", "id": hold, "reason": reason, "person": person, "at_ns": self._clock.now_ns()}
        )

    def note_everywhere(self, entry: dict[str, Any]) -> None:
        """A journal entry on every volume (time guard, deletions decided)."""
        self._note_everywhere(entry)

    def _note(self, entry: dict[str, Any]) -> None:
        for writer in self.writers:
            if writer.state in ("ok", "nearly_full"):
                writer.note(entry)
                return
        for writer in self.writers[:1]:
            writer.note(entry)

    def _note_everywhere(self, entry: dict[str, Any]) -> None:
        for writer in self.writers:
            writer.note(entry)

    def retain(self, rule: RetentionRule | None = None) -> int:
        """Delete what need not be kept any more, if the time guard lets; how many segments went. Blocks: use a thread.

        With a volume missing nothing is deleted: the holds that only it knows are missing too.
        """
        guard = self._guard
        if guard is None or not self._volumes.complete or not self.flush():
            return 0
        volumes = self._volumes
        return retain(
            self.writers, self._disk, self._clock, rule or RetentionRule(), guard.look, lambda: volumes.closing
        )

    def delete_ordered(self, order: Order) -> OrderedDeletion:
        """Delete what public security ordered deleted. Blocks: use a thread. Raises MingjianError `volume_absent`.

        With a volume missing nothing is deleted: the holds that only it knows are missing too.
        """
        if not self._volumes.complete or not self.flush():
            raise MingjianError(
                "volume_absent",
                Text(
                    zh="有录像卷不可用，暂不能执行删除决定",
                    en="a volume is absent: the order cannot be carried out now",
                ),
                fault=Fault.ENVIRONMENT,
            )
        return delete_ordered(self.writers, self._disk, self._clock, order)

    @property
    def deletion_paused(self) -> Text | None:
        """Why deleting stands still, None when it runs."""
        return None if self._guard is None else self._guard.paused

    def confirm_time(self, person: str, reason: str) -> None:
        """A person says that the machine's time is right: deleting may go on. Journaled on every volume."""
        if self._guard is not None:
            self._guard.confirm(person, reason)
        self._note_everywhere({"t": "confirm_time", "person": person, "reason": reason, "at_ns": self._clock.now_ns()})

    # Clock, space, status

    def _new_life(self) -> Life:
        now_ns = self._clock.now_ns()
        return Life(new_id(max(0, now_ns)), now_ns - self._clock.mono_ns())

    def _life_entry(self, note: str) -> dict[str, Any]:
        return {"t": "life", "life": self._life.id, "start_ns": self._life.now_ns(self._clock), "note": note}

    def _look_at_clock(self) -> None:
        delta_ns = self._clock.now_ns() - self._life.now_ns(self._clock)
        if abs(delta_ns) < STEP_NS:
            # NTP slews a little all the time: follow it
            self._life = Life(self._life.id, self._life.epoch_ns + delta_ns)
            return
        end = {"t": "end", "life": self._life.id, "at_ns": self._life.now_ns(self._clock)}
        self._life = self._new_life()
        self.generation += 1
        begin = self._life_entry(f"clock_step {delta_ns // NS_PER_S} s")
        for writer in self.writers:
            writer.note(end)
            writer.begin_life(self._life, begin)
        self._on_step(delta_ns)

    def _remember_time(self) -> None:
        """On a writer's thread, since it may sync a file."""
        if self._guard is not None:
            self._guard.look()

    def look(self) -> None:
        """Once a second, on the event loop: notice clock steps, ask segments on full volumes to end."""
        self._look_at_clock()
        if self._guard is not None:
            self._guard.notice()
        self._volumes.look()
        roomy = any(space.roomy for space in self._volumes.spaces.values())
        for segment, writer, priority in list(self._open.values()):
            space = self._volumes.spaces[writer.volume.id]
            if not space.roomy and (roomy or not space.takes(priority)):
                segment.rotate = True

    def _on_lost_fragment(self, segment: Segment, job: FragmentJob, why: str) -> None:
        self.loss(segment.record.camera, segment.record.stream, job.start_ns, job.end_ns, why)

    def status(self) -> tuple[VolumeStatus, ...]:
        """Every volume."""
        return self._volumes.status()

    @property
    def log(self) -> EngineLog | None:
        """The engine's log, None when the store keeps none."""
        return self._log

    def alarms(self) -> tuple[Alarm, ...]:
        """What a person must look at; the worst first."""
        found = self._volumes.alarms()
        spaces = list(self._volumes.spaces.values())
        if spaces and not any(space.takes(9) for space in spaces):
            found.append(alarm("storage_exhausted", ""))
        if self._log is not None:
            found += self._log.alarms()
        return tuple(sorted(found, key=lambda one: one["severity"]))
