"""Live: added latency at 50 cameras x 5 viewers, and how many viewers of one camera one core serves.

Three processes: an engine (hubs and its socket; units of 4 Mb/s, 25 a second, 2 s GOP are made in it, their arrival time
is when they are complete, as after the last RTP packet), the edge, and viewers that read the raw WebSocket byte stream.
Latency is the viewer's clock when the last byte of a message was read, minus the message's arrival_ns: it includes both
unix and TCP sockets and the reader. Cores are CPU seconds a second of one process.

usage: PYTHONPATH=src python bench/live.py [--seconds 8] [--cameras 50] [--each 5] [--viewers 600] [--json]
"""

from __future__ import annotations

import asyncio
import base64
import json
import multiprocessing
import os
import random
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

sys.path.insert(0, str(Path(__file__).resolve().parent))
from measure import options, percentile, report

from mingjian.kernel.clock import SystemClock
from mingjian.kernel.ids import new_id
from mingjian.media.edge.server import EdgeServer
from mingjian.media.edge.settings import EdgeSettings
from mingjian.media.engine.hub import StreamHub
from mingjian.media.engine.socket_server import EngineSocket
from mingjian.ports.masks import masks_to_json
from mingjian.ports.media import AccessUnit, Codec, Track
from mingjian.ports.ticket import Ticket, sign_ticket

