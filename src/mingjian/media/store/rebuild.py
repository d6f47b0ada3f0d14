"""A volume's index made anew from its segment files and its journal alone: by command, or by the engine as it records.

Digests come from the journal; a file without its line there is hashed again and marked `recomputed`. Files that were not
sealed are recovered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mingjian.media.store.disk import Disk
from mingjian.media.store.index import Index
from mingjian.media.store.journal import BadLine, Journal, end_position, read_journal
from mingjian.media.store.lock import VolumeLock
from mingjian.media.store.recovery import files_since, receipts_due, recover_file
from mingjian.media.store.scan import record_of, scan_file
from mingjian.media.store.schema import open_for_writing
from mingjian.media.store.volume import Volume, open_volume
from mingjian.media.store.writer import VolumeWriter
from mingjian.ports.recording import SegmentRecord


@dataclass(slots=True)
class Told:
    """What the journal says about segments."""

    seals: dict[str, dict[str, Any]] = field(default_factory=dict)
    opens: dict[str, str] = field(default_factory=dict)
    deletions: dict[str, dict[str, Any]] = field(default_factory=dict)  # intended, without a receipt
    bad_lines: int = 0


def rebuild(root: Path, now_ns: int, *, progress: Callable[[int], None] = lambda count: None) -> dict[str, int]:
    """Make a volume's index anew. The old one is kept beside it. Raises MingjianError `volume_in_use`.

    Digests come from the journal; a file without its line there is hashed again and marked `recomputed`. Files that were
    not sealed are recovered. Holds come back with the journal before the new index takes the old one's place, so that
    nothing can be deleted in between.
    """
    volume = open_volume(root)
    with VolumeLock(root):
        draft = root / "index.sqlite3.new"
        for path in (draft, Path(f"{draft}-wal"), Path(f"{draft}-shm")):
            path.unlink(missing_ok=True)
        connection = open_for_writing(draft)
        disk = Disk()
        journal = Journal(volume.journal, disk)
        try:
            counted = _fill(volume, Index(connection), journal, disk, progress)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
            journal.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)
        for suffix in ("-wal", "-shm", ""):
            old = Path(f"{volume.index}{suffix}")
            if old.exists():
                old.rename(f"{volume.index}{suffix}.before-{now_ns}")
        draft.rename(volume.index)
        disk.sync_dir(root)
    return counted


def _fill(
    volume: Volume, index: Index, journal: Journal, disk: Disk, progress: Callable[[int], None]
) -> dict[str, int]:
    told = Told()
    counted = {"segments": 0, "recomputed": 0, "salvaged": 0, "bad_lines": 0}
    with index.batch():
        index.set_meta("journal_at", end_position(volume.journal))
        for entry in journal_facts(volume, told):
            index.apply(entry)
        for entry in receipts_due(volume, told.deletions):
            journal.append(entry)
            index.apply(entry)
    for path in files_since(volume, 0):
        with index.batch():
            record, intervals = row_of_file(volume, path, told, disk, journal.append)
            if record is None:
                counted["salvaged"] += 1
                continue
            index.put_segment(record)
            index.recorded(record.camera, record.stream, intervals)
        counted["segments"] += 1
        counted["recomputed"] += record.recomputed
        progress(counted["segments"])
    counted["bad_lines"] = told.bad_lines
    return counted


def journal_facts(volume: Volume, told: Told) -> Iterator[dict[str, Any]]:
    """The journal's entries for the index, in order; what it says of segment files goes to `told`."""
    for entry in read_journal(volume.journal):
        if isinstance(entry, BadLine):
            told.bad_lines += 1
        elif entry.get("t") == "seal":
            told.seals[entry["path"]] = entry
        elif entry.get("t") == "open":
            told.opens[entry["path"]] = entry["init"]
        elif entry.get("t") == "delete":
            told.deletions[entry["segment"]] = entry
        else:
            if entry.get("t") == "deleted":
                told.deletions.pop(entry["segment"], None)
            yield entry


def row_of_file(
    volume: Volume, path: str, told: Told, disk: Disk, say: Callable[[dict[str, Any]], None]
) -> tuple[SegmentRecord | None, list[tuple[int, int]]]:
    """A file's index row and its footage; unsealed files are recovered, `say` takes what the journal must learn.

    None for a file without one whole fragment, which went to salvage. Raises OSError.
    """
    seal = told.seals.get(path)
    scan = scan_file(volume.root / path, hashed=seal is None)
    if not scan.sealed and seal is None:
        recovered = recover_file(volume, path, disk, None, told.opens.get(path))
        for entry in recovered.entries:
            say(entry)
        return recovered.record, list(recovered.intervals)
    try:
        record = record_of(scan, path, volume.id)
    except (ValueError, KeyError, TypeError):
        recovered = recover_file(volume, path, disk)
        return recovered.record, list(recovered.intervals)
    if seal is None:
        return replace(record, recomputed=True), scan.intervals
    # what was journaled at writing stands, even against a file that has changed since: check will say so
    return replace(
        record, sealed=True, digest=seal["digest"], digest_alg=seal["alg"], recomputed=seal["recomputed"],
        bytes=seal["bytes"], fragments=seal["fragments"], frames=seal["frames"], damaged_frames=seal["damaged"],
        end_ns=seal["end_ns"], clock_offset_ms=seal["offset_ms"],
    ), scan.intervals  # fmt: skip


def rebuild_beside(writer: VolumeWriter, disk: Disk, stop: Callable[[], bool]) -> int:
    """The same while the engine records into the new index; how many files. Raises OSError.

    Only at its end deleting is free again on this volume: until then holds may be missing.
    """
    volume = writer.volume
    told = Told()
    facts = list(journal_facts(volume, told))

    def take_facts(index: Index) -> None:
        for entry in facts:
            index.apply(entry)

    writer.work(take_facts)
    for entry in receipts_due(volume, told.deletions):
        writer.note(entry)
    count = 0
    for path in files_since(volume, 0):
        if stop():
            return count
        if writer.created is not None and path in writer.created:
            continue
        record, intervals = row_of_file(volume, path, told, disk, writer.note)
        if record is not None:
            writer.work(_putter(record, intervals))
        count += 1
    writer.work(lambda index: index.set_meta("rebuild", "done"))
    return count


def _putter(record: SegmentRecord, intervals: list[tuple[int, int]]) -> Callable[[Index], None]:
    def put(index: Index) -> None:
        index.put_segment(record)
        index.recorded(record.camera, record.stream, intervals)

    return put
