"""After a death: every file that was growing is verified, cut behind its last whole fragment, and sealed.

Steps for one file, in an order that may be broken off anywhere and begun again:

1. Walk it and check each fragment against its leaf box.
2. Copy what stands behind the last whole fragment to `salvage/`, sync the copy.
3. Only then take it off the file.
4. Append the closing table, sync, journal the seal, put it into the index; footage that the index promised and the file
   does not hold leaves the recorded spans.

A file without one whole fragment is moved to `salvage/` as it is. New segments are recorded meanwhile.

A death between a deletion and its receipt left the intention in the journal and no file: the receipt is written now, as the
rebuild does, with the reason and the people that the intention names. Without it an audit would miss the file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import DAY_NS
from mingjian.kernel.isotime import utc_day
from mingjian.media.store import rows
from mingjian.media.store.disk import Disk, write_all
from mingjian.media.store.index import Index
from mingjian.media.store.journal import BadLine, read_journal
from mingjian.media.store.scan import Scan, record_of, scan_file
from mingjian.media.store.schema import open_for_reading
from mingjian.media.store.volume import Volume
from mingjian.media.store.writer import VolumeWriter, seal_entry
from mingjian.ports.recording import SegmentRecord
from mingjian.wire.fmp4.build import build_mfra

_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came of one file: its sealed row, or None when it went to salvage wholly; and what the journal must say."""

    record: SegmentRecord | None
    known: SegmentRecord | None
    intervals: tuple[tuple[int, int], ...]
    entries: tuple[dict[str, Any], ...]

    def apply(self, index: Index) -> None:
        """Bring the index to what the file holds."""
        known, record = self.known, self.record
        if known is not None:
            index.lost_after_all(known.camera, known.stream, known.start_ns, known.end_ns)
            if record is None or record.id != known.id:
                index.remove_segment(known.id)
        if record is not None:
            index.put_segment(record)
            index.recorded(record.camera, record.stream, self.intervals)


def files_since(volume: Volume, since_ns: int) -> Iterator[str]:
    """Paths of all segment files of the days from that of `since_ns` on."""
    day = utc_day(max(0, since_ns))
    for stream in sorted(path for path in volume.segments.glob("*/*") if path.is_dir()):
        for folder in sorted(stream.iterdir()):
            if folder.name >= day:
                yield from (str(file.relative_to(volume.root)) for file in sorted(folder.glob("*.mp4")))


