"""Deleting what is older than it must be kept. This is the only room of the program that deletes footage.

What may go: a sealed segment that ended before the first instant of the day `keep_days` days ago, so that footage of day
D is there through the whole of day D + keep_days; of no camera whose keeping the engine was never told; under no hold;
on no volume whose index still waits for its rebuild (its holds may be missing); never under the floor of 30 days but on
a volume marked as demo when it was made; and only while the time guard lets.

Steps for a batch: 1. receipts into the journal, synced; 2. the guard and the holds once more, as of now; 3. the files;
4. the second line of each receipt, by which the index forgets the segment and shows its time as expired. A death between
two steps leaves a segment to the next pass; a receipt is never without its first line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
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


def holds_in_force(connection: sqlite3.Connection) -> list[Hold]:
    """Holds that nobody has removed."""
    found = connection.execute("SELECT id, camera, stream, from_ns, to_ns FROM holds WHERE removed_ns IS NULL")
    return [Hold(*row) for row in found]


def deletable(
    connection: sqlite3.Connection, volume: Volume, rule: RetentionRule, now_ns: int, limit: int = BATCH
) -> list[SegmentRecord]:
    """What may go from a volume now, oldest first per camera, at most `limit`."""
    row = connection.execute("SELECT value FROM meta WHERE key='rebuild'").fetchone()
    if row is not None and row[0] == "needed":
        return []
    holds = holds_in_force(connection)
    found: list[SegmentRecord] = []
    for camera, keep_days in connection.execute("SELECT camera, keep_days FROM cameras").fetchall():
        cutoff_ns = rule.cutoff_ns(now_ns, keep_days, demo=volume.demo)
        mine = [hold for hold in holds if hold.camera == camera]
        for record in rows.segments_before(connection, volume.id, camera, cutoff_ns, limit + len(mine) * limit):
            if not any(hold.covers(record) for hold in mine):
                found.append(record)
            if len(found) >= limit:
                return found
    return found


def retain(
    writer: VolumeWriter, disk: Disk, clock: Clock, rule: RetentionRule, paused: Callable[[], Text | None],
    stop: Callable[[], bool] = lambda: False,
) -> int:  # fmt: skip
    """Delete what may go from one volume, in batches; how many segments went. Blocks: run it on a thread of its own."""
    count = 0
    connection = open_for_reading(writer.volume.index)
    try:
        while not stop() and paused() is None:
            batch = deletable(connection, writer.volume, rule, clock.now_ns())
            if not batch:
                break
            done = _delete(writer, connection, batch, disk, clock, paused)
            count += done
            if done < len(batch):
                break
    finally:
        connection.close()
    return count


def _delete(
    writer: VolumeWriter, connection: sqlite3.Connection, batch: list[SegmentRecord], disk: Disk, clock: Clock,
    paused: Callable[[], Text | None],
) -> int:  # fmt: skip
    for record in batch:
        writer.note(_receipt("delete", record, clock.now_ns()))
    if not writer.flush() or paused() is not None:
        return 0
    holds = holds_in_force(connection)
    count = 0
    for record in batch:
        if any(hold.covers(record) for hold in holds):
            continue
        path = writer.volume.root / record.path
        if path.exists():
            disk.unlink(path)
        writer.note(_receipt("deleted", record, clock.now_ns()))
        count += 1
    writer.flush()
    for folder in {(writer.volume.root / record.path).parent for record in batch}:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return count


def _receipt(kind: str, record: SegmentRecord, now_ns: int) -> dict[str, Any]:
    return {
        "t": kind, "segment": record.id, "camera": record.camera, "stream": record.stream, "path": record.path,
        "start_ns": record.start_ns, "end_ns": record.end_ns, "bytes": record.bytes, "digest": record.digest,
        "alg": record.digest_alg, "at_ns": now_ns, "reason": "retention",
    }  # fmt: skip
