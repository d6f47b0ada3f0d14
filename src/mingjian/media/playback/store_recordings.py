"""`Recordings` over the store's indexes and files, for many threads at once.

Each thread has its own StoreReader (a SQLite connection serves one thread at a time). What a sealed segment holds never
changes, so its fragments are kept; of an open segment only what came since the last look is read.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mingjian.kernel.clock import NS_PER_S, Clock, SystemClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.playback.segment_file import SegmentFile, footage_missing
from mingjian.media.store.reader import StoreReader
from mingjian.ports.recording import FragmentRef, SegmentRecord, Span
from mingjian.wire.fmp4.box import BrokenFile
from mingjian.wire.fmp4.read import walk_fragments

_SEGMENTS_KEPT = 256
_LOOK_NS = 5 * NS_PER_S
"""How often a thread looks whether its indexes are still those on the disk."""


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
        with self._reader() as reader:
            return reader.timeline(camera, stream, from_ns, to_ns, now_ns, language=language)

    def segments(
        self, camera: str, stream: str, from_ns: int, to_ns: int, limit: int | None = None
    ) -> Sequence[SegmentRecord]:
        """The segments that overlap [from, to), oldest first."""
        with self._reader() as reader:
            return reader.segments(camera, stream, from_ns, to_ns, limit)

    def segment(self, segment_id: str) -> SegmentRecord | None:
        """One segment by its id."""
        with self._reader() as reader:
            return reader.segment(segment_id)

    def path(self, record: SegmentRecord) -> Path:
        """Where the segment's file lies."""
        with self._reader() as reader:
            return reader.path(record)

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
                with self._reader() as reader:
                    found = reader.fragments(record)
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

    @contextmanager
    def _reader(self) -> Iterator[StoreReader]:
        """This thread's reader. Raises MingjianError `index_unreadable` for what SQLite refuses; the next call opens anew."""
        reader: StoreReader | None = getattr(self._mine, "reader", None)
        now_ns = self._clock.mono_ns()
        if reader is not None and now_ns - self._mine.looked_ns > _LOOK_NS:
            self._mine.looked_ns = now_ns
            if _inodes(reader) != self._mine.inodes:  # an index was rebuilt, or its volume came back: ours is history
                self._drop(reader)
                reader = None
            elif reader.problems:
                reader.refresh()
                self._mine.inodes = _inodes(reader)
        try:
            if reader is None:
                reader = self._open_reader()
                self._mine.reader, self._mine.looked_ns, self._mine.inodes = reader, now_ns, _inodes(reader)
                with self._lock:
                    self._readers.append(reader)
            if reader.problems and not reader.volumes:
                raise _unreadable("; ".join(f"{root.name}: {problem}" for root, problem in reader.problems))
            yield reader
        except sqlite3.Error as error:
            if reader is not None:
                self._drop(reader)
            raise _unreadable(repr(error)) from error

    def _drop(self, reader: StoreReader) -> None:
        self._mine.reader = None
        reader.close()
        with self._lock:
            self._readers.remove(reader)


def _inodes(reader: StoreReader) -> list[int]:
    """Which files the indexes are; 0 for one that is away."""
    found: list[int] = []
    for opened in reader.volumes:
        try:
            found.append(opened.volume.index.stat().st_ino)
        except OSError:
            found.append(0)
    return found


def _unreadable(detail: str) -> MingjianError:
    return MingjianError(
        "index_unreadable",
        Text(zh="录像索引暂时无法读取", en="the index of recordings cannot be read now"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(
            zh="请稍后再试；若一直如此，请运行 mingjian store check",
            en="try again; if it stays so, run mingjian store check",
        ),
        detail=detail,
    )
