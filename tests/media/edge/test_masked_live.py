"""Live under masks: one rendition of a camera for all who look without a lift, made of its sub stream, under a quota."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import psutil
import pytest
from tests.media.edge.conftest import TicketOffice
from tests.media.edge.streaming import FakeEngine, LiveClient, open_live
from tests.media.footage import video
from tests.media.masked import MASKED, frames, is_flat, picture
from tests.media.masks import write_masks

from mingjian.kernel.clock import NS_PER_MS, SystemClock
from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.sessions import COOKIE
from mingjian.media.edge.settings import EdgeSettings
from mingjian.media.mask_book import LOOK_EVERY_S
from mingjian.ports.positions import PositionSpan

OTHER = "01hzother"


@pytest.fixture
def edge_settings(edge_settings: EdgeSettings, office: TicketOffice) -> EdgeSettings:
    write_masks(edge_settings.masks_file, {office.camera: MASKED, OTHER: replace(MASKED, live="main")})
    return replace(edge_settings, mask_quota=1)


@pytest.fixture
async def engine(edge_settings: EdgeSettings, office: TicketOffice) -> AsyncIterator[FakeEngine]:
    streams = [(office.camera, "main"), (office.camera, "sub"), (OTHER, "main")]
    fake = FakeEngine(edge_settings.engine_socket, streams)
    await fake.start()
    fake.play(office.camera, "main", video(size="640x360"))
    fake.play(office.camera, "sub")
    fake.play(OTHER, "main")
    yield fake
    await fake.stop()


def shown(live: LiveClient, last: int) -> list[bool]:
    """Whether the last pictures, from a keyframe on, are flat where the mask lies."""
    start = next(at for at in range(len(live.pictures) - last, -1, -1) if live.pictures[at].keyframe)
    media = live.inits[-1] + b"".join(one.media for one in live.pictures[start:])
    return [is_flat(one) for one in frames(media)]


def workers() -> int:
    """The masking processes below this one."""
    return sum("masked" in " ".join(one.cmdline()) for one in psutil.Process().children(recursive=True))


async def test_all_viewers_share_one_masked_rendition_a_lift_sees_the_original_and_changes_reach_who_looks(
    engine: FakeEngine,
    edge: EdgeServer,
    client: aiohttp.ClientSession,
    office: TicketOffice,
    edge_settings: EdgeSettings,
) -> None:
    lives = [await open_live(client, office.sign(), stream) for stream in ("main", "sub", "main", "sub")]
    told = [await live.until_text("init") for live in lives]
    assert {(one["width"], one["height"]) for one in told} == {(320, 180)}  # of the sub stream, whatever was asked
    taken = await asyncio.gather(*(live.take(30) for live in lives))
    assert len(set.intersection(*({one.media for one in pictures} for pictures in taken))) >= 20
    assert all(all(shown(live, 20)) for live in lives)
    assert (edge.feeds.transcodes, workers()) == (1, 1)
    assert engine.hubs[(office.camera, "main")].viewers == 0

    lifted = await open_live(client, office.sign(unmasked_live=True))
    assert (await lifted.until_text("init"))["width"] == 640
    await lifted.take(5)
    assert not any(shown(lifted, 5))

    refused = await open_live(client, office.sign(camera=OTHER))
    notice = await refused.until_text("notice")
    assert notice["reason"] == "mask_busy"
    assert "未遮蔽" in notice["zh"]
    assert refused.pictures == []
    await refused.ws.close()

    session = await client.post("/media/sessions", json={"ticket": office.sign()})
    base, cookie = (await session.json())["base"], {"Cookie": f"{COOKIE}={session.cookies[COOKIE].value}"}
    answer = await client.get(f"{base}/live.mjpeg", headers=cookie)
    await answer.content.readuntil(b"Content-Length: ")
    length = int(await answer.content.readuntil(b"\r\n"))
    await answer.content.readuntil(b"\r\n\r\n")
    assert is_flat(picture(await answer.content.readexactly(length)))
    answer.close()
    assert workers() == 1

    for live in lives[1:]:
        await live.ws.close()
    await lives[0].ws.send_json({"renew": office.sign(unmasked_live=True)})  # a lift is granted meanwhile
    while (await lives[0].until_text("init"))["width"] != 640:
        pass
    await lives[0].ws.send_json({"renew": office.sign()})  # and is over
    while (await lives[0].until_text("init"))["width"] != 320:
        pass
    await lives[0].take(5)
    assert all(shown(lives[0], 5))
    write_masks(edge_settings.masks_file)  # taken off
    while (await lives[0].until_text("init"))["width"] != 640:
        pass
    yard = replace(MASKED, masks=(replace(MASKED.masks[0], preset="后院"),))
    began_ms = SystemClock().now_ns() // NS_PER_MS - 60_000
    write_masks(edge_settings.masks_file, {office.camera: yard})  # nobody knows where it stands
    while (await lives[0].until_text("init"))["width"] != 320:
        pass
    at_gate = replace(yard, positions=(PositionSpan("大门", began_ms),))
    write_masks(edge_settings.masks_file, {office.camera: at_gate})
    while (await lives[0].until_text("init"))["width"] != 640:
        pass
    turned = replace(at_gate, positions=(PositionSpan("大门", began_ms, began_ms + 60_000),))
    write_masks(edge_settings.masks_file, {office.camera: turned})  # it may have turned
    while (await lives[0].until_text("init"))["width"] != 320:
        pass
    await lives[0].take(5)
    assert all(shown(lives[0], 5))
    write_masks(edge_settings.masks_file, {office.camera: replace(MASKED, held_from_ms=1)})  # moved
    assert (await lives[0].until_end())["reason"] == "masks_held"
    edge_settings.masks_file.unlink()
    await asyncio.sleep(LOOK_EVERY_S)
    unknown = await open_live(client, office.sign())
    assert (await unknown.until_end())["reason"] == "masks_unknown"
    async with asyncio.timeout(30):
        while workers():
            await asyncio.sleep(0.05)
