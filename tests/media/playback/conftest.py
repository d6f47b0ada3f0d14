"""An edge in small: one session whose ticket the test chooses, our calls below it, real files behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from aiohttp import ClientResponse, ClientSession, web
from playwright.async_api import Page
from tests.chromium import new_page
from tests.media.masks import write_masks
from tests.media.playback.archive import CAMERA, START_NS, Archive

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.media.mask_book import MaskBook
from mingjian.media.playback.pictures import Pictures
from mingjian.media.playback.pool import WorkPool
from mingjian.media.playback.routes import HTTP_STATUS, PlaybackCalls
from mingjian.media.playback.thumb_cache import ThumbCache
from mingjian.ports.ticket import Ticket

NAMES = {CAMERA: "人民路口 东"}


@dataclass
class Edge:
    base: str
    client: ClientSession
    archive: Archive
    clock: ManualClock
    ticket: Ticket
    thumbs: Path

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> Awaitable[ClientResponse]:
        return self.client.get(self.base + path, params=query, headers=headers)

    async def ok(self, path: str, **query: str) -> ClientResponse:
        response = await self.get(path, **query)
        assert response.status == 200, (response.status, await response.text())
        return response


def at(seconds: float) -> str:
    """An instant, so many seconds after the archive's beginning."""
    return format_iso_ns(START_NS + round(seconds * NS_PER_S))


@asynccontextmanager
async def page_of(edge: Edge, *scripts: str) -> AsyncIterator[Page]:
    """An empty page of the edge's origin with these scripts."""
    async with new_page() as page:
        await page.goto(edge.base + "timeline?from=" + at(0) + "&to=" + at(1))  # the origin of the calls
        await page.evaluate("document.body.replaceChildren()")
        for script in scripts:
            await page.add_script_tag(content=script)
        yield page


@pytest.fixture(scope="session")
def pool() -> object:
    made = WorkPool(workers=1)
    yield made
    made.close()


@pytest.fixture
async def edge(tmp_path: Path, pool: WorkPool) -> AsyncIterator[Edge]:
    archive = Archive(tmp_path / "volume")
    archive.root.mkdir()
    clock = ManualClock(START_NS + 3600 * NS_PER_S)
    ticket = Ticket(
        id="t1", viewer="u1", viewer_name="张三(市局指挥中心)", camera=CAMERA, streams=("main",),
        rights=("playback", "snapshot"), purpose="案件 2026-118", issued_ms=0, expires_ms=1 << 50,
        from_ms=START_NS // NS_PER_MS, to_ms=START_NS // NS_PER_MS + 3_600_000, edge="e1", session="s1",
    )  # fmt: skip
    with ThreadPoolExecutor(4) as reads:
        thumbs = tmp_path / "thumbs"
        pictures = Pictures(
            archive, pool, ThumbCache(thumbs), reads, lambda camera: NAMES[camera],
            dt.timezone(dt.timedelta(hours=8)), MaskBook(write_masks(tmp_path / "masks.json")),
        )  # fmt: skip
        calls = PlaybackCalls(archive, pictures, clock, reads)
        held = Edge("", ClientSession(), archive, clock, ticket, thumbs)
        runner = web.AppRunner(_app(calls.table(), held))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        held.base = f"http://127.0.0.1:{port}/media/s/S1/"
        try:
            yield held
        finally:
            await held.client.close()
            await runner.cleanup()


def _app(table: list[tuple[str, str, Callable[..., Awaitable[web.StreamResponse]]]], held: Edge) -> web.Application:
    @web.middleware
    async def told(request: web.Request, handler: Callable[..., Awaitable[web.StreamResponse]]) -> web.StreamResponse:
        try:
            return await handler(request)
        except MingjianError as error:
            return web.json_response({"code": error.code, "field": error.field}, status=HTTP_STATUS[error.code])

    app = web.Application(middlewares=[told])
    for method, path, handler in table:

        async def call(request: web.Request, handler: Callable[..., object] = handler) -> web.StreamResponse:
            return await handler(request, held.ticket)  # type: ignore[misc]

        app.router.add_route(method, f"/media/s/S1/{path}", call)
    return app


def narrowed(ticket: Ticket, from_s: float, to_s: float) -> Ticket:
    """The same ticket for less time."""
    base = START_NS // NS_PER_MS
    return replace(ticket, from_ms=base + int(from_s * 1000), to_ms=base + int(to_s * 1000))
