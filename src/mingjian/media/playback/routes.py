"""The playback calls of an edge session, as aiohttp handlers `(request, ticket) -> response`.

The session layer finds the session, checks that its ticket still holds, and turns a MingjianError into problem+json; what
the ticket covers is checked here, for every call. Disk and index are read in threads, never on the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Executor
from functools import partial
from itertools import groupby
from typing import Any, TypeVar

import orjson
from aiohttp import web

from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns
from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.kernel.text import Text
from mingjian.media.mask_book import HTTP_STATUS as MASKS_STATUS
from mingjian.media.playback.access import covered_bytes, covered_range, covered_segment, require
from mingjian.media.playback.answers import PRIVATE, days_json, frames_json, plan_json, timeline_json, trick_json
from mingjian.media.playback.byte_ranges import parse_place, requested_part
from mingjian.media.playback.conversion import converted_codecs
from mingjian.media.playback.convert import convert_chunk
from mingjian.media.playback.frames import FrameTime, frame_times
from mingjian.media.playback.live_list import LiveList
from mingjian.media.playback.masked_media import MaskedMedia
from mingjian.media.playback.pictures import Pictures, StillPicture
from mingjian.media.playback.plan import MAX_CHUNKS, Cursor, Plan, make_plan, parse_cursor
from mingjian.media.playback.playlist import media_playlist
from mingjian.media.playback.recordings import Recordings
from mingjian.media.playback.retime import retimed
from mingjian.media.playback.segment_file import SegmentFile
from mingjian.media.playback.timeline import coalesce, days_with_recordings, month_days_ns, timezone
from mingjian.media.playback.trick import (
    Picture,
    TrickPlan,
    check_speed,
    plan_trick,
    trick_codecs,
    trick_groups,
    trick_stream,
)
from mingjian.ports.masks import Polygon
from mingjian.ports.recording import SegmentRecord, Span
from mingjian.ports.seen import NoteSeen, forget_seen
from mingjian.ports.ticket import Right, Ticket

Handler = Callable[[web.Request, Ticket], Awaitable[web.StreamResponse]]
T = TypeVar("T")

HTTP_STATUS = {
    "not_covered": 403,
    "no_footage": 404,
    "footage_missing": 410,
    "busy": 503,
    "index_unreadable": 503,
    "undecodable": 422,
    "broken_mp4": 422,
    "font_missing": 500,
    "bad_time": 400,
    "bad_timezone": 400,
    "bad_month": 400,
    "bad_cursor": 400,
    "bad_speed": 400,
    "bad_range": 400,
    "bad_parameter": 400,
    **MASKS_STATUS,
}
"""The HTTP status of each error code that these calls raise."""

_READ_BYTES = 256 << 10
_DEFAULT_SPANS, _MAX_SPANS = 1000, 20_000
_DEFAULT_CHUNKS = 60
_PLAYLIST_CHUNKS = 20_000


class PlaybackCalls:
    """All of a session's calls on recordings. `reads` is the executor in which index and files are read.

    `note` hears of what is about to be sent.
    """

    def __init__(
        self, recordings: Recordings, pictures: Pictures, clock: Clock, reads: Executor, note: NoteSeen = forget_seen
    ) -> None:
        self._note = note
        self._recordings = recordings
        self._pictures = pictures
        self._clock = clock
        self._reads = reads
        self._masks = pictures.masks
        self._live = LiveList(
            recordings, MaskedMedia(recordings, pictures.pool, reads), self._masks, clock, reads, note
        )
        self._masked = self._live.masked

    def table(self) -> list[tuple[str, str, Handler]]:
        """(method, path below the session's base, handler)."""
        return [
            ("GET", "timeline", self.timeline),
            ("GET", "days", self.days),
            ("GET", "plan", self.plan),
            ("GET", "init/{segment}", self.init),
            ("GET", "data/{segment}/{place}", self.data),
            ("GET", "frames/{segment}/{place}", self.frames),
            ("GET", "trick", self.trick),
            ("GET", "trick.json", self.trick_list),
            ("GET", "playback.m3u8", self.playlist),
            ("GET", "snapshot.jpg", self.snapshot),
            ("GET", "thumb.jpg", self.thumb),
            *self._live.table(),
        ]

    async def timeline(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """Spans of [from, to) at a zoom."""
        stream = _stream(request, ticket, Right.PLAYBACK)
        from_ns, to_ns = _covered(request, ticket)
        most = _integer(request, "max", _DEFAULT_SPANS, 3, _MAX_SPANS)
        now_ns = self._clock.now_ns()
        first = request.headers.get("Accept-Language", "zh").strip().lower()
        language = "en" if first.startswith("en") else "zh"

        def read() -> list[Span]:
            spans = self._recordings.spans(ticket.camera, stream, from_ns, to_ns, now_ns, language)
            return coalesce(spans, most)

        spans = await self._read(read)
        return _json(timeline_json(ticket.camera, stream, spans, now_ns))

    async def days(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """Civil days of a month with recordings."""
        stream = _stream(request, ticket, Right.PLAYBACK)
        month, tz = request.query.get("month", ""), request.query.get("tz", "Z")
        days = month_days_ns(month, timezone(tz))
        from_ns, to_ns = covered_range(ticket, days[0][1], days[-1][2])
        now_ns = self._clock.now_ns()
        found = await self._read(
            lambda: days_with_recordings(days, self._recordings.spans(ticket.camera, stream, from_ns, to_ns, now_ns))
        )
        return _json(days_json(month, tz, found))

    async def plan(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """The next chunks of [from, to)."""
        stream = _stream(request, ticket, Right.PLAYBACK)
        from_ns, to_ns = _covered(request, ticket)
        cursor = parse_cursor(request.query["cursor"]) if "cursor" in request.query else None
        limit = _integer(request, "limit", _DEFAULT_CHUNKS, 1, MAX_CHUNKS)
        convert = _conversion(request)
        plan = await self._plan(ticket, stream, from_ns, to_ns, cursor, limit)
        over = self._masks.over
        return _json(plan_json(stream, plan, convert, lambda one: bool(over(ticket, one.start_ns, one.end_ns))))

    async def playlist(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """[from, to) as an HLS playlist; a chunk that still grows is left for the next reload."""
        stream = _stream(request, ticket, Right.PLAYBACK)
        from_ns, to_ns = _covered(request, ticket)
        plan = await self._plan(ticket, stream, from_ns, to_ns, None, MAX_CHUNKS)
        chunks = list(plan.chunks)
        while plan.cursor is not None and not plan.growing and len(chunks) < _PLAYLIST_CHUNKS:
            plan = await self._plan(ticket, stream, from_ns, to_ns, plan.cursor, MAX_CHUNKS)
            chunks += plan.chunks
        text = media_playlist(
            (chunk for chunk in chunks if not chunk.partial), ended=plan.cursor is None and not plan.growing
        )
        return web.Response(text=text, content_type="application/vnd.apple.mpegurl", headers=PRIVATE)

    async def init(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """A segment's init part; for HLS over masked pictures that of the encoder's."""
        record = await self._covered_segment(request, ticket)
        polygons = self._masks.over(ticket, record.start_ns, record.end_ns)
        if polygons and request.match_info["segment"].endswith(".mp4"):
            return _media(await self._masked.init(record, polygons))
        return await self._send(request, record, 0, record.init_bytes)

    async def data(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """Whole fragments of a segment, as they were recorded; where masks cover them, encoded anew with the masks.

        Nobody gets an original byte by leaving `as` out, or by asking for a part of it: then the answer is whole in itself.
        """
        record = await self._covered_segment(request, ticket)
        offset, length, in_run_time = parse_place(request.match_info["place"])
        refs = await self._read(
            lambda: covered_bytes(ticket, record, self._recordings.fragments(record), offset, length)
        )
        end_ns = refs[-1].start_ns + ticks_90k_to_ns(refs[-1].duration_90k)
        # Of HLS all of a segment has one init part, so that its masks are those of the whole segment
        span = (record.start_ns, record.end_ns) if in_run_time else (refs[0].start_ns, end_ns)
        polygons = self._masks.over(ticket, *span)
        self._note(ticket, refs[0].start_ns, end_ns)
        if in_run_time:
            if polygons:
                return _media(await self._masked.in_run_time(record, offset, length, polygons))
            return await self._send_in_run_time(record, offset, length)
        if polygons or _conversion(request) is not None:
            return _media(await self._masked.converted(record, offset, length, polygons))
        return await self._send(request, record, offset, length)

    async def _send_in_run_time(self, record: SegmentRecord, offset: int, length: int) -> web.StreamResponse:
        """Fragments for HLS: their media time goes on from segment to segment."""

        def read() -> bytearray:
            with SegmentFile(self._recordings.path(record), record) as opened:
                return retimed(opened.read_whole(offset, length), opened.init, record.start_90k)

        return _media(await self._read(read))

    async def frames(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """The times of the pictures in a chunk."""
        record = await self._covered_segment(request, ticket)
        offset, length, _ = parse_place(request.match_info["place"])

        def read() -> list[FrameTime]:
            refs = covered_bytes(ticket, record, self._recordings.fragments(record), offset, length)
            with SegmentFile(self._recordings.path(record), record) as opened:
                return frame_times(opened, refs)

        return _json(frames_json(await self._read(read)))

    async def trick(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """Keyframes retimed, as one fMP4 stream; 204 when there are none."""
        plan, _ = await self._trick(request, ticket)
        if not plan.pictures:
            return web.Response(status=204, headers=PRIVATE)
        times = [one.chunk.start_ns for one in plan.pictures]
        self._note(ticket, min(times), max(times))
        codecs, masked = trick_codecs(plan.pictures), self._masked_trick(ticket, plan)
        other = converted_codecs(codecs, masked=masked)
        convert = masked or (_conversion(request) is not None and other != codecs)
        codecs = other if convert else codecs
        response = web.StreamResponse(headers={**PRIVATE, "Content-Type": f'video/mp4; codecs="{codecs}"'})
        parts = self._converted_trick(ticket, plan) if convert else self._plain_trick(plan)
        async for part in parts:
            if not response.prepared:  # what cannot be read must still become an error answer
                await response.prepare(request)
            await response.write(part)
        await response.write_eof()
        return response

    def _masked_trick(self, ticket: Ticket, plan: TrickPlan) -> bool:
        return any(self._over(ticket, picture) for picture in plan.pictures)

    def _over(self, ticket: Ticket, picture: Picture) -> tuple[Polygon, ...]:
        return self._masks.over(ticket, picture.chunk.start_ns, picture.chunk.start_ns + 1)

    async def _plain_trick(self, plan: TrickPlan) -> AsyncIterator[bytes]:
        parts = trick_stream(self._recordings, plan.pictures)
        while part := await self._read(lambda: _joined(parts)):
            yield part

    async def _converted_trick(self, ticket: Ticket, plan: TrickPlan) -> AsyncIterator[bytes]:
        for polygons, pictures in groupby(plan.pictures, lambda picture: self._over(ticket, picture)):
            groups = trick_groups(self._recordings, list(pictures))
            while group := await self._read(partial(next, groups, b"")):
                yield await self._pictures.pool.run(convert_chunk, group, 0, polygons)

    async def trick_list(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """What `trick` gives for the same parameters, picture by picture."""
        plan, parameters = await self._trick(request, ticket)
        masked = self._masked_trick(ticket, plan)
        return _json(trick_json(plan, *parameters, convert=_conversion(request), masked=masked))

    async def snapshot(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """The frame of an instant, in full size."""
        stream = _stream(request, ticket, Right.SNAPSHOT)
        at_ns = parse_iso_ns(request.query.get("at", ""), "at")
        return self._picture(ticket, await self._pictures.snapshot(ticket, stream, at_ns, self._clock.now_ns()))

    async def thumb(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """The keyframe at or before an instant, small."""
        stream = request.query.get("stream", "main")
        at_ns = parse_iso_ns(request.query.get("at", ""), "at")
        width = _integer(request, "width", 240, 16, 480)
        return self._picture(ticket, await self._pictures.thumbnail(ticket, stream, at_ns, width, self._clock.now_ns()))

    def _picture(self, ticket: Ticket, picture: StillPicture) -> web.Response:
        self._note(ticket, picture.at_ns, picture.at_ns)
        return _picture(picture)

    async def _read(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reads, call)

    async def _plan(
        self, ticket: Ticket, stream: str, from_ns: int, to_ns: int, cursor: Cursor | None, limit: int
    ) -> Plan:
        now_ns = self._clock.now_ns()
        return await self._read(
            lambda: make_plan(self._recordings, ticket.camera, stream, from_ns, to_ns, now_ns, cursor, limit)
        )

    async def _trick(self, request: web.Request, ticket: Ticket) -> tuple[TrickPlan, tuple[str, int, int, float]]:
        stream = _stream(request, ticket, Right.PLAYBACK)
        from_ns, to_ns = _covered(request, ticket)
        speed = _number(request, "speed")
        check_speed(speed)
        now_ns = self._clock.now_ns()
        plan = await self._read(
            lambda: plan_trick(self._recordings, ticket.camera, stream, from_ns, to_ns, speed, now_ns)
        )
        return plan, (stream, from_ns, to_ns, speed)

    async def _covered_segment(self, request: web.Request, ticket: Ticket) -> SegmentRecord:
        segment_id = request.match_info["segment"].removesuffix(".mp4")
        record = await self._read(lambda: self._recordings.segment(segment_id))
        return covered_segment(ticket, record, (Right.PLAYBACK, Right.EXPORT))

    async def _send(self, request: web.Request, record: SegmentRecord, offset: int, length: int) -> web.StreamResponse:
        """Bytes of a segment's file, or the part of them that a Range header asks for."""
        part = requested_part(request.headers.get("Range"), length)
        headers = {**PRIVATE, "Content-Type": "video/mp4", "Accept-Ranges": "bytes"}
        if part is None:
            return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{length}"})
        start, end = part
        status = 200
        if part != (0, length):
            status = 206
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{length}"
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = end - start
        opened = await self._read(lambda: SegmentFile(self._recordings.path(record), record))
        try:
            for at in range(start, end, _READ_BYTES):
                read = partial(opened.read_whole, offset + at, min(_READ_BYTES, end - at))
                block = await self._read(read)
                if not response.prepared:  # what cannot be read must still become an error answer
                    await response.prepare(request)
                await response.write(block)
        finally:
            opened.close()
        await response.write_eof()
        return response


def _joined(parts: Iterator[bytes]) -> bytes:
    """The next parts of a stream, up to a good size for one write; empty at the end."""
    found: list[bytes] = []
    size = 0
    for part in parts:
        found.append(part)
        size += len(part)
        if size >= _READ_BYTES:
            break
    return b"".join(found)


def _stream(request: web.Request, ticket: Ticket, right: Right) -> str:
    stream = request.query.get("stream", "main")
    require(ticket, right, stream)
    return stream


def _covered(request: web.Request, ticket: Ticket) -> tuple[int, int]:
    """[from, to) of the query, as far as the ticket covers it."""
    from_ns = parse_iso_ns(request.query.get("from", ""), "from")
    to_ns = parse_iso_ns(request.query.get("to", ""), "to")
    return covered_range(ticket, from_ns, to_ns)


def _integer(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise _bad_parameter(name)
    return max(least, min(most, int(text)))


def _conversion(request: web.Request) -> str | None:
    """What the query's `as` asks for: None or `h264`."""
    wanted = request.query.get("as")
    if wanted not in (None, "h264"):
        raise MingjianError(
            "bad_parameter",
            Text(zh="参数 as 只能是 h264", en="the parameter as can only be h264"),
            fault=Fault.USER,
            field="as",
        )
    return wanted


def _number(request: web.Request, name: str) -> float:
    try:
        return float(request.query.get(name, ""))
    except ValueError:
        raise _bad_parameter(name) from None


def _bad_parameter(name: str) -> MingjianError:
    return MingjianError(
        "bad_parameter",
        Text(zh=f"参数 {name} 应为数字", en=f"the parameter {name} must be a number"),
        fault=Fault.USER,
        field=name,
    )


def _media(body: bytes | bytearray) -> web.Response:
    return web.Response(body=body, content_type="video/mp4", headers=PRIVATE)


def _json(value: dict[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json", headers=PRIVATE)


def _picture(still: StillPicture) -> web.Response:
    headers = {**PRIVATE, "X-Mingjian-At": format_iso_ns(still.at_ns)}
    return web.Response(body=still.jpeg, content_type="image/jpeg", headers=headers)
