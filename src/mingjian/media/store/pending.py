"""What a volume's writer has done and the index does not know yet: it goes there in one transaction a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mingjian.media.store.index import Index
from mingjian.media.store.segment import Segment


class Pending:
    """Collected by the writer's thread. Kept for the next try when a commit fails."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []
        self.works: list[Callable[[Index], None]] = []
        self._segments: dict[str, Segment] = {}
        self._spans: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def touched(self, segment: Segment) -> None:
        """A segment's row has changed."""
        self._segments[segment.record.id] = segment

    def recorded(self, segment: Segment, start_ns: int, end_ns: int) -> None:
        """Footage of [start, end) is on disk."""
        spans = self._spans.setdefault((segment.record.camera, segment.record.stream), [])
        if spans and spans[-1][1] == start_ns:
            spans[-1] = (spans[-1][0], end_ns)
        else:
            spans.append((start_ns, end_ns))

    def commit(self, index: Index, beat: dict[str, Any], journal_at: str | None) -> None:
        """One transaction: facts, works, rows, spans, the heartbeat, and how far the journal is projected.

        Raises sqlite3.DatabaseError; then nothing is forgotten.
        """
        with index.batch():
            for entry in self.facts:
                index.apply(entry)
            for action in self.works:
                action(index)
            for segment in self._segments.values():
                index.put_segment(segment.record)
            for (camera, stream), spans in self._spans.items():
                index.recorded(camera, stream, spans)
            index.apply(beat)
            if journal_at is not None:
                index.set_meta("journal_at", journal_at)
        self.facts.clear()
        self.works.clear()
        self._segments.clear()
        self._spans.clear()
