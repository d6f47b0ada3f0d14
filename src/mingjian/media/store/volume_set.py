"""The volumes that an engine has open: opening, recovering after a death, healing what failed, taking back what returns."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.media.store.alarms import Alarm, alarm
from mingjian.media.store.disk import Disk
from mingjian.media.store.lock import VolumeLock
from mingjian.media.store.rebuild import rebuild_beside
from mingjian.media.store.recovery import leftovers, recover_file, recover_volume
from mingjian.media.store.schema import open_for_writing
from mingjian.media.store.segment import FragmentJob, Segment
from mingjian.media.store.space import SpacePolicy, VolumeSpace
from mingjian.media.store.volume import Volume, open_volume
from mingjian.media.store.writer import Life, OnDurable, VolumeWriter, WriterLimits
from mingjian.ports.engine import VolumeStatus
from mingjian.ports.recording import SegmentRecord

_log = logging.getLogger(__name__)

MEND_EVERY_NS = 10 * NS_PER_S


class VolumeSet:
    """`open`, then `close`. `writers` only grows; its order is that of `roots` as they came."""

    def __init__(
        self, roots: Sequence[Path], clock: Clock, disk: Disk, limits: WriterLimits | None, policy: SpacePolicy,
        *, life: Callable[[], Life], greet: Callable[[], list[dict[str, Any]]],
        on_loss: Callable[[Segment, FragmentJob, str], None], on_tick: Callable[[], None],
        on_opening: Callable[[Volume], None] = lambda volume: None, on_durable: OnDurable | None = None,
    ) -> None:  # fmt: skip
        self.writers: list[VolumeWriter] = []
        self.spaces: dict[str, VolumeSpace] = {}
        self.rebuilding: set[str] = set()
        self._roots = list(roots)
        self._clock = clock
        self._disk = disk
        self._limits = limits
        self._policy = policy
        self._life = life
        self._greet = greet
        self._on_loss = on_loss
        self._on_tick = on_tick
        self._on_opening = on_opening
        self._on_durable = on_durable
        self._locks: list[VolumeLock] = []
        self._absent: dict[Path, Alarm] = {}
        self._unrecovered: dict[str, Alarm] = {}
        self._left: dict[str, tuple[list[SegmentRecord], int]] = {}
        self._failed: list[tuple[Segment, VolumeWriter]] = []
        self._closing = False
        self._worker = threading.Thread(target=self._recover_first, name="recover", daemon=True)
        self._next_mend_ns = 0

    @property
    def complete(self) -> bool:
        """Whether every volume is open."""
        return not self._absent and len(self.writers) == len(self._roots)

    @property
    def recovered(self) -> bool:
        """Whether what an earlier death left open is sealed."""
        return not self._worker.is_alive()

    @property
    def closing(self) -> bool:
        """Whether an end was asked for."""
        return self._closing

    def open(self) -> None:
        """Open what can be opened; the rest becomes alarms and is tried again. Blocks for the indexes only."""
        for root in self._roots:
            self._try_open(root)
        self._worker.start()

    def wait_recovered(self, timeout_s: float) -> bool:
        """Block until what an earlier death left open is sealed, or the mending under way is done."""
        self._worker.join(timeout_s)
        return not self._worker.is_alive()

    def close(self, timeout_s: float) -> bool:
        """Write and sync everything, stop. False when something did not end in time."""
        self._closing = True
        recovered = self.wait_recovered(timeout_s)
        for writer in self.writers:
            writer.flush(timeout_s)
        self._heal()
        closed = all([writer.close(timeout_s) for writer in self.writers])
        for lock in self._locks:
            lock.release()
        return closed and recovered

    def look(self) -> None:
        """Once a second, without blocking: every 10 s absent volumes and failed segments are seen to on a thread."""
        now = self._clock.mono_ns()
        if now < self._next_mend_ns or self._worker.is_alive() or not (self._absent or self._failed):
            return
        self._next_mend_ns = now + MEND_EVERY_NS
        self._worker = threading.Thread(target=self._mend, name="mend", daemon=True)
        self._worker.start()

    def alarms(self) -> list[Alarm]:
        """What is wrong with volumes."""
        found = [*self._absent.values(), *self._unrecovered.values()]
        found += [alarm("index_rebuilding", name) for name in self.rebuilding.copy()]
        for writer in self.writers:
            found += self.spaces[writer.volume.id].alarms()
            if writer.index_error or writer.defects:
                found.append(alarm("index_stuck", writer.volume.id, detail=writer.index_error))
        return found

    def status(self) -> tuple[VolumeStatus, ...]:
        """Every volume, the absent ones as `missing`."""
        absent = [VolumeStatus(root.name, str(root), "missing", 0, 0, 0, 0, None, None) for root in list(self._absent)]
        return (*(self.spaces[writer.volume.id].status() for writer in self.writers), *absent)

    # Opening

    def _try_open(self, root: Path) -> VolumeWriter | None:
        try:
            volume = open_volume(root)
            if volume.id in self.spaces:
                raise FileExistsError(f"another volume has the id {volume.id}")
            lock = VolumeLock(root)
            try:
                writer = self._open_writer(volume)
            except BaseException:
                lock.release()
                raise
        except (MingjianError, OSError, sqlite3.DatabaseError) as error:
            self._absent[root] = alarm("volume_missing", str(root), detail=str(error))
            return None
        self._locks.append(lock)
        space = VolumeSpace(writer, self._disk, self._policy, self._clock)
        space.look()
        self.spaces[volume.id] = space
        for entry in self._greet():
            writer.note(entry)
        self.writers.append(writer)
        self._absent.pop(root, None)
        return writer

    def _open_writer(self, volume: Volume) -> VolumeWriter:
        writer = VolumeWriter(
            volume, self._clock, self._disk, self._life(), limits=self._limits, on_loss=self._on_loss,
            on_tick=lambda: self._tick(volume.id), on_failed=lambda segment: self._failed.append((segment, writer)),
            on_durable=self._on_durable,
        )  # fmt: skip
        self._on_opening(volume)
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
            self.rebuilding.add(volume.id)
        # seen before anything of this life is written
        unsealed, last_ns = leftovers(volume)
        self._left[volume.id] = unsealed, min(last_ns, self._clock.now_ns())
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

    def _tick(self, volume_id: str) -> None:
        """Once a second, on a writer's thread."""
        space = self.spaces.get(volume_id)
        if space is not None:
            space.look()
        self._on_tick()

    # Recovering and mending, on a thread of their own

    def _recover_first(self) -> None:
        for writer in list(self.writers):
            self._recover(writer)

    def _recover(self, writer: VolumeWriter) -> None:
        """Seal what an earlier death left open (recovery.py)."""
        name = writer.volume.id
        try:
            if name in self.rebuilding:
                rebuild_beside(writer, self._disk, lambda: self._closing)
            else:
                recover_volume(writer, *self._left[name], self._disk, lambda: self._closing)
        except Exception as error:  # noqa: BLE001 - a defect on this thread would be told to nobody
            self._not_recovered(name, error)
        finally:
            self.rebuilding.discard(name)
            writer.created = None

    def _mend(self) -> None:
        for root in list(self._absent):
            writer = self._try_open(root)
            if writer is not None:
                self._recover(writer)
        self._heal()

    def _heal(self) -> None:
        """Seal segments that a failing volume gave up, once it works again; what is whole of them is footage."""
        for segment, writer in list(self._failed):
            record = segment.record
            if writer.error or segment.fd is not None:
                continue
            try:
                if record.fragments:
                    leaf = segment.init_leaf.hex()
                    recovered = recover_file(writer.volume, record.path, self._disk, record, leaf)
                    for entry in recovered.entries:
                        writer.note(entry)
                    writer.work(recovered.apply)
            except OSError:
                continue  # not yet
            except Exception as error:  # noqa: BLE001 - nor would one here
                self._not_recovered(writer.volume.id, error)
                continue
            self._failed.remove((segment, writer))

    def _not_recovered(self, name: str, error: Exception) -> None:
        """Tell people; what the disk or the index did is said by itself, a defect of ours also to the log."""
        detail = str(error)
        if not isinstance(error, OSError | sqlite3.DatabaseError):
            detail = f"{type(error).__name__}: {error}"
            _log.error("volume %s: recovery failed", name, exc_info=error)
        self._unrecovered[name] = alarm("recovery_failed", name, detail=detail)
