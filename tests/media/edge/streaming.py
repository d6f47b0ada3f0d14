"""An engine's socket with hubs that play real coded pictures in real time, and a plain client of the live WebSocket."""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from tests.media.feeding import track_of
from tests.media.footage import Footage, video

from mingjian.kernel.clock import SystemClock
from mingjian.media.engine.hub import StreamHub
from mingjian.media.engine.socket_server import EngineSocket
from mingjian.ports.media import AccessUnit, SourceState, SourceStatus

CLOCK = SystemClock()
HEADER = struct.Struct(">B3xIQQ")


class FakeEngine:
    """The engine's socket and hubs without sources; each hub is fed by `play`."""

    def __init__(self, socket: Path, streams: list[tuple[str, str]]) -> None:
        self.hubs = {key: StreamHub(CLOCK, None, audio=True) for key in streams}
        self.socket = EngineSocket(socket, lambda camera, stream: self.hubs.get((camera, stream)))
        self._players: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self.socket.start()

    def play(
        self, camera: str, stream: str, footage: Footage | None = None, sound: Footage | None = None, fps: int = 25
    ) -> None:
        hub = self.hubs[(camera, stream)]
        self._players.append(asyncio.create_task(_play(hub, footage or video(), sound, fps)))

    async def stop(self) -> None:
        for player in self._players:
            player.cancel()
        await asyncio.gather(*self._players, return_exceptions=True)
        await self.socket.stop()


async def _play(hub: StreamHub, footage: Footage, sound: Footage | None, fps: int) -> None:
    """Send pictures at their time, over and over."""
    tracks = (track_of(footage),) + ((track_of(sound, 1),) if sound else ())
    now_ns = CLOCK.now_ns()
    hub.on_status(SourceStatus(SourceState.STREAMING, now_ns))
    hub.on_start(tracks, now_ns)
    count, at, heard = len(footage.packets), 0, 0
    begin_s = asyncio.get_running_loop().time()
    while True:
        packet = footage.packets[at % count]
        pts = 1_000_000 + packet.pts + at // count * count * 3600
        hub.on_unit(AccessUnit(0, pts, packet.data, packet.keyframe, CLOCK.now_ns()))
        at += 1
        if sound is not None:
            step = sound.packets[1].pts - sound.packets[0].pts
            while heard * step * fps < at * sound.clock_rate:
                data = sound.packets[heard % (len(sound.packets) - 1)].data
                hub.on_unit(AccessUnit(1, 5_000 + heard * step, data, True, CLOCK.now_ns()))
                heard += 1
        await asyncio.sleep(max(0.0, begin_s + at / fps - asyncio.get_running_loop().time()))


@dataclass
class Picture:
    """One binary message after the init segment."""

    flags: int
    duration_90k: int
    start_ns: int
    arrival_ns: int
    media: bytes
    received_ns: int

    @property
    def keyframe(self) -> bool:
        return bool(self.flags & 1)


@dataclass
class LiveClient:
    """Reads the live WebSocket as the player does."""

    ws: aiohttp.ClientWebSocketResponse
    texts: list[dict[str, Any]] = field(default_factory=list)
    inits: list[bytes] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    end: dict[str, str] | None = None

    async def read(self) -> dict[str, Any] | bytes | Picture | None:
        """The next message, None at the end."""
        message = await self.ws.receive(timeout=15)
        if message.type is aiohttp.WSMsgType.TEXT:
            value = json.loads(message.data)
            self.texts.append(value)
            if "end" in value:
                self.end = value["end"]
            return dict(value)
        if message.type is aiohttp.WSMsgType.BINARY:
            if message.data[4:8] == b"ftyp":
                self.inits.append(message.data)
                return bytes(message.data)
            picture = Picture(*HEADER.unpack_from(message.data), message.data[24:], CLOCK.now_ns())
            self.pictures.append(picture)
            return picture
        return None

    async def take(self, count: int) -> list[Picture]:
        """`count` more pictures."""
        goal = len(self.pictures) + count
        while len(self.pictures) < goal:
            assert await self.read() is not None, self.texts
        return self.pictures[-count:]

    async def until_within(self, limit_ns: int, stretch: list[Picture]) -> None:
        """Half of the stretch, or of one of the next ten as long, came within the limit: a machine is late for a moment."""
        for _ in range(10):
            waits = sorted(picture.received_ns - picture.arrival_ns for picture in stretch)
            if waits[len(waits) // 2] < limit_ns:
                return
            stretch = await self.take(len(stretch))
        raise AssertionError(
            f"never within {limit_ns / 1e6:.0f} ms; the last stretch took {waits[len(waits) // 2] / 1e6:.0f}"
        )

    async def until_end(self) -> dict[str, str]:
        """Read to the end; why it ended."""
        while await self.read() is not None:
            pass
        assert self.end is not None, self.texts
        return self.end

    async def until_text(self, key: str) -> Any:
        """The next text message with `key`."""
        while True:
            value = await self.read()
            assert value is not None, self.texts
            if isinstance(value, dict) and key in value:
                return value[key]


async def open_live(client: aiohttp.ClientSession, ticket: str, stream: str = "main", **more: Any) -> LiveClient:
    ws = await client.ws_connect("/media/live", max_msg_size=0)
    await ws.send_json({"ticket": ticket, "stream": stream, "can": ["avc1.42e01e", "flac"], **more})
    return LiveClient(ws)
