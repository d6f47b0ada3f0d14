"""`Recordings` over the store's indexes and files, for many threads at once.

Each thread has its own StoreReader (a SQLite connection serves one thread at a time). What a sealed segment holds never
changes, so its fragments are kept; of an open segment only what came since the last look is read.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

from mingjian.kernel.clock import NS_PER_S, Clock, SystemClock
from mingjian.media.playback.segment_file import SegmentFile, footage_missing
from mingjian.media.store.reader import StoreReader
from mingjian.ports.recording import FragmentRef, SegmentRecord, Span
from mingjian.wire.fmp4.box import BrokenFile
from mingjian.wire.fmp4.read import walk_fragments

_SEGMENTS_KEPT = 256
_REFRESH_NS = 5 * NS_PER_S


class StoreRecordings:
    """Reads the volumes of a data folder; safe to share between threads.

    `open_reader`, called once per thread, is for who knows the volumes better than the folder.
    """

    def __init__(
        self, data: Path, clock: Clock | None = None, open_reader: Callable[[], StoreReader] | None = None
    ) -> None:
        self._open_reader = open_reader or (lambda: StoreReader.of_data(data))
        self._clock = clock or SystemClock()
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._readers: list[StoreReader] = []
        self._kept: OrderedDict[str, tuple[bool, list[FragmentRef]]] = OrderedDict()

    def close(self) -> None:
        """Let go of all indexes; only when no thread reads any more."""
        with self._lock:
            for reader in self._readers:
                reader.close()
            self._readers = []
            self._mine = threading.local()

    def spans(
        self, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int, language: str = "en"
    ) -> list[Span]:
        """What became of [from, to)."""
        return self._reader().timeline(camera, stream, from_ns, to_ns, now_ns, language=language)

    def segments(
        self, camera: str, stream: str, from_ns: int, to_ns: int, limit: int | None = None
    ) -> Sequence[SegmentRecord]:
        """The segments that overlap [from, to), oldest first."""
        return self._reader().segments(camera, stream, from_ns, to_ns, limit)

    def segment(self, segment_id: str) -> SegmentRecord | None:
        """One segment by its id."""
        return self._reader().segment(segment_id)

    def path(self, record: SegmentRecord) -> Path:
        """Where the segment's file lies."""
        return self._reader().path(record)

    def fragments(self, record: SegmentRecord) -> Sequence[FragmentRef]:
        """The fragments of a segment. Raises MingjianError `footage_missing`, BrokenFile."""
        with self._lock:
            kept = self._kept.get(record.id)
            if kept is not None:
                self._kept.move_to_end(record.id)
        if kept is not None and kept[0]:
            return kept[1]
        if record.sealed:
            try:
                found = self._reader().fragments(record)
            except FileNotFoundError as error:
                raise footage_missing(record) from error
        else:
            found = self._grown(record, kept[1] if kept is not None else [])
        with self._lock:
            self._kept[record.id] = (record.sealed, found)
            while len(self._kept) > _SEGMENTS_KEPT:
                self._kept.popitem(last=False)
        return found

    def _grown(self, record: SegmentRecord, known: list[FragmentRef]) -> list[FragmentRef]:
        """`known` and the whole fragments that an open segment got since."""
        found = list(known)
        with SegmentFile(self.path(record), record) as opened:
            begin = found[-1].offset + found[-1].size + found[-1].trailer_bytes if found else opened.init.size
            try:
                for fragment in walk_fragments(opened.read_at, begin, opened.size(), opened.init):
                    if fragment.leaf_hash is None:
                        break  # still being written
                    row = fragment.row(opened.init)
                    found.append(
                        FragmentRef(
                            len(found) + 1,
                            row.offset,
                            row.size,
                            row.trailer_bytes,
                            row.start_90k,
                            row.duration_90k,
                            row.keyframe,
                            row.start_ns,
                        )
                    )
            except BrokenFile:
                pass  # the tail of a file that is being written is no whole fragment yet
        return found

    def _reader(self) -> StoreReader:
        reader: StoreReader | None = getattr(self._mine, "reader", None)
        if reader is None:
            reader = self._open_reader()
            self._mine.reader = reader
            self._mine.refreshed_ns = self._clock.mono_ns()
            with self._lock:
                self._readers.append(reader)
        elif reader.problems and self._clock.mono_ns() - self._mine.refreshed_ns > _REFRESH_NS:
            self._mine.refreshed_ns = self._clock.mono_ns()
            reader.refresh()
        return reader
