"""Does the store hold what it says (`check`), and its index made anew from files and journal alone (`rebuild`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import NS_PER_S
from mingjian.media.store import rows
from mingjian.media.store.disk import Disk
from mingjian.media.store.index import Index
from mingjian.media.store.journal import BadLine, Journal, read_journal
from mingjian.media.store.lock import VolumeLock, is_locked
from mingjian.media.store.recovery import files_since, recover_file
from mingjian.media.store.scan import record_of, scan_file
from mingjian.media.store.schema import open_for_reading, open_for_writing
from mingjian.media.store.volume import Volume, open_volume
from mingjian.ports.recording import SegmentRecord

_FRESH_NS = 10 * NS_PER_S


@dataclass(frozen=True, slots=True)
class CheckError:
    """One thing wrong. Codes: volume, index, missing, not_indexed, size, broken, digest, unsealed, journal."""

    code: str
    path: str
    camera: str | None = None
    offset: int | None = None
    detail: str = ""


@dataclass(slots=True)
class CheckReport:
    """What `check` found. `seconds` is footage."""

    segments: int = 0
    bytes: int = 0
    seconds: float = 0.0
    errors: list[CheckError] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "segments": self.segments,
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "errors": [asdict(error) for error in self.errors],
        }


def check(
    roots: list[Path], now_ns: int, *, hashed: bool = False, progress: Callable[[int], None] = lambda count: None
) -> CheckReport:
    """Check every volume; works while the engine runs (its newest few seconds are then left out).

    With `hashed` each fragment is read and compared with its leaf, each digest with its segment.
    """
    report = CheckReport()
    for root in roots:
        try:
            volume = open_volume(root)
            connection = open_for_reading(volume.index)
        except Exception as error:  # noqa: BLE001 - whatever keeps a volume from opening is a finding
            report.errors.append(CheckError("volume", str(root), detail=str(error)))
            continue
        try:
            _check_volume(volume, connection, report, now_ns, progress, hashed=hashed)
        except sqlite3.DatabaseError as error:
            report.errors.append(CheckError("index", str(volume.index), detail=str(error)))
        finally:
            connection.close()
    return report


def _check_volume(
    volume: Volume, connection: sqlite3.Connection, report: CheckReport, now_ns: int,
    progress: Callable[[int], None], *, hashed: bool,
) -> None:  # fmt: skip
    live = is_locked(volume.root)
    listed: set[str] = set()
    for record in rows.all_segments(connection, volume.id):
        listed.add(record.path)
        error = _check_segment(volume, connection, record, live=live, hashed=hashed)
        if error is not None:
            report.errors.append(error)
        report.segments += 1
        report.bytes += record.bytes
        report.seconds += record.duration_90k / 90_000
        progress(report.segments)
    for path in files_since(volume, 0):
        if path in listed or (live and _start_of(path) > now_ns - _FRESH_NS):
            continue
        if rows.segment_at(connection, volume.id, path) is None and (volume.root / path).exists():
            report.errors.append(CheckError("not_indexed", path, Path(path).parts[1]))
    for bad in read_journal(volume.journal):
        if isinstance(bad, BadLine) and not _torn_tail(volume, bad):
            report.errors.append(CheckError("journal", f"journal/{bad.file}", offset=bad.offset))


def _start_of(path: str) -> int:
    text = Path(path).stem.split("-")[0]
    return int(text) if text.isdigit() else 0


def _torn_tail(volume: Volume, bad: BadLine) -> bool:
    """A last line without its end: what a death in mid-write leaves, and no error."""
    data = (volume.journal / bad.file).read_bytes()
    return b"\n" not in data[bad.offset :].rstrip(b"\n\0")


def _check_segment(
    volume: Volume, connection: sqlite3.Connection, record: SegmentRecord, *, live: bool, hashed: bool
) -> CheckError | None:
    try:
        scan = scan_file(volume.root / record.path, hashed=hashed)
    except FileNotFoundError:
        if live and rows.segment_by_id(connection, volume.id, record.id) is None:
            return None  # retention was faster
        return CheckError("missing", record.path, record.camera)
    except OSError as error:
        return CheckError("broken", record.path, record.camera, detail=str(error))
    if not record.sealed:
        if not live:
            return CheckError("unsealed", record.path, record.camera, scan.good_end)
        if scan.good_end < record.bytes:
            return CheckError("broken", record.path, record.camera, scan.damage_at, scan.damage)
        return None
    if scan.damage_at is not None or not scan.sealed:
        return CheckError("broken", record.path, record.camera, scan.damage_at, scan.damage or "not sealed")
    if scan.size != record.bytes:
        return CheckError("size", record.path, record.camera, min(scan.size, record.bytes))
    assert scan.frontier is not None
    if scan.frontier.root().hex() != record.digest:
        return CheckError("digest", record.path, record.camera, 0)
    return None


@dataclass(slots=True)
class _Told:
    """What the journal says about segments."""

    seals: dict[str, dict[str, Any]] = field(default_factory=dict)
    opens: dict[str, str] = field(default_factory=dict)
    deletions: dict[str, dict[str, Any]] = field(default_factory=dict)
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
    told = _Told()
    counted = {"segments": 0, "recomputed": 0, "salvaged": 0, "bad_lines": 0}
    with index.batch():
        for entry in _entries(volume, told):
            index.apply(entry)
    for path in files_since(volume, 0):
        with index.batch():
            record, intervals = _record(volume, path, told, journal, disk)
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


def _entries(volume: Volume, told: _Told) -> Iterator[dict[str, Any]]:
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
            yield entry
    for entry in told.deletions.values():  # receipts whose second line a death took: the file says whether it went
        if not (volume.root / entry["path"]).exists():
            yield {**entry, "t": "deleted"}


def _record(
    volume: Volume, path: str, told: _Told, journal: Journal, disk: Disk
) -> tuple[SegmentRecord | None, list[tuple[int, int]]]:
    seal = told.seals.get(path)
    scan = scan_file(volume.root / path, hashed=seal is None)
    if not scan.sealed and seal is None:
        recovered = recover_file(volume, path, disk, None, told.opens.get(path))
        for entry in recovered.entries:
            journal.append(entry)
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
