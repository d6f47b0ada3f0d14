"""Pictures of any instant: snapshots to the exact frame, and small ones for scrubbing."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from mingjian.kernel.media_time import ns_to_90k
from mingjian.media.mask_book import MaskBook
from mingjian.media.playback.access import covered_range, require
from mingjian.media.playback.chunks import Chunk, chunks_of, clip_chunks
from mingjian.media.playback.decode import CodedPicture, snapshot_jpeg, thumbnail_jpeg
from mingjian.media.playback.frames import FrameTime, frame_times
from mingjian.media.playback.plan import no_footage
from mingjian.media.playback.pool import WorkPool, undecodable
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.media.playback.thumb_cache import ThumbCache, ThumbKey
from mingjian.media.playback.watermark import stamp_jpeg, watermark_time
from mingjian.ports.masks import Polygon, polygons_text
from mingjian.ports.recording import FragmentRef
from mingjian.ports.ticket import Right, Ticket

THUMB_WIDTHS = (160, 240, 320, 480)
_SNAPSHOT_QUALITY = 92
_THUMB_QUALITY = 78


@dataclass(frozen=True, slots=True)
class StillPicture:
    """A JPEG and the wall time of the frame it shows."""

    jpeg: bytes
    at_ns: int


class Pictures:
    """Makes pictures for tickets. `camera_name` gives the name written into them, `zone` the time zone of the clock."""

    def __init__(
        self,
        recordings: Recordings,
        pool: WorkPool,
        cache: ThumbCache,
        reads: Executor,
        camera_name: Callable[[str], str],
        zone: dt.tzinfo,
        masks: MaskBook,
    ) -> None:
        self._recordings = recordings
        self.pool = pool
        self._cache = cache
        self._reads = reads
        self._camera_name = camera_name
        self._zone = zone
        self.masks = masks

    async def snapshot(self, ticket: Ticket, stream: str, at_ns: int, now_ns: int) -> StillPicture:
        """The frame that stood at `at_ns`, in full size.

        Raises MingjianError `not_covered`, `no_footage`, `undecodable`, `busy`, `font_missing`, or as MaskBook.
        """
        require(ticket, Right.SNAPSHOT, stream)
        covered_range(ticket, at_ns, at_ns + 1)
        loop = asyncio.get_running_loop()
        media, coded, frame = await loop.run_in_executor(
            self._reads, self._read_to_frame, ticket.camera, stream, at_ns, now_ns
        )
        polygons = self.masks.over(ticket, frame.at_ns, frame.at_ns + 1)
        lines = self.watermark(ticket, frame.at_ns)
        jpeg = await self.pool.run(snapshot_jpeg, media, coded, frame.pts_90k, polygons, lines, _SNAPSHOT_QUALITY)
        return StillPicture(jpeg, frame.at_ns)

    async def thumbnail(self, ticket: Ticket, stream: str, at_ns: int, width: int, now_ns: int) -> StillPicture:
        """The keyframe at or before `at_ns`, small: the widths are 160, 240, 320 and 480.

        Raises MingjianError as `snapshot` does.
        """
        if Right.SNAPSHOT.value not in ticket.rights:
            require(ticket, Right.PLAYBACK, stream)
        else:
            require(ticket, Right.SNAPSHOT, stream)
        covered_range(ticket, at_ns, at_ns + 1)
        width = next((known for known in THUMB_WIDTHS if known >= width), THUMB_WIDTHS[-1])
        loop = asyncio.get_running_loop()
        chunk, _ = await loop.run_in_executor(self._reads, self._chunk_at, ticket.camera, stream, at_ns, now_ns)
        polygons = self.masks.over(ticket, chunk.start_ns, chunk.start_ns + 1)
        key = _key(chunk, width, polygons)
        kept = await loop.run_in_executor(self._reads, self._cache.get, key)
        if kept is None:
            media, coded = await loop.run_in_executor(self._reads, self._read_keyframe, chunk)
            kept = await self.pool.run(thumbnail_jpeg, media, coded, polygons, width, _THUMB_QUALITY)
            await loop.run_in_executor(self._reads, self._cache.put, key, kept)
        lines = self.watermark(ticket, chunk.start_ns)
        stamped = await loop.run_in_executor(self._reads, stamp_jpeg, kept, lines)
        return StillPicture(stamped, chunk.start_ns)

    def watermark(self, ticket: Ticket, at_ns: int) -> list[str]:
        """The lines written into a picture: what it shows, then who looks."""
        shown = f"{self._camera_name(ticket.camera)}  {watermark_time(at_ns, self._zone)}"
        return [shown, f"{ticket.viewer_name}  {ticket.purpose}".rstrip()]

    def _chunk_at(self, camera: str, stream: str, at_ns: int, now_ns: int) -> tuple[Chunk, list[FragmentRef]]:
        """The chunk that holds an instant, and its fragments. Where recordings overlap, the later one."""
        for record in reversed(self._recordings.segments(camera, stream, at_ns, at_ns + 1)):
            fragments = self._recordings.fragments(record)
            chunks = clip_chunks(chunks_of(record, fragments), at_ns, at_ns + 1)
            if chunks:
                chunk = chunks[-1]
                return chunk, [ref for ref in fragments if chunk.first <= ref.index <= chunk.last]
        spans = self._recordings.spans(camera, stream, at_ns, at_ns + 1, now_ns)
        raise no_footage(spans[0].reason.value if spans and spans[0].reason is not None else None)

    def _read_to_frame(
        self, camera: str, stream: str, at_ns: int, now_ns: int
    ) -> tuple[bytes, list[CodedPicture], FrameTime]:
        """What a decoder needs for the frame at an instant, and the frame's times."""
        chunk, refs = self._chunk_at(camera, stream, at_ns, now_ns)
        asked_90k = chunk.start_90k + ns_to_90k(at_ns - chunk.start_ns)
        with SegmentFile(self._recordings.path(chunk.segment), chunk.segment) as opened:
            times = frame_times(opened, refs)
            if not times:
                raise undecodable("a chunk without pictures")
            frame = next((one for one in reversed(times) if one.pts_90k <= asked_90k), times[0])
            media, coded = coded_pictures(opened, refs)
        return media, coded, frame

    def _read_keyframe(self, chunk: Chunk) -> tuple[bytes, list[CodedPicture]]:
        """What a decoder needs for the keyframe at the head of a chunk."""
        head = next(ref for ref in self._recordings.fragments(chunk.segment) if ref.index == chunk.first)
        with SegmentFile(self._recordings.path(chunk.segment), chunk.segment) as opened:
            media, coded = coded_pictures(opened, [head])
        if not coded:
            raise undecodable("a chunk without pictures")
        return media, coded


def coded_pictures(opened: SegmentFile, refs: Sequence[FragmentRef]) -> tuple[bytes, list[CodedPicture]]:
    """The init part with neighbouring fragments, and the pictures in them in decoding order. Blocking."""
    init = opened.init_bytes()
    begin, end = refs[0].offset, refs[-1].offset + refs[-1].size
    shift = len(init) - begin
    coded = [
        CodedPicture(sample.offset + shift, sample.size, sample.pts, sample.keyframe)
        for fragment in opened.fragments(refs)
        for sample in opened.video_samples(fragment)
    ]
    return init + opened.read_whole(begin, end - begin), coded


def _key(chunk: Chunk, width: int, polygons: Sequence[Polygon]) -> ThumbKey:
    masks = hashlib.sha256(polygons_text(polygons).encode()).hexdigest()[:32] if polygons else ""
    return ThumbKey(chunk.segment.camera, chunk.segment.stream, chunk.segment.id, chunk.offset, width, masks)
