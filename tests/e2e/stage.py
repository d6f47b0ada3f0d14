"""A stage for the screens: the built UI, real playback calls over real footage, live fragments, and a register in memory.

For developing and for looking at the player alone; the product itself is driven by test_product.py. Run by hand:
`PYTHONPATH=src:. python -m tests.e2e.stage --port 8000`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import itertools
import json
import struct
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from tests.e2e.numbered import numbered_footage
from tests.e2e.stage_api import StageApi, camera_id, problem
from tests.media.footage import Footage
from tests.media.masks import write_masks
from tests.media.playback.archive import Archive

from mingjian.kernel.clock import NS_PER_S, SystemClock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.media.edge.static_files import UiFiles
from mingjian.media.mask_book import MaskBook
from mingjian.media.playback.pictures import Pictures
from mingjian.media.playback.pool import WorkPool
from mingjian.media.playback.routes import HTTP_STATUS, PlaybackCalls
from mingjian.media.playback.thumb_cache import ThumbCache
from mingjian.ports.ticket import Ticket
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init
from mingjian.wire.fmp4.entries import TrackSpec, codec_strings

UI = Path(__file__).parents[2] / "src/mingjian/web/ui_dist"
FRAME_90K = 3_600
WALL = 16


@dataclass
class Stage:
    """What the media calls share."""

    footage: Footage
    calls: PlaybackCalls
    api: StageApi
    sessions: dict[str, Ticket] = field(default_factory=dict)


def fill_archive(archive: Archive, footage: Footage, now_ns: int) -> None:
    """Half an hour up to now, minute by minute, with a gap of two minutes ten minutes ago.

    Four cameras have all of it; those of a full wall share its fifth minute.
    """
    for index in range(4):
        for minute in range(30, 0, -1):
            if minute in (10, 11):
                continue
            for stream in ("main", "sub"):
                archive.record(
                    footage, start_ns=now_ns - minute * 60 * NS_PER_S, run=f"run{minute}", gops_a_segment=30,
                    camera=camera_id(index), stream=stream,
                )  # fmt: skip
    for index in range(4, WALL):
        archive.record(
            footage, start_ns=now_ns - 26 * 60 * NS_PER_S, run="run26", gops_a_segment=30, camera=camera_id(index)
        )


def media_routes(stage: Stage) -> list[web.RouteDef]:
    """Sessions with the real playback calls, and live."""

    async def open_session(request: web.Request) -> web.Response:
        wish = stage.api.tickets[(await request.json())["ticket"]]
        name = stage.api.next("s")
        stage.sessions[name] = Ticket(
            id=name, viewer="u", viewer_name="张三", camera=wish["camera"], streams=tuple(wish["streams"]),
            rights=("playback", "snapshot"), purpose="p", issued_ms=0, expires_ms=1 << 50, from_ms=0, to_ms=1 << 50,
            edge="e", session="s",
        )  # fmt: skip
        expires = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
        return web.json_response(
            {"id": name, "base": f"/media/s/{name}", "expires_at": expires.isoformat()}, status=201
        )

    async def live(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if (await socket.receive()).type is not WSMsgType.TEXT:
            return socket
        sender = asyncio.create_task(send_live(socket, stage.footage))
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
        sender.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await sender
        return socket

    routes = [web.post("/media/sessions", open_session), web.get("/media/live", live)]
    for method, path, handler in stage.calls.table():

        async def call(request: web.Request, handler: Any = handler) -> web.StreamResponse:
            try:
                return await handler(request, stage.sessions[request.match_info["session"]])
            except MingjianError as error:
                return problem(HTTP_STATUS.get(error.code, 500), error.code, error.message.zh, "")

        routes.append(web.route(method, f"/media/s/{{session}}/{path}", call))
    return routes


async def send_live(socket: web.WebSocketResponse, footage: Footage) -> None:
    """Init, then a fragment per picture, paced by the clock; the last group of pictures at once on joining."""
    clock = SystemClock()
    spec = TrackSpec(1, footage.codec, footage.clock_rate, footage.config, 0, footage.width, footage.height)
    codecs = codec_strings((spec,))
    start_ns = clock.now_ns()
    init = {
        "mime": f'video/mp4; codecs="{codecs}"',
        "codecs": codecs,
        "width": footage.width,
        "height": footage.height,
        "start_ns": start_ns,
    }
    await socket.send_str(json.dumps({"init": init}))
    await socket.send_bytes(build_init((spec,)))
    for number in itertools.count():
        packet = footage.packets[number % len(footage.packets)]
        run = TrackRun(1, 9_000_000 + number * FRAME_90K)
        run.add(packet.data, FRAME_90K, key=packet.keyframe)
        media = b"".join(build_fragment(number + 1, (run,)))
        due_ns = start_ns + number * NS_PER_S // 25
        await asyncio.sleep(max(0, (due_ns - clock.now_ns()) / NS_PER_S))
        header = struct.pack(">B3xIQQ", int(packet.keyframe), FRAME_90K, due_ns, clock.now_ns())
        await socket.send_bytes(header + media)


@contextlib.asynccontextmanager
async def run_stage(port: int = 0) -> AsyncIterator[tuple[str, int]]:
    """Serve; yields the address and when the footage ends (UTC ns)."""
    clock = SystemClock()
    pool = WorkPool(workers=1)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(4) as reads:
        archive = Archive(Path(folder))
        footage = numbered_footage(seconds=60, gop=50)
        began_ns = clock.now_ns()
        fill_archive(archive, footage, began_ns)
        api = StageApi()
        pictures = Pictures(
            archive,
            pool,
            ThumbCache(Path(folder) / "thumbs"),
            reads,
            lambda one: api.cameras[one]["name"],
            dt.timezone(dt.timedelta(hours=8)),
            MaskBook(write_masks(Path(folder) / "masks.json")),
        )
        stage = Stage(footage, PlaybackCalls(archive, pictures, clock, reads), api)
        app = web.Application()
        app.add_routes([*api.routes(), *media_routes(stage)])
        app.router.add_route("*", "/{tail:.*}", UiFiles(UI).answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}", began_ns
        finally:
            await runner.cleanup()
            pool.close()


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000)
    async with run_stage(parser.parse_args().port) as (address, began_ns):
        print(f"{address} from {format_iso_ns(began_ns)}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
