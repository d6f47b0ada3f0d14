"""A search over an address range against real servers on loopback, watched and called off."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from mingjian.app.camera_ports import RtspProbe
from mingjian.kernel.clock import SystemClock
from mingjian.kernel.errors import MingjianError
from mingjian.ports.camera_probe import FoundDevice, SearchWish


@dataclass
class Watch:
    tried: list[tuple[int, int]] = field(default_factory=list)
    found: list[FoundDevice] = field(default_factory=list)
    cancel_after: int | None = None

    def on_tried(self, tried: int, total: int) -> None:
        self.tried.append((tried, total))

    def on_found(self, device: FoundDevice) -> None:
        self.found.append(device)

    def is_cancelled(self) -> bool:
        return self.cancel_after is not None and max(self.tried, default=(0, 0))[0] >= self.cancel_after


@contextmanager
def answering(*addresses: str) -> Iterator[int]:
    """Cameras at these addresses, all at one port, that ask for a password as Hikvision's do."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="IP Camera(77)", nonce="1"\r\n\r\n'
        )
        writer.close()

    async def start() -> tuple[int, list[asyncio.Server]]:
        first = await asyncio.start_server(answer, addresses[0], 0)
        port = int(first.sockets[0].getsockname()[1])
        return port, [first, *[await asyncio.start_server(answer, other, port) for other in addresses[1:]]]

    async def stop(servers: list[asyncio.Server]) -> None:
        for server in servers:
            server.close()

    port, servers = asyncio.run_coroutine_threadsafe(start(), loop).result(5)
    try:
        yield port
    finally:
        asyncio.run_coroutine_threadsafe(stop(servers), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def test_a_range_is_searched_address_by_address() -> None:
    watch = Watch()
    with answering("127.0.3.2", "127.0.3.4") as port:
        wish = SearchWish("range", "127.0.3.1-5", port)
        found = RtspProbe(SystemClock()).discover(wish, allow_loopback=True, watch=watch)
    assert sorted(device.address for device in found) == ["127.0.3.2", "127.0.3.4"]
    assert list(found) == watch.found
    assert watch.tried == [(number, 5) for number in range(6)]
    device = min(found, key=lambda one: one.address)
    assert (device.vendor, device.needs_password, device.port) == ("Hikvision", True, port)
    assert device.urls[0] == f"rtsp://127.0.3.2:{port}/Streaming/Channels/101"


def test_a_search_that_is_called_off_ends_with_what_it_has() -> None:
    watch = Watch(cancel_after=3)
    with answering("127.0.3.2") as port:
        began = time.monotonic()
        wish = SearchWish("range", "127.0.3.0/24", port)
        found = RtspProbe(SystemClock()).discover(wish, allow_loopback=True, watch=watch)
        assert time.monotonic() - began < 3, "254 addresses take 5 s"
    assert [device.address for device in found] == ["127.0.3.2"]
    assert watch.tried[-1][0] < 200


def test_loopback_is_searched_in_a_demo_only() -> None:
    with pytest.raises(MingjianError) as caught:
        RtspProbe(SystemClock()).discover(SearchWish("range", "127.0.0.1-5"), allow_loopback=False)
    assert (caught.value.code, caught.value.field) == ("address_refused", "range")
    with pytest.raises(MingjianError) as caught:
        RtspProbe(SystemClock()).streams("127.0.0.1", 80, "", "", allow_loopback=False)
    assert (caught.value.code, caught.value.field) == ("address_refused", "address")
