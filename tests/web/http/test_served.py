"""The ASGI application as it is served: uvicorn on a unix socket behind the edge, or on a port without it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from tests.web.conftest import PASSWORD

from mingjian.web.accounts.models import User
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import local_person
from mingjian.web.registry.actions import NewCamera, add_camera

pytestmark = pytest.mark.usefixtures("committing")

WAIT_S = 60  # the first answer loads every slice, at the lowest priority


@contextmanager
def served(**where: Any) -> Iterator[uvicorn.Server]:
    from mingjian.web.asgi import application

    config = uvicorn.Config(
        application, lifespan="off", log_config=None, proxy_headers=False, server_header=False, ws="none", **where
    )
    server = uvicorn.Server(config)
    started = threading.Event()
    begin: Callable[..., Any] = server.startup

    async def startup(*args: Any, **kwargs: Any) -> None:
        await begin(*args, **kwargs)
        started.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert started.wait(WAIT_S)
        yield server
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
        assert not thread.is_alive()


def behind_the_edge(socket: str) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=socket), base_url="http://localhost", timeout=WAIT_S)


def set_up(browser: httpx.Client, **headers: str) -> httpx.Response:
    browser.get("/api/v1/setup", headers=headers).raise_for_status()
    token = browser.cookies["csrftoken"]
    body = {"name": "root", "password": PASSWORD}
    return browser.post("/api/v1/setup", json=body, headers={"X-CSRFToken": token, **headers})


def test_behind_the_edge_the_forwarded_address_is_believed(tmp_path: Path) -> None:
    socket = str(tmp_path / "web.sock")
    with (
        served(uds=socket),
        behind_the_edge(socket) as browser,
    ):
        forwarded = {"X-Forwarded-For": "6.6.6.6, 10.7.7.7", "X-Request-Id": "edge-request-0001"}
        answer = set_up(browser, **forwarded)
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (201, "edge-request-0001")
    entry = AuditEntry.objects.get()
    assert (entry.address, entry.request) == ("10.7.7.7", "edge-request-0001")


def test_behind_the_edge_https_asks_for_the_pages_own_origin(tmp_path: Path) -> None:
    socket = str(tmp_path / "web.sock")
    with (
        served(uds=socket),
        behind_the_edge(socket) as browser,
    ):
        evil = {"X-Forwarded-Proto": "https", "Origin": "https://evil.example"}
        assert set_up(browser, **evil).json()["code"] == "csrf_failed"
        own = {"X-Forwarded-Proto": "https", "Origin": "https://localhost"}
        assert set_up(browser, **own).status_code == 201


def test_without_the_edge_nobody_says_where_he_comes_from() -> None:
    with served(host="127.0.0.1", port=0) as server:
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=WAIT_S) as browser:
            lies = {"X-Forwarded-For": "10.7.7.7", "X-Forwarded-Proto": "https", "X-Request-Id": "lies-lies-lies"}
            answer = set_up(browser, **lies)
            assert answer.status_code == 201
            assert answer.headers["X-Request-Id"] != "lies-lies-lies"
    assert AuditEntry.objects.get().address == "127.0.0.1"


def test_a_long_export_is_streamed(tmp_path: Path) -> None:
    socket = str(tmp_path / "web.sock")
    with (
        served(uds=socket),
        behind_the_edge(socket) as browser,
    ):
        set_up(browser)
        for number in range(20):
            add_camera(local_person("t"), NewCamera(f"C{number}", "rtsp://10.0.0.1/x"))
        answer = browser.get("/api/v1/audit/export?format=json")
        assert "content-length" not in answer.headers
        assert [row["action"] for row in json.loads(answer.text)] == [
            "accounts.set_up", *["registry.camera.add"] * 20, "audit.export",
        ]  # fmt: skip
        assert User.objects.count() == 1


def test_a_flood_is_cut_off_before_it_reaches_the_disk(tmp_path: Path) -> None:
    socket = str(tmp_path / "web.sock")
    sent = 0

    def undeclared() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += 1 << 18
            yield b"x" * (1 << 18)

    with (
        served(uds=socket),
        behind_the_edge(socket) as browser,
    ):
        english = {"Accept-Language": "en"}
        answer = browser.post("/api/v1/auth/login", content=b"x" * (3 << 20), headers=english)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert answer.json()["detail"] == "the request is too large"
    with (
        served(uds=socket + "2"),
        behind_the_edge(socket + "2") as browser,
    ):
        answer = browser.post("/api/v1/auth/login", content=undeclared())
        assert (answer.status_code, answer.json()["detail"]) == (413, "请求内容过大")
        assert browser.get("/api/v1/setup").status_code == 200
