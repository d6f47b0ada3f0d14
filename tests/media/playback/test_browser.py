"""A real Chromium plays what the plan says, through Media Source Extensions, over segment borders and growing chunks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page
from tests.media.footage import audio, video
from tests.media.playback.archive import START_NS
from tests.media.playback.conftest import Edge, at, page_of

from mingjian.kernel.clock import NS_PER_S

pytestmark = pytest.mark.browser

# The contract in small: timestampOffset from offset_90k per segment, chunks appended as they come.
PLAYER = """
window.begin = async (codecs) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((done) => source.addEventListener('sourceopen', done, {once: true}));
  const buffer = source.addSourceBuffer(`video/mp4; codecs="${codecs}"`);
  window.player = {video, source, buffer, segment: '', waits: 0};
  // a busy machine may let the decoder lag; a stall of ours is one with nothing buffered to go on with
  video.addEventListener('waiting', () => {
    const at = video.currentTime, ranges = video.buffered;
    let ahead = 0;
    for (let i = 0; i < ranges.length; i++) if (ranges.start(i) <= at && at < ranges.end(i)) ahead = ranges.end(i) - at;
    if (ahead < 0.2 && at < video.duration - 0.2) window.player.waits += 1;
  });
};
const append = async (bytes) => {
  const {buffer} = window.player;
  buffer.appendBuffer(bytes);
  await new Promise((done, failed) => {
    buffer.addEventListener('updateend', done, {once: true});
    buffer.addEventListener('error', () => failed(new Error('append failed')), {once: true});
  });
};
const bytes = async (url) => {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
  return response.arrayBuffer();
};
window.feed = async (base, chunks) => {
  for (const chunk of chunks) {
    if (chunk.segment !== window.player.segment) {
      window.player.buffer.timestampOffset = chunk.offset_90k / 90000;
      if (chunk.init) await append(await bytes(base + chunk.init));
      window.player.segment = chunk.segment;
    }
    await append(await bytes(base + chunk.url));
  }
  const ranges = window.player.buffer.buffered;
  return Array.from({length: ranges.length}, (_, i) => [ranges.start(i), ranges.end(i)]);
};
window.feedOne = async (url) => {
  await append(await bytes(url));
  const ranges = window.player.buffer.buffered;
  return Array.from({length: ranges.length}, (_, i) => [ranges.start(i), ranges.end(i)]);
};
window.playToEnd = async (rate) => {
  const {video, source} = window.player;
  source.endOfStream();
  video.playbackRate = rate;
  const waited = window.player.waits;
  await video.play();
  await new Promise((done, failed) => {
    video.addEventListener('ended', done, {once: true});
    video.addEventListener('error', () => failed(new Error(video.error.message)), {once: true});
  });
  const quality = video.getVideoPlaybackQuality();
  return {frames: quality.totalVideoFrames, waits: window.player.waits - waited, time: video.currentTime};
};
"""


@pytest.fixture
async def page(edge: Edge) -> AsyncIterator[Page]:
    async with page_of(edge, PLAYER) as page:
        yield page


async def plan(edge: Edge, **query: str) -> dict[str, Any]:
    return await (await edge.ok("plan", **query)).json()


@pytest.mark.parametrize(("bframes", "sound"), [(0, "aac"), (2, None)])
async def test_chunks_join_over_segment_borders_without_stall_or_repeat(
    edge: Edge, page: Page, bframes: int, sound: str | None
) -> None:
    edge.archive.record(video(seconds=8, gop=25, bframes=bframes), audio(sound) if sound else None)
    answer = await plan(edge, **{"from": at(0), "to": at(8)})
    assert len({chunk["segment"] for chunk in answer["chunks"]}) == 3
    await page.evaluate("(codecs) => window.begin(codecs)", answer["chunks"][0]["codecs"])
    buffered = await page.evaluate("([base, chunks]) => window.feed(base, chunks)", [edge.base, answer["chunks"]])
    assert len(buffered) == 1, buffered
    assert buffered[0][0] < 0.1
    assert abs(buffered[0][1] - 8) < 0.05
    played = await page.evaluate("() => window.playToEnd(4)")
    assert played["frames"] == 200
    assert played["waits"] == 0
    assert abs(played["time"] - 8) < 0.05


async def test_a_growing_chunk_goes_on_in_the_same_buffer(edge: Edge, page: Page) -> None:
    source = video(seconds=8, gop=100)
    record = edge.archive.record(source, open_last=True, gops_a_segment=9)[0]
    _, refs = edge.archive.held[record.id]
    edge.clock.step(START_NS + 5 * NS_PER_S - edge.clock.now_ns())
    edge.archive.held[record.id] = (record, refs[:1])
    first = await plan(edge, **{"from": at(0), "to": at(60)})
    assert [(c["keyframe"], c["partial"]) for c in first["chunks"]] == [(True, True)]
    assert first["growing"]
    edge.archive.held[record.id] = (record, refs)
    rest = await plan(edge, **{"from": at(0), "to": at(60), "cursor": first["next"]})
    assert [(c["keyframe"], c["partial"]) for c in rest["chunks"]] == [(False, False), (True, True)]
    await page.evaluate("(codecs) => window.begin(codecs)", record.codecs)
    chunks = first["chunks"] + rest["chunks"]
    buffered = await page.evaluate("([base, chunks]) => window.feed(base, chunks)", [edge.base, chunks])
    assert len(buffered) == 1, buffered
    assert (await page.evaluate("() => window.playToEnd(4)"))["frames"] == 200


async def test_what_chromium_cannot_play_plays_converted(edge: Edge, page: Page) -> None:
    edge.archive.record(video("h265", seconds=8, gop=50), audio("pcma"))
    raw = (await plan(edge, **{"from": at(0), "to": at(8)}))["chunks"][0]["codecs"]
    supported = '(codecs) => MediaSource.isTypeSupported(`video/mp4; codecs="${codecs}"`)'
    assert not await page.evaluate(supported, raw)
    answer = await plan(edge, **{"from": at(0), "to": at(8), "as": "h264"})
    codecs = answer["chunks"][0]["codecs"]
    assert await page.evaluate(supported, codecs)
    await page.evaluate("(codecs) => window.begin(codecs)", codecs)
    buffered = await page.evaluate("([base, chunks]) => window.feed(base, chunks)", [edge.base, answer["chunks"]])
    assert len(buffered) == 1, buffered
    assert abs(buffered[0][1] - 8) < 0.1
    assert (await page.evaluate("() => window.playToEnd(4)"))["frames"] == 200


async def test_trick_play_in_reverse_plays_with_its_holes(edge: Edge, page: Page) -> None:
    edge.archive.record(video(seconds=8, gop=25))
    edge.archive.record(video(seconds=8, gop=25), start_ns=START_NS + 16 * NS_PER_S, run="run2")
    query = {"from": at(0), "to": at(24), "speed": "-8"}
    listed = await (await edge.ok("trick.json", **query)).json()
    await page.evaluate("(codecs) => window.begin(codecs)", listed["codecs"])
    buffered = await page.evaluate("(url) => window.feedOne(url)", edge.base + listed["url"])
    assert [[round(edge_s, 2) for edge_s in one] for one in buffered] == [[0, 1], [2, 3]]


async def test_the_page_sees_nothing_without_a_ticket_for_it(edge: Edge, page: Page) -> None:
    edge.archive.record(video(seconds=8, gop=25))
    answer = await plan(edge, **{"from": at(0), "to": at(8)})
    edge.ticket = edge.ticket.__class__(**{**_fields(edge.ticket), "rights": ("live",)})
    status = await page.evaluate("async (url) => (await fetch(url)).status", edge.base + answer["chunks"][0]["url"])
    assert status == 403


def _fields(ticket: object) -> dict[str, Any]:
    return {name: getattr(ticket, name) for name in ticket.__slots__}  # type: ignore[attr-defined]
