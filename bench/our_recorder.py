"""Our recording path as the engine runs it, alone in a process: RtspSource, StreamRecorder, Store with digest and index.

Sealed segments are deleted as the bench goes, so that it fits the disk; their frames stay counted. With `--no-ledger` neither digest
nor log is made, to see what both cost.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import sqlite3
import time
from pathlib import Path
from typing import Any

import uvloop
from bench.child import answer_until_end, cpu_s, rss_mb, say

from mingjian.app.settled import settle
from mingjian.kernel.clock import SystemClock
from mingjian.ledger.note import KeySigner
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.recorder.recorder import StreamRecorder
from mingjian.media.sources.address import parse_address
from mingjian.media.sources.gate import HostGate
from mingjian.media.sources.rtsp import RtspSource, SourceOptions
from mingjian.media.sources.shared_buffer import PATIENT_S, SharedBuffer
from mingjian.media.store import writer
from mingjian.media.store.store import Store
from mingjian.media.store.volume import make_volume

SWEEP_S = 2.0


async def delete_sealed(root: Path, stop: asyncio.Event) -> None:
    """Unlink what is sealed; the index keeps its rows, so that frames can be counted at the end."""
    seen: set[str] = set()
    while not stop.is_set():
        connection = sqlite3.connect(f"file:{root / 'index.sqlite3'}?mode=ro", uri=True)
        paths = [row[0] for row in connection.execute("SELECT path FROM segments WHERE sealed") if row[0] not in seen]
        connection.close()
        for path in paths:
            seen.add(path)
            (root / path).unlink(missing_ok=True)
        try:
            await asyncio.wait_for(stop.wait(), SWEEP_S)
        except TimeoutError:
            continue


def frames_in_index(root: Path) -> tuple[int, int]:
    """(frames, damaged frames) of all segments."""
    connection = sqlite3.connect(f"file:{root / 'index.sqlite3'}?mode=ro", uri=True)
    row = connection.execute("SELECT coalesce(sum(frames),0), coalesce(sum(damaged_frames),0) FROM segments").fetchone()
    connection.close()
    return int(row[0]), int(row[1])


class NoHash:
    """In the place of a digest: takes bytes and makes nothing of them."""

    def update(self, data: object) -> None:
        """Nothing."""

    def digest(self) -> bytes:
        return bytes(32)


async def main(port: int, cameras: int, out: Path, digest: str, rest_s: float, ledger: bool) -> None:
    clock = SystemClock()
    settle()  # as every process does
    root = out / "volume"
    make_volume(root, "v0", "bench", demo=True)
    log = None
    if ledger:
        signer = KeySigner("bench", "sm2" if digest == "sm3" else "ed25519", bytes(range(1, 33)))
        log = EngineLog(out / "ledger", "bench/engine", digest, clock, lambda: signer)
    else:
        writer.hasher = lambda algorithm: NoHash  # type: ignore[assignment]
    store = Store([root], clock, digest=digest, log=log)
    store.open()
    gate, buffer = HostGate(clock, per_second=20), SharedBuffer(rest_s=rest_s, patient_s=rest_s)
    recorders, sources = [], []
    for number in range(1, cameras + 1):
        recorder = StreamRecorder(f"load{number}", "main", store, clock)
        address = parse_address(f"rtsp://127.0.0.1:{port}/load{number}/main", allow_loopback=True)
        options = SourceOptions(allow_loopback=True)
        sources.append(RtspSource(address, recorder, clock, gate=gate, buffer=buffer, options=options))
        recorders.append(recorder)
    tasks = [asyncio.create_task(source.run()) for source in sources]
    stop = asyncio.Event()
    sweeper = asyncio.create_task(delete_sealed(root, stop))
    while sum(recorder.recording for recorder in recorders) < cameras:
        failed = [task for task in tasks if task.done()]
        if failed:
            await failed[0]
        await asyncio.sleep(0.05)
    say(cameras=cameras)

    def figures() -> dict[str, Any]:
        return {
            "cpu_s": cpu_s(),
            "mono_s": time.monotonic(),
            "rss_mb": rss_mb(),
            "streaming": sum(recorder.recording for recorder in recorders),
            "connects": sum(source.counters.connects for source in sources),
            "units": sum(source.counters.units for source in sources),
            "lost_packets": sum(source.counters.lost_packets for source in sources),
            "lost_fragments": sum(recorder.counters.lost_fragments for recorder in recorders),
            "before_keyframe": sum(recorder.counters.dropped_before_keyframe for recorder in recorders),
            "queued_bytes": sum(writer.queued_bytes for writer in store.writers),
        }

    await answer_until_end(figures)
    await asyncio.gather(*(source.stop() for source in sources))
    await asyncio.gather(*tasks)
    closed = await asyncio.to_thread(store.close, 60.0)
    stop.set()
    await sweeper
    frames, damaged = frames_in_index(root)
    say(**figures(), frames=frames, damaged_frames=damaged, closed=closed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cameras", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--digest", choices=("sha256", "sm3"), default="sha256")
    parser.add_argument(
        "--rest-ms", type=float, default=PATIENT_S * 1000, help="SharedBuffer's rest, to see what it brings"
    )
    parser.add_argument("--ledger", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--profile", type=Path, help="write cProfile figures of the event loop's thread here")
    arguments = parser.parse_args()
    profile = cProfile.Profile() if arguments.profile else None
    if profile is not None:
        profile.enable()
    uvloop.run(
        main(
            arguments.port, arguments.cameras, arguments.out, arguments.digest, arguments.rest_ms / 1000,
            arguments.ledger,
        )
    )  # fmt: skip
    if profile is not None:
        profile.disable()
        profile.dump_stats(arguments.profile)
