"""GET base/live.m3u8: HLS live over the recorder's own fragments (RFC 8216 section 6.2.1), for players that know no more.

A live ticket names no stretch of time, so what it opens here is what is just being recorded: whole chunks that ended
less than REACH_NS ago. Pictures come a chunk (GOP) and the reader's own cushion late; the WebSocket is for who can use it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TypeVar

from aiohttp import web

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.media_time import RATE_90K
from mingjian.media.mask_book import MaskBook
from mingjian.media.playback.access import not_covered, require
from mingjian.media.playback.answers import PRIVATE
from mingjian.media.playback.byte_ranges import parse_place
from mingjian.media.playback.chunks import Chunk, chunks_of
from mingjian.media.playback.masked_media import MaskedMedia
from mingjian.media.playback.plan import no_footage
from mingjian.media.playback.playlist import data_path, init_path, milliseconds
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.retime import retimed
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.ports.masks import Polygon
from mingjian.ports.recording import SegmentRecord
from mingjian.ports.seen import NoteSeen, forget_seen
from mingjian.ports.ticket import Right, Ticket

Handler = Callable[[web.Request, Ticket], Awaitable[web.StreamResponse]]
T = TypeVar("T")

WINDOW_NS = 30 * NS_PER_S
REACH_NS = 90 * NS_PER_S
"""What a playlist names must stay readable for as long as the playlist was, after it left it (6.2.2)."""
_AHEAD_NS = 30 * NS_PER_S
"""Chunks may be dated a little after now; what lies further ahead was recorded before the clock was set back."""


@dataclass(slots=True)
class LiveWindow:
    """The playlist of one stream from reload to reload: it only loses chunks in front and gains them at the end.

    `sequence` numbers the first entry, `breaks` counts the discontinuities that left (6.2.2). An entry's flag says that a
    run begins with it; `run` is the last one seen, which outlasts its entries.
    """

    sequence: int
    breaks: int = 0
    target_s: int = 1
    run: str = ""
    entries: list[tuple[Chunk, bool]] = field(default_factory=list)

    def update(self, chunks: Sequence[Chunk], now_ns: int) -> None:
        """`chunks` are the whole chunks there are, oldest first; those that ended before the window leave it."""
        if self.entries and self.entries[-1][0].start_ns >= now_ns + _AHEAD_NS:
            self._leave(len(self.entries))
        last = self.entries[-1][0] if self.entries else None
        for chunk in chunks:
            if last is None or (chunk.start_ns, chunk.offset) > (last.start_ns, last.offset):
                self.entries.append((chunk, self.run not in ("", chunk.segment.run)))
                last, self.run = chunk, chunk.segment.run
                self.target_s = max(self.target_s, (chunk.duration_90k + RATE_90K // 2) // RATE_90K)
        self._leave(sum(chunk.end_ns <= now_ns - WINDOW_NS for chunk, _ in self.entries))

    def _leave(self, count: int) -> None:
        self.breaks += sum(broke for _, broke in self.entries[:count])
        self.sequence += count
        del self.entries[:count]

    def text(self) -> str:
        """The playlist; URIs are relative to the session's base."""
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{self.target_s}",
            f"#EXT-X-MEDIA-SEQUENCE:{self.sequence}",
            f"#EXT-X-DISCONTINUITY-SEQUENCE:{self.breaks}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        segment = ""
        for chunk, broke in self.entries:
            if broke:
                lines.append("#EXT-X-DISCONTINUITY")
            if chunk.segment.id != segment:
                segment = chunk.segment.id
                lines.append(f'#EXT-X-MAP:URI="live/{init_path(segment)}.mp4"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{milliseconds(chunk.start_ns)}")
            lines.append(f"#EXTINF:{chunk.duration_90k / RATE_90K:.5f},")
            lines.append(f"live/{data_path(chunk)}.m4s")
        return "\n".join(lines) + "\n"


class LiveList:
    """The calls of HLS live. `reads` is the executor in which index and files are read."""

    def __init__(
        self,
        recordings: Recordings,
        masked: MaskedMedia,
        masks: MaskBook,
        clock: Clock,
        reads: Executor,
        note: NoteSeen = forget_seen,
    ) -> None:
        self._note = note
        self.masked = masked
        self._masks = masks
        self._recordings = recordings
        self._clock = clock
        self._reads = reads
        self._windows: dict[tuple[str, str], LiveWindow] = {}

    def table(self) -> list[tuple[str, str, Handler]]:
        """(method, path below the session's base, handler)."""
        return [
            ("GET", "live.m3u8", self.playlist),
            ("GET", "live/init/{segment}.mp4", self.init),
            ("GET", "live/data/{segment}/{place}", self.data),
        ]

    async def playlist(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """The last 30 s. Raises MingjianError `not_covered`, `no_footage` while nothing is recorded."""
        stream = request.query.get("stream", "main")
        require(ticket, Right.LIVE, stream)
        self._masks.now(ticket)
        now_ns = self._clock.now_ns()
        chunks = await self._read(lambda: self._whole_chunks(ticket.camera, stream, now_ns))
        key = ticket.camera, stream
        window = self._windows.get(key)
        if window is None:
            # From the clock, so that numbers go up over a restart too.
            window = self._windows[key] = LiveWindow(now_ns // NS_PER_S)
        window.update(chunks, now_ns)
        if not window.entries:
            raise no_footage(None)
        return web.Response(text=window.text(), content_type="application/vnd.apple.mpegurl", headers=PRIVATE)

    async def init(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """The init part of a segment that is being recorded, or was a moment ago."""
        record = await self._recent(request, ticket)
        polygons = self._polygons(ticket, record)
        if polygons:
            return _media(await self.masked.init(record, polygons))

        def read() -> bytes:
            with SegmentFile(self._recordings.path(record), record) as opened:
                return opened.init_bytes()

        return _media(await self._read(read))

    async def data(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """One chunk that ended a moment ago; its media time goes on from segment to segment."""
        record = await self._recent(request, ticket)
        offset, length, _ = parse_place(request.match_info["place"])
        oldest_ns = self._clock.now_ns() - REACH_NS
        polygons = self._polygons(ticket, record)

        def find() -> Chunk:
            chunks = chunks_of(record, self._recordings.fragments(record))
            found = [one for one in chunks if (one.offset, one.length) == (offset, length) and one.end_ns > oldest_ns]
            if not found:
                raise not_covered("range")
            return found[0]

        def read() -> bytearray:
            with SegmentFile(self._recordings.path(record), record) as opened:
                return retimed(opened.read_whole(offset, length), opened.init, record.start_90k)

        chunk = await self._read(find)
        if polygons:
            body = await self.masked.in_run_time(record, offset, length, polygons)
        else:
            body = await self._read(read)
        self._note(ticket, chunk.start_ns, chunk.end_ns)
        return _media(body)

    def _polygons(self, ticket: Ticket, record: SegmentRecord) -> tuple[Polygon, ...]:
        """All of a segment has one init part, so that its masks are those of the whole segment."""
        self._masks.now(ticket)
        return self._masks.over(ticket, record.start_ns, record.end_ns)

    async def _recent(self, request: web.Request, ticket: Ticket) -> SegmentRecord:
        """The segment of a request, if the ticket shows its stream live and it ended a moment ago or goes on."""
        segment_id = request.match_info["segment"]
        record = await self._read(lambda: self._recordings.segment(segment_id))
        if record is None or record.camera != ticket.camera or record.end_ns <= self._clock.now_ns() - REACH_NS:
            raise not_covered("segment")
        require(ticket, Right.LIVE, record.stream)
        return record

    def _whole_chunks(self, camera: str, stream: str, now_ns: int) -> list[Chunk]:
        found = [
            chunk
            for record in self._recordings.segments(camera, stream, now_ns - WINDOW_NS, now_ns + _AHEAD_NS)
            for chunk in chunks_of(record, self._recordings.fragments(record))
            if not chunk.partial and chunk.end_ns > now_ns - WINDOW_NS and chunk.start_ns < now_ns + _AHEAD_NS
        ]
        return sorted(found, key=lambda chunk: (chunk.start_ns, chunk.offset))

    async def _read(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reads, call)


def _media(body: bytes | bytearray) -> web.Response:
    return web.Response(body=body, content_type="video/mp4", headers=PRIVATE)
