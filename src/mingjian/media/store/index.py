"""The writing end of a volume's index: used by the volume's writer thread alone, in transactions of about a second.

A fact that no media file can say is a journal entry first; `apply` projects it onto the tables, now and at a rebuild.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mingjian.ports.recording import SegmentRecord

JOIN_TOLERANCE_NS = 250_000_000
"""Two stretches of footage no further apart than this are one span: the mapping of media to wall time moves by less
within a Run (at most 10 ms every 10 s), and a person does not miss a quarter of a second."""

Entry = Mapping[str, Any]

SEGMENT_COLUMNS = (
    "id", "stream_id", "run", "sequence", "path", "start_ns", "end_ns", "start_90k", "duration_90k", "bytes",
    "init_bytes", "fragments", "frames", "damaged_frames", "codecs", "width", "height", "sealed", "digest", "digest_alg",
    "recomputed", "clock_offset_ms",
)  # fmt: skip
_PUT_SEGMENT = (
    f"INSERT OR REPLACE INTO segments ({', '.join(SEGMENT_COLUMNS)}) "  # noqa: S608 - constant names
    f"VALUES ({', '.join('?' * len(SEGMENT_COLUMNS))})"
)


class Index:
    """One volume's index, open for writing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._streams: dict[tuple[str, str], int] = {}
        self._last_spans: dict[int, tuple[int, int]] = {}
        self._longest_ns = int(self.meta("longest_ns") or 0)
        self._apply: dict[str, Callable[[Entry], None]] = {
            "life": self._on_life,
            "beat": self._on_beat,
            "end": self._on_end,
            "camera": self._on_camera,
            "state": self._on_state,
            "loss": self._on_loss,
            "offset": self._on_offset,
            "hold": self._on_hold,
            "unhold": self._on_unhold,
            "deleted": self._on_deleted,
        }

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One transaction; rolled back when the block raises."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            self._last_spans.clear()
            self._streams.clear()
            raise
        self.connection.execute("COMMIT")

    def apply(self, entry: Entry) -> None:
        """Project one journal entry; kinds that concern the journal alone change nothing."""
        project = self._apply.get(entry["t"])
        if project is not None:
            project(entry)

    def meta(self, key: str) -> str | None:
        """A remark by name."""
        row = self.connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def oldest_ns(self) -> int | None:
        """Where the oldest footage begins."""
        row = self.connection.execute("SELECT MIN(start_ns) FROM spans WHERE kind='recorded'").fetchone()
        return None if row[0] is None else int(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Set a remark."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, value))

    def stream_id(self, camera: str, stream: str) -> int:
        """The integer for a camera's stream, made when new."""
        known = self._streams.get((camera, stream))
        if known is not None:
            return known
        self.connection.execute("INSERT OR IGNORE INTO streams (camera, stream) VALUES (?,?)", (camera, stream))
        row = self.connection.execute("SELECT id FROM streams WHERE camera=? AND stream=?", (camera, stream)).fetchone()
        self._streams[camera, stream] = int(row[0])
        return int(row[0])

    def put_segment(self, record: SegmentRecord) -> None:
        """Insert or update one segment."""
        stream_id = self.stream_id(record.camera, record.stream)
        values = [stream_id if name == "stream_id" else getattr(record, name) for name in SEGMENT_COLUMNS]
        self.connection.execute(_PUT_SEGMENT, values)
        if record.end_ns - record.start_ns > self._longest_ns:
            self._longest_ns = record.end_ns - record.start_ns
            self.set_meta("longest_ns", str(self._longest_ns))

    def remove_segment(self, segment: str) -> None:
        """Forget a segment (its file is gone)."""
        self.connection.execute("DELETE FROM segments WHERE id=?", (segment,))

    def recorded(self, camera: str, stream: str, intervals: Iterable[tuple[int, int]]) -> None:
        """Footage of these stretches is there."""
        stream_id = self.stream_id(camera, stream)
        for start_ns, end_ns in intervals:
            last = self._last_spans.get(stream_id)
            if last is not None and last[0] <= start_ns <= last[1] + JOIN_TOLERANCE_NS:
                if end_ns > last[1]:
                    self.connection.execute(
                        "UPDATE spans SET end_ns=? WHERE stream_id=? AND kind='recorded' AND start_ns=?",
                        (end_ns, stream_id, last[0]),
                    )
                    self._last_spans[stream_id] = (last[0], end_ns)
            else:
                self._last_spans[stream_id] = self._add_span(stream_id, "recorded", start_ns, end_ns)

    def _add_span(self, stream_id: int, kind: str, start_ns: int, end_ns: int) -> tuple[int, int]:
        """Unite [start, end) with what is there; the resulting span."""
        low, high = start_ns - JOIN_TOLERANCE_NS, end_ns + JOIN_TOLERANCE_NS
        touching = self._touching(stream_id, kind, low, high)
        for row in touching:
            self._drop_span(stream_id, kind, row[0])
            start_ns, end_ns = min(start_ns, row[0]), max(end_ns, row[1])
        self._put_span(stream_id, kind, start_ns, end_ns)
        return start_ns, end_ns

    def _cut_span(self, stream_id: int, kind: str, start_ns: int, end_ns: int) -> None:
        """Take [start, end) away from the spans of a kind."""
        for low, high in self._touching(stream_id, kind, start_ns, end_ns):
            self._drop_span(stream_id, kind, low)
            if low < start_ns:
                self._put_span(stream_id, kind, low, start_ns)
            if high > end_ns:
                self._put_span(stream_id, kind, end_ns, high)
        self._last_spans.pop(stream_id, None)

    def _touching(self, stream_id: int, kind: str, low: int, high: int) -> list[tuple[int, int]]:
        # spans of a kind are disjoint: from the last one that begins before `low` on
        first = self.connection.execute(
            "SELECT MAX(start_ns) FROM spans WHERE stream_id=? AND kind=? AND start_ns<=?", (stream_id, kind, low)
        ).fetchone()[0]
        rows = self.connection.execute(
            "SELECT start_ns, end_ns FROM spans WHERE stream_id=? AND kind=? AND start_ns>=? AND start_ns<=?",
            (stream_id, kind, low if first is None else first, high),
        ).fetchall()
        return [(row[0], row[1]) for row in rows if row[1] >= low]

    def _drop_span(self, stream_id: int, kind: str, start_ns: int) -> None:
        self.connection.execute(
            "DELETE FROM spans WHERE stream_id=? AND kind=? AND start_ns=?", (stream_id, kind, start_ns)
        )

    def _put_span(self, stream_id: int, kind: str, start_ns: int, end_ns: int) -> None:
        self.connection.execute("INSERT INTO spans VALUES (?,?,?,?)", (stream_id, kind, start_ns, end_ns))

    def lost_after_all(self, camera: str, stream: str, start_ns: int, end_ns: int) -> None:
        """Footage that was thought to be there is not (damage): take it out of the recorded spans."""
        self._cut_span(self.stream_id(camera, stream), "recorded", start_ns, end_ns)

    def _on_life(self, entry: Entry) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO lifetimes VALUES (?,?,?,0,?)",
            (entry["life"], entry["start_ns"], entry["start_ns"], entry["note"]),
        )

    def _on_beat(self, entry: Entry) -> None:
        self.connection.execute(
            "UPDATE lifetimes SET last_ns=? WHERE id=? AND last_ns<?", (entry["at_ns"], entry["life"], entry["at_ns"])
        )

    def _on_end(self, entry: Entry) -> None:
        self.connection.execute(
            "UPDATE lifetimes SET last_ns=MAX(last_ns,?), clean=1 WHERE id=?", (entry["at_ns"], entry["life"])
        )

    def _on_camera(self, entry: Entry) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO cameras VALUES (?,?,?,?)",
            (entry["camera"], entry["keep_days"], entry["planned_from_ns"], entry["removed_ns"]),
        )

    def _on_state(self, entry: Entry) -> None:
        self.connection.execute(
            "INSERT INTO events (stream_id, at_ns, state, reason, detail_zh, detail_en) VALUES (?,?,?,?,?,?)",
            (self.stream_id(entry["camera"], entry["stream"]), entry["at_ns"], entry["state"], entry["reason"],
             entry["zh"], entry["en"]),
        )  # fmt: skip

    def _on_loss(self, entry: Entry) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO losses VALUES (?,?,?,?)",
            (self.stream_id(entry["camera"], entry["stream"]), entry["start_ns"], entry["end_ns"], entry["detail"]),
        )

    def _on_offset(self, entry: Entry) -> None:
        self.connection.execute(
            "INSERT OR REPLACE INTO offsets VALUES (?,?,?)",
            (self.stream_id(entry["camera"], entry["stream"]), entry["at_ns"], entry["offset_ms"]),
        )

    def _on_hold(self, entry: Entry) -> None:
        self.connection.execute(
            "INSERT OR IGNORE INTO holds VALUES (?,?,?,?,?,?,?,?,NULL,NULL,NULL)",
            (entry["id"], entry["camera"], entry["stream"], entry["from_ns"], entry["to_ns"], entry["reason"],
             entry["person"], entry["at_ns"]),
        )  # fmt: skip

    def _on_unhold(self, entry: Entry) -> None:
        self.connection.execute(
            "UPDATE holds SET removed_ns=?, removed_by=?, removed_reason=? WHERE id=? AND removed_ns IS NULL",
            (entry["at_ns"], entry["person"], entry["reason"], entry["id"]),
        )

    def _on_deleted(self, entry: Entry) -> None:
        """The receipt of a deletion: the segment leaves, its time becomes expired."""
        stream_id = self.stream_id(entry["camera"], entry["stream"])
        self.connection.execute(
            "INSERT OR REPLACE INTO deletions VALUES (?,?,?,?,?,?,?,?,?,?)",
            (entry["segment"], stream_id, entry["path"], entry["start_ns"], entry["end_ns"], entry["bytes"],
             entry["digest"], entry["alg"], entry["at_ns"], entry["reason"]),
        )  # fmt: skip
        self.remove_segment(entry["segment"])
        self._cut_span(stream_id, "recorded", entry["start_ns"], entry["end_ns"])
        self._add_span(stream_id, "expired", entry["start_ns"], entry["end_ns"])
