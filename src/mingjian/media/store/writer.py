"""One thread per volume writes its segments, journal and index; a second one waits for the platter.

The event loop hands over jobs and never waits: the queue is bounded in bytes, and what does not fit is refused, which
the recorder books as a loss. A fragment is gathered into one reused buffer, hashed and written from there in three calls
outside the interpreter's lock: one copy costs less than taking the lock anew for each picture.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.ledger.merkle import HASH_BYTES, Frontier, hasher, leaf_hash
from mingjian.media.store.disk import Disk, write_all
from mingjian.media.store.index import Index
from mingjian.media.store.journal import Journal, end_position, entries_after
from mingjian.media.store.pending import Pending
from mingjian.media.store.schema import open_for_writing
from mingjian.media.store.segment import FragmentJob, Segment
from mingjian.media.store.syncer import Syncer, SyncWork
from mingjian.media.store.volume import Volume
from mingjian.wire.fmp4.build import LEAF_BOX_BYTES, build_leaf, build_mfra

COMMIT_EVERY_NS = NS_PER_S
SYNC_EVERY_NS = 4 * NS_PER_S
LAST_TIMES = 4
_OLDEST_EVERY_NS = 60 * NS_PER_S
_log = logging.getLogger(__name__)
LEDGER_KINDS = frozenset({"seal", "hold", "unhold", "deleted", "camera", "life", "confirm_time"})
"""Journal lines that become leaves of the engine's log (media.custody)."""
OnDurable = Callable[[str, Sequence[dict[str, Any]], str | None, Mapping[str, Frontier]], None]
"""(volume, its journal's lines of LEDGER_KINDS, how far its journal is synced, trees of its open segments)"""
_STATE_OF_ERRNO = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.ENOENT: "missing",
    errno.ENODEV: "missing",
}


@dataclass(slots=True)
class WriterLimits:
    """How much may wait, and how long until it is committed and synced.

    `queue_bytes`, or `segment_bytes` for each segment that grows, whichever is more: two seconds of a camera of 4 Mb/s,
    which a disk may take to catch its breath however many cameras it serves.
    """

    queue_bytes: int = 96 << 20
    segment_bytes: int = 1 << 20
    commit_every_ns: int = COMMIT_EVERY_NS
    sync_every_ns: int = SYNC_EVERY_NS


@dataclass(frozen=True, slots=True)
class Life:
    """One stretch of the recorder's running by one unstepped clock: wall time is `epoch_ns` plus monotonic time."""

    id: str
    epoch_ns: int

    def now_ns(self, clock: Clock) -> int:
        """Wall time without the step that nobody has noticed yet."""
        return self.epoch_ns + clock.mono_ns()


