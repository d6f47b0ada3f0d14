"""GET base/live.mjpeg: a live stream as single JPEG pictures, for a browser that can play nothing else.

One multipart/x-mixed-replace answer (RFC 2046 section 5.1 for the parts) that goes on while its session holds. A client
that is slow gets fewer pictures: only the newest waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.media.edge.feed import Notice, SharedFragment, SharedInit
from mingjian.media.edge.feeds import FeedKey, Feeds
from mingjian.media.edge.sessions import MediaSessions, SessionHandler
from mingjian.media.edge.worker_feed import BUSY, MASK_BUSY
from mingjian.ports.seen import NoteSeen, forget_seen
from mingjian.ports.ticket import Ticket

BOUNDARY = "mingjian-picture"
CHECK_S = 0.5
FIRST_PICTURE_S = 15.0
BUSY_PATIENCE_S = 2.5
"""A place is free again a moment after its viewer left; who reloads a page must not be refused for that."""
STUCK_S = 10.0
_DELIMITER = f"\r\n--{BOUNDARY}\r\n".encode()


class MjpegPictures:
    """All of this edge's MJPEG answers. `key_for` gives the feed that a ticket opens, or raises `not_covered`."""

    def __init__(
        self,
        sessions: MediaSessions,
        feeds: Feeds,
        key_for: Callable[[Ticket, str, str], FeedKey],
        note: NoteSeen = forget_seen,
    ) -> None:
        self._note = note
        self._sessions = sessions
        self._feeds = feeds
        self._key_for = key_for
        self._open: set[_Newest] = set()

    def __len__(self) -> int:
        return len(self._open)

    def table(self) -> list[tuple[str, str, SessionHandler]]:
        """(method, path below the session's base, handler)."""
        return [("GET", "live.mjpeg", self.pictures)]

    def close(self) -> None:
        """The server stops: every answer ends."""
        for newest in self._open:
            newest.on_end(Notice("edge_stopping", "服务器正在停止", "the server is stopping"))

    async def pictures(self, request: web.Request, ticket: Ticket) -> web.StreamResponse:
        """Pictures until the session is over. Raises MingjianError: `not_covered`, `busy`, or why no picture came."""
        stream = request.query.get("stream", "main")
        key = self._key_for(ticket, stream, "jpeg")
        newest = _Newest()
        self._open.add(newest)
        feed = self._feeds.join(key, newest)
        try:
            await self._await_first(request, key, newest)
            return await self._show(request, key, newest)
        finally:
            self._open.discard(newest)
            feed.remove(newest)

    async def _await_first(self, request: web.Request, key: FeedKey, newest: _Newest) -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while newest.picture is None:
            self._check(request, key)
            busy = newest.notice is not None and newest.notice.reason in (BUSY.reason, MASK_BUSY.reason)
            left_s = began_s + (BUSY_PATIENCE_S if busy else FIRST_PICTURE_S) - loop.time()
            if newest.over or left_s <= 0 or request.transport is None:
                raise _no_picture(newest.notice)
            await newest.wait(min(left_s, CHECK_S))

    async def _show(self, request: web.Request, key: FeedKey, newest: _Newest) -> web.StreamResponse:
        headers = {
            "Content-Type": f"multipart/x-mixed-replace; boundary={BOUNDARY}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        try:
            # A browser shows a picture when the delimiter behind it came, so that is sent with it, not before the next.
            await response.write(_DELIMITER[2:])
            while self._goes_on(request, key, newest):
                picture = newest.take()
                if picture is None:
                    await newest.wait(CHECK_S)
                    continue
                self._note(self._sessions.find(request).ticket, picture.start_ns, picture.start_ns)
                async with asyncio.timeout(STUCK_S):
                    await response.write(_part(picture))
            await response.write(f"--{BOUNDARY}--\r\n".encode())
            await response.write_eof()
        except (ConnectionError, TimeoutError):  # gone, or it does not read
            if request.transport is not None:
                request.transport.abort()
        return response

    def _goes_on(self, request: web.Request, key: FeedKey, newest: _Newest) -> bool:
        if newest.over or request.transport is None:
            return False
        try:
            self._check(request, key)
        except MingjianError:
            return False
        return True

    def _check(self, request: web.Request, key: FeedKey) -> None:
        """That the session still holds, with the ticket it has by now, and shows the same: masks may have been set."""
        stream = request.query.get("stream", "main")
        if self._key_for(self._sessions.find(request).ticket, stream, "jpeg") != key:
            raise _no_picture(None)


class _Newest:
    """A FeedListener that keeps the newest picture until it is taken."""

    def __init__(self) -> None:
        self.picture: SharedFragment | None = None
        self.notice: Notice | None = None
        self.over = False
        self._changed = asyncio.Event()

    def take(self) -> SharedFragment | None:
        """The newest picture, if it was not taken yet."""
        picture, self.picture = self.picture, None
        return picture

    async def wait(self, most_s: float) -> None:
        """Until something came, or so long."""
        try:
            async with asyncio.timeout(most_s):
                await self._changed.wait()
        except TimeoutError:
            return
        self._changed.clear()

    def on_init(self, init: SharedInit) -> None:
        """Pictures are whole in themselves."""

    def on_fragment(self, fragment: SharedFragment) -> None:
        """A picture."""
        self.picture = fragment
        self._changed.set()

    def on_notice(self, notice: Notice | None) -> None:
        """Why none comes."""
        self.notice = notice
        self._changed.set()

    def on_end(self, notice: Notice) -> None:
        """None will come any more."""
        self.notice = notice
        self.over = True
        self._changed.set()


def _part(picture: SharedFragment) -> bytes:
    jpeg = picture.media
    head = (
        f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n"
        f"X-Mingjian-At: {format_iso_ns(picture.start_ns)}\r\n\r\n"
    )
    return b"".join((head.encode(), jpeg, _DELIMITER))


def _no_picture(notice: Notice | None) -> MingjianError:
    if notice is None:
        text = Text(zh="暂时没有收到画面", en="no picture came for now")
        return MingjianError("no_picture", text, fault=Fault.ENVIRONMENT)
    return MingjianError(notice.reason, Text(zh=notice.zh, en=notice.en), fault=Fault.ENVIRONMENT)
