"""Deleting what is older than it must be kept. This is the only room of the program that deletes footage.

What may go: a sealed segment that ended before the first instant of the day `keep_days` days ago, so that footage of day
D is there through the whole of day D + keep_days; of no camera whose keeping the engine was never told; under no hold;
not while a volume is missing or its index waits for its rebuild (holds may be missing); never under the floor of 30 days but on
a volume marked as demo when it was made; and only while the time guard lets.

One thing goes earlier: what a decision of public security orders deleted (`delete_ordered`), entered by two people, under
no hold, by the same steps; its receipt names the decision and the people. The clock's trust is no matter there.

Steps for a batch: 1. receipts into the journal, synced; 2. the guard and the holds once more, as of now; 3. the files;
4. the second line of each receipt, by which the index forgets the segment and shows its time as expired. A death between
two steps leaves a segment to the next pass; a receipt is never without its first line.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mingjian.kernel.clock import DAY_NS, NS_PER_S, Clock
from mingjian.kernel.text import Text
from mingjian.media.store import rows
from mingjian.media.store.disk import Disk
from mingjian.media.store.schema import open_for_reading
from mingjian.media.store.volume import Volume
from mingjian.media.store.writer import VolumeWriter
from mingjian.ports.engine import OrderedDeletion
from mingjian.ports.recording import SegmentRecord

_log = logging.getLogger(__name__)

FLOOR_DAYS = 30
BATCH = 200


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """`day_offset_s` says where days begin: east of Greenwich, 8 h in China. The floor cannot be set lower."""

    day_offset_s: int = 8 * 3600
    default_days: int = FLOOR_DAYS

    def cutoff_ns(self, now_ns: int, keep_days: int, *, demo: bool) -> int:
        """Footage that ended by this instant may go."""
        days = max(keep_days, 0 if demo else FLOOR_DAYS)
        offset_ns = self.day_offset_s * NS_PER_S
        today_ns = (now_ns + offset_ns) // DAY_NS * DAY_NS - offset_ns
        return today_ns - days * DAY_NS


@dataclass(frozen=True, slots=True)
class Hold:
    """[from, to) of a camera (of one stream, or all) that must stay."""

    id: str
    camera: str
    stream: str | None
    from_ns: int
    to_ns: int

    def covers(self, record: SegmentRecord) -> bool:
        """Whether any of the segment is under the hold."""
        return (
            self.camera == record.camera
            and self.stream in (None, record.stream)
            and record.start_ns < self.to_ns
            and self.from_ns < record.end_ns
        )

    def overlaps(self, order: Order) -> bool:
        """Whether any of an order's span is under the hold."""
        return self.camera == order.camera and order.from_ns < self.to_ns and self.from_ns < order.to_ns


@dataclass(frozen=True, slots=True)
class Order:
    """A decision of public security: [from, to) of every stream of a camera. Raises ValueError unless two people sign."""

    id: str
    camera: str
    from_ns: int
    to_ns: int
    reason: str
    persons: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.persons)) < 2 or not all(self.persons):
            raise ValueError("an order needs two people")


@dataclass(frozen=True, slots=True)
class _Why:
    """The ground of a receipt, and whose word it is (None: the retention rule's)."""

    reason: str = "retention"
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Duties:
    """What must stay, of all volumes together: a volume may have been away when a hold was made or a plan came."""

    holds: tuple[Hold, ...]
    keep_days: dict[str, int]
    complete: bool  # no index waits for its rebuild

    def frees(self, record: SegmentRecord) -> bool:
        """Whether no hold covers a segment."""
        return not any(hold.covers(record) for hold in self.holds)


def duties(connections: Iterable[sqlite3.Connection]) -> Duties:
    """Holds that no volume says are removed, and for each camera the longest keeping that any volume was told."""
    holds: dict[str, Hold] = {}
    removed: set[str] = set()
    keep_days: dict[str, int] = {}
    complete = True
    for connection in connections:
        for name, camera, stream, from_ns, to_ns, removed_ns in connection.execute(
            "SELECT id, camera, stream, from_ns, to_ns, removed_ns FROM holds"
        ):
            holds[name] = Hold(name, camera, stream, from_ns, to_ns)
            if removed_ns is not None:
                removed.add(name)
        for camera, days in connection.execute("SELECT camera, keep_days FROM cameras"):
            keep_days[camera] = max(days, keep_days.get(camera, 0))
        row = connection.execute("SELECT value FROM meta WHERE key='rebuild'").fetchone()
        complete = complete and (row is None or row[0] != "needed")
    return Duties(tuple(hold for name, hold in holds.items() if name not in removed), keep_days, complete)


def deletable(
    connection: sqlite3.Connection, volume: Volume, known: Duties, rule: RetentionRule, now_ns: int, limit: int = BATCH
) -> list[SegmentRecord]:
    """What may go from a volume now, oldest first per camera, at most `limit`."""
    found: list[SegmentRecord] = []
    if not known.complete:
        return found
    for camera, keep_days in known.keep_days.items():
        cutoff_ns = rule.cutoff_ns(now_ns, keep_days, demo=volume.demo)
        for record in rows.segments_before(connection, volume.id, camera, cutoff_ns):
            if known.frees(record):
                found.append(record)
            if len(found) >= limit:
                return found
    return found