class VolumeWriter:
    """The only writer of one volume. Methods not marked otherwise may be called from any thread and do not block."""

    def __init__(
        self,
        volume: Volume,
        clock: Clock,
        disk: Disk,
        life: Life,
        *,
        limits: WriterLimits | None = None,
        on_loss: Callable[[Segment, FragmentJob, str], None] = lambda segment, job, why: None,
        on_tick: Callable[[], None] = lambda: None,
        on_failed: Callable[[Segment], None] = lambda segment: None,
        on_durable: OnDurable | None = None,
    ) -> None:
        self.volume = volume
        self.state = "ok"
        self.error = ""
        """The last error's name while the volume is not trusted; `space` tries it again after a while."""
        self.error_mono_ns = 0
        self.index_error = ""
        self.defects = 0
        self.needs_rebuild = False
        self.oldest_ns: int | None = None
        self.created: set[str] | None = set()
        """Paths made by this process, kept until recovery knows that it need not look at them."""
        self._clock = clock
        self._disk = disk
        self._life = life
        self._limits = limits or WriterLimits()
        self._on_loss = on_loss
        self._on_tick = on_tick
        self._on_failed = on_failed
        self._on_durable = on_durable
        self._entries: list[dict[str, Any]] = []
        self._trees: dict[str, Frontier] = {}
        self._jobs: deque[tuple[Callable[..., None], tuple[Any, ...], int]] = deque()
        self._ready = threading.Condition()
        self._queued_bytes = 0
        self._closing = False
        self._journal = Journal(volume.journal, disk)
        self._index: Index | None = None
        self._pending = Pending()
        self._open: dict[str, Segment] = {}
        self._to_sync = SyncWork()
        self._syncer = Syncer(
            volume.root, disk, f"sync-{volume.id}",
            lambda work, problem: self._put(self._do_synced, (work, problem), 0),
        )  # fmt: skip
        self._scratch = bytearray(1 << 20)
        self._next_commit_ns = 0
        self._next_sync_ns = 0
        self._next_oldest_ns = 0
        self._thread = threading.Thread(target=self._run, name=f"write-{volume.id}", daemon=True)

    def start(self) -> None:
        """Begin; blocks only to open the index. Raises sqlite3.DatabaseError when the index is broken."""
        self._index = Index(open_for_writing(self.volume.index))
        self._catch_up(self._index)
        self._thread.start()
        self._syncer.start()

    def _catch_up(self, index: Index) -> None:
        """A death may come between a journal line and the commit that projects it: project the rest now."""
        self.needs_rebuild = index.meta("rebuild") == "needed"
        if self.needs_rebuild:
            return  # everything comes from the journal
        end = end_position(self.volume.journal)
        with index.batch():
            for entry in entries_after(self.volume.journal, index.meta("journal_at") or "000000.jl:0"):
                index.apply(entry)
            index.set_meta("journal_at", end)

    @property
    def queue_limit(self) -> int:
        """Bytes that may wait."""
        limits = self._limits
        return max(limits.queue_bytes, limits.segment_bytes * len(self._open))

    @property
    def queued_bytes(self) -> int:
        """Bytes waiting."""
        return self._queued_bytes

    def open_segment(self, segment: Segment) -> None:
        """Create the file and write its init segment."""
        self._put(self._do_open, (segment,), len(segment.init))

    def append(self, segment: Segment, job: FragmentJob, *, last: bool = False) -> bool:
        """Write one fragment. False when the queue is full: the fragment is not taken.

        The `last` of a Run may fill the queue LAST_TIMES over: when a switch fails or the engine is stopped, all
        streams end at once. What they hold lies in memory already, and nothing follows it.
        """
        limit = self.queue_limit * (LAST_TIMES if last else 1)
        if self._queued_bytes + job.size > limit:
            return False
        self._put(self._do_append, (segment, job), job.size)
        return True

    def seal(self, segment: Segment) -> None:
        """Close the file with its index and digest."""
        self._put(self._do_seal, (segment,), 0)

    def note(self, entry: dict[str, Any]) -> None:
        """A journal entry, projected onto the index."""
        self._put(self._do_note, (entry,), 0)

    def begin_life(self, life: Life, entry: dict[str, Any]) -> None:
        """The clock has stepped: heartbeats go on under another life."""
        self._put(self._do_life, (life, entry), 0)

    def work(self, action: Callable[[Index], None]) -> None:
        """Do something within the next transaction of the index (recovery, deletions)."""
        self._put(self._pending.works.append, (action,), 0)

    def flush(self, timeout_s: float = 30.0) -> bool:
        """Block until everything handed over so far is written, committed and synced; False when it takes too long."""
        done = threading.Event()
        self._put(self._do_flush, (done,), 0)
        return done.wait(timeout_s)

    def drain(self, timeout_s: float = 30.0) -> bool:
        """Block until the queue is empty and no sync is under way, without asking for one (tests of timing)."""
        done = threading.Event()
        self._put(done.set, (), 0)
        if not done.wait(timeout_s):
            return False
        return self._syncer.wait_idle(timeout_s)

    def close(self, timeout_s: float = 30.0) -> bool:
        """Write what waits, sync, stop. False when a thread did not end in time."""
        flushed = self.flush(timeout_s) and self.flush(timeout_s)  # the second syncs the journal's lines on the seals
        with self._ready:
            self._closing = True
            self._ready.notify()
        self._thread.join(timeout_s)
        ended = self._syncer.close(timeout_s) and not self._thread.is_alive()
        if ended and self._index is not None:
            self._journal.close()
            self._index.connection.close()
        return flushed and ended

    def _put(self, do: Callable[..., None], arguments: tuple[Any, ...], size: int) -> None:
        with self._ready:
            self._jobs.append((do, arguments, size))
            self._queued_bytes += size
            if len(self._jobs) == 1:
                self._ready.notify()

    # The writer thread

    def _run(self) -> None:
        while True:
            with self._ready:
                if not self._jobs and not self._closing:
                    self._ready.wait(0.2)
                if not self._jobs and self._closing:
                    return
                job = self._jobs.popleft() if self._jobs else None
            if job is not None:
                self._take(*job)
                del job  # do not keep media while waiting
            self._guarded(self._tick)

    def _take(self, do: Callable[..., None], arguments: tuple[Any, ...], size: int) -> None:
        self._guarded(do, *arguments)
        with self._ready:
            self._queued_bytes -= size

    def _guarded(self, do: Callable[..., None], *arguments: Any) -> None:
        """A defect in one job must not end the recording of all cameras: it is logged and becomes an alarm."""
        try:
            do(*arguments)
        except Exception:  # noqa: BLE001 - told in the log and as an alarm
            _log.exception("a job of volume %s failed", self.volume.id)
            self.defects += 1

    def _tick(self) -> None:
        now = self._clock.mono_ns()
        if now >= self._next_commit_ns:
            self._next_commit_ns = now + self._limits.commit_every_ns
            self._on_tick()
            self._commit()
            if now >= self._next_oldest_ns and self._index is not None:
                self._next_oldest_ns = now + _OLDEST_EVERY_NS
                self.oldest_ns = self._index.oldest_ns()
        if now >= self._next_sync_ns and not self._syncer.busy:
            self._next_sync_ns = now + self._limits.sync_every_ns
            self._journal_append(self._beat())
            self._start_sync()

    def _beat(self) -> dict[str, Any]:
        return {"t": "beat", "life": self._life.id, "at_ns": self._life.now_ns(self._clock)}

    def _do_life(self, life: Life, entry: dict[str, Any]) -> None:
        self._commit()
        self._life = life
        self._do_note(entry)

    def _do_open(self, segment: Segment) -> None:
        path = self.volume.root / segment.record.path
        try:
            self._to_sync.folders += self._disk.make_dir(path.parent)
            segment.fd = self._create(segment)
            self._to_sync.folders.append(path.parent)
            write_all(self._disk, segment.fd, memoryview(segment.init))
        except OSError as error:
            self._segment_failed(segment, error)
            return
        record = replace(segment.record, init_bytes=len(segment.init), bytes=len(segment.init))
        segment.record = record
        segment.offset = len(segment.init)
        self._open[record.id] = segment
        leaf = leaf_hash(record.digest_alg, (segment.init,))
        segment.init_leaf = leaf
        segment.frontier.append(leaf)
        segment.unsynced = True
        self._pending.touched(segment)
        self._journal_append(
            {
                "t": "open", "segment": record.id, "camera": record.camera, "stream": record.stream,
                "run": record.run, "path": record.path, "start_ns": record.start_ns, "init": leaf.hex(),
            }
        )  # fmt: skip

    def _create(self, segment: Segment) -> int:
        """Exclusively: a path that is taken (a stepped clock) is left alone, the next sequence number tried."""
        while True:
            if self.created is not None:
                self.created.add(segment.record.path)  # before the file is there to be found
            try:
                return self._disk.create(self.volume.root / segment.record.path)
            except FileExistsError:
                segment.take_next_path()

    def _do_append(self, segment: Segment, job: FragmentJob) -> None:
        fd = segment.fd
        if segment.failed or fd is None:
            self._on_loss(segment, job, self.error)
            return
        view, size = self._gather(job)
        algorithm = segment.record.digest_alg
        state = hasher(algorithm)()
        state.update(b"\x00")
        state.update(view[:size])
        leaf = state.digest()
        assert len(leaf) == HASH_BYTES
        view[size:] = build_leaf(algorithm, segment.frontier.size, leaf)
        try:
            write_all(self._disk, fd, view)
        except OSError as error:
            self._segment_failed(segment, error)
            self._on_loss(segment, job, self.error)
            return
        finally:
            view.release()
        segment.frontier.append(leaf)
        segment.advance(job, size, LEAF_BOX_BYTES)
        segment.unsynced = True
        self._pending.touched(segment)
        self._pending.recorded(segment, job.start_ns, job.end_ns)

    def _gather(self, job: FragmentJob) -> tuple[memoryview, int]:
        """The fragment's bytes, side by side in the reused buffer, and room for the leaf box behind them."""
        total = job.size + LEAF_BOX_BYTES
        if len(self._scratch) < total:
            self._scratch = bytearray(total + (total >> 2))
        view = memoryview(self._scratch)[:total]
        at = 0
        for buffer in job.buffers:
            end = at + len(buffer)
            view[at:end] = buffer
            at = end
        return view, at

    def _segment_failed(self, segment: Segment, error: OSError) -> None:
        """Keep what is whole of the segment, take the torn tail off, and tell the recorder to begin another."""
        segment.failed = True
        self._volume_failed(error)
        self._open.pop(segment.record.id, None)
        if segment.fd is None:
            return
        self._to_sync.broken.append(segment)
        self._on_failed(segment)
        try:
            self._disk.truncate(segment.fd, segment.offset)
            if not segment.offset:
                self._disk.unlink(self.volume.root / segment.record.path)
        except OSError as second:
            self._volume_failed(second)  # recovery at the next start cuts the tail

    def _volume_failed(self, error: OSError) -> None:
        self.state = _STATE_OF_ERRNO.get(error.errno or 0, "missing")
        self.error = errno.errorcode.get(error.errno or 0, "EIO")
        self.error_mono_ns = self._clock.mono_ns()

    def _do_seal(self, segment: Segment) -> None:
        if segment.fd is None or segment.failed:
            return
        record = segment.record
        trailer = build_mfra(segment.lead_track, segment.rows)
        try:
            write_all(self._disk, segment.fd, memoryview(trailer))
        except OSError as error:
            self._segment_failed(segment, error)
            return  # stays open in the index; recovery seals it
        segment.offset += len(trailer)
        self._open.pop(record.id, None)
        segment.final = replace(
            record, sealed=True, bytes=segment.offset, digest=segment.frontier.root().hex(), recomputed=False
        )
        self._to_sync.sealed.append(segment)

    def _do_note(self, entry: dict[str, Any]) -> None:
        self._journal_append(entry)
        self._pending.facts.append(entry)

    def _journal_append(self, entry: dict[str, Any]) -> None:
        try:
            self._journal.append(entry)
        except OSError as error:
            self._volume_failed(error)
        else:
            if self._on_durable is not None and entry["t"] in LEDGER_KINDS:
                self._entries.append(entry)

    def _do_flush(self, done: threading.Event) -> None:
        self._commit()
        self._to_sync.done.append(done)
        self._start_sync()

    def _commit(self) -> None:
        """Bring the index up to date; what cannot be committed now waits, footage goes on."""
        assert self._index is not None
        try:
            self._pending.commit(self._index, self._beat(), self._journal.position)
        except sqlite3.DatabaseError as error:
            self.index_error = str(error)
        else:
            self.index_error = ""

    # Syncing

    def _start_sync(self) -> None:
        """Hand everything unsynced to the sync thread, if it is free."""
        if self._syncer.busy:
            self._next_sync_ns = 0  # as soon as it is
            return
        work, self._to_sync = self._to_sync, SyncWork()
        work.segments = [segment for segment in self._open.values() if segment.unsynced]
        work.journal, work.journal_retired, folders = self._journal.unsynced()
        work.folders += folders
        for segment in work.segments:
            segment.unsynced = False
        if self._on_durable is not None:
            work.entries, self._entries = self._entries, []
            work.position = self._journal.position
            work.trees = {segment.record.id: segment.frontier.copy() for segment in work.segments}
        self._syncer.submit(work)

    def _do_synced(self, work: SyncWork, problem: OSError | None) -> None:
        """Only now, with its bytes on the platter, a segment counts as sealed."""
        self._syncer.finished()
        if problem is not None:
            self._volume_failed(problem)
        work.close_files(self._disk)
        if self._on_durable is not None:
            self._tell_ledger(work, problem)
        for segment in work.sealed:
            if problem is None:
                assert segment.final is not None
                segment.record = segment.final
                self._journal_append(seal_entry(segment.record))
                self._pending.touched(segment)
        if work.sealed:
            self._commit()
        for done in work.done:
            done.set()

    def _tell_ledger(self, work: SyncWork, problem: OSError | None) -> None:
        """What is on the platter now may become leaves and be signed; what is not waits for the next sync."""
        assert self._on_durable is not None
        if problem is not None:
            self._entries = work.entries + self._entries
            return
        sealed = {entry["segment"] for entry in work.entries if entry["t"] == "seal"}
        trees = {**self._trees, **work.trees}
        self._trees = {name: tree for name, tree in trees.items() if name not in sealed}
        self._on_durable(self.volume.id, work.entries, work.position, self._trees)


def seal_entry(record: Any) -> dict[str, Any]:
    """The journal's line about a sealed segment: the digest taken while it was written."""
    return {
        "t": "seal", "segment": record.id, "path": record.path, "digest": record.digest, "alg": record.digest_alg,
        "recomputed": record.recomputed, "bytes": record.bytes, "fragments": record.fragments, "frames": record.frames,
        "damaged": record.damaged_frames, "end_ns": record.end_ns, "offset_ms": record.clock_offset_ms,
    }  # fmt: skip
