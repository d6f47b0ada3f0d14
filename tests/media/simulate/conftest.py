"""A farm of nine cameras on free ports, and a reader of its pictures by ffmpeg."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import numpy as np
import pytest

from mingjian.media.simulate.farm import Farm, FarmAddress, FarmConfig
from mingjian.wire.rtsp.auth import Credentials


@pytest.fixture
async def farm() -> AsyncIterator[tuple[Farm, FarmAddress]]:
    """Nine cameras, all plugged in; camera 6 wants a password."""
    running = Farm(FarmConfig(port=0, control_port=0, passwords={6: Credentials("viewer", "s3cret!")}, drop_outs=False))
    address = await running.start()
    yield running, address
    await running.stop()


async def decode(url: str, frames: int, *, width: int = 640, transport: str = "tcp") -> list[np.ndarray]:
    """Pictures of an RTSP stream as ffmpeg decodes them (rows x columns x 3, RGB)."""
    height = width * 9 // 16
    process = await asyncio.create_subprocess_exec(
        "ffmpeg", "-v", "error", "-rtsp_transport", transport, "-timeout", "8000000", "-i", url, "-an",
        "-frames:v", str(frames), "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, errors.decode()
    pictures = np.frombuffer(out, dtype=np.uint8).reshape(-1, height, width, 3)
    return list(pictures)


@pytest.fixture
def unused_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
