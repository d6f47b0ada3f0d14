"""A camera that pushes: ffmpeg announces itself to the engine and is recorded."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from dataclasses import replace

import pytest
from tests.media.feeding import SMALL

from mingjian.kernel.errors import MingjianError
from mingjian.media.engine.runtime import EngineRuntime
from mingjian.media.engine.sources import StreamOrder, rtsp_sources
from mingjian.media.sources.shared_buffer import SharedBuffer
from mingjian.media.store.store import Store

from .test_runtime import CLOCK, Stage, stage, until

__all__ = ["stage"]  # a fixture

pytestmark = pytest.mark.peer


def _pushing(stage: Stage, *, push_port: int) -> None:
    stage.settings = replace(stage.settings, push_port=push_port, push_host="127.0.0.1")


async def test_a_pushed_stream_is_recorded(stage: Stage) -> None:

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    _pushing(stage, push_port=port)
    engine = EngineRuntime(stage.settings, Store([stage.folder / "v0"], CLOCK, space=SMALL), CLOCK)
    camera = stage.camera("rtsp://cam:pw@engine.example/door/1")
    camera = replace(camera, streams=tuple(replace(one, push=True) for one in camera.streams))
    stage.publish(camera)
    await engine.start()
    try:
        await until(lambda: engine.status().streams[0].reason == "unreachable")
        assert "推流" in engine.status().streams[0].detail_zh
        process = await asyncio.create_subprocess_exec(
            *("ffmpeg", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-c:v", "libx264"),
            *("-preset", "ultrafast", "-g", "10", "-f", "rtsp", "-rtsp_transport", "tcp"),
            f"rtsp://cam:pw@127.0.0.1:{port}/door/1",
            stdin=subprocess.DEVNULL,
        )
        await until(lambda: engine.status().streams[0].recording, 15)
        assert engine.status().streams[0].width == 320
        process.kill()
        await process.wait()
        await until(lambda: engine.status().streams[0].reason == "unreachable")
    finally:
        await engine.stop()


async def test_without_a_port_it_is_said_what_to_set() -> None:

    order = StreamOrder("c", "main", "rtsp://engine/door/1", "tcp", True, True, 5)
    with pytest.raises(MingjianError) as caught:
        rtsp_sources(CLOCK, SharedBuffer(), allow_loopback=False)(order, None)  # type: ignore[arg-type]
    assert caught.value.code == "push_closed"
    assert "push_port" in caught.value.say("zh")
