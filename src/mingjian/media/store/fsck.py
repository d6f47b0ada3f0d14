"""Does the store hold what it says? Reads only, works beside a running engine. Its repair is `rebuild`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mingjian.kernel.clock import NS_PER_S
from mingjian.media.store import rows
from mingjian.media.store.journal import BadLine, read_journal
from mingjian.media.store.lock import is_locked
from mingjian.media.store.rebuild import rebuild
from mingjian.media.store.recovery import files_since
from mingjian.media.store.scan import scan_file
from mingjian.media.store.schema import open_for_reading
from mingjian.media.store.volume import Volume, open_volume
from mingjian.ports.recording import SegmentRecord

__all__ = ["CheckError", "CheckReport", "check", "rebuild"]

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
