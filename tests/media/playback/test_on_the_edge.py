"""The calls mounted on the real edge: signed tickets, session cookies, problems in the reader's language."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.media.edge.conftest import CLOCK, TicketOffice, now_ms
from tests.media.feeding import CAMERA, START_NS, camera_on, make_store
from tests.media.footage import frame_hashes, video
from tests.media.masks import write_masks

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S, ManualClock
from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns
from mingjian.media.edge.seen import SeenBook
from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.settings import EdgeSettings
from mingjian.media.playback.routes import HTTP_STATUS
from mingjian.media.playback.service import open_playback
from mingjian.ports.masks import masks_path
from mingjian.ports.seen import EdgeWord, word_from_json

FROM_MS = START_NS // NS_PER_MS - 1_000
WHOLE = {"from": format_iso_ns(START_NS - NS_PER_S), "to": format_iso_ns(START_NS + 60 * NS_PER_S)}


@dataclass
class Place:
    office: TicketOffice
    client: aiohttp.ClientSession
    address: str
    seen: Path

    async def session(self, **changes: object) -> str:
        claims: dict[str, object] = {"camera": CAMERA, "from_ms": FROM_MS, "to_ms": FROM_MS + 60_000, **changes}
        response = await self.client.post("/media/sessions", json={"ticket": self.office.sign(**claims)})
        assert response.status == 201, await response.text()
        base: str = (await response.json())["base"]
        return base


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    store = make_store(tmp_path / "volumes", clock)
    camera = camera_on(store, clock, video()).connect()
    camera.send(8)
    camera.stop()
    assert store.close()
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
            seen_file=Path(name, "seen.json"),
        )
        server = EdgeServer(settings, CLOCK)
        service = open_playback(tmp_path, CLOCK, note=server.seen.note)
        server.mount(service.calls.table(), HTTP_STATUS)
        await server.start()
        address = f"http://127.0.0.1:{server.port}"
        async with aiohttp.ClientSession(address, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            yield Place(office, client, address, Path(name, "seen.json"))
        await server.stop()
        service.close()


async def plan(place: Place, base: str) -> dict[str, Any]:
    response = await place.client.get(f"{base}/plan", params=WHOLE)
    assert response.status == 200, await response.text()
    answer: dict[str, Any] = await response.json()
    return answer


async def test_a_signed_ticket_opens_what_was_recorded_frame_by_frame(place: Place, tmp_path: Path) -> None:
    base = await place.session()
    chunks = (await plan(place, base))["chunks"]
    parts = [await (await place.client.get(f"{base}/{chunks[0]['init']}")).read()]
    parts += [await (await place.client.get(f"{base}/{chunk['url']}")).read() for chunk in chunks]
    out = tmp_path / "joined.mp4"
    out.write_bytes(b"".join(parts))
    assert frame_hashes(out) == frame_hashes(video().file)
    picture = await place.client.get(f"{base}/snapshot.jpg", params={"at": format_iso_ns(START_NS + 2 * NS_PER_S)})
    assert (picture.status, picture.content_type) == (200, "image/jpeg")


async def test_a_session_is_nothing_without_its_cookie(place: Place) -> None:
    base = await place.session()
    chunk = (await plan(place, base))["chunks"][0]
    async with aiohttp.ClientSession() as stranger:
        for path in ("plan", chunk["url"], chunk["init"], "snapshot.jpg"):
            response = await stranger.get(f"{place.address}{base}/{path}", params=WHOLE)
            assert response.status == 404, path
            assert (await response.json())["code"] == "session_unknown"


async def test_the_ticket_of_another_camera_opens_none_of_this_one(place: Place) -> None:
    chunk = (await plan(place, await place.session()))["chunks"][0]
    base = await place.session(camera="01kb9999999999999999999999")
    for path in (chunk["url"], chunk["init"], chunk["url"].replace("data/", "frames/")):
        response = await place.client.get(f"{base}/{path}", headers={"Accept-Language": "zh-CN"})
        problem = await response.json()
        assert (response.status, response.content_type) == (403, "application/problem+json")
        assert problem["code"] == "not_covered"
        assert "凭证" in problem["detail"]
    assert (await plan(place, base))["chunks"] == []


async def test_a_live_ticket_plays_nothing_back(place: Place) -> None:
    base = await place.session(rights=("live",), from_ms=0, to_ms=0)
    response = await place.client.get(f"{base}/plan", params=WHOLE)
    assert response.status == 403


async def test_bad_input_is_told_in_the_readers_language(place: Place) -> None:
    base = await place.session()
    for language, words in (("en-GB", "ISO 8601"), ("zh", "时间")):
        response = await place.client.get(
            f"{base}/plan", params={"from": "noon", "to": "night"}, headers={"Accept-Language": language}
        )
        problem = await response.json()
        assert (response.status, problem["code"], problem["field"]) == (400, "bad_time", "from")
        assert words in problem["detail"]


async def test_the_edge_tells_what_left_for_each_ticket_and_nothing_for_what_was_only_opened(place: Place) -> None:
    tickets = [
        place.office.ticket(camera=CAMERA, from_ms=FROM_MS, to_ms=FROM_MS + 60_000, expires_ms=now_ms() + 60_000)
        for _ in range(2)
    ]
    bases = [await place.session(id=ticket.id) for ticket in tickets]
    chunks = (await plan(place, bases[0]))["chunks"]
    assert len(chunks) > 2
    chunk = chunks[1]
    url = chunk["url"]
    response = await place.client.get(url if url.startswith("/") else f"{bases[0]}/{url}")
    assert response.status == 200
    await response.read()

    async def told() -> EdgeWord:
        before = now_ms()
        while True:
            if place.seen.exists():
                word = word_from_json(json.loads(place.seen.read_text()))
                if word.written_ms > before:
                    return word
            await asyncio.sleep(0.05)

    word = await asyncio.wait_for(told(), 5)
    seen = word.tickets[tickets[0].id]
    assert (format_iso_ns(seen.from_ns), seen.cut) == (chunk["start"], False)
    assert abs(seen.to_ns - parse_iso_ns(chunk["end"], "end")) < NS_PER_S
    assert tickets[1].id not in word.tickets
    again = SeenBook(place.seen, CLOCK)
    again.note(tickets[1], 5, 6)
    again._written_ms -= 2000
    again.tick()
    after = word_from_json(json.loads(place.seen.read_text()))
    assert after.tickets[tickets[0].id].cut, "its writer died: more may have left"
    assert after.since_ms > tickets[0].issued_ms
