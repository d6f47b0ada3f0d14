"""live.mjpeg: pictures that ffmpeg and Chromium decode, while the session holds and there is room."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator

import aiohttp
import pytest
from playwright.async_api import async_playwright
from tests.media.edge.conftest import TicketOffice, now_ms
from tests.media.edge.streaming import FakeEngine
from tests.media.footage import video

from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.sessions import COOKIE
from mingjian.media.edge.settings import EdgeSettings
from mingjian.ports.revocation import Revocation, revocations_to_json

pytestmark = pytest.mark.peer


@pytest.fixture
async def engine(edge_settings: EdgeSettings, office: TicketOffice) -> AsyncIterator[FakeEngine]:
    fake = FakeEngine(edge_settings.engine_socket, [(office.camera, "main"), (office.camera, "sub")])
    await fake.start()
    fake.play(office.camera, "main")
    fake.play(office.camera, "sub", video(size="160x90"))
    yield fake
    await fake.stop()


async def _session(client: aiohttp.ClientSession, ticket: str) -> tuple[str, dict[str, str]]:
    """Base and cookie header of a new session."""
    response = await client.post("/media/sessions", json={"ticket": ticket})
    assert response.status == 201, await response.text()
    return (await response.json())["base"], {"Cookie": f"{COOKIE}={response.cookies[COOKIE].value}"}


async def test_ffmpeg_decodes_pictures_that_move(
    engine: FakeEngine, edge: EdgeServer, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    base, cookie = await _session(client, office.sign())
    process = await asyncio.create_subprocess_exec(
        "ffmpeg", "-v", "error", "-f", "mpjpeg", "-headers", f"Cookie: {cookie['Cookie']}\r\n",
        "-i", f"http://127.0.0.1:{edge.port}{base}/live.mjpeg?stream=main", "-frames:v", "4", "-f", "framemd5", "-",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(30):
        out, told = await process.communicate()
    lines = [line for line in out.decode().splitlines() if not line.startswith("#")]
    assert "#dimensions 0: 320x180" in out.decode(), told
    assert len({line.split(",")[-1] for line in lines}) == len(lines) == 4
    async with asyncio.timeout(30):
        while len(edge.mjpeg) or edge.feeds.transcodes:
            await asyncio.sleep(0.02)


async def test_it_ends_when_the_ticket_does_and_not_before_when_it_was_renewed(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    ends_ms = now_ms() + 4_000
    base, cookie = await _session(client, office.sign(expires_ms=ends_ms))
    renewed, cookie_renewed = await _session(client, office.sign(expires_ms=ends_ms, streams=("main",)))
    short = await client.get(f"{base}/live.mjpeg", headers=cookie)
    long = await client.get(f"{renewed}/live.mjpeg", headers=cookie_renewed)
    assert (short.status, long.status) == (200, 200)
    assert short.headers["Content-Type"].startswith("multipart/x-mixed-replace; boundary=")
    answer = await client.post(f"{renewed}/renew", json={"ticket": office.sign()}, headers=cookie_renewed)
    assert answer.status == 200
    async with asyncio.timeout(10):
        body = await short.read()
    assert body.endswith(b"--\r\n")
    assert body.count(b"\xff\xd8\xff") > 2
    assert ends_ms <= now_ms() < ends_ms + 3_000
    async with asyncio.timeout(30):
        await long.content.readuntil(b"image/jpeg")
        await long.content.readuntil(b"image/jpeg")
    long.close()


async def test_it_ends_when_the_permission_is_taken_back(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice, edge_settings: EdgeSettings
) -> None:
    base, cookie = await _session(client, office.sign())
    response = await client.get(f"{base}/live.mjpeg", headers=cookie)
    taken = revocations_to_json((Revocation(at_ms=now_ms(), viewer="u1", camera=office.camera),))
    edge_settings.revocations_file.write_text(json.dumps(taken))
    async with asyncio.timeout(10):
        assert (await response.read()).endswith(b"--\r\n")
    assert (await client.get(f"{base}/live.mjpeg", headers=cookie)).status in (403, 404)


async def test_over_the_quota_it_says_busy(
    engine: FakeEngine, edge: EdgeServer, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    edge.feeds._quotas["jpeg"]._places = 1
    base, cookie = await _session(client, office.sign())
    first = await client.get(f"{base}/live.mjpeg?stream=main", headers=cookie)
    assert first.status == 200
    second = await client.get(f"{base}/live.mjpeg?stream=sub", headers={**cookie, "Accept-Language": "en"})
    assert (second.status, second.content_type) == (503, "application/problem+json")
    assert (await second.json())["code"] == "busy"
    assert "Retry-After" in second.headers
    first.close()


@pytest.mark.parametrize("changes", [{"rights": ("playback",)}, {"streams": ("sub",)}])
async def test_a_ticket_that_does_not_cover_it(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice, changes: dict[str, object]
) -> None:
    base, cookie = await _session(client, office.sign(**changes))
    response = await client.get(f"{base}/live.mjpeg?stream=main", headers=cookie)
    assert (response.status, (await response.json())["code"]) == (403, "not_covered")
    assert (await client.get(f"{base}/live.mjpeg")).status == 404


@pytest.mark.browser
async def test_chromium_shows_pictures_that_move(
    engine: FakeEngine, edge: EdgeServer, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(f"http://127.0.0.1:{edge.port}/")
        script = """async (ticket) => {
            const made = await fetch("/media/sessions", {method: "POST", body: JSON.stringify({ticket})});
            const image = new Image();
            image.src = (await made.json()).base + "/live.mjpeg?stream=main";
            const seen = new Set(), begun = performance.now();
            while (seen.size < 3 && performance.now() - begun < 20000) {
                if (image.naturalWidth) {
                    const canvas = document.createElement("canvas");
                    canvas.width = 320; canvas.height = 180;
                    canvas.getContext("2d").drawImage(image, 0, 0);
                    seen.add(canvas.toDataURL());
                }
                await new Promise((done) => setTimeout(done, 50));
            }
            return [image.naturalWidth, image.naturalHeight, seen.size];
        }"""
        assert await page.evaluate(script, office.sign()) == [320, 180, 3]
        await browser.close()