def retain(
    writers: Sequence[VolumeWriter], disk: Disk, clock: Clock, rule: RetentionRule, paused: Callable[[], Text | None],
    stop: Callable[[], bool] = lambda: False,
) -> int:  # fmt: skip
    """Delete what may go from all volumes, in batches; how many segments went. Blocks: run it on a thread of its own.

    `writers` are all volumes of the data folder: with one missing, its holds are missing, and nothing may be deleted.
    """
    connections = {writer.volume.id: open_for_reading(writer.volume.index) for writer in writers}
    count = 0
    try:
        for writer in writers:
            while not stop() and paused() is None:
                known = duties(connections.values())
                batch = deletable(connections[writer.volume.id], writer.volume, known, rule, clock.now_ns())
                if not batch:
                    break
                done = _delete(writer, batch, disk, clock, lambda: duties(connections.values()), paused)
                count += done
                if done < len(batch):
                    return count
    finally:
        for connection in connections.values():
            connection.close()
    return count


def delete_ordered(writers: Sequence[VolumeWriter], disk: Disk, clock: Clock, order: Order) -> OrderedDeletion:
    """Delete the sealed segments that lie wholly inside an order's span. Blocks; may be asked again until nothing is left.

    A segment that reaches beyond the span is left whole, since what was not ordered must stay, and told in `left`. A hold
    over any of it stops everything: `held`. `writers` are all volumes, as in `retain`.
    """
    connections = {writer.volume.id: open_for_reading(writer.volume.index) for writer in writers}
    why = _Why(f"order {order.id}: {order.reason}"[:4000], ", ".join(order.persons)[:256])
    segments = total = 0
    left: list[tuple[int, int]] = []
    try:
        if any(hold.overlaps(order) for hold in duties(connections.values()).holds):
            return OrderedDeletion(0, 0, (), held=True)
        for writer in writers:
            inside: list[SegmentRecord] = []
            for record in _of_order(connections[writer.volume.id], writer, order):
                within = order.from_ns <= record.start_ns and record.end_ns <= order.to_ns and record.sealed
                if within:
                    inside.append(record)
                else:
                    left.append((max(record.start_ns, order.from_ns), min(record.end_ns, order.to_ns)))
            for first in range(0, len(inside), BATCH):
                batch = inside[first : first + BATCH]
                done = _delete(writer, batch, disk, clock, lambda: duties(connections.values()), lambda: None, why)
                segments, total = segments + done, total + sum(record.bytes for record in batch[:done])
                left += [(record.start_ns, record.end_ns) for record in batch[done:]]
    finally:
        for connection in connections.values():
            connection.close()
    return OrderedDeletion(segments, total, tuple(sorted(left)), held=False)


def _of_order(connection: sqlite3.Connection, writer: VolumeWriter, order: Order) -> list[SegmentRecord]:
    streams = connection.execute("SELECT stream FROM streams WHERE camera=?", (order.camera,)).fetchall()
    return [
        record
        for (stream,) in streams
        for record in rows.segments_between(
            connection, writer.volume.id, order.camera, stream, order.from_ns, order.to_ns
        )
    ]


def _delete(
    writer: VolumeWriter, batch: list[SegmentRecord], disk: Disk, clock: Clock, now_known: Callable[[], Duties],
    paused: Callable[[], Text | None], why: _Why = _Why(),
) -> int:  # fmt: skip
    for record in batch:
        writer.note(_receipt("delete", record, clock.now_ns(), why))
    if not writer.flush() or paused() is not None:
        return 0
    known = now_known()
    count = 0
    for record in batch:
        if not known.complete or not known.frees(record):
            continue
        path = writer.volume.root / record.path
        try:
            if path.exists():
                disk.unlink(path)
        except OSError as error:
            _log.warning("%s could not be deleted: %s", record.path, error)  # stays in the index for the next pass
            break
        writer.note(_receipt("deleted", record, clock.now_ns(), why))
        count += 1
    writer.flush()
    for folder in {(writer.volume.root / record.path).parent for record in batch}:
        with contextlib.suppress(OSError):  # not empty, or gone: either is well
            folder.rmdir()
    return count


def _receipt(kind: str, record: SegmentRecord, now_ns: int, why: _Why) -> dict[str, Any]:
    return {
        "t": kind, "segment": record.id, "camera": record.camera, "stream": record.stream, "path": record.path,
        "start_ns": record.start_ns, "end_ns": record.end_ns, "bytes": record.bytes, "digest": record.digest,
        "alg": record.digest_alg, "at_ns": now_ns, "reason": why.reason,
        **({} if why.person is None else {"person": why.person}),
    }  # fmt: skip
