"""hls.js, which most pages play HLS with, judges our playlists in Chromium: recorded footage and live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright
from tests.media.footage import audio, video
from tests.media.playback.conftest import Edge, at
from tests.media.playback.test_browser import FLAGS

pytestmark = [pytest.mark.browser, pytest.mark.peer]
HLS_JS = Path(__file__).parents[3] / "ui/node_modules/hls.js/dist/hls.min.js"
PLAYER = """
window.play = async (url) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const hls = new Hls({enableWorker: false});
  const told = {errors: [], gaps: 0, dates: 0};
  hls.on(Hls.Events.ERROR, (_, data) => told.errors.push(`${data.type} ${data.details} fatal=${data.fatal}`));
  hls.on(Hls.Events.FRAG_CHANGED, (_, data) => { told.dates += data.frag.programDateTime ? 1 : 0; });
  const parsed = new Promise((done) => hls.once(Hls.Events.LEVEL_LOADED, (_, data) => done(data.details)));
  hls.loadSource(url);
  hls.attachMedia(video);
  const details = await parsed;
  video.playbackRate = 4;
  await video.play();
  await new Promise((done) => {
    video.addEventListener('ended', done, {once: true});
    hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) done(); });
  });
  const ranges = video.buffered;
  return {...told, live: details.live, fragments: details.fragments.length, length: details.totalduration,
          frames: video.getVideoPlaybackQuality().totalVideoFrames, time: video.currentTime,
          buffered: Array.from({length: ranges.length}, (_, i) => [ranges.start(i), ranges.end(i)])};
};
"""


@pytest.fixture
async def page(edge: Edge) -> AsyncIterator[Page]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            page = await browser.new_page()
            await page.goto(edge.base + "timeline?from=" + at(0) + "&to=" + at(1))  # the origin of the calls
            await page.evaluate("document.body.replaceChildren()")
            await page.add_script_tag(path=HLS_JS)
            await page.add_script_tag(content=PLAYER)
            yield page
        finally:
            await browser.close()


async def test_a_playlist_over_three_segments_plays_whole_without_an_error(edge: Edge, page: Page) -> None:
    edge.archive.record(video(seconds=8, gop=25), audio("aac"))
    url = f"{edge.base}playback.m3u8?from={at(0)}&to={at(8)}"
    told = await page.evaluate("(url) => window.play(url)", url)
    assert told["errors"] == []
    assert (told["live"], told["frames"]) == (False, 200)
    assert told["fragments"] == told["dates"] == 8
    assert told["length"] == pytest.approx(8, abs=0.05)
    assert len(told["buffered"]) == 1
    assert told["time"] == pytest.approx(8, abs=0.1)
