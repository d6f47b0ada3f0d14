"""Another RTSP server (rtsp-streaming-server, JavaScript): ffmpeg pushes to it, we pull from it.

It knows UDP only and refuses TCP with 461, so asking for TCP shows the change of transport against a foreign server."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjian.kernel.clock import SystemClock
from mingjian.media.sources.address import parse_address
from mingjian.media.sources.gate import HostGate
from mingjian.media.sources.rtsp import RtspSource, SourceOptions
from mingjian.ports.media import Codec

from .collect import CollectingSink
from .conftest import PEERS

pytestmark = pytest.mark.peer
PACKAGE = "rtsp-streaming-server@2.1.0"


@pytest.fixture(scope="session")
def package() -> Path:
    """The package, installed once into the clone's cache folder."""
    folder = Path(__file__).parents[3] / ".cache" / "peers"
    installed = folder / "node_modules" / "rtsp-streaming-server"
    if not (installed / "package.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), PACKAGE], check=True
        )
    return installed


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for sock in sockets:
        sock.bind(("127.0.0.1", 0))
    ports = [int(sock.getsockname()[1]) for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


@pytest.fixture
def ports(package: Path) -> Iterator[tuple[int, int]]:
    """(push port, pull port) of a running server."""
    push, pull, rtp = _free_ports(3)
    with subprocess.Popen(
        ["node", str(PEERS / "node_rtsp_server.js"), str(package), str(push), str(pull), str(rtp & ~1)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            while (line := process.stdout.readline()) and "ready" not in line:
                pass
            yield push, pull
        finally:
            process.kill()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_pulled_from_it(ports: tuple[int, int], clip: Path, transport: str) -> None:
    push, pull = ports
    pusher = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(clip), "-c", "copy", "-f", "rtsp"),
        *("-rtsp_transport", "udp", f"rtsp://127.0.0.1:{push}/stream1"),
        stdin=subprocess.DEVNULL,
    )
    sink, clock = CollectingSink(), SystemClock()
    source = RtspSource(
        parse_address(f"rtsp://127.0.0.1:{pull}/stream1", allow_loopback=True),
        sink,
        clock,
        gate=HostGate(clock),
        options=SourceOptions(transport=transport, allow_loopback=True),
    )
    task = asyncio.create_task(source.run())
    try:
        await sink.until(lambda: len(sink.units) > 60)
    finally:
        await source.stop()
        await task
        pusher.kill()
        await pusher.wait()
    assert sink.tracks[0].codec is Codec.H264
    assert not any(unit.damaged for unit in sink.units[1:])
    assert sink.tracks[0].width == 320
