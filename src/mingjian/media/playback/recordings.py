"""What playback and export ask of a store. `media.store.reader.StoreReader` answers; a test may answer instead."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from mingjian.ports.recording import FragmentRef, SegmentRecord, Span


class Recordings(Protocol):
    """Read-only questions. All times are UTC nanoseconds, intervals are half open. Calls may block on the disk."""

    def spans(
        self, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int, language: str = "en"
    ) -> Sequence[Span]:
        """What became of [from, to), without hole or overlap, in order; details of gaps in `language` (zh or en)."""
        ...

    def segments(
        self, camera: str, stream: str, from_ns: int, to_ns: int, limit: int | None = None
    ) -> Sequence[SegmentRecord]:
        """The segments that overlap [from, to), oldest first, open ones included; at most `limit`."""
        ...

    def segment(self, segment_id: str) -> SegmentRecord | None:
        """One segment by its id, None when there is none (any more)."""
        ...

    def fragments(self, record: SegmentRecord) -> Sequence[FragmentRef]:
        """The fragments of a segment as far as the index knows them, in file order."""
        ...

    def path(self, record: SegmentRecord) -> Path:
        """Where the segment's file lies. Raises MingjianError when its volume is not mounted."""
        ...
