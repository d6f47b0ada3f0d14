"""A connection that was cut under our feet costs nobody else a picture (uvloop raises for a write to one)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import cast

import pytest

from mingjian.media.edge.feed import Feed
from mingjian.media.edge.metrics import EdgeMetrics
from mingjian.media.edge.viewer import Viewer
from mingjian.media.edge.worker_feed import Quota, WorkerFeed
from mingjian.media.engine.socket_server import _Channel
from mingjian.ports.media import SourceState, SourceStatus
from mingjian.wire.feed import FragmentFlag, LiveFragment, LiveInit

INIT = LiveInit('video/mp4; codecs="avc1.42e01e"', "avc1.42e01e", 320, 180, "run", b"\0\0\0\x08ftyp")
KEY = LiveFragment(int(FragmentFlag.KEYFRAME), 1, 2, 3600, b"\0\0\0\x08moof")


class _Connection(asyncio.Protocol):
    """A connection whose other end, `peer`, is a plain socket."""

    def __init__(self) -> None:
        self.peer, self._ours = socket.socketpair()
        self.lost = asyncio.Event()

    async def open(self) -> asyncio.Transport:
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=self._ours)
        return self.transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()

    async def cut(self) -> asyncio.Transport:
        self.transport.abort()
        await self.lost.wait()
        return self.transport


@pytest.fixture
async def connections() -> AsyncIterator[list[_Connection]]:
    made = [_Connection(), _Connection()]
    for connection in made:
        await connection.open()
    yield made
    for connection in made:
        await connection.cut()
        connection.peer.close()


def _join(feed: Feed, viewer: Viewer) -> Feed:
    feed.add(viewer)
    return feed


async def test_a_viewer_that_was_cut_costs_the_others_no_picture(connections: list[_Connection]) -> None:
    feed = Feed()
    metrics = EdgeMetrics()
    leaving, staying = connections
    for connection in (leaving, staying):
        viewer = Viewer(connection.transport, metrics, lambda notice: None, lambda init: False)
        viewer.watch(lambda viewer: _join(feed, viewer))
    feed.give_init(INIT)
    feed.give(KEY)
    await leaving.cut()
    feed.give(KEY)
    feed.give_init(INIT)
    feed.give(KEY)
    assert len(feed.listeners) == 2, "the one that left is still known, as between its loss and its goodbye"
    staying.transport.close()
    await staying.lost.wait()
    seen = staying.peer.recv(1 << 16)
    assert (seen.count(b"ftyp"), seen.count(b"moof")) == (2, 3)


async def test_a_channel_of_an_edge_that_was_cut_raises_nothing(connections: list[_Connection]) -> None:
    transport = await connections[0].cut()
    channel = _Channel(1, None, transport)  # type: ignore[arg-type]
    channel.on_init(INIT)
    channel.on_fragment(KEY)
    channel.on_state(SourceStatus(SourceState.STREAMING, 1))
    channel.end("disabled", "停用", "off")
    assert transport.get_write_buffer_size() == 0


async def test_a_worker_that_died_costs_its_source_no_picture(connections: list[_Connection]) -> None:
    source = Feed()
    worker = WorkerFeed(("jpeg",), Feed(), lambda listener: source, Quota(0))
    worker._pipe = await connections[0].cut()
    source.add(worker)
    source.give_init(INIT)
    assert source.give(KEY) is not None
    worker.close()
    await asyncio.gather(worker.task, return_exceptions=True)
