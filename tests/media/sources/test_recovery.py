"""A hundred cameras lost at once are all back within 10 s of the network's return."""

import asyncio
import socket
from collections import Counter

import pytest

from mingjian.kernel.clock import SystemClock
from mingjian.media.sources.address import parse_address
from mingjian.media.sources.gate import CONNECTIONS_PER_S, HostGate
from mingjian.media.sources.rtsp import RtspSource, SourceOptions
from mingjian.media.sources.shared_buffer import SharedBuffer

from .collect import CollectingSink
from .fake_camera import FakeCamera, Habits

CAMERAS = 100
BACK_S = 10.0
OUTAGE_S = 6.0  # longer than the longest back-off: every source is in the middle of something


def _dead_network(hosts: list[str], port: int) -> list[socket.socket]:
    """Listeners whose queues are full drop every new connection, as a network without a camera does."""
    sockets = []
    for host in hosts:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(0)
        sockets.append(listener)
        for _ in range(2):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((host, port))
            sockets.append(filler)
    return sockets


class _WatchedGate(HostGate):
    """Notes when each attempt was let through."""

    turns: tuple[float, ...] = ()

    async def wait_turn(self, host: str) -> None:
        await super().wait_turn(host)
        self.turns = (*self.turns, asyncio.get_running_loop().time())


def _most_in_a_second(times: tuple[float, ...]) -> int:
    """The most attempts within any second, less what a busy machine may take to note one."""
    ordered = sorted(times)
    return max(sum(1 for other in ordered if start <= other < start + 0.95) for start in ordered)


@pytest.mark.parametrize("one_host", [True, False], ids=["one host", "a host each"])
async def test_all_are_back(one_host: bool) -> None:
    hosts = ["127.0.0.1"] if one_host else [f"127.0.7.{number}" for number in range(1, CAMERAS + 1)]
    camera = FakeCamera(Habits(frame_s=0.5))
    await camera.open()  # finds a port
    port = camera.port
    await camera.close()
    await camera.open(hosts, port)
    clock, loop = SystemClock(), asyncio.get_running_loop()
    gate, buffer = _WatchedGate(clock), SharedBuffer()
    sinks = [CollectingSink() for _ in range(CAMERAS)]
    sources = [
        RtspSource(
            parse_address(f"rtsp://{hosts[number % len(hosts)]}:{port}/c{number}", allow_loopback=True),
            sink,
            clock,
            gate=gate,
            buffer=buffer,
            options=SourceOptions(allow_loopback=True),
        )
        for number, sink in enumerate(sinks)
    ]
    tasks = [asyncio.create_task(source.run()) for source in sources]
    try:
        for sink in sinks:
            await sink.until(lambda sink=sink: sink.streaming)
        await camera.close()
        dead = _dead_network(hosts, port)
        await asyncio.sleep(OUTAGE_S)  # the outage itself, not a wait for something
        assert not any(sink.streaming for sink in sinks)
        for sock in dead:
            sock.close()
        await camera.open(hosts, port)
        returned_at = loop.time()
        for sink in sinks:
            await sink.until(lambda sink=sink: sink.streaming, timeout_s=BACK_S)
        assert loop.time() - returned_at < BACK_S
    finally:
        await asyncio.gather(*(source.stop() for source in sources))
        await asyncio.gather(*tasks)
        await camera.close()
    assert Counter(len(sink.starts) for sink in sinks) == {2: CAMERAS}
    if one_host:
        assert _most_in_a_second(gate.turns) <= CONNECTIONS_PER_S
