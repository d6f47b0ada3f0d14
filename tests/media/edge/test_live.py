"""The live WebSocket: pictures at once, tickets, slow viewers, the engine gone and back."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.media.edge.conftest import TicketOffice, now_ms
from tests.media.edge.streaming import FakeEngine, open_live
from tests.media.footage import audio, frame_hashes, video

from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.settings import EdgeSettings
from mingjian.ports.media import SourceState, SourceStatus
from mingjian.ports.recording import GapReason
from mingjian.ports.revocation import Revocation, revocations_to_json


@pytest.fixture
async def engine(edge_settings: EdgeSettings, office: TicketOffice) -> AsyncIterator[FakeEngine]:
    fake = FakeEngine(edge_settings.engine_socket, [(office.camera, "main"), (office.camera, "sub")])
    await fake.start()
    yield fake
    await fake.stop()


async def test_a_picture_at_once_then_every_picture_as_it_comes(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice, tmp_path: Path
) -> None:
    footage = video(gop=50)
    engine.play(office.camera, "main", footage, audio("pcma"))
    await asyncio.sleep(0.6)  # somewhere inside the first GOP
    live = await open_live(client, office.sign())
    told = await live.until_text("init")
    assert told["codecs"].startswith("avc1.")
    assert told["mime"] == f'video/mp4; codecs="{told["codecs"]}"'
    assert (told["width"], told["height"]) == (320, 180)
    pictures = await live.take(60)
    assert told["start_ns"] == pictures[0].start_ns
    assert pictures[0].keyframe
    path = tmp_path / "live.mp4"
    path.write_bytes(live.inits[0] + b"".join(picture.media for picture in pictures))
    assert frame_hashes(path) == frame_hashes(footage.file)[:60]
    await live.until_within(20_000_000, pictures[30:])  # far below a picture's time
    await live.ws.close()


async def test_one_feed_for_all_viewers_and_none_when_nobody_looks(
    engine: FakeEngine, edge: EdgeServer, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    engine.play(office.camera, "main")
    lives = [await open_live(client, office.sign()) for _ in range(5)]
    taken = await asyncio.gather(*(live.take(30) for live in lives))
    common = set.intersection(*({picture.media for picture in pictures} for pictures in taken))
    assert len(common) >= 20
    hub = engine.hubs[(office.camera, "main")]
    assert hub.viewers == 1
    for live in lives:
        await live.ws.close()
    async with asyncio.timeout(30):
        while hub.viewers or len(edge.live):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"edge": "other"}, "ticket_edge"),
        ({"expires_ms": 1}, "ticket_expired"),
        ({"rights": ("playback",)}, "not_covered"),
        ({"streams": ("sub",)}, "not_covered"),
    ],
)
async def test_refused_tickets(
    edge: EdgeServer, client: aiohttp.ClientSession, office: TicketOffice, changes: dict[str, object], code: str
) -> None:
    live = await open_live(client, office.sign(**changes))
    end = await live.until_end()
    assert end["reason"] == code
    assert end["zh"]
    assert end["en"]


async def test_a_ticket_opens_one_socket_only(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    engine.play(office.camera, "main")
    text = office.sign()
    live = await open_live(client, text)
    await live.take(1)
    assert (await (await open_live(client, text)).until_end())["reason"] == "ticket_used"
    async with client.post("/media/sessions", json={"ticket": text}) as answer:
        assert (await answer.json())["code"] == "ticket_used"
    await live.take(5)
    await live.ws.close()


@pytest.mark.parametrize("first", ["", "[]", "{", '{"stream": "main"}', '{"ticket": "x.y"}', '{"ticket": {}}'])
async def test_broken_first_messages_end_with_a_reason(
    edge: EdgeServer, client: aiohttp.ClientSession, first: str
) -> None:
    ws = await client.ws_connect("/media/live")
    await ws.send_str(first)
    end = (await ws.receive_json(timeout=30))["end"]
    assert end["reason"] in ("bad_message", "ticket_invalid")
    assert (await ws.receive(timeout=30)).type is aiohttp.WSMsgType.CLOSE
    await ws.close()


async def test_a_stream_ends_at_its_expiry_unless_renewed(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    engine.play(office.camera, "main")
    soon = now_ms() + 2500
    short, renewed = [await open_live(client, office.sign(expires_ms=soon)) for _ in range(2)]
    await renewed.ws.send_json({"renew": office.sign(viewer="u9")})
    assert (await renewed.until_text("notice"))["reason"] == "ticket_other"
    await renewed.ws.send_json({"renew": office.sign()})
    end = await short.until_end()
    assert end["reason"] == "ticket_expired"
    assert 0 <= now_ms() - soon < 3000
    await renewed.take(60)
    await renewed.ws.close()


async def test_revocation_ends_the_stream(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice, edge_settings: EdgeSettings
) -> None:
    engine.play(office.camera, "main")
    live, kept = await open_live(client, office.sign()), await open_live(client, office.sign(viewer="u2"))
    await live.take(1)
    taken = revocations_to_json((Revocation(at_ms=now_ms(), viewer="u1", camera=office.camera),))
    edge_settings.revocations_file.write_text(json.dumps(taken))
    async with asyncio.timeout(10):
        assert (await live.until_end())["reason"] == "ticket_revoked"
    await kept.take(10)
    await kept.ws.close()


async def test_switching_and_pausing(engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice) -> None:
    engine.play(office.camera, "main")
    engine.play(office.camera, "sub", video(size="160x90"))
    live = await open_live(client, office.sign())
    await live.take(3)
    await live.ws.send_json({"stream": "sub"})
    assert (await live.until_text("init"))["width"] == 160
    await live.ws.send_json({"pause": True})
    hub = engine.hubs[(office.camera, "sub")]
    async with asyncio.timeout(30):
        while hub.viewers:
            await asyncio.sleep(0.01)
    await live.ws.send_json({"pause": False})
    assert (await live.until_text("init"))["width"] == 160
    assert (await live.take(5))[0].keyframe
    await live.ws.send_json({"stream": "other"})
    assert (await live.until_end())["reason"] == "not_covered"


async def test_a_dead_camera_says_why_and_comes_back(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    hub = engine.hubs[(office.camera, "main")]
    words = ("摄像机没有响应", "the camera does not answer")
    hub.on_status(SourceStatus(SourceState.FAILED, 1, GapReason.UNREACHABLE, *words))
    live = await open_live(client, office.sign())
    assert await live.until_text("notice") == {"reason": "unreachable", "zh": words[0], "en": words[1]}
    engine.play(office.camera, "main")
    assert await live.until_text("notice") is None
    await live.take(5)
    await live.ws.close()


async def test_the_engine_goes_and_comes_back_and_viewers_continue(
    edge: EdgeServer, edge_settings: EdgeSettings, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    live = await open_live(client, office.sign())
    assert (await live.until_text("notice"))["reason"] == "engine_away"
    for _ in range(2):
        engine = FakeEngine(edge_settings.engine_socket, [(office.camera, "main")])
        await engine.start()
        engine.play(office.camera, "main")
        before = len(live.inits)
        await live.take(10)
        assert len(live.inits) == before + 1
        await engine.stop()
        while (await live.until_text("notice") or {}).get("reason") not in ("engine_down", "engine_away"):
            pass
    await live.ws.close()


async def test_a_camera_that_the_engine_does_not_know_is_told(
    engine: FakeEngine, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    live = await open_live(client, office.sign(camera="nobody"))
    assert (await live.until_text("notice"))["reason"] == "no_such_stream"
    await live.ws.close()


def _sluggish(port: int, ticket: str) -> socket.socket:
    """A viewer that shakes hands, asks, and then reads nothing."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)  # before connecting, or the kernel lets it grow
    sock.connect(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    head = "GET /media/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    sock.sendall((head + f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    payload = json.dumps({"ticket": ticket, "stream": "main"}).encode()
    sock.sendall(b"\x81\xfe" + struct.pack(">HI", len(payload), 0) + payload)  # masked with zeros
    return sock


async def test_a_slow_viewer_is_cut_to_the_next_keyframe_and_slows_nobody(
    engine: FakeEngine,
    edge: EdgeServer,
    client: aiohttp.ClientSession,
    office: TicketOffice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mingjian.media.edge.feed._FIRST_LIMIT", 300_000)
    monkeypatch.setattr("mingjian.media.edge.feed._MOST_LIMIT", 300_000)
    big = video(seconds=4, gop=10, size="1280x720")
    engine.play(office.camera, "main", big, fps=150)
    slow = await asyncio.to_thread(_sluggish, edge.port, office.sign())
    quick = await open_live(client, office.sign())
    try:
        async with asyncio.timeout(40):
            while not any(connection.viewer.dropped for connection in edge.live._open):
                await quick.take(25)
        await quick.until_within(30_000_000, await quick.take(25))  # as quick as ever
        stream = await asyncio.to_thread(_drain, slow, 200)
        flags = _picture_flags(stream)
        assert len(flags) > 50
        gaps = [index for index in range(1, len(flags)) if flags[index][1] != flags[index - 1][1] + 1]
        assert gaps, "pictures were left out"
        assert all(flags[index][0] & 1 for index in gaps), "and it went on with a keyframe"
    finally:
        slow.close()
        await quick.ws.close()


def _drain(sock: socket.socket, messages: int) -> bytes:
    sock.settimeout(10)
    data = bytearray()
    while len(_picture_flags(data)) < messages or not _gap(data):
        data += sock.recv(1 << 20)
    return bytes(data)


def _gap(data: bytes | bytearray) -> bool:
    flags = _picture_flags(data)
    return any(flags[index][1] != flags[index - 1][1] + 1 for index in range(1, len(flags)))


def _picture_flags(data: bytes | bytearray) -> list[tuple[int, int]]:
    """(flags, mfhd sequence number) of each whole picture message in a server's byte stream."""
    found: list[tuple[int, int]] = []
    at = data.find(b"\r\n\r\n") + 4
    if at < 4:
        return found
    while at + 10 <= len(data):
        size, head = data[at + 1], 2
        if size == 126:
            size, head = struct.unpack_from(">H", data, at + 2)[0], 4
        elif size == 127:
            size, head = struct.unpack_from(">Q", data, at + 2)[0], 10
        body = at + head
        if body + size > len(data):
            break
        if data[at] == 0x82 and data[body + 4 : body + 8] != b"ftyp":
            found.append((data[body], struct.unpack_from(">I", data, body + 24 + 20)[0]))
        at = body + size
    return found


async def test_h265_is_transcoded_for_who_cannot_play_it_and_sent_as_it_is_to_who_can(
    engine: FakeEngine, edge: EdgeServer, client: aiohttp.ClientSession, office: TicketOffice, tmp_path: Path
) -> None:
    engine.play(office.camera, "main", video("h265"), audio("pcma"))
    able = await open_live(client, office.sign(), can=["avc1.42e01e", "hvc1.1.6.L93.B0"])
    assert (await able.until_text("init"))["codecs"].startswith("hvc1.")
    unable = await open_live(client, office.sign(), can=["avc1.42e01e", "flac"])
    assert (await unable.until_text("init"))["codecs"].startswith("avc1.")
    pictures = await unable.take(30)
    assert pictures[0].keyframe
    path = tmp_path / "made.mp4"
    path.write_bytes(unable.inits[0] + b"".join(picture.media for picture in pictures))
    assert len(frame_hashes(path)) == 30
    assert edge.feeds.transcodes == 1
    await able.take(5)
    await able.ws.close()
    await unable.ws.close()
    async with asyncio.timeout(30):
        while edge.feeds.transcodes or engine.hubs[(office.camera, "main")].viewers:
            await asyncio.sleep(0.02)


async def test_over_the_quota_a_viewer_is_told_to_wait_and_served_when_there_is_room(
    engine: FakeEngine, edge: EdgeServer, client: aiohttp.ClientSession, office: TicketOffice
) -> None:
    edge.feeds._quotas["h264"]._places = 1
    engine.play(office.camera, "main", video("h265"))
    engine.play(office.camera, "sub", video("h265", size="160x90"))
    first = await open_live(client, office.sign())
    await first.take(1)
    second = await open_live(client, office.sign(), "sub")
    assert (await second.until_text("notice"))["reason"] == "busy"
    await first.ws.close()
    await second.take(1)
    await second.ws.close()
