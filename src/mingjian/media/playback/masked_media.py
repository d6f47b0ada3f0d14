"""Recorded chunks encoded anew: for browsers that cannot play them, and with masks for who may not see what they cover.

Bytes are read in threads, pictures decoded and encoded in the processes of `pool`, under its quota.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TypeVar

from mingjian.media.playback.chunks import chunks_of
from mingjian.media.playback.convert import convert_chunk
from mingjian.media.playback.plan import no_footage
from mingjian.media.playback.pool import WorkPool
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.retime import retimed
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.ports.masks import Polygon
from mingjian.ports.recording import SegmentRecord
from mingjian.wire.fmp4.read import parse_init

T = TypeVar("T")


class MaskedMedia:
    """Chunks as H.264 with AAC or FLAC, whole in themselves or for HLS."""

    def __init__(self, recordings: Recordings, pool: WorkPool, reads: Executor) -> None:
        self._recordings = recordings
        self._pool = pool
        self._reads = reads

    async def converted(self, record: SegmentRecord, offset: int, length: int, polygons: Sequence[Polygon]) -> bytes:
        """Init part and fragments of bytes [offset, offset + length), which are whole fragments of the segment; decoding
        begins at the keyframe before them. Raises MingjianError `busy`, `undecodable`, BrokenFile."""

        def read() -> tuple[bytes, int]:
            fragments = self._recordings.fragments(record)
            head = next(chunk for chunk in reversed(chunks_of(record, fragments)) if chunk.offset <= offset)
            first = next(ref for ref in fragments if ref.offset == offset)
            with SegmentFile(self._recordings.path(record), record) as opened:
                body = opened.read_whole(head.offset, offset + length - head.offset)
                return opened.init_bytes() + body, first.start_90k

        media, from_90k = await self._read(read)
        return await self._pool.run(convert_chunk, media, from_90k, tuple(polygons))

    async def in_run_time(
        self, record: SegmentRecord, offset: int, length: int, polygons: Sequence[Polygon]
    ) -> bytearray:
        """The fragments alone, their media time that of the run, for HLS. Raises as `converted`."""
        made = await self.converted(record, offset, length, polygons)
        init = parse_init(made)
        return retimed(made[init.size :], init, record.start_90k)

    async def init(self, record: SegmentRecord, polygons: Sequence[Polygon]) -> bytes:
        """The init part that goes with `in_run_time`: the encoder's parameters are the same for all of a segment."""
        refs = await self._read(lambda: self._recordings.fragments(record))
        if not refs:
            raise no_footage(None)
        made = await self.converted(record, refs[0].offset, refs[0].size, polygons)
        return made[: parse_init(made).size]

    async def _read(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reads, call)
