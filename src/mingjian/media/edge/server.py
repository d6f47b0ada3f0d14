"""The edge put together: routes, the ticker that ends what may not go on, start and stop."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Iterable, Mapping

import orjson
from aiohttp import web

from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import MingjianError
from mingjian.media.edge.certificate import tls_context
from mingjian.media.edge.engine_link import EngineLink
from mingjian.media.edge.feeds import Feeds
from mingjian.media.edge.live_socket import LiveEndpoint
from mingjian.media.edge.metrics import EdgeMetrics
from mingjian.media.edge.mjpeg import MjpegPictures
from mingjian.media.edge.problems import Handler, Problems
from mingjian.media.edge.proxy import WebProxy
from mingjian.media.edge.seen import SeenBook
from mingjian.media.edge.sessions import MediaSessions, SessionHandler
from mingjian.media.edge.settings import PROXIED, EdgeSettings
from mingjian.media.edge.static_files import UiFiles
from mingjian.media.edge.tickets import TicketGate
from mingjian.media.mask_book import HTTP_STATUS as MASKS_STATUS
from mingjian.media.mask_book import MaskBook
from mingjian.media.watched_file import POLL_S, WatchedFile
from mingjian.ports.revocation import Revocation, revocations_from_json

_LOG = logging.getLogger(__name__)
_STOP_S = 3.0


class EdgeServer:
    """One edge. `mount` what other slices serve below media sessions, then `start`."""

    def __init__(self, settings: EdgeSettings, clock: Clock) -> None:
        self._settings = settings
        self.clock = clock
        self.metrics = EdgeMetrics()
        self.problems = Problems()
        self.gate = TicketGate(settings.ticket_key, settings.edge, clock)
        self.sessions = MediaSessions(self.gate, clock, secure=settings.secure)
        self.link = EngineLink(settings.engine_socket)
        quotas = {"h264": settings.transcode_quota, "jpeg": settings.picture_quota, "masked": settings.mask_quota}
        self.feeds = Feeds(self.link, clock, self.metrics, quotas)
        self.seen = SeenBook(settings.seen_file, clock)
        self.masks = MaskBook(settings.masks_file, clock)
        self.problems.add(MASKS_STATUS)
        self.live = LiveEndpoint(self.gate, self.feeds, self.masks, clock, self.metrics, self.seen.note)
        self.mjpeg = MjpegPictures(self.sessions, self.feeds, self.live.key_for, self.seen.note)
        self._proxy = WebProxy(settings.web_socket, clock, secure=settings.secure)
        self._ui = UiFiles(settings.ui_folder, settings.map_folder)
        self._revocations: WatchedFile[tuple[Revocation, ...]] = WatchedFile(
            settings.revocations_file, revocations_from_json
        )
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None
        self.port = 0
        self.app = web.Application(middlewares=[self._middleware()])
        self._add_routes()

    def mount(self, calls: Iterable[tuple[str, str, SessionHandler]], statuses: dict[str, int] | None = None) -> None:
        """Serve calls below every media session's base; `statuses` maps their error codes to HTTP. Before `start`."""
        self.problems.add(statuses or {})
        self.sessions.mount(self.app, calls)

    async def start(self) -> None:
        """Listen. Raises OSError when the port cannot be had, MingjianError `bad_certificate`."""
        settings = self._settings
        self._add_rest()
        context = None if settings.tls is None else tls_context(*settings.tls)
        self._runner = web.AppRunner(self.app, access_log=None, handle_signals=False, shutdown_timeout=_STOP_S)
        await self._runner.setup()
        await self._proxy.start()
        await self.link.start()
        site = web.TCPSite(self._runner, settings.host, settings.port, ssl_context=context, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._tick()
        self._ticker = asyncio.create_task(self._keep_ticking())
        _LOG.info("edge listens", extra={"data": {"host": settings.host, "port": self.port, "tls": settings.secure}})

    async def stop(self) -> None:
        """End everything within a few seconds."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        self.mjpeg.close()
        await self.live.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.feeds.close()
        await self.link.stop()
        await self._proxy.stop()

    def _add_routes(self) -> None:
        self.app.add_routes(self.sessions.routes())
        self.sessions.mount(self.app, self.mjpeg.table())
        self.app.add_routes(
            [
                web.get("/media/live", self.live.handle),
                web.get("/healthz", self._healthz),
                web.get("/readyz", self._readyz),
                web.get("/metrics", self._metrics_page),
            ]
        )

    def _add_rest(self) -> None:
        """What is matched last: unknown media addresses, web, the UI."""
        self.app.router.add_route("*", "/media/{tail:.*}", _nothing_here)
        for prefix in PROXIED:
            self.app.router.add_route("*", f"/{prefix}", self._proxy.answer)
            self.app.router.add_route("*", f"/{prefix}/{{tail:.*}}", self._proxy.answer)
        self.app.router.add_route("*", "/{tail:.*}", self._ui.answer)

    def _middleware(self) -> web.middleware:  # type: ignore[valid-type]
        @web.middleware
        async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self.problems.answer(request, handler)

        return told

    async def _keep_ticking(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                self._tick()
            except (MingjianError, OSError):
                _LOG.exception("a tick of the edge failed")

    def _tick(self) -> None:
        """Twice a second: what was revoked or ran out ends."""
        revocations = self._revocations.poll()
        if revocations is not None:
            self.gate.revoke(revocations)
        self.sessions.sweep()
        self.live.tick()
        self.seen.tick()

    async def _healthz(self, request: web.Request) -> web.Response:
        """The process answers."""
        return _json({"ok": True})

    async def _readyz(self, request: web.Request) -> web.Response:
        """Whether live pictures can be had. Web's absence is told but does not make the edge unready."""
        body = {
            "ready": self.link.connected,
            "engine": self.link.connected,
            "web": await self._proxy.listens(),
        }
        return _json(body, 200 if self.link.connected else 503)

    async def _metrics_page(self, request: web.Request) -> web.Response:
        """For loopback and the addresses in the settings."""
        if not self._may_read_metrics(request.remote or ""):
            raise web.HTTPNotFound
        self.metrics.sessions.set(len(self.sessions))
        self.metrics.transcodes.set(self.feeds.transcodes)
        self.metrics.engine_up.set(self.link.connected)
        engine = ""
        if self.link.connected:
            try:
                engine = str((await self.link.request("metrics", timeout_s=2.0))["text"])
            except (MingjianError, KeyError, TypeError) as error:
                _LOG.warning("the engine gave no metrics: %r", error)
        body = self.metrics.text() + engine.encode()
        return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    def _may_read_metrics(self, remote: str) -> bool:
        try:
            return ipaddress.ip_address(remote).is_loopback or remote in self._settings.metrics_from
        except ValueError:
            return False


async def _nothing_here(request: web.Request) -> web.Response:
    raise web.HTTPNotFound


def _json(value: Mapping[str, object], status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json", headers=headers)


async def run_edge(server: EdgeServer, stop: asyncio.Event) -> None:
    """Serve until `stop` is set; run it under uvloop."""
    await server.start()
    try:
        await stop.wait()
    finally:
        await server.stop()
