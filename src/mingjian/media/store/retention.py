"""Deleting what is older than it must be kept. This is the only room of the program that deletes footage.

What may go: a sealed segment that ended before the first instant of the day `keep_days` days ago, so that footage of day
D is there through the whole of day D + keep_days; of no camera whose keeping the engine was never told; under no hold;
not while a volume is missing or its index waits for its rebuild (holds may be missing); never under the floor of 30 days but on
a volume marked as demo when it was made; and only while the time guard lets.

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


def _delete(
    writer: VolumeWriter, batch: list[SegmentRecord], disk: Disk, clock: Clock, now_known: Callable[[], Duties],
    paused: Callable[[], Text | None],
) -> int:  # fmt: skip
    for record in batch:
        writer.note(_receipt("delete", record, clock.now_ns()))
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
        writer.note(_receipt("deleted", record, clock.now_ns()))
        count += 1
    writer.flush()
    for folder in {(writer.volume.root / record.path).parent for record in batch}:
        with contextlib.suppress(OSError):  # not empty, or gone: either is well
            folder.rmdir()
    return count


def _receipt(kind: str, record: SegmentRecord, now_ns: int) -> dict[str, Any]:
    return {
        "t": kind, "segment": record.id, "camera": record.camera, "stream": record.stream, "path": record.path,
        "start_ns": record.start_ns, "end_ns": record.end_ns, "bytes": record.bytes, "digest": record.digest,
        "alg": record.digest_alg, "at_ns": now_ns, "reason": "retention",
    }  # fmt: skip
