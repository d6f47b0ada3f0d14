"""HLS live over a store that is being written: ffmpeg plays it, it advances, and only what is fresh can be read."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest
from tests.chromium import HLS_JS, new_page
from tests.media.edge.conftest import CLOCK, TicketOffice
from tests.media.feeding import CAMERA, Camera, camera_on, fast, make_store
from tests.media.footage import frame_hashes, video
from tests.media.masks import write_masks

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.sessions import COOKIE
from mingjian.media.edge.settings import EdgeSettings
from mingjian.media.playback.chunks import Chunk
from mingjian.media.playback.live_list import LiveWindow
from mingjian.media.playback.routes import HTTP_STATUS
from mingjian.media.playback.service import open_playback
from mingjian.media.store.store import Store
from mingjian.ports.masks import masks_path
from mingjian.ports.recording import SegmentRecord

FOLLOW = """
window.follow = async (url) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const hls = new Hls({enableWorker: false, startPosition: 0});
  window.told = {errors: [], live: null, from: null, to: null, frames: 0};
  hls.on(Hls.Events.ERROR, (_, data) => told.errors.push(`${data.type} ${data.details} fatal=${data.fatal}`));
  hls.on(Hls.Events.LEVEL_UPDATED, (_, data) => { told.live = data.details.live; });
  video.addEventListener('timeupdate', () => {
    const ranges = video.buffered;
    if (ranges.length) [told.from, told.to] = [ranges.start(0), ranges.end(ranges.length - 1)];
    told.ranges = ranges.length;
    told.frames = video.getVideoPlaybackQuality().totalVideoFrames;
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  video.playbackRate = 4;
  await video.play();
};
"""


@dataclass
class Place:
    office: TicketOffice
    client: aiohttp.ClientSession
    address: str
    camera: Camera
    store: Store

    def send(self, seconds: float) -> None:
        """Record, up to the index."""
        self.camera.send(seconds)
        assert self.store.flush()

    async def session(self, **changes: object) -> tuple[str, dict[str, str]]:
        ticket = self.office.sign(**{"camera": CAMERA, "rights": ("live",), **changes})
        response = await self.client.post("/media/sessions", json={"ticket": ticket})
        assert response.status == 201, await response.text()
        return (await response.json())["base"], {"Cookie": f"{COOKIE}={response.cookies[COOKIE].value}"}

    async def playlist(self, base: str, cookie: dict[str, str], chunks: int) -> str:
        """The playlist once it names so many chunks: the store writes in its own thread."""
        async with asyncio.timeout(10):
            while True:
                response = await self.client.get(f"{base}/live.m3u8", headers=cookie)
                text = await response.text()
                if response.status == 200 and text.count("#EXTINF") >= chunks:
                    return text
                assert response.status in (200, 404), text
                await asyncio.sleep(0.05)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    clock = ManualClock(CLOCK.now_ns() - 8 * NS_PER_S, 5 * NS_PER_S)
    store = make_store(tmp_path / "volumes", clock, limits=fast())
    camera = camera_on(store, clock, video()).connect()
    office = TicketOffice()
    with tempfile.TemporaryDirectory(prefix="mj") as name:
        settings = EdgeSettings(
            engine_socket=Path(name, "engine.sock"),
            web_socket=Path(name, "web.sock"),
            revocations_file=Path(name, "revocations.json"),
            masks_file=write_masks(masks_path(tmp_path)),
            ticket_key=office.key.public_key(),
            port=0,
            ui_folder=tmp_path,
        )
        server = EdgeServer(settings, CLOCK)
        service = open_playback(tmp_path, CLOCK)
        server.mount(service.calls.table(), HTTP_STATUS)
        await server.start()
        address = f"http://127.0.0.1:{server.port}"
        async with aiohttp.ClientSession(address) as client:
            made = Place(office, client, address, camera, store)
            made.send(8.04)
            yield made
        await server.stop()
        service.close()
    camera.stop()
    assert store.close()


@pytest.mark.peer
async def test_ffmpeg_plays_it_and_it_advances(place: Place, tmp_path: Path) -> None:
    base, cookie = await place.session()
    before = await place.playlist(base, cookie, 7)
    assert "#EXT-X-ENDLIST" not in before
    assert before.count("#EXT-X-MAP") == 1
    assert before.count("#EXT-X-PROGRAM-DATE-TIME") == before.count("#EXTINF")
    out = tmp_path / "played.mp4"
    process = await asyncio.create_subprocess_exec(
        "ffmpeg", "-v", "error", "-live_start_index", "0", "-headers", f"Cookie: {cookie['Cookie']}\r\n",
        "-i", f"{place.address}{base}/live.m3u8?stream=main", "-frames:v", "200", "-c", "copy", str(out),
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    place.send(3)
    after = await place.playlist(base, cookie, before.count("#EXTINF") + 2)
    async with asyncio.timeout(40):
        _, told = await process.communicate()
    assert process.returncode == 0, told
    assert after.startswith(before), "a reload within the window only adds"
    once = frame_hashes(video().file)
    assert frame_hashes(out) == (once * 2)[:200]


@pytest.mark.browser
@pytest.mark.peer
async def test_hls_js_in_chromium_follows_it(place: Place) -> None:
    base, cookie = await place.session()
    await place.playlist(base, cookie, 7)
    name, _, value = cookie["Cookie"].partition("=")
    async with new_page() as page:
        await page.context.add_cookies([{"name": name, "value": value, "url": place.address + base}])
        await page.goto(place.address + "/healthz")  # the origin of the calls
        await page.add_script_tag(path=HLS_JS)
        await page.add_script_tag(content=FOLLOW)
        await page.evaluate("(url) => window.follow(url)", f"{place.address}{base}/live.m3u8?stream=main")
        await page.wait_for_function("() => told.to > 6", timeout=20_000)
        place.send(6)
        await page.wait_for_function("() => told.to > 12 && told.frames > 250", timeout=20_000)
        told = await page.evaluate("() => told")
    assert told["errors"] == []
    assert told["live"] is True
    assert told["ranges"] == 1


async def test_it_opens_live_only_and_only_what_is_fresh(place: Place) -> None:
    base, cookie = await place.session()
    text = await place.playlist(base, cookie, 7)
    lines = text.splitlines()
    data = next(line for line in lines if line.endswith(".m4s"))
    init = next(line for line in lines if "MAP" in line).split('"')[1]
    for path in (data, init):
        assert (await place.client.get(f"{base}/{path}", headers=cookie)).status == 200
        assert (await place.client.get(f"{base}/{path}")).status == 404, "no cookie, nothing"
    head, _, length = data.removesuffix(".m4s").rpartition("-")
    refused = [f"{head}-{int(length) - 1}.m4s", data.replace("live/", ""), init.replace("live/", "")]
    for path in refused:
        assert (await place.client.get(f"{base}/{path}", headers=cookie)).status == 403, path
    for changes in ({"rights": ("playback",)}, {"streams": ("sub",)}, {"camera": "01kb9999999999999999999999"}):
        other, shown = await place.session(**changes)
        for path in (data, init):
            assert (await place.client.get(f"{other}/{path}", headers=shown)).status == 403, changes
        status = (await place.client.get(f"{other}/live.m3u8", headers=shown)).status
        assert status == (404 if "camera" in changes else 403)


def test_the_window_slides_counts_what_left_and_marks_runs() -> None:
    record = SegmentRecord.__new__(SegmentRecord)
    object.__setattr__(record, "id", "s1")
    object.__setattr__(record, "run", "r1")
    other = SegmentRecord.__new__(SegmentRecord)
    object.__setattr__(other, "id", "s2")
    object.__setattr__(other, "run", "r2")
    first = Chunk(record, 1, 1, 100, 10, 0, 180_000, 0, 2 * NS_PER_S, True, False)
    chunks = [
        replace(
            first,
            segment=record if at < 5 else other,
            offset=100 + 10 * at,
            start_ns=2 * at * NS_PER_S,
            end_ns=2 * (at + 1) * NS_PER_S,
        )
        for at in range(40)
    ]
    window = LiveWindow(1000)
    window.update(chunks[:10], 20 * NS_PER_S)
    text = window.text()
    assert "#EXT-X-MEDIA-SEQUENCE:1000\n#EXT-X-DISCONTINUITY-SEQUENCE:0" in text
    assert (text.count("#EXT-X-DISCONTINUITY\n"), text.count("#EXT-X-MAP"), text.count("#EXTINF:2.0")) == (1, 2, 10)
    assert "#EXT-X-TARGETDURATION:2\n" in text
    window.update(chunks[3:25], 50 * NS_PER_S)
    text = window.text()
    assert "#EXT-X-MEDIA-SEQUENCE:1010\n#EXT-X-DISCONTINUITY-SEQUENCE:1" in text
    assert (text.count("#EXT-X-DISCONTINUITY\n"), text.count("#EXTINF")) == (0, 15)
    window.update(chunks[30:], 80 * NS_PER_S)
    assert window.sequence == 1025, "numbers go on over a stretch in which nobody asked"
    window.update(chunks[:5], 10 * NS_PER_S)
    assert (window.sequence, len(window.entries)) == (1035, 5), "the clock was set back: the old entries leave"
    window.update([], 60 * NS_PER_S)
    assert window.entries == []
    window.update(chunks[38:], 80 * NS_PER_S)
    assert window.entries[0][1], "another run begins after everything had left"
