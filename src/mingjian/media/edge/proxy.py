"""The way through to web: requests streamed to its unix socket and answers streamed back.

Web believes X-Forwarded-* because they arrive on that socket; what a client sent under these names is thrown away.
"""

from __future__ import annotations

import logging
from pathlib import Path

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.media.edge.listening import listens
from mingjian.media.edge.static_files import SECURITY_HEADERS

_LOG = logging.getLogger(__name__)

# RFC 9110 section 7.6.1: these belong to one connection and are never passed on.
_HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip
_OURS = frozenset(
    {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "x-request-id"}
)
_READ_BYTES = 64 << 10
# Shorter than the server's own keep-alive, so that a request never meets a connection that is just being closed.
_KEEPALIVE_S = 2.0

_AWAY = Text(
    zh="业务服务暂时没有响应，实时画面不受影响", en="the application does not answer for now; live pictures go on"
)
_AWAY_REMEDY = Text(zh="几秒后重试", en="try again in a few seconds")
_AWAY_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>明鉴</title>
<h1>业务服务正在启动或暂时没有响应</h1><p>请几秒后刷新本页。录像和实时画面不受影响。</p>
<hr><h1 lang="en">The application is starting or does not answer</h1>
<p lang="en">Reload this page in a few seconds. Recording and live pictures go on.</p></html>"""


class WebProxy:
    """Passes requests on to the unix socket `socket`. `secure` says that clients come by TLS."""

    def __init__(self, socket: Path, clock: Clock, *, secure: bool) -> None:
        self._socket = socket
        self._clock = clock
        self._scheme = "https" if secure else "http"
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Make the connection pool."""
        connector = aiohttp.UnixConnector(path=str(self._socket), limit=200, keepalive_timeout=_KEEPALIVE_S)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=2.0, sock_read=300.0)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )

    async def stop(self) -> None:
        """Close the connection pool."""
        if self._session is not None:
            await self._session.close()

    async def listens(self) -> bool:
        """Whether web takes connections."""
        return await listens(self._socket)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Web's answer. Raises MingjianError `web_away` (or gives a page to a browser that wants one)."""
        if self._session is None:
            raise _away()
        body = request.content if request.can_read_body else None
        try:
            upstream = await self._session.request(
                request.method,
                URL(f"http://web{request.rel_url.raw_path_qs}", encoded=True),
                headers=self._headers(request),
                data=body,
                allow_redirects=False,
            )
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            _LOG.warning("web does not answer: %s", type(error).__name__)
            if "text/html" in request.headers.get("Accept", ""):
                return _away_page()
            raise _away() from error
        async with upstream:
            return await _pass_back(request, upstream)

    def _headers(self, request: web.Request) -> CIMultiDict[str]:
        named = {name.strip().lower() for name in request.headers.get("Connection", "").split(",")}
        headers: CIMultiDict[str] = CIMultiDict()
        for name, value in request.headers.items():
            low = name.lower()
            if low not in _HOP_BY_HOP and low not in _OURS and low not in named:
                headers.add(name, value)
        headers["X-Forwarded-For"] = request.remote or "unknown"
        headers["X-Forwarded-Proto"] = self._scheme
        headers["X-Forwarded-Host"] = request.host
        headers["X-Request-Id"] = new_id(self._clock.now_ns())
        return headers


async def _pass_back(request: web.Request, upstream: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason)
    for name, value in upstream.headers.items():
        if name.lower() not in _HOP_BY_HOP:
            response.headers.add(name, value)
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    await response.prepare(request)
    try:
        async for block in upstream.content.iter_chunked(_READ_BYTES):
            await response.write(block)
    except aiohttp.ClientError as error:
        # Half an answer must not look whole: the connection is cut instead of ended.
        _LOG.warning("web broke off an answer: %s", type(error).__name__)
        if request.transport is not None:
            request.transport.abort()
        return response
    await response.write_eof()
    return response


def _away() -> MingjianError:
    return MingjianError("web_away", _AWAY, fault=Fault.ENVIRONMENT, remedy=_AWAY_REMEDY)


def _away_page() -> web.Response:
    headers = {**SECURITY_HEADERS, "Retry-After": "2", "Cache-Control": "no-store"}
    return web.Response(text=_AWAY_PAGE, status=503, content_type="text/html", headers=headers)
