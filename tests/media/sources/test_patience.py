"""Patience against the kernel's own sockets: what waits, what wakes, and that nothing waits for ever."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from mingjian.media.sources.patience import MOST_BYTES, PATIENCE_S, Patience

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


class Reader(asyncio.Protocol):
    def __init__(self) -> None:
        self.transport: asyncio.BaseTransport | None = None
        self.read: list[int] = []
        self.woken = asyncio.Event()
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.read.append(len(data))
        self.woken.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()


@asynccontextmanager
async def connected(tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[socket.socket, Reader, Patience]]:
    loop = asyncio.get_running_loop()
    reader = Reader()
    server = await loop.create_server(lambda: reader, "127.0.0.1", 0, ssl=tls)
    sender = socket.create_connection(server.sockets[0].getsockname())
    if tls is not None:
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        sender = await asyncio.to_thread(trusting.wrap_socket, sender)
    with sender:
        while reader.transport is None:
            await asyncio.sleep(0)
        yield sender, reader, Patience(reader.transport)
    server.close()


def steady(patience: Patience, bytes_a_second: int) -> None:
    for second in range(6):
        patience.tick(second * bytes_a_second)


async def turns(reader: Reader, some: int = 40) -> None:
    """Let the loop look at its sockets a few dozen times: what the kernel holds ready would have been read."""
    for _ in range(some):
        await asyncio.sleep(0.001)


def low_water(reader: Reader) -> int:
    assert reader.transport is not None
    return int(reader.transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT))


async def wait_below_the_mark(tls: ssl.SSLContext | None) -> None:
    async with connected(tls) as (sender, reader, patience):
        steady(patience, 100_000)
        assert low_water(reader) == patience.low_water == 100_000 * PATIENCE_S
        sender.sendall(bytes(12_000))
        await turns(reader)
        assert reader.read == []
        sender.sendall(bytes(12_000))
        await reader.woken.wait()
        assert sum(reader.read) == 24_000


async def a_viewer_is_served_at_once(tls: ssl.SSLContext | None) -> None:
    async with connected(tls) as (sender, reader, patience):
        steady(patience, 100_000)
        sender.sendall(bytes(5_000))
        await turns(reader)
        assert reader.read == []
        patience.watch(True)
        await reader.woken.wait()
        assert sum(reader.read) == 5_000
        reader.woken.clear()
        patience.tick(605_000)
        sender.sendall(b"a packet")
        await reader.woken.wait()
        patience.watch(False)
        assert low_water(reader) == patience.low_water > 1


async def a_stream_that_falls_silent_is_read_to_its_end(tls: ssl.SSLContext | None) -> None:
    async with connected(tls) as (sender, reader, patience):
        steady(patience, 100_000)
        sender.sendall(bytes(5_000))
        patience.tick(500_000)  # nothing was read in this second
        await reader.woken.wait()
        assert sum(reader.read) == 5_000
        assert patience.low_water == 1


async def the_end_of_a_connection_is_heard(tls: ssl.SSLContext | None) -> None:
    async with connected(tls) as (sender, reader, patience):
        steady(patience, 100_000)
        sender.sendall(bytes(5_000))
        sender.close()
        await reader.ended.wait()
        assert sum(reader.read) == 5_000


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(
    "walk",
    [
        wait_below_the_mark,
        a_viewer_is_served_at_once,
        a_stream_that_falls_silent_is_read_to_its_end,
        the_end_of_a_connection_is_heard,
    ],
)
def test_with_real_sockets(
    loop: Callable[[], asyncio.AbstractEventLoop],
    walk: Callable[[ssl.SSLContext | None], Coroutine[None, None, None]],
    secure: bool,
    certificate: tuple[Path, Path],
) -> None:
    tls = None
    if secure:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*certificate)
        tls.num_tickets = 0  # the sender never reads: what lies unread at its end would turn it into a reset
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(asyncio.wait_for(walk(tls), 10))


async def test_the_mark_follows_the_quietest_second_and_stays_below_the_buffer() -> None:
    async with connected() as (_, reader, patience):
        marks, total = [], 0
        for came in (0, 500_000, 400_000, 50_000, 500_000, 500_000, 500_000, 500_000, 90_000_000, *[90_000_000] * 3):
            total += came
            patience.tick(total)
            marks.append(patience.low_water)
        assert marks[:4] == [1, 1, 1, 1], "a connection that just began is read byte by byte"
        assert marks[4:8] == [10_000, 10_000, 10_000, 100_000]
        assert marks[-1] == MOST_BYTES == low_water(reader)
