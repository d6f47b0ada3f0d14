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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from tests.media.footage import Footage, video
from tests.media.playback.archive import Archive

from mingjian.kernel.clock import NS_PER_S, SystemClock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.media.edge.static_files import UiFiles
from mingjian.media.playback.pictures import Pictures
from mingjian.media.playback.pool import WorkPool
from mingjian.media.playback.routes import HTTP_STATUS, PlaybackCalls
from mingjian.media.playback.thumb_cache import ThumbCache
from mingjian.ports.ticket import Ticket
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_init
from mingjian.wire.fmp4.entries import TrackSpec, codec_strings

NAMES = [
    ("人民路口 东", "市南片区"), ("市政广场", "市南片区"), ("跨海大桥 3 号墩", "桥隧"), ("海底隧道 北口", "桥隧"), ("轮渡码头", "桥隧"),
    ("实验小学 校门", "市北片区"), ("农贸市场", "市北片区"), ("阳光小区 大门", "市北片区"), ("李村河 水位尺", "市北片区"),
]  # fmt: skip
UI = Path(__file__).parents[2] / "src/mingjian/web/ui_dist"
FRAME_90K = 3_600


@dataclass
class Stage:
    """Everything the calls share."""

    archive: Archive
    footage: Footage
    calls: PlaybackCalls
    cameras: dict[str, dict[str, Any]]
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: dict[str, Ticket] = field(default_factory=dict)
    layouts: dict[str, dict[str, Any]] = field(default_factory=dict)
    me: dict[str, Any] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def next(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers)}"


def camera_id(index: int) -> str:
    return f"01jstagecamera{index:012d}"


def make_cameras() -> dict[str, dict[str, Any]]:
    found = {}
    for index, (name, group) in enumerate(NAMES):
        dead = {6: ("unreachable", "10.0.3.17 端口 554 拒绝连接"), 7: ("authentication", "")}.get(index)
        streams = [
            {"name": "main", "transport": "tcp", "host": f"10.0.3.{11 + index}", "has_credentials": True, "push": False}
        ]
        if index < 4:
            streams.append({**streams[0], "name": "sub"})
        status = [_status(camera_id(index), stream["name"], dead, index) for stream in streams]
        found[camera_id(index)] = {
            "id": camera_id(index), "name": name, "group": group, "enabled": index != 8, "keep_days": 30, "priority": 5,
            "record_audio": True, "note": "", "planned_from": "2026-01-01T00:00:00Z", "removed_at": None, "version": 1,
            "streams": streams, "status": status,
        }  # fmt: skip
    return found


def _status(camera: str, stream: str, dead: tuple[str, str] | None, index: int) -> dict[str, Any]:
    return {
        "camera": camera, "stream": stream, "state": "failed" if dead else "streaming", "reason": dead[0] if dead else None,
        "detail": dead[1] if dead else "", "since": "2026-11-23T12:00:00Z", "recording": dead is None,
        "bitrate_bps": 4_012_000, "fps_milli": 25_000, "width": 320, "height": 180, "codecs": "avc1.42c01e",
        "clock_offset_ms": 37_000 if index == 2 else 12, "connects": 1, "lost_packets": 0, "damaged_units": 0, "viewers": 1,
    }  # fmt: skip


def fill_archive(archive: Archive, footage: Footage, now_ns: int) -> None:
    """Half an hour up to now, minute by minute, with a gap of two minutes ten minutes ago."""
    for index in range(4):
        for minute in range(30, 0, -1):
            if minute in (10, 11):
                continue
            for stream in ("main", "sub"):
                archive.record(
                    footage, start_ns=now_ns - minute * 60 * NS_PER_S, run=f"run{minute}", gops_a_segment=30,
                    camera=camera_id(index), stream=stream,
                )  # fmt: skip


