"""The floor under every recorder: receives with the same event loop and writes the bytes it got, nothing else.

It asks for the streams as a camera's client must, then never looks at what comes: one read into the connection's
buffer, one write to a file when about as much has come together as a fragment of ours holds. Files are cut back now and
then, so that they fit the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from pathlib import Path
from typing import Any, cast

import uvloop
from bench.child import answer_until_end, cpu_s, rss_mb, say

BUFFER_BYTES = 1 << 20  # 2 s at 4 Mb/s
CUT_BYTES = 64 << 20
PACE_S = 0.05


class NullCamera(asyncio.BufferedProtocol):
    """One connection, one file."""

    def __init__(self, url: str, path: Path) -> None:
        self.url = url
        self.bytes = 0
        self.playing = False
        self._view = memoryview(bytearray(BUFFER_BYTES))
        self._filled = 0
        self._written = 0
        self._step = 0
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask("SETUP", "/track0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n")

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        self._filled += nbytes
        self.bytes += nbytes
        if not self.playing:
            self._handshake()
        elif self._filled == BUFFER_BYTES:
            self._write()

    def close(self) -> None:
        self._transport.abort()
        os.close(self._fd)

    def _handshake(self) -> None:
        head = bytes(self._view[: self._filled])
        if b"\r\n\r\n" not in head:
            return
        self._filled = 0
        if self._step == 1:
            session = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"session:"))
            self._ask("PLAY", "", session.split(b";")[0].decode() + "\r\n")
        else:
            self.playing = True

    def _ask(self, method: str, suffix: str, headers: str) -> None:
        self._step += 1
        self._transport.write(f"{method} {self.url}{suffix} RTSP/1.0\r\nCSeq: {self._step}\r\n{headers}\r\n".encode())

    def _write(self) -> None:
        os.write(self._fd, self._view[: self._filled])
        self._written += self._filled
        self._filled = 0
        if self._written >= CUT_BYTES:
            self._written = 0
            os.ftruncate(self._fd, 0)
            os.lseek(self._fd, 0, os.SEEK_SET)


async def main(port: int, cameras: int, out: Path) -> None:
    loop = asyncio.get_running_loop()
    recorders: list[NullCamera] = []
    for number in range(1, cameras + 1):
        recorder = NullCamera(f"rtsp://127.0.0.1:{port}/load{number}/main", out / f"{number}.bin")
        await loop.create_connection(lambda recorder=recorder: recorder, "127.0.0.1", port)
        recorders.append(recorder)
        await asyncio.sleep(PACE_S)
    say(cameras=len(recorders))

    def figures() -> dict[str, Any]:
        return {
            "cpu_s": cpu_s(),
            "mono_s": time.monotonic(),
            "rss_mb": rss_mb(),
            "bytes": sum(recorder.bytes for recorder in recorders),
            "streaming": sum(recorder.playing for recorder in recorders),
        }

    await answer_until_end(figures)
    for recorder in recorders:
        recorder.close()
    say(**figures())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cameras", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    uvloop.run(main(arguments.port, arguments.cameras, arguments.out))
