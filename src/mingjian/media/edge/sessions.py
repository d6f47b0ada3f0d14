"""Media sessions: a ticket opened once, then a cookie for everything below /media/s/ID.

The cookie is HttpOnly, SameSite=Strict, bound to the session's path, and Secure under TLS: a link that leaks shows
nothing to who lacks it. A session ends when its ticket does, with the answers that are on their way.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from mingjian.kernel.clock import NS_PER_MS, Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.media.edge.tickets import TicketGate
from mingjian.ports.ticket import Ticket

COOKIE = "mingjian_media"
MAX_SESSIONS = 20_000
_BODY_LIMIT = 16 << 10

SessionHandler = Callable[[web.Request, Ticket], Awaitable[web.StreamResponse]]
"""A call below a session's base. The ticket holds when it is called; what it covers is for the handler to check."""


@dataclass(slots=True)
class MediaSession:
    """One viewer's session on one camera."""

    id: str
    ticket: Ticket
    secret: str = field(repr=False)
    answering: set[asyncio.Transport] = field(default_factory=set, repr=False)

    @property
    def base(self) -> str:
        """The path below which its calls are."""
        return f"/media/s/{self.id}"


class MediaSessions:
    """The sessions of this edge, and the routes that open, renew and use them."""

    def __init__(self, gate: TicketGate, clock: Clock, *, secure: bool) -> None:
        self._gate = gate
        self._clock = clock
        self._secure = secure
        self._sessions: dict[str, MediaSession] = {}
        self._ended: list[MediaSession] = []  # by the last sweep

    def __len__(self) -> int:
        return len(self._sessions)

    def routes(self) -> list[web.RouteDef]:
        """Opening and renewing."""
        return [
            web.post("/media/sessions", self._open),
            web.post("/media/s/{session}/renew", self._renew),
            web.delete("/media/s/{session}", self._close),
        ]

    def mount(self, app: web.Application, calls: Iterable[tuple[str, str, SessionHandler]]) -> None:
        """Add calls (method, path below the base, handler) for every session."""
        for method, path, handler in calls:
            app.router.add_route(method, "/media/s/{session}/" + path, self._guarded(handler))

    def find(self, request: web.Request) -> MediaSession:
        """The session of a request that shows its cookie. Raises `session_unknown`, ticket_expired or ticket_revoked."""
        session = self._sessions.get(request.match_info.get("session", ""))
        shown = request.cookies.get(COOKIE, "")
        if session is None or not hmac.compare_digest(shown.encode(), session.secret.encode()):
            raise _unknown()
        self._gate.check(session.ticket)
        return session

    def sweep(self) -> None:
        """Twice a second: forget sessions whose tickets no longer hold, and cut what is still being sent to those forgotten
        the time before: a slow reader of a long answer would see pictures long after a ticket was taken back.
        """
        for session in self._ended:
            for transport in session.answering:
                transport.abort()
        now_ms = self._clock.now_ns() // NS_PER_MS
        over = [
            key
            for key, session in self._sessions.items()
            if session.ticket.expires_ms <= now_ms or self._gate.revoked(session.ticket)
        ]
        self._ended = [self._sessions.pop(key) for key in over]

    def _guarded(self, handler: SessionHandler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def call(request: web.Request) -> web.StreamResponse:
            session, transport = self.find(request), request.transport
            if transport is None:  # who asked has gone
                raise ConnectionResetError
            session.answering.add(transport)
            try:
                return await handler(request, session.ticket)
            finally:
                session.answering.discard(transport)

        return call

    async def _open(self, request: web.Request) -> web.Response:
        ticket = self._gate.admit(await _ticket_text(request))
        if len(self._sessions) >= MAX_SESSIONS:
            self.sweep()
        if len(self._sessions) >= MAX_SESSIONS:
            text = Text(zh="服务器上的观看会话已满", en="this server has as many media sessions as it may hold")
            raise MingjianError("too_many_sessions", text, fault=Fault.ENVIRONMENT)
        session = MediaSession(new_id(self._clock.now_ns()), ticket, secrets.token_urlsafe(32))
        self._sessions[session.id] = session
        response = self._answer(session, 201)
        response.set_cookie(
            COOKIE, session.secret, path=session.base, httponly=True, samesite="Strict", secure=self._secure
        )
        return response

    async def _renew(self, request: web.Request) -> web.Response:
        session = self.find(request)
        session.ticket = self._gate.renewal(await _ticket_text(request), session.ticket)
        return self._answer(session, 200)

    async def _close(self, request: web.Request) -> web.Response:
        session = self.find(request)
        del self._sessions[session.id]
        response = web.Response(status=204)
        response.del_cookie(COOKIE, path=session.base)
        return response

    def _answer(self, session: MediaSession, status: int) -> web.Response:
        body = {
            "id": session.id,
            "base": session.base,
            "expires_at": format_iso_ns(session.ticket.expires_ms * NS_PER_MS),
        }
        headers = {"Cache-Control": "no-store"}
        return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", headers=headers)


async def _ticket_text(request: web.Request) -> object:
    if (request.content_length or 0) > _BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(_BODY_LIMIT, request.content_length or 0)
    try:
        value = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict) or "ticket" not in value:
        text = Text(zh="请求体应为含 ticket 的 JSON 对象", en="the body must be a JSON object with a ticket")
        raise MingjianError("invalid", text, fault=Fault.USER, field="/ticket")
    return value["ticket"]


def _unknown() -> MingjianError:
    return MingjianError(
        "session_unknown",
        Text(zh="观看会话不存在或已结束", en="the media session does not exist or is over"),
        fault=Fault.USER,
        field="session",
        remedy=Text(zh="请重新打开画面", en="open the picture again"),
    )