def api_routes(stage: Stage) -> list[web.RouteDef]:
    """The register in memory."""

    def signed(handler: Any) -> Any:
        async def call(request: web.Request) -> web.StreamResponse:
            if request.cookies.get("stage") != "in":
                return _problem(401, "not_signed_in", "您尚未登录,或登录已过期", "请登录后重试")
            return await handler(request)

        return call

    async def setup(request: web.Request) -> web.Response:
        return web.json_response({"needed": False, "code_required": False, "language": "zh"})

    async def login(request: web.Request) -> web.Response:
        if (await request.json())["password"] != "guard-at-3am":
            return _problem(401, "wrong_credentials", "用户名或密码不对", "请核对大小写后再试")
        answer = web.json_response(stage.me)
        answer.set_cookie("stage", "in", httponly=True)
        return answer

    async def logout(request: web.Request) -> web.Response:
        answer = web.Response(status=204)
        answer.del_cookie("stage")
        return answer

    async def me(request: web.Request) -> web.Response:
        if request.method == "PATCH":
            stage.me |= await request.json()
        return web.json_response(stage.me)

    async def cameras(request: web.Request) -> web.Response:
        return web.json_response({"items": list(stage.cameras.values()), "next": None, "engine": _reach()})

    async def change(request: web.Request) -> web.Response:
        camera = stage.cameras[request.match_info["id"]]
        if request.method == "DELETE":
            del stage.cameras[camera["id"]]
            return web.Response(status=204)
        camera |= await request.json()
        return web.json_response(camera)

    async def test(request: web.Request) -> web.Response:
        words = [
            ("name", "ok", "地址 10.0.9.9"), ("reach", "failed", "10.0.9.9 的 554 端口没有应答。请检查摄像机的电源和网线。"),
            ("authenticate", "skipped", ""), ("describe", "skipped", ""), ("first_frame", "skipped", ""),
        ]  # fmt: skip
        return web.json_response(
            [{"step": a, "state": b, "detail": c, "zh": c, "en": c, "ms": 12} for a, b, c in words]
        )

    async def ticket(request: web.Request) -> web.Response:
        body = await request.json()
        text = stage.next("ticket")
        stage.tickets[text] = stage.tickets[body["ticket"]] if "ticket" in body else body
        expires = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
        answer = {
            "ticket": text,
            "id": text,
            "issued_at": "",
            "expires_at": expires.isoformat(),
            "edge": "e",
            "watermark": "张三 市局指挥中心",
        }
        return web.json_response(answer, status=201)

    async def status(request: web.Request) -> web.Response:
        streams = [one for camera in stage.cameras.values() for one in camera["status"]]
        return web.json_response(
            {"engine": _reach(), "streams": streams, "alarms": [], "deletion_paused": None, "volumes": [_volume()]}
        )

    async def volumes(request: web.Request) -> web.Response:
        return web.json_response({"engine": _reach(), "volumes": [_volume()]})

    async def layouts(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response(list(stage.layouts.values()))
        made = {**await request.json(), "id": stage.next("layout"), "version": 1}
        stage.layouts[made["id"]] = made
        return web.json_response(made, status=201)

    async def audit(request: web.Request) -> web.Response:
        entry = {
            "id": 1, "at": "2026-11-23T13:00:00Z", "actor_id": "u", "actor_name": "张三", "actor_unit": "市局指挥中心", "actor_role": "admin",
            "address": "10.0.0.8", "action": "camera.add", "title": "添加摄像机", "object_kind": "camera", "object_id": "c",
            "object_name": "轮渡码头", "before": None, "after": None, "right": "", "clause": None, "reason": "新装", "outcome": "done",
            "request": "r",
        }  # fmt: skip
        return web.json_response({"items": [entry], "next": None})

    async def users(request: web.Request) -> web.Response:
        return web.json_response(
            {"items": [{**stage.me, "active": True, "version": 1, "must_change_password": False}], "next": None}
        )

    api = "/api/v1/"
    return [
        web.get(api + "setup", setup), web.post(api + "auth/login", login), web.post(api + "auth/logout", logout),
        web.get(api + "me", signed(me)), web.patch(api + "me", signed(me)), web.get(api + "cameras", signed(cameras)),
        web.patch(api + "cameras/{id}", signed(change)), web.delete(api + "cameras/{id}", signed(change)),
        web.post(api + "cameras/test", signed(test)), web.post(api + "tickets", signed(ticket)),
        web.post(api + "tickets/renew", signed(ticket)), web.get(api + "system/status", signed(status)),
        web.get(api + "system/volumes", signed(volumes)), web.get(api + "layouts", signed(layouts)),
        web.post(api + "layouts", signed(layouts)), web.get(api + "audit", signed(audit)), web.get(api + "users", signed(users)),
    ]  # fmt: skip


def _reach() -> dict[str, Any]:
    return {"state": "ok", "code": None, "detail": None, "remedy": None}


def _volume() -> dict[str, Any]:
    return {
        "id": "v0", "path": "/data/volumes/v0", "state": "ok", "total_bytes": 4_000_000_000_000, "free_bytes": 1_200_000_000_000,
        "used_bytes": 2_800_000_000_000, "queue_bytes": 0, "full_on": "2026-12-30T00:00:00Z", "oldest": "2026-10-24T00:00:00Z",
    }  # fmt: skip


def _problem(status: int, code: str, detail: str, remedy: str) -> web.Response:
    return web.json_response({"code": code, "detail": detail, "remedy": remedy, "field": None}, status=status)


def media_routes(stage: Stage) -> list[web.RouteDef]:
    """Sessions with the real playback calls, and live."""

    async def open_session(request: web.Request) -> web.Response:
        wish = stage.tickets[(await request.json())["ticket"]]
        name = stage.next("s")
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
        await socket.receive_json()
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
                return _problem(HTTP_STATUS.get(error.code, 500), error.code, error.message.zh, "")

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
async def run_stage(port: int = 0) -> Any:
    """Serve; yields the address."""
    clock = SystemClock()
    pool = WorkPool(workers=1)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(4) as reads:
        archive = Archive(Path(folder))
        footage = video(seconds=60, gop=50)
        fill_archive(archive, footage, clock.now_ns())
        cameras = make_cameras()
        pictures = Pictures(
            archive,
            pool,
            ThumbCache(Path(folder) / "thumbs"),
            reads,
            lambda one: cameras[one]["name"],
            dt.timezone(dt.timedelta(hours=8)),
        )
        me = {
            "id": "u", "name": "zhangsan", "display_name": "张三", "unit": "市局指挥中心", "role": "admin", "language": "zh",
            "theme": "light", "must_change_password": False, "permissions": [],
        }  # fmt: skip
        stage = Stage(archive, footage, PlaybackCalls(archive, pictures, clock, reads), cameras, me=me)
        app = web.Application()
        app.add_routes([*api_routes(stage), *media_routes(stage)])
        app.router.add_route("*", "/{tail:.*}", UiFiles(UI).answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
            pool.close()


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8000)
    async with run_stage(parser.parse_args().port) as address:
        print(f"{address} from {format_iso_ns(SystemClock().now_ns())}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
