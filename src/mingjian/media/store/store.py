"""The engine's writing side of the store: volumes, their writers, where each segment goes, what is noted.

All methods but `open` and `close` may be called on the event loop: they queue and return.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.media.store.alarms import Alarm, alarm
from mingjian.media.store.disk import Disk
from mingjian.media.store.lock import VolumeLock
from mingjian.media.store.rebuild import rebuild_beside
from mingjian.media.store.recovery import leftovers, recover_volume
from mingjian.media.store.retention import RetentionRule, retain
from mingjian.media.store.schema import open_for_writing
from mingjian.media.store.segment import FragmentJob, Segment, init_of
from mingjian.media.store.sequences import Sequences
from mingjian.media.store.space import SpacePolicy, VolumeSpace
from mingjian.media.store.time_guard import TimeGuard
from mingjian.media.store.volume import Volume, open_volume, segment_path
from mingjian.media.store.writer import Life, VolumeWriter, WriterLimits
from mingjian.ports.engine import VolumeStatus
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
    ) -> None:
        self.writers: list[VolumeWriter] = []
        self.generation = 0
        """Counts the steps of the machine's clock; a recorder that sees it change begins a new Run."""
        self._roots = list(roots)
        self._clock = clock
        self._disk = disk or Disk()
        self._digest = digest
        self._limits = limits
        self._policy = space or SpacePolicy()
        self._guard = guard
        self._on_step = on_step
        self._life = self._new_life()
        self._spaces: dict[str, VolumeSpace] = {}
        self._locks: list[VolumeLock] = []
        self._rebuilding: set[str] = set()
        self._unsealed: dict[str, list[SegmentRecord]] = {}
        self._since_ns: dict[str, int] = {}
        self._closing = False
        self._recovery = threading.Thread(target=self._recover, name="recover", daemon=True)
        self._missing: list[Alarm] = []
        self._sequences = Sequences()
        self._open: dict[str, tuple[Segment, VolumeWriter, int]] = {}
        self._cameras: dict[str, dict[str, Any]] = {}
        self._enabled: dict[str, bool] = {}
        self._states: dict[tuple[str, str], tuple[str, str | None]] = {}

    def open(self) -> None:
        """Open every volume that can be opened; the others become alarms. Blocks for the indexes only.

        An index that is lost or broken is begun anew, so that recording starts at once, and filled again beside it.
        """
        for root in self._roots:
            try:
                volume = open_volume(root)
                if volume.id in self._spaces:
                    raise FileExistsError(f"another volume has the id {volume.id}")
                writer = self._start_writer(volume)
            except (MingjianError, OSError, sqlite3.DatabaseError) as error:
                self._missing.append(alarm("volume_missing", str(root), detail=str(error)))
                continue
            self.writers.append(writer)
            self._spaces[volume.id] = VolumeSpace(writer, self._disk, self._policy, self._clock)
            self._spaces[volume.id].look()
        for writer in self.writers:
            writer.note(self._life_entry(""))
        self._recovery.start()

    def wait_recovered(self, timeout_s: float) -> bool:
        """Block until what an earlier death left open is sealed; recording goes on meanwhile."""
        self._recovery.join(timeout_s)
        return not self._recovery.is_alive()

    def close(self, timeout_s: float = 8.0) -> bool:
        """Note a clean end, write and sync everything, stop. False when something did not end in time."""
        self._closing = True
        recovered = self.wait_recovered(timeout_s)
        for writer in self.writers:
            writer.note({"t": "end", "life": self._life.id, "at_ns": self._life.now_ns(self._clock)})
        self._sequences.close()
        closed = all([writer.close(timeout_s) for writer in self.writers])
        for lock in self._locks:
            lock.release()
        return closed and recovered

    def flush(self, timeout_s: float = 30.0) -> bool:
        """Block until everything so far is written, committed and synced (tests, orderly steps)."""
        return all([writer.flush(timeout_s) for writer in self.writers])

    def _start_writer(self, volume: Volume) -> VolumeWriter:
        lock = VolumeLock(volume.root)
        try:
            writer = self._open_writer(volume)
        except BaseException:
            lock.release()
            raise
        self._locks.append(lock)
        return writer

    def _open_writer(self, volume: Volume) -> VolumeWriter:
        writer = VolumeWriter(
            volume, self._clock, self._disk, self._life,
            limits=self._limits, on_loss=self._on_lost_fragment, on_tick=lambda: self._tick(volume.id),
        )  # fmt: skip
        if not volume.index.exists() and any(volume.journal.glob("[0-9]*.jl")):
            self._begin_index_anew(volume)
        try:
            writer.start()
        except sqlite3.OperationalError:
            raise  # locked or read only: not broken
        except sqlite3.DatabaseError:
            self._begin_index_anew(volume)
            writer.start()
        if writer.needs_rebuild:
            self._rebuilding.add(volume.id)
        # seen before anything of this life is written
        self._unsealed[volume.id], last_ns = leftovers(volume)
        self._since_ns[volume.id] = min(last_ns, self._clock.now_ns())
        return writer

    def _begin_index_anew(self, volume: Volume) -> None:
        """A lost or broken index: recording starts at once, the rest is filled in beside it."""
        for suffix in ("", "-wal", "-shm"):
            path = Path(f"{volume.index}{suffix}")
            if path.exists():
                path.rename(f"{path}.broken-{self._clock.now_ns()}")
        connection = open_for_writing(volume.index)
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('rebuild', 'needed')")
        connection.close()

    def _recover(self) -> None:
        """On a thread of its own: seal what an earlier death left open (recovery.py)."""
        for writer in self.writers:
            try:
                if writer.volume.id in self._rebuilding:
                    rebuild_beside(writer, self._disk, lambda: self._closing)
                    continue
                recover_volume(
                    writer, self._unsealed.get(writer.volume.id, []), self._since_ns.get(writer.volume.id, 0),
                    self._disk, lambda: self._closing,
                )  # fmt: skip
            except OSError as error:
                self._missing.append(alarm("recovery_failed", writer.volume.id, detail=str(error)))
            finally:
                self._rebuilding.discard(writer.volume.id)
                writer.created = None

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

    def append(self, segment: Segment, job: FragmentJob) -> bool:
        """Write one fragment. False when it was not taken because the volume is too slow: a loss to book."""
        self._look_at_clock()
        _, writer, _ = self._open[segment.record.id]
        return writer.append(segment, job)

    def seal(self, segment: Segment) -> None:
        """No more fragments: close the file with its index and digest."""
        _, writer, _ = self._open.pop(segment.record.id)
        writer.seal(segment)

    def _choose(self, priority: int) -> VolumeWriter | None:
        """The volume with the most free bytes per segment already growing on it, of those that take this priority."""
        best: tuple[float, VolumeWriter] | None = None
        roomy = any(space.roomy for space in self._spaces.values())
        for writer in self.writers:
            space = self._spaces[writer.volume.id]
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

    def add_hold(self, camera: str, stream: str | None, from_ns: int, to_ns: int, reason: str, person: str) -> str:
        """Nothing of [from, to) is deleted until the hold is removed. Returns the hold's id."""
        now_ns = self._clock.now_ns()
        hold = new_id(now_ns)
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
        if guard is None or len(self.writers) < len(self._roots) or not self.flush():
            return 0
        return retain(self.writers, self._disk, self._clock, rule or RetentionRule(), guard.look, lambda: self._closing)

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

    def _tick(self, volume_id: str) -> None:
        """Once a second, on a writer's thread."""
        space = self._spaces.get(volume_id)
        if space is not None:
            space.look()

    def look(self) -> None:
        """Once a second, on the event loop: notice clock steps, ask segments on full volumes to end."""
        self._look_at_clock()
        if self._guard is not None:
            self._guard.look()
        roomy = any(space.roomy for space in self._spaces.values())
        for segment, writer, priority in list(self._open.values()):
            space = self._spaces[writer.volume.id]
            if not space.roomy and (roomy or not space.takes(priority)):
                segment.rotate = True

    def _on_lost_fragment(self, segment: Segment, job: FragmentJob, why: str) -> None:
        self.loss(segment.record.camera, segment.record.stream, job.start_ns, job.end_ns, why)

    def status(self) -> tuple[VolumeStatus, ...]:
        """Every volume."""
        return tuple(self._spaces[writer.volume.id].status() for writer in self.writers)

    def alarms(self) -> tuple[Alarm, ...]:
        """What a person must look at; the worst first."""
        found = self._missing + [alarm("index_rebuilding", name) for name in self._rebuilding.copy()]
        for writer in self.writers:
            found += self._spaces[writer.volume.id].alarms()
            if writer.index_error or writer.defects:
                found.append(alarm("index_stuck", writer.volume.id, detail=writer.index_error))
        if self.writers and not any(self._spaces[writer.volume.id].takes(9) for writer in self.writers):
            found.append(alarm("storage_exhausted", ""))
        return tuple(sorted(found, key=lambda one: one["severity"]))
