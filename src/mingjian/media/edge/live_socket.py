"""WS /media/live: one ticket, one viewer. The coroutine of a connection only reads what the viewer says."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.edge.feed import Notice, SharedInit
from mingjian.media.edge.feeds import FeedKey, Feeds, notice_of
from mingjian.media.edge.metrics import EdgeMetrics
from mingjian.media.edge.tickets import TicketGate
from mingjian.media.edge.viewer import Viewer
from mingjian.media.mask_book import MaskBook
from mingjian.ports.masks import polygons_text
from mingjian.ports.seen import NoteSeen, forget_seen
from mingjian.ports.ticket import Right, Ticket

_LOG = logging.getLogger(__name__)

FIRST_MESSAGE_S = 10.0
MAX_MESSAGE_BYTES = 16 << 10
PING_EVERY_NS = 10 * NS_PER_S
SILENT_FOR_NS = 60 * NS_PER_S
_CLOSE_S = 2.0
_H265 = ("hvc1", "hev1")


class LiveEndpoint:
    """All live viewers of this edge."""

    def __init__(
        self,
        gate: TicketGate,
        feeds: Feeds,
        masks: MaskBook,
        clock: Clock,
        metrics: EdgeMetrics,
        note: NoteSeen = forget_seen,
    ) -> None:
        self._note = note
        self._masks = masks
        self._gate = gate
        self._feeds = feeds
        self._clock = clock
        self._metrics = metrics
        self._open: set[_Connection] = set()
        self._closing: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._open)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One viewer's connection, from handshake to end."""
        ws = web.WebSocketResponse(compress=False, autoping=False, max_msg_size=MAX_MESSAGE_BYTES, timeout=_CLOSE_S)
        await ws.prepare(request)
        transport = request.transport
        if transport is None:
            return ws
        connection = _Connection(self, ws, transport)
        try:
            await connection.admit()
        except MingjianError as error:
            self._metrics.refused.labels(error.code).inc()
            connection.end(notice_of(error))
            await self._settle(connection)
            return ws
        self._open.add(connection)
        self._metrics.viewers.set(len(self._open))
        try:
            await connection.listen()
        finally:
            self._open.discard(connection)
            self._metrics.viewers.set(len(self._open))
            connection.viewer.leave()
            connection.note_seen()
            await self._settle(connection)
        return ws

    def tick(self) -> None:
        """Twice a second: end what ran out, was revoked, or went silent."""
        now_ns = self._clock.mono_ns()
        for connection in tuple(self._open):
            connection.check(now_ns)

    async def close(self) -> None:
        """Tell every viewer that the server stops."""
        for connection in tuple(self._open):
            connection.end(Notice("edge_stopping", "服务器正在停止", "the server is stopping"))
        if self._closing:
            await asyncio.wait(self._closing, timeout=_CLOSE_S)

    def close_soon(self, ws: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        """Close a socket from outside its coroutine; one that does not take its goodbye is cut."""

        async def close() -> None:
            try:
                await asyncio.wait_for(ws.close(code=WSCloseCode.OK, drain=False), _CLOSE_S * 2)
            except (TimeoutError, ConnectionError):
                transport.abort()

        task = asyncio.create_task(close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def key_for(self, ticket: Ticket, stream: str, variant: str) -> FeedKey:
        """The feed a ticket opens: under masks the one that everybody without a lift shares, whichever stream was asked.

        Raises MingjianError `not_covered`, or as MaskBook.
        """
        if stream not in ticket.streams or Right.LIVE.value not in ticket.rights:
            raise MingjianError(
                "not_covered",
                Text(zh="观看凭证不包含这路视频", en="the viewing ticket does not cover this stream"),
                fault=Fault.USER,
                field="stream",
            )
        of_stream, polygons = self._masks.now(ticket)
        if polygons:
            return ticket.camera, of_stream, f"{'jpeg' if variant == 'jpeg' else 'masked'}:{polygons_text(polygons)}"
        return ticket.camera, stream, variant

    async def _settle(self, connection: _Connection) -> None:
        """Leave no socket half closed."""
        if not connection.ws.closed:
            self.close_soon(connection.ws, connection.transport)
        if self._closing:
            await asyncio.wait(tuple(self._closing), timeout=_CLOSE_S)


class _Connection:
    """One viewer's socket, ticket and wishes."""

    def __init__(self, endpoint: LiveEndpoint, ws: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        self.ws = ws
        self.transport = transport
        self.viewer = Viewer(transport, endpoint._metrics, self.end, self._refuses)
        self._endpoint = endpoint
        self._ticket: Ticket | None = None
        self._stream = "main"
        self._variant = ""
        self._key: FeedKey | None = None
        self._can: tuple[str, ...] | None = None
        self._paused = False
        self._ended = False
        self._heard_ns = self._pinged_ns = endpoint._clock.mono_ns()

    async def admit(self) -> None:
        """Take the first message. Raises MingjianError when the ticket is refused or none comes."""
        try:
            message = await self.ws.receive(timeout=FIRST_MESSAGE_S)
        except TimeoutError:
            raise _bad_message("the first message did not come in time") from None
        value = _object(message.data if message.type is WSMsgType.TEXT else "")
        self._ticket = self._endpoint._gate.admit(value.get("ticket"), Right.LIVE)
        self._take_can(value.get("can"))
        self._watch(str(value.get("stream") or "main"))

    async def listen(self) -> None:
        """Until the viewer or we are done."""
        async for message in self.ws:
            self._heard_ns = self._endpoint._clock.mono_ns()
            if message.type is WSMsgType.PING:
                await self.ws.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                try:
                    self._obey(_object(message.data))
                except MingjianError as error:
                    self.end(notice_of(error))
            elif message.type is WSMsgType.BINARY:
                self.end(notice_of(_bad_message("binary")))

    def check(self, now_ns: int) -> None:
        """Called by the ticker."""
        if self._ticket is None or self._ended:
            return
        self.note_seen()
        try:
            self._endpoint._gate.check(self._ticket)
            self._follow_masks()
        except MingjianError as error:
            self.end(notice_of(error))
            return
        if now_ns - self._heard_ns > SILENT_FOR_NS:
            self.transport.abort()
        elif now_ns - self._pinged_ns > PING_EVERY_NS:
            self._pinged_ns = now_ns
            self.viewer.ping()

    def note_seen(self) -> None:
        """Tell what was sent since the last time, by the ticket in force."""
        span = self.viewer.take_sent()
        if span is not None and self._ticket is not None:
            self._endpoint._note(self._ticket, *span)

    def end(self, notice: Notice) -> None:
        """Say why, and close."""
        if self._ended:
            return
        self._ended = True
        self.viewer.leave()
        self.note_seen()
        self.viewer.tell({"end": notice.json()})
        self._endpoint.close_soon(self.ws, self.transport)

    def _obey(self, value: dict[str, Any]) -> None:
        if self._ticket is None or self._ended:
            return
        if "renew" in value:
            self._renew(value["renew"], self._ticket)
        if "can" in value:
            self._take_can(value["can"])
        if "stream" in value and value["stream"] != self._stream:
            self._variant = ""
            self._watch(str(value["stream"]))
        if "pause" in value and bool(value["pause"]) is not self._paused:
            self._paused = bool(value["pause"])
            if self._paused:
                self.viewer.leave()
            else:
                self._watch(self._stream)

    def _renew(self, text: object, before: Ticket) -> None:
        """Go on with another ticket; one that is refused leaves the old one in force until it ends."""
        try:
            ticket = self._endpoint._gate.renewal(text, before)
            self._endpoint.key_for(ticket, self._stream, "")
            self.note_seen()
            self._ticket = ticket
            self._follow_masks()
        except MingjianError as error:
            self._endpoint._metrics.refused.labels(error.code).inc()
            self.viewer.on_notice(notice_of(error))

    def _take_can(self, value: object) -> None:
        if isinstance(value, list):
            self._can = tuple(str(codec)[:40] for codec in value[:64])

    def _watch(self, stream: str) -> None:
        assert self._ticket is not None
        key = self._endpoint.key_for(self._ticket, stream, self._variant)
        self._stream, self._key = stream, key
        if not self._paused:
            self.viewer.watch(lambda viewer: self._endpoint._feeds.join(key, viewer))

    def _follow_masks(self) -> None:
        """Masks were set or taken off, a lift began or ended: look at what may be seen now. Raises as `key_for`."""
        assert self._ticket is not None
        if self._endpoint.key_for(self._ticket, self._stream, self._variant) != self._key:
            self._watch(self._stream)

    def _refuses(self, init: SharedInit) -> bool:
        """Whether this browser said that it cannot play H.265, and these pictures are; then it gets them transcoded."""
        if self._variant or self._can is None or not init.init.codecs.startswith(_H265):
            return False
        if any(codec.startswith(_H265) for codec in self._can):
            return False
        self._variant = "h264"
        asyncio.get_running_loop().call_soon(self._rewatch)
        return True

    def _rewatch(self) -> None:
        if not self._ended and not self._paused:
            self._watch(self._stream)


def _object(text: object) -> dict[str, Any]:
    try:
        value = orjson.loads(text) if isinstance(text, str) else None
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise _bad_message("no JSON object")
    return value


def _bad_message(detail: str) -> MingjianError:
    text = Text(zh="播放器发来的消息格式有误", en="the player sent a message that is not understood")
    return MingjianError("bad_message", text, fault=Fault.PEER, detail=detail)
