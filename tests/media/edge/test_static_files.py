"""The built UI: caching, headers, and nothing from outside its folder."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from mingjian.media.edge.server import EdgeServer


async def test_page_and_its_routes_are_asked_for_anew(client: aiohttp.ClientSession) -> None:
    for path in ("/", "/playback/cam-7?at=now", "/index.html"):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert "明鉴" in await answer.text()
            assert answer.headers["Cache-Control"] == "no-cache"
            policy = answer.headers["Content-Security-Policy"]
            assert "script-src 'self';" in policy
            assert "unsafe-inline" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"


async def test_hashed_assets_are_kept_for_a_year(client: aiohttp.ClientSession) -> None:
    async with client.get("/assets/index-3f2a.js") as answer:
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "javascript" in answer.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/assets/missing.js", "/favicon.ico", "/link.txt", "/media/nothing"])
async def test_what_is_not_there_is_a_problem(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(path, headers={"Accept-Language": "en-GB,en"}) as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"
        assert (await answer.json())["detail"] == "there is nothing at this address"


@pytest.mark.parametrize("path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/a%00b.txt"])
async def test_no_path_leads_outside(edge: EdgeServer, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", edge.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert b"outside" not in answer
    assert answer.split(b" ", 2)[1] in (b"400", b"404")


async def test_other_methods_are_refused_in_chinese(client: aiohttp.ClientSession) -> None:
    async with client.post("/", data=b"x") as answer:
        assert answer.status == 405
        assert (await answer.json())["detail"] == "这个地址不支持该操作"
