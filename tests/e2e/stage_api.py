"""The register of the stage: what the API answers, from memory. Sign-in is a cookie; the password is PASSWORD."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

PASSWORD = "guard-at-3am"
API = "/api/v1/"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NAMES = [
    ("人民路口 东", "市南片区"), ("市政广场", "市南片区"), ("跨海大桥 3 号墩", "桥隧"), ("海底隧道 北口", "桥隧"), ("轮渡码头", "桥隧"),
    ("实验小学 校门", "市北片区"), ("农贸市场", "市北片区"), ("阳光小区 大门", "市北片区"), ("李村河 水位尺", "市北片区"),
]  # fmt: skip


WHO = "张三 市局指挥中心"
"""Whose name and unit a ticket lays over the picture."""


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


class StageApi:
    """Cameras, tickets, layouts and oneself."""

    def __init__(self) -> None:
        self.cameras = make_cameras()
        self.tickets: dict[str, dict[str, Any]] = {}
        self.layouts: dict[str, dict[str, Any]] = {}
        self.enrolled = False
        self.me: dict[str, Any] = {
            "id": "u", "name": "zhangsan", "display_name": "张三", "unit": "市局指挥中心", "role": "admin", "language": "zh",
            "theme": "light", "must_change_password": False, "permissions": ["*"],
        }  # fmt: skip
        self._numbers = itertools.count()

    def next(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers)}"

    def routes(self) -> list[web.RouteDef]:
        free = [("GET", "setup", self.setup), ("POST", "auth/login", self.login), ("POST", "auth/logout", self.logout)]
        guarded = [
            ("GET", "me", self.own), ("PATCH", "me", self.own), ("GET", "me/second-factor", self.factor),
            ("POST", "me/second-factor", self.begin_factor), ("POST", "me/second-factor/confirm", self.confirm_factor),
            ("GET", "cameras", self.list_cameras), ("GET", "cameras/named", self.list_cameras),
            ("GET", "cameras/tree", self.camera_tree),
            ("POST", "cameras", self.add), ("PATCH", "cameras/{id}", self.change), ("DELETE", "cameras/{id}", self.remove),
            ("POST", "cameras/test", self.test), ("POST", "tickets", self.ticket), ("POST", "tickets/renew", self.ticket),
            ("GET", "system/status", self.status), ("GET", "system/volumes", self.volumes), ("GET", "layouts", self.list_layouts),
            ("POST", "layouts", self.save_layout), ("GET", "audit", self.audit), ("GET", "users", self.users),
        ]  # fmt: skip
        found = [web.route(method, API + path, handler) for method, path, handler in free]
        return found + [web.route(method, API + path, _signed_in(handler)) for method, path, handler in guarded]

    async def setup(self, request: web.Request) -> web.Response:
        return web.json_response({"needed": False, "code_required": False, "language": "zh"})

    async def login(self, request: web.Request) -> web.Response:
        given = await request.json()
        if given["password"] != PASSWORD:
            return problem(401, "wrong_credentials", "用户名或密码不对", "请核对大小写后再试")
        if given["name"] == "lisi" and given["code"] == "":
            return problem(401, "second_factor_needed", "请输入验证器显示的验证码", "", "code")
        if given["name"] == "lisi" and given["code"] != "123456":
            return problem(401, "wrong_second_factor", "验证码不正确或已用过", "请等待下一个验证码，或使用恢复码")
        answer = web.json_response(self.me)
        answer.set_cookie("stage", "in", httponly=True)
        return answer

    async def logout(self, request: web.Request) -> web.Response:
        answer = web.Response(status=204)
        answer.del_cookie("stage")
        return answer

    async def own(self, request: web.Request) -> web.Response:
        if request.method == "PATCH":
            self.me |= await request.json()
        return web.json_response(self.me)

    async def factor(self, request: web.Request) -> web.Response:
        return web.json_response({"enrolled": self.enrolled, "recovery_codes_left": 2 if self.enrolled else 0})

    async def begin_factor(self, request: web.Request) -> web.Response:
        key = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
        return web.json_response(
            {"key": key, "otpauth": f"otpauth://totp/Mingjian:zhangsan?secret={key}&issuer=Mingjian"}
        )

    async def confirm_factor(self, request: web.Request) -> web.Response:
        if (await request.json())["code"] != "123456":
            return problem(401, "wrong_second_factor", "验证码不正确或已用过", "请等待下一个验证码，或使用恢复码")
        self.enrolled = True
        return web.json_response({"recovery_codes": ["aaaa-bbbb-cccc-dddd", "eeee-ffff-gggg-hhhh"]})

    async def list_cameras(self, request: web.Request) -> web.Response:
        text, ids = request.query.get("text", ""), request.query.get("ids")
        items = [
            one
            for one in self.cameras.values()
            if text in one["name"] + one["group"] and (ids is None or one["id"] in ids.split(","))
        ]
        return web.json_response({"items": items, "next": None, "engine": _reach()})

    async def camera_tree(self, request: web.Request) -> web.Response:
        branches: dict[str, dict[str, Any]] = {}
        for camera in self.cameras.values():
            branch = branches.setdefault(camera["group"], {"group": camera["group"], "cameras": 0, "streaming": 0})
            branch["cameras"] += 1
            branch["streaming"] += any(one["state"] == "streaming" for one in camera["status"])
        items = list(branches.values())
        total = {key: sum(one[key] for one in items) for key in ("cameras", "streaming")}
        return web.json_response({"items": items, **total, "engine": _reach()})

    async def add(self, request: web.Request) -> web.Response:
        made = {**next(iter(self.cameras.values())), "id": self.next("camera"), "status": [], "enabled": True}
        body = await request.json()
        made |= {key: value for key, value in body.items() if key in made}
        self.cameras[made["id"]] = made
        return web.json_response(made, status=201)

    async def change(self, request: web.Request) -> web.Response:
        camera = self.cameras[request.match_info["id"]]
        camera |= await request.json()
        return web.json_response(camera)

    async def remove(self, request: web.Request) -> web.Response:
        del self.cameras[request.match_info["id"]]
        return web.Response(status=204)

    async def test(self, request: web.Request) -> web.Response:
        words = [
            ("name", "ok", "地址 10.0.9.9"), ("reach", "failed", "10.0.9.9 的 554 端口没有应答。请检查摄像机的电源和网线。"),
            ("authenticate", "skipped", ""), ("describe", "skipped", ""), ("first_frame", "skipped", ""),
        ]  # fmt: skip
        return web.json_response(
            [{"step": a, "state": b, "detail": c, "zh": c, "en": c, "ms": 12} for a, b, c in words]
        )

    async def ticket(self, request: web.Request) -> web.Response:
        body = await request.json()
        text = self.next("ticket")
        self.tickets[text] = self.tickets[body["ticket"]] if "ticket" in body else body
        expires = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
        answer = {
            "ticket": text,
            "id": text,
            "issued_at": "",
            "expires_at": expires.isoformat(),
            "edge": "e",
            "watermark": WHO,
        }
        return web.json_response(answer, status=201)

    async def status(self, request: web.Request) -> web.Response:
        streams = [one for camera in self.cameras.values() for one in camera["status"]]
        return web.json_response(
            {"engine": _reach(), "streams": streams, "alarms": [], "deletion_paused": None, "volumes": [_volume()]}
        )

    async def volumes(self, request: web.Request) -> web.Response:
        return web.json_response({"engine": _reach(), "volumes": [_volume()]})

    async def list_layouts(self, request: web.Request) -> web.Response:
        return web.json_response(list(self.layouts.values()))

    async def save_layout(self, request: web.Request) -> web.Response:
        made = {**await request.json(), "id": self.next("layout"), "version": 1}
        self.layouts[made["id"]] = made
        return web.json_response(made, status=201)

    async def audit(self, request: web.Request) -> web.Response:
        entry = {
            "id": 1, "at": "2026-11-23T13:00:00Z", "actor_id": "u", "actor_name": "张三", "actor_unit": "市局指挥中心", "actor_role": "admin",
            "address": "10.0.0.8", "action": "camera.add", "title": "添加摄像机", "object_kind": "camera", "object_id": "c",
            "object_name": "轮渡码头", "before": None, "after": None, "right": "", "clause": None, "reason": "新装", "outcome": "done",
            "request": "r",
        }  # fmt: skip
        return web.json_response({"items": [entry], "next": None})

    async def users(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"items": [{**self.me, "active": True, "version": 1, "must_change_password": False}], "next": None}
        )


def _signed_in(handler: Handler) -> Handler:
    async def call(request: web.Request) -> web.StreamResponse:
        if request.cookies.get("stage") != "in":
            return problem(401, "not_signed_in", "您尚未登录，或登录已过期", "请登录后重试")
        return await handler(request)

    return call


def _reach() -> dict[str, Any]:
    return {"state": "ok", "code": None, "detail": None, "remedy": None}


def _volume() -> dict[str, Any]:
    return {
        "id": "v0", "path": "/data/volumes/v0", "state": "ok", "total_bytes": 4_000_000_000_000, "free_bytes": 1_200_000_000_000,
        "used_bytes": 2_800_000_000_000, "queue_bytes": 0, "full_on": "2026-12-30T00:00:00Z", "oldest": "2026-10-24T00:00:00Z",
    }  # fmt: skip


def problem(status: int, code: str, detail: str, remedy: str, field: str | None = None) -> web.Response:
    return web.json_response({"code": code, "detail": detail, "remedy": remedy, "field": field}, status=status)
