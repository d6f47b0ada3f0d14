"""hls.js, which most pages play HLS with, judges our playlists in Chromium: recorded footage and live."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page
from tests.chromium import HLS_JS
from tests.media.footage import audio, video
from tests.media.playback.conftest import Edge, at, page_of

pytestmark = [pytest.mark.browser, pytest.mark.peer]
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
    async with page_of(edge, HLS_JS.read_text(encoding="utf-8"), PLAYER) as page:
        yield page


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
