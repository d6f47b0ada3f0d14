"""Reading the tables of an index as values of ports.recording; used by reader, recovery, fsck and retention."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

from mingjian.media.store.timeline import Event
from mingjian.ports.recording import GapReason, SegmentRecord

_COLUMNS = (
    "s.id, t.camera, t.stream, s.run, s.sequence, s.path, s.start_ns, s.end_ns, s.start_90k, s.duration_90k, s.bytes, "
    "s.init_bytes, s.fragments, s.frames, s.damaged_frames, s.codecs, s.width, s.height, s.sealed, s.digest, "
    "s.digest_alg, s.recomputed, s.clock_offset_ms"
)
_FIELDS = [name.strip()[2:] for name in _COLUMNS.split(",")]
_SELECT = f"SELECT {_COLUMNS} FROM segments s JOIN streams t ON t.id = s.stream_id"  # noqa: S608 - constants


def _record(row: tuple[Any, ...], volume: str) -> SegmentRecord:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    values["sealed"], values["recomputed"] = bool(values["sealed"]), bool(values["recomputed"])
    return SegmentRecord(**values, volume=volume)


def segments_between(
    connection: sqlite3.Connection,
    volume: str,
    camera: str,
    stream: str,
    from_ns: int,
    to_ns: int,
    limit: int | None = None,
) -> list[SegmentRecord]:
    """Segments that overlap [from, to), by start; the first `limit` of them."""
    row = connection.execute("SELECT value FROM meta WHERE key='longest_ns'").fetchone()
    reach_ns = int(row[0]) if row else 0
    found = connection.execute(
        f"{_SELECT} WHERE t.camera=? AND t.stream=? AND s.start_ns>=? AND s.start_ns<? AND s.end_ns>? ORDER BY s.start_ns "
        "LIMIT ?",
        (camera, stream, from_ns - reach_ns, to_ns, from_ns, -1 if limit is None else limit),
    )
    return [_record(row, volume) for row in found]


def segment_by_id(connection: sqlite3.Connection, volume: str, segment: str) -> SegmentRecord | None:
    """One segment."""
    row = connection.execute(f"{_SELECT} WHERE s.id=?", (segment,)).fetchone()
    return None if row is None else _record(row, volume)


def segment_at(connection: sqlite3.Connection, volume: str, path: str) -> SegmentRecord | None:
    """The segment whose file lies there; found by the start and sequence in its name."""
    parts = path.split("/")
    start, _, sequence = parts[-1].removesuffix(".mp4").partition("-")
    if len(parts) != 5 or not start.isdigit() or not sequence.isdigit():
        return None
    row = connection.execute(
        f"{_SELECT} WHERE t.camera=? AND t.stream=? AND s.start_ns=? AND s.sequence=?",
        (parts[1], parts[2], int(start), int(sequence)),
    ).fetchone()
    return None if row is None else _record(row, volume)


def open_segments(connection: sqlite3.Connection, volume: str) -> list[SegmentRecord]:
    """Segments that are not sealed."""
    return [_record(row, volume) for row in connection.execute(f"{_SELECT} WHERE s.sealed=0")]


def all_segments(connection: sqlite3.Connection, volume: str) -> Iterator[SegmentRecord]:
    """Every segment of a volume."""
    for row in connection.execute(f"{_SELECT} ORDER BY s.path"):
        yield _record(row, volume)


def segments_before(connection: sqlite3.Connection, volume: str, camera: str, end_ns: int) -> Iterator[SegmentRecord]:
    """Sealed segments of a camera that ended by an instant, oldest first, one by one."""
    for row in connection.execute(
        f"{_SELECT} WHERE t.camera=? AND s.sealed=1 AND s.start_ns<? AND s.end_ns<=? ORDER BY s.start_ns",
        (camera, end_ns, end_ns),
    ):
        yield _record(row, volume)


def spans_around(
    connection: sqlite3.Connection, stream_id: int, kind: str, from_ns: int, to_ns: int
) -> list[tuple[int, int]]:
    """Spans that reach into [from, to), unclipped, and the last one before."""
    first = connection.execute(
        "SELECT MAX(start_ns) FROM spans WHERE stream_id=? AND kind=? AND start_ns<=?", (stream_id, kind, from_ns)
    ).fetchone()[0]
    return connection.execute(
        "SELECT start_ns, end_ns FROM spans WHERE stream_id=? AND kind=? AND start_ns>=? AND start_ns<?",
        (stream_id, kind, from_ns if first is None else first, to_ns),
    ).fetchall()


_EVENTS = "SELECT at_ns, state, reason, detail_zh, detail_en FROM events WHERE stream_id=? "
_EVENTS_BEFORE = 50


def events_of(connection: sqlite3.Connection, stream_id: int, from_ns: int, to_ns: int, language: str) -> list[Event]:
    """Events of a stream in [from, to) and the last ones before, with the detail in one language."""
    found = connection.execute(
        f"{_EVENTS} AND at_ns<? ORDER BY at_ns DESC LIMIT ?", (stream_id, from_ns, _EVENTS_BEFORE)
    )
    listed = list(reversed(found.fetchall()))
    listed += connection.execute(f"{_EVENTS} AND at_ns>=? AND at_ns<? ORDER BY at_ns, id", (stream_id, from_ns, to_ns))
    chinese = language.lower().startswith("zh")
    return [
        Event(at_ns, state, GapReason(reason) if reason else None, (zh if chinese else en) or None)
        for at_ns, state, reason, zh, en in listed
    ]
