"""The engine knows whether anybody watches: while nobody does, it reads its cameras more patiently."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mingjian.kernel.clock import SystemClock
from mingjian.media.edge.engine_link import EngineLink
from mingjian.media.engine.hub import StreamHub
from mingjian.media.engine.socket_server import EngineSocket
from mingjian.media.sources import shared_buffer
from mingjian.media.sources.shared_buffer import DATAGRAM_S, PATIENT_S, REST_S, SharedBuffer

from .test_runtime import until


async def test_the_first_viewer_and_the_last_are_heard(tmp_path: Path) -> None:
    of_stream: list[bool] = []
    hub, heard = StreamHub(SystemClock(), None, audio=False, on_watch=of_stream.append), [False]
    socket = EngineSocket(tmp_path / "engine.sock", lambda _camera, _stream: hub, heard.append)
    await socket.start()
    links = [EngineLink(tmp_path / "engine.sock") for _ in range(2)]
    for link in links:
        await link.start()
        await link.wait_up()
    channel = await links[0].subscribe("camera", "main", lambda _frame: None)
    assert heard[-1]
    await links[1].subscribe("camera", "main", lambda _frame: None)
    links[0].unsubscribe(channel)
    await until(lambda: hub.viewers == 1)
    assert heard[-1], "the other one still watches"
    await links[1].stop()
    await until(lambda: hub.viewers == 0)
    assert not heard[-1]
    assert of_stream == [True, False], "the source of this stream hears it once"
    await links[0].stop()
    await socket.stop()


@pytest.mark.parametrize(
    ("watched", "datagrams", "rest_s"),
    [(False, 0, PATIENT_S), (True, 0, REST_S), (False, 1, DATAGRAM_S), (True, 1, REST_S), (False, 2, DATAGRAM_S)],
)
async def test_the_rest_is_short_while_somebody_watches_and_bounded_while_datagrams_come(
    watched: bool, datagrams: int, rest_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[float] = []
    monkeypatch.setattr(shared_buffer.time, "sleep", rests.append)
    buffer = SharedBuffer()
    buffer.watch(True)
    buffer.datagrams(True)
    buffer.watch(watched)
    buffer.datagrams(False)
    for _ in range(datagrams):
        buffer.datagrams(True)
    buffer.rest_after_turn()
    assert buffer.resting
    await asyncio.sleep(0)
    assert rests == [rest_s]
    assert not buffer.resting
