"""A segment's file, opened for reading only. Blocking: call it in a thread."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.recording import FragmentRef, SegmentRecord
from mingjian.wire.fmp4.read import Fragment, InitInfo, Sample, parse_init, read_fragment


class SegmentFile:
    """One file and what its index says of it. Raises MingjianError `footage_missing` when the file is not there."""

    def __init__(self, path: Path, record: SegmentRecord) -> None:
        self.record = record
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError as error:
            raise footage_missing(record) from error
        self._init: InitInfo | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def size(self) -> int:
        """Bytes in the file now."""
        return os.fstat(self._fd).st_size

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`, fewer only at the end of the file."""
        return os.pread(self._fd, length, offset)

    def read_whole(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes. Raises MingjianError `footage_missing` when the file is shorter."""
        data = os.pread(self._fd, length, offset)
        if len(data) != length:
            raise footage_missing(self.record)
        return data

    def init_bytes(self) -> bytes:
        """The init part as recorded."""
        return self.read_whole(0, self.record.init_bytes)

    @property
    def init(self) -> InitInfo:
        """What the init part says. Raises BrokenFile."""
        if self._init is None:
            self._init = parse_init(self.init_bytes())
        return self._init

    def fragment(self, ref: FragmentRef) -> Fragment:
        """The samples of one fragment. Raises BrokenFile."""
        found = read_fragment(self.read_at, ref.offset, ref.offset + ref.size + ref.trailer_bytes, self.init)
        if found is None:
            raise footage_missing(self.record)
        return found

    def fragments(self, refs: Iterable[FragmentRef]) -> Iterator[Fragment]:
        """The samples of several fragments."""
        for ref in refs:
            yield self.fragment(ref)

    def video_samples(self, fragment: Fragment) -> tuple[Sample, ...]:
        """The pictures of a fragment in decoding order, none for a file of sound only."""
        video = self.init.video
        return () if video is None else fragment.samples.get(video.track_id, ())


def footage_missing(record: SegmentRecord) -> MingjianError:
    """The index knows a segment that the disk does not give (any more)."""
    return MingjianError(
        "footage_missing",
        Text(
            zh=f"录像文件 {record.path} 不在磁盘上或已被截短",
            en=f"the recording {record.path} is not on the disk, or is cut short",
        ),
        fault=Fault.ENVIRONMENT,
        remedy=Text(zh="请运行 mingjian store check 检查存储", en="run mingjian store check"),
    )
