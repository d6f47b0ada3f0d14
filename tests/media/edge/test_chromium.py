"""A real Chromium plays what a real RTSP server sends: decoded pixels, sound, the engine killed and back."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright
from tests.media.edge.conftest import CLOCK, TicketOffice
from tests.media.feeding import SMALL

from mingjian.kernel.ids import new_id
from mingjian.kernel.sealing import new_key, seal
from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.settings import EdgeSettings
from mingjian.media.engine.runtime import EngineRuntime
from mingjian.media.engine.settings import EngineSettings
from mingjian.media.store.store import Store
from mingjian.media.store.volume import make_volume
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan, plan_to_json

pytestmark = [pytest.mark.browser, pytest.mark.peer]

HERE = Path(__file__).parent
SERVER = HERE.parents[1] / "peers" / "gst_rtsp_server.py"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
# videotestsrc's bars: white, yellow, cyan, green, magenta, red, blue
BARS = [(255, 255, 255), (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0), (0, 0, 255)]


@pytest.fixture
async def gst() -> AsyncIterator[int]:
    process = await asyncio.create_subprocess_exec("/usr/bin/python3", str(SERVER), "-", stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = await process.stdout.readline()
    assert line, "GStreamer's RTSP server did not start: are python3-gi and gir1.2-gst-rtsp-server-1.0 installed?"
    yield int(json.loads(line)["port"])
    process.kill()
    await process.communicate()


class Site:
    """An engine on a data folder, with an edge before it."""

    def __init__(self, folder: Path, settings: EdgeSettings, office: TicketOffice) -> None:
        self.folder = folder
        self.edge_settings = settings
        self.office = office
        self.key = new_key()
        make_volume(folder / "v0", "v0", "instance", demo=True)
        (folder / "plan").mkdir()
        shutil.copy(HERE / "live_page.html", folder / "ui" / "live_page.html")
        shutil.copy(HERE / "live_page.js", folder / "ui" / "assets" / "live_page.js")

    def engine(self) -> EngineRuntime:
        settings = EngineSettings(
            "instance", self.folder / "plan" / "plan.json", self.edge_settings.engine_socket, self.key, True
        )
        return EngineRuntime(settings, Store([self.folder / "v0"], CLOCK, space=SMALL), CLOCK)

    def camera(self, url: str) -> str:
        """Put a camera into the plan."""
        camera = new_id(CLOCK.now_ns())
        stream = StreamPlan("main", seal(self.key, f"camera/{camera}/main", url))
        plan = EnginePlan(1, CLOCK.now_ns(), (CameraPlan(camera, "桥头", True, 30, (stream,)),))
        (self.folder / "plan" / "plan.json").write_text(json.dumps(plan_to_json(plan)))
        return camera


@pytest.fixture
def site(folder: Path, edge_settings: EdgeSettings, office: TicketOffice) -> Site:
    return Site(folder, edge_settings, office)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield await browser.new_page()
        await browser.close()


async def _until(page: Page, expression: str, seconds: float = 15) -> Any:
    """Ask until it is true; wait_for_function would need a page without our content security policy."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (value := await page.evaluate(expression)):
        if asyncio.get_running_loop().time() > deadline:
            pytest.fail(f"{expression} did not come true: {await page.evaluate('window.state')}")
        await asyncio.sleep(0.05)
    return value


def _near(points: list[list[int]]) -> bool:
    return all(
        abs(value - wanted) < 12
        for point, bar in zip(points, BARS, strict=True)
        for value, wanted in zip(point, bar, strict=True)
    )


@pytest.mark.parametrize(("mount", "codecs"), [("pcma", "flac"), ("h264aac", "mp4a.40.2"), ("h265", "avc1")])
async def test_chromium_shows_the_bars_and_hears_the_tone(
    site: Site, gst: int, edge: EdgeServer, page: Page, mount: str, codecs: str
) -> None:
    camera = site.camera(f"rtsp://127.0.0.1:{gst}/{mount}")
    engine = site.engine()
    await engine.start()
    try:
        async with asyncio.timeout(10):
            while not any(one.recording for one in engine.status().streams):
                await asyncio.sleep(0.05)
        await page.goto(f"http://127.0.0.1:{edge.port}/live_page.html#{site.office.sign(camera=camera)}")
        await _until(page, "window.state && window.state.fragments > 50")
        await _until(page, "document.getElementById('video').currentTime > 0 && window.pixels().frames > 20")
        first, told = await page.evaluate("window.pixels()"), await page.evaluate("window.state")
        assert codecs in told["mime"]
        assert told["errors"] == []
        assert (first["width"], first["height"]) == (320, 240)
        assert _near(first["points"]), first["points"]
        later = await _until(page, f"window.pixels().frames > {first['frames'] + 25} && window.pixels()")
        assert later["noise"] != first["noise"], "the snow moves"
        if mount != "h265":
            assert later["audio"] > first["audio"] > 0, "sound is decoded"
    finally:
        await engine.stop()


async def test_the_engine_is_away_and_back_and_the_page_goes_on(
    site: Site, gst: int, edge: EdgeServer, page: Page
) -> None:
    camera = site.camera(f"rtsp://127.0.0.1:{gst}/pcma")
    engine = site.engine()
    await engine.start()
    await page.goto(f"http://127.0.0.1:{edge.port}/live_page.html#{site.office.sign(camera=camera)}")
    await _until(page, "window.state && window.state.first_ms !== null")
    await engine.stop()
    await _until(page, "window.state.notices.some((one) => one === 'engine_down' || one === 'engine_away')")
    again = site.engine()
    await again.start()
    try:
        await _until(page, "window.state.inits === 2 && document.querySelector('video').videoWidth > 0")
        before = await page.evaluate("window.pixels()")
        after = await _until(page, f"window.pixels().frames > {before['frames'] + 25} && window.pixels()")
        assert _near(after["points"])
    finally:
        await again.stop()