CLOCK = SystemClock()
FPS, GOP, BITS = 25, 50, 4_000_000
START_S = 30.0
KEY_BYTES = 200_000
DELTA_BYTES = (BITS // 8 * GOP // FPS - KEY_BYTES) // (GOP - 1)
CONFIG = (bytes.fromhex("6742c01ed900a047fe88"), bytes.fromhex("68ce3c80"))
TRACK = Track(0, Codec.H264, 90_000, CONFIG, width=1920, height=1080, fps_milli=25_000)


def cpu_s(pid: int) -> float:
    """User and system seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pin(core: int | None) -> None:
    if core is not None:
        os.sched_setaffinity(0, {core})


def engine(folder: str, cameras: int, seed: int, core: int | None) -> None:
    """Hubs that play noise, each camera at its own phase."""
    pin(core)
    noise = random.Random(seed).randbytes(KEY_BYTES)
    units = [(b"\x00\x00\x00\x01" + noise, True)] + [(noise[:DELTA_BYTES], False)] * (GOP - 1)

    async def play(hub: StreamHub, phase_s: float) -> None:
        loop = asyncio.get_running_loop()
        begin_s = loop.time() + phase_s
        hub.on_start((TRACK,), CLOCK.now_ns())
        for at in range(1 << 40):
            await asyncio.sleep(max(0.0, begin_s + at / FPS - loop.time()))
            data, key = units[at % GOP]
            hub.on_unit(AccessUnit(0, at * 3600, data, key, CLOCK.now_ns()))

    async def main() -> None:
        hubs = {(f"c{number}", "main"): StreamHub(CLOCK, None, audio=False) for number in range(cameras)}
        # Held by name: uvloop keeps no server alive, and one that nobody holds closes at the next garbage collection.
        listening = EngineSocket(Path(folder) / "engine.sock", lambda *key: hubs.get(key))
        await listening.start()
        await asyncio.gather(*(play(hub, index / FPS / cameras) for index, hub in enumerate(hubs.values())))

    uvloop.run(main())


def edge(folder: str, key: bytes, core: int | None, ready: Any) -> None:
    """The edge as it is."""
    pin(core)
    public = Ed25519PrivateKey.from_private_bytes(key).public_key()
    root = Path(folder)

    async def main() -> None:
        masks = root / "masks.json"
        masks.write_text(json.dumps(masks_to_json({})))
        settings = EdgeSettings(
            root / "engine.sock",
            root / "web.sock",
            root / "revocations.json",
            masks,
            public,
            port=0,
        )
        server = EdgeServer(settings, CLOCK)
        await server.start()
        await server.link.wait_up()
        ready.send(server.port)
        while True:
            await asyncio.sleep(0.2)
            if ready.poll():
                ready.recv()
                dropped = sum(connection.viewer.dropped for connection in server.live._open)
                ready.send({"viewers": len(server.live), "dropped": dropped})

    uvloop.run(main())


class RawViewer(asyncio.BufferedProtocol):
    """Shakes hands, asks, counts; with `exact` it also takes each picture's latency."""

    scratch = bytearray(1 << 20)

    def __init__(self, ticket: str, exact: bool) -> None:
        self.ticket = ticket
        self.exact = exact
        self.bytes = 0
        self.latencies: list[int] = []
        self.measuring = False
        self._shaken = False
        self._head = bytearray()
        self._left = 0
        self._arrival_ns = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        head = "GET /media/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        transport.write((head + f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        payload = json.dumps({"ticket": self.ticket, "stream": "main"}).encode()
        transport.write(b"\x81\xfe" + struct.pack(">HI", len(payload), 0) + payload)  # masked with zeros

    def get_buffer(self, hint: int) -> bytearray:
        return self.scratch

    def buffer_updated(self, count: int) -> None:
        self.bytes += count
        if not self.exact:
            return
        data = bytes(memoryview(self.scratch)[:count])
        if not self._shaken:
            self._head += data
            at = self._head.find(b"\r\n\r\n")
            if at < 0:
                return
            data, self._shaken = bytes(self._head[at + 4 :]), True
            self._head.clear()
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self._left -= step
                at += step
                if not self._left and self.measuring and self._arrival_ns:
                    self.latencies.append(time.time_ns() - self._arrival_ns)
                continue
            before = len(self._head)
            self._head += data[at : at + 40 - before]
            at += len(self._head) - before
            if len(self._head) == 40:
                self._take_head()

    def _take_head(self) -> None:
        """A message's header and a picture's: 40 bytes hold both. No message of a feed that goes on is shorter."""
        head = self._head
        size, outer = head[1], 2
        if size == 126:
            size, outer = struct.unpack_from(">H", head, 2)[0], 4
        elif size == 127:
            size, outer = struct.unpack_from(">Q", head, 2)[0], 10
        picture = head[0] == 0x82 and head[outer + 4 : outer + 8] != b"ftyp"
        self._arrival_ns = struct.unpack_from(">Q", head, outer + 16)[0] if picture else 0
        self._left = outer + size - 40
        head.clear()


async def view(
    port: int, tickets: list[str], exact: int, seconds: float, settle_s: float, edge_says: Any
) -> dict[str, Any]:
    """Connect all, let them settle, measure."""
    loop = asyncio.get_running_loop()
    viewers = []
    for index, ticket in enumerate(tickets):
        _, viewer = await loop.create_connection(lambda t=ticket, i=index: RawViewer(t, i < exact), "127.0.0.1", port)
        viewers.append(viewer)
    await asyncio.sleep(settle_s)
    for viewer in viewers:
        viewer.measuring = True
    before = [viewer.bytes for viewer in viewers]
    began = loop.time()
    await asyncio.sleep(seconds)
    took = loop.time() - began
    rates = [(viewer.bytes - was) * 8 / took for viewer, was in zip(viewers, before, strict=True)]
    latencies = [value for viewer in viewers for value in viewer.latencies]
    edge_says.send("count")
    return {"rates": rates, "latencies": latencies, "edge": await loop.run_in_executor(None, edge_says.recv)}


def scenario(name: str, cameras: int, each: int, exact: int, seconds: int, seed: int, pinned: bool) -> dict[str, Any]:
    """One run of the three processes."""
    key = Ed25519PrivateKey.generate()
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    cores = (0, 1) if pinned and (os.cpu_count() or 1) > 1 else (None, None)
    with tempfile.TemporaryDirectory(prefix="mj") as folder:
        ours, theirs = multiprocessing.Pipe()
        processes = [
            multiprocessing.Process(target=engine, args=(folder, cameras, seed, cores[0]), daemon=True),
            multiprocessing.Process(target=edge, args=(folder, raw, cores[1], theirs), daemon=True),
        ]
        for process in processes:
            process.start()
        try:
            if not ours.poll(START_S):
                raise TimeoutError(f"the edge had no engine after {START_S:.0f} s")
            port = ours.recv()
            tickets = [_ticket(key, f"c{number % cameras}") for number in range(cameras * each)]
            pin(cores[0])
            began = [cpu_s(process.pid or 0) for process in processes]
            settle_s = 3.0 + len(tickets) / 200
            start = time.monotonic()
            seen = uvloop.run(view(port, tickets, exact, seconds, settle_s, ours))
            took = time.monotonic() - start
            used = [cpu_s(process.pid or 0) - was for process, was in zip(processes, began, strict=True)]
            counted = seen["edge"]
        finally:
            for process in processes:
                process.terminate()
                process.join()
    latencies_ms = [value / 1e6 for value in seen["latencies"]]
    rates = seen["rates"]
    return {
        "scenario": name,
        "cameras": cameras,
        "viewers": counted["viewers"],
        "cut_to_keyframe": counted["dropped"],
        "seconds": seconds,
        "mbps_per_viewer_median": round(percentile(rates, 50) / 1e6, 3),
        "mbps_per_viewer_least": round(min(rates) / 1e6, 3),
        "latency_ms": {
            "samples": len(latencies_ms),
            "p50": round(percentile(latencies_ms, 50), 3),
            "p99": round(percentile(latencies_ms, 99), 3),
            "max": round(max(latencies_ms), 3),
        },
        "edge_cores": round(used[1] / took, 3),
        "edge_core_per_viewer": round(used[1] / took / len(tickets), 6),
        "engine_cores": round(used[0] / took, 3),
    }


def _ticket(key: Ed25519PrivateKey, camera: str) -> str:
    at_ms = CLOCK.now_ns() // 1_000_000
    return sign_ticket(
        Ticket(
            new_id(CLOCK.now_ns()), "u", "u", camera, ("main",), ("live",), "bench", at_ms, at_ms + 600_000, 0, 0,
            "edge", "s",
        ),
        key,
    )  # fmt: skip


def main() -> None:
    chosen = options("live", seconds=8, cameras=50, each=5, viewers=600)
    latency = scenario("latency", chosen.cameras, chosen.each, 1 << 30, chosen.seconds, chosen.seed, pinned=False)
    fan_out = scenario("fan_out", 1, chosen.viewers, 20, chosen.seconds, chosen.seed, pinned=True)
    goals = {
        "latency_p50_ms_at_most_5": latency["latency_ms"]["p50"] <= 5,
        "latency_p99_ms_at_most_50": latency["latency_ms"]["p99"] <= 50,
        "viewers_on_one_core": fan_out["viewers"] if not fan_out["cut_to_keyframe"] else 0,
    }
    report(chosen, {"load_average_at_end": os.getloadavg()[0], "latency": latency, "fan_out": fan_out, "goals": goals})


if __name__ == "__main__":
    main()