def receipts_due(volume: Volume, intended: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Receipts whose line a death took, of the `delete` lines without one by segment: the file says whether it went."""
    return [{**entry, "t": "deleted"} for entry in intended.values() if not (volume.root / entry["path"]).exists()]


def recover_file(
    volume: Volume, path: str, disk: Disk, known: SegmentRecord | None = None, init_leaf: str | None = None
) -> Recovered:
    """Verify, cut, seal one file (steps 1 to 4 but for journal and index). Raises OSError.

    `init_leaf` is the init segment's leaf hash from the journal; with it the digest counts as taken while writing,
    since every fragment carries its own.
    """
    file = volume.root / path
    if not file.exists():
        return Recovered(None, known, (), ())
    scan = scan_file(file, hashed=True)
    try:
        record = record_of(scan, path, volume.id, known)
    except (ValueError, KeyError, TypeError):
        record = None
    if record is None or not scan.rows:
        return Recovered(None, known, (), (_move_whole(volume, file, disk),))
    entries: list[dict[str, Any]] = []
    if not scan.sealed:
        if scan.good_end < scan.size:
            entries.append(_move_tail(volume, file, scan, disk))
        _close(file, scan, disk)
        record = replace(record, sealed=True, bytes=scan.size, digest=_root(scan))
    recomputed = (init_leaf is not None and init_leaf != scan.init_leaf.hex()) or init_leaf is None
    record = replace(record, recomputed=recomputed)
    return Recovered(record, known, tuple(scan.intervals), (*entries, seal_entry(record)))


def leftovers(volume: Volume) -> tuple[list[SegmentRecord], int]:
    """Segments that the index thinks open, and the instant of its last heartbeat; asked before anything new begins."""
    connection = open_for_reading(volume.index)
    try:
        row = connection.execute("SELECT MAX(last_ns) FROM lifetimes").fetchone()
        return rows.open_segments(connection, volume.id), int(row[0] or 0)
    finally:
        connection.close()


def recover_volume(
    writer: VolumeWriter, unsealed: list[SegmentRecord], since_ns: int, disk: Disk, stop: Callable[[], bool]
) -> int:
    """Recover one volume while its writer goes on; how many open files were touched. Raises OSError.

    Looks at what the index thinks open, and at every file that it does not know of the days since the last heartbeat
    (its last second may not have been committed, and power may have taken more).
    """
    volume = writer.volume
    known = {record.path: record for record in unsealed}
    leaves: dict[str, str] = {}
    intended: dict[str, dict[str, Any]] = {}
    for entry in read_journal(volume.journal, last_files=3):
        if isinstance(entry, BadLine):
            continue
        match entry.get("t"):
            case "open":
                leaves[entry["path"]] = entry["init"]
            case "delete":
                intended[entry["segment"]] = entry
            case "deleted":
                intended.pop(entry["segment"], None)
    connection = open_for_reading(volume.index)
    try:
        lost = [path for path in files_since(volume, since_ns - DAY_NS) if _unknown(writer, connection, path)]
        for receipt in receipts_due(volume, intended):
            if rows.segment_at(connection, volume.id, receipt["path"]) is not None:
                writer.note(receipt)
    finally:
        connection.close()
    count = 0
    for path in dict.fromkeys([*known, *lost]):
        if stop():
            break
        recovered = recover_file(volume, path, disk, known.get(path), leaves.get(path))
        for entry in recovered.entries:
            writer.note(entry)
        writer.work(recovered.apply)
        count += 1
    return count


def _unknown(writer: VolumeWriter, connection: sqlite3.Connection, path: str) -> bool:
    if rows.segment_at(connection, writer.volume.id, path) is not None:
        return False
    return writer.created is not None and path not in writer.created


def _root(scan: Scan) -> str:
    assert scan.frontier is not None
    return scan.frontier.root().hex()


def _close(file: Path, scan: Scan, disk: Disk) -> None:
    assert scan.init is not None
    lead = scan.init.video or scan.init.tracks[0]
    trailer = build_mfra(lead.track_id, scan.rows)
    fd = disk.reopen(file)
    try:
        if scan.good_end < scan.size:
            disk.truncate(fd, scan.good_end)
        write_all(disk, fd, memoryview(trailer))
        disk.sync_file(fd)
    finally:
        disk.close(fd)
    scan.size = scan.good_end + len(trailer)


def _free_name(folder: Path, name: str) -> Path:
    number = 0
    while (target := folder / (name if not number else f"{name}.{number}")).exists():
        number += 1
    return target


def _flat(volume: Volume, file: Path) -> str:
    return "_".join(file.relative_to(volume.segments).parts)


def _move_whole(volume: Volume, file: Path, disk: Disk) -> dict[str, Any]:
    disk.make_dir(volume.salvage)
    target = _free_name(volume.salvage, _flat(volume, file))
    size = file.stat().st_size
    disk.rename(file, target)
    disk.sync_dir(volume.salvage)
    disk.sync_dir(file.parent)
    return {"t": "salvage", "path": str(file.relative_to(volume.root)), "to": target.name, "offset": 0, "bytes": size}


def _move_tail(volume: Volume, file: Path, scan: Scan, disk: Disk) -> dict[str, Any]:
    disk.make_dir(volume.salvage)
    target = _free_name(volume.salvage, f"{_flat(volume, file)}.{scan.good_end}")
    source = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    copy = disk.create(target)
    try:
        at = scan.good_end
        while data := os.pread(source, _COPY_BYTES, at):
            write_all(disk, copy, memoryview(data))
            at += len(data)
        disk.sync_file(copy)
    finally:
        os.close(source)
        disk.close(copy)
    disk.sync_dir(volume.salvage)
    return {
        "t": "salvage", "path": str(file.relative_to(volume.root)), "to": target.name, "offset": scan.good_end,
        "bytes": scan.size - scan.good_end,
    }  # fmt: skip
