"""What goes through to web, what comes back, and what people read while web is away."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.settings import EdgeSettings

GO = web.AppKey("GO", asyncio.Event)


async def _echo(request: web.Request) -> web.StreamResponse:
    if request.path == "/api/v1/broken":
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response
    if request.path == "/api/v1/redirect":
        raise web.HTTPFound("/api/v1/elsewhere")
    if request.path == "/api/v1/slow-stream":
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first\n")
        await request.app[GO].wait()
        await response.write(b"second\n")
        await response.write_eof()
        return response
    body = await request.read()
    answer = web.json_response(
        {
            "method": request.method,
            "path": request.raw_path,
            "headers": list(request.headers.items()),
            "size": len(body),
        }
    )
    answer.set_cookie("one", "1")
    answer.set_cookie("two", "2")
    return answer


@pytest.fixture
async def backend(edge_settings: EdgeSettings) -> AsyncIterator[web.Application]:
    """A server on web's unix socket."""
    app = web.Application(client_max_size=64 << 20)
    app[GO] = asyncio.Event()
    app.router.add_route("*", "/{tail:.*}", _echo)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    await web.UnixSite(runner, str(edge_settings.web_socket)).start()
    yield app
    await runner.cleanup()


async def test_a_request_arrives_whole_with_the_clients_address(
    backend: web.Application, client: aiohttp.ClientSession
) -> None:
    sent = {"X-Forwarded-For": "6.6.6.6", "X-Request-Id": "forged", "Connection": "keep-alive, X-Hop", "X-Hop": "1"}
    async with client.put("/api/v1/x%2Fy?a=1&b=%20", data=io.BytesIO(b"z" * 3_000_000), headers=sent) as answer:
        told = await answer.json()
        assert answer.headers.getall("Set-Cookie") == ["one=1; Path=/", "two=2; Path=/"]
    headers = {name.lower(): value for name, value in told["headers"]}
    assert (told["method"], told["path"], told["size"]) == ("PUT", "/api/v1/x%2Fy?a=1&b=%20", 3_000_000)
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-request-id"] != "forged"
    assert headers["host"].startswith("127.0.0.1:")
    assert "x-hop" not in headers


async def test_answers_are_streamed_not_gathered(backend: web.Application, client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/slow-stream") as answer:
        assert await answer.content.readline() == b"first\n"
        backend[GO].set()
        assert await answer.content.readline() == b"second\n"


async def test_redirects_are_the_clients_business(backend: web.Application, client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/redirect", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/api/v1/elsewhere")


async def test_half_an_answer_does_not_look_whole(backend: web.Application, client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/broken") as answer:
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_web_away_is_told_in_the_readers_language(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/me", headers={"Accept-Language": "en"}) as answer:
        told = await answer.json()
        assert (answer.status, answer.content_type) == (503, "application/problem+json")
        assert answer.headers["Retry-After"] == "2"
        assert told["code"] == "web_away"
        assert told["detail"] == "the application does not answer for now; live pictures go on"
    async with client.get("/api/v1/me") as answer:
        assert (await answer.json())["detail"] == "业务服务暂时没有响应，实时画面不受影响"
    async with client.get("/admin/", headers={"Accept": "text/html,*/*"}) as answer:
        page = await answer.text()
        assert answer.status == 503
        assert "业务服务正在启动" in page
        assert "Reload this page" in page


async def test_readiness_names_what_is_away(
    edge: EdgeServer, client: aiohttp.ClientSession, edge_settings: EdgeSettings
) -> None:
    with socket.socket(socket.AF_UNIX) as died:
        died.bind(str(edge_settings.web_socket))  # the file stays, nobody listens
    async with client.get("/healthz") as answer:
        assert answer.status == 200
    async with client.get("/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {"ready": False, "engine": False, "web": False}
    async with client.get("/metrics") as answer:
        assert "mingjian_edge_engine_up 0.0" in await answer.text()
