"""Seek to first byte over HTTP, with an index of 1,000,000 segments and segment files that are not in the page cache.

    python bench/playback.py [--json] [--seed N] [--out bench/results/playback.json] [--segments N] [--seeks N]

A seek is what a player does after a click on the timeline: `plan` for the instant, then the first byte of the first chunk.
Goal: p95 <= 50 ms. Reported for one viewer and for 16 tiles that seek at once, with the parts it is made of, and for a page
cache that holds the files (`warm`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import http.client
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import city_index
import measure
import uvloop
from aiohttp import web

from mingjian.kernel.clock import DAY_NS, NS_PER_MS, NS_PER_S, ManualClock
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.media.playback.service import PlaybackService, open_playback
from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.ports.masks import masks_path, masks_to_json
from mingjian.ports.recording import SegmentRecord
from mingjian.ports.ticket import Ticket
from mingjian.wire.fmp4.build import TableRow, TrackRun, build_fragment, build_init, build_leaf, build_mfra, build_prft
from mingjian.wire.fmp4.entries import TrackSpec

FILES = 24
GOP_90K = 180_000
PICTURES = 50
PICTURE_BYTES = 10_000  # 2 Mb/s: 75 MB a segment, enough that nothing is read ahead by chance
CAMERA = city_index.camera_id(3)
BASE = "/media/s/bench/"
PARAMETER_SETS = (bytes.fromhex("6742c01fda014016ec0440000003004000000c83c60ca8"), bytes.fromhex("68ce3c80"))


def write_files(recordings: StoreRecordings, seed: int, data: Path) -> list[SegmentRecord]:
    """Real files for some segments of one camera, spread over its 30 days."""
    until_ns = city_index.END_NS
    records = list(recordings.segments(CAMERA, "main", until_ns - 30 * DAY_NS, until_ns))
    chosen = random.Random(seed).sample(records, FILES)
    payload = random.Random(seed).randbytes(PICTURE_BYTES)
    for record in chosen:
        path = data / "volumes" / "v0" / record.path
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_file(path, record, payload)
    return chosen


def _write_file(path: Path, record: SegmentRecord, payload: bytes) -> None:
    init = build_init([TrackSpec(1, "h264", 90_000, PARAMETER_SETS, 0, 1920, 1080)])
    rows: list[TableRow] = []
    with path.open("wb") as file:
        file.write(init)
        for number in range(record.duration_90k // GOP_90K):
            run = TrackRun(1, number * GOP_90K)
            for picture in range(PICTURES):
                run.add(payload, GOP_90K // PICTURES, key=picture == 0)
            wall_ns = record.start_ns + ticks_90k_to_ns(number * GOP_90K)
            parts = build_fragment(number + 1, [run], build_prft(1, wall_ns, number * GOP_90K))
            leaf = build_leaf("sha256", number + 1, bytes(32))
            size = sum(len(part) for part in parts)
            rows.append(TableRow(file.tell(), size, len(leaf), number * GOP_90K, GOP_90K, wall_ns, keyframe=True))
            file.writelines([*parts, leaf])
        file.write(build_mfra(1, rows))
        file.flush()
        os.fsync(file.fileno())


def serve(data: Path, port: Connection) -> None:
    """The playback calls in a process of their own, as the edge mounts them; ends when the pipe closes."""
    ms = NS_PER_MS
    ticket = Ticket(
        "t", "u", "bench", CAMERA, ("main",), ("playback",), "bench", 0, 1 << 50,
        (city_index.END_NS - 90 * DAY_NS) // ms, city_index.END_NS // ms, "e", "s",
    )  # fmt: skip
    masks_path(data).parent.mkdir(parents=True, exist_ok=True)
    masks_path(data).write_text(json.dumps(masks_to_json({})))
    service = open_playback(data, ManualClock(city_index.END_NS + 60 * NS_PER_S), dt.UTC)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(service, ticket, port))
    service.close()


async def _serve(service: PlaybackService, ticket: Ticket, port: Connection) -> None:
    app = web.Application()
    for method, path, handler in service.calls.table():

        async def call(request: web.Request, handler: Any = handler) -> web.StreamResponse:
            response: web.StreamResponse = await handler(request, ticket)
            return response

        app.router.add_route(method, BASE + path, call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port.send(runner.addresses[0][1])
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(port.fileno(), over.set)
    await over.wait()
    await runner.cleanup()


def seek(connection: http.client.HTTPConnection, at_ns: int) -> tuple[float, float]:
    """Milliseconds until the plan is there, and from then until the first byte of the chunk."""
    began = time.perf_counter()
    query = urlencode({"from": format_iso_ns(at_ns), "to": format_iso_ns(at_ns + 60 * NS_PER_S), "limit": 4})
    connection.request("GET", f"{BASE}plan?{query}")
    plan = json.loads(connection.getresponse().read())
    planned = time.perf_counter()
    connection.request("GET", BASE + plan["chunks"][0]["url"])
    response = connection.getresponse()
    assert response.status == 200
    assert response.read(1)
    first = time.perf_counter()
    response.read()
    return (planned - began) * 1000, (first - planned) * 1000


def out_of_cache(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def viewer(
    port: int, data: Path, records: list[SegmentRecord], seeks: int, seed: int, cold: bool
) -> list[tuple[float, float]]:
    chance = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    taken: list[tuple[float, float]] = []
    for _ in range(seeks):
        record = chance.choice(records)
        if cold:
            out_of_cache(data / "volumes" / "v0" / record.path)
        taken.append(seek(connection, record.start_ns + chance.randrange(290) * NS_PER_S))
    connection.close()
    return taken


def told(taken: list[tuple[float, float]]) -> dict[str, float]:
    whole = [plan + first for plan, first in taken]
    return {
        "seeks": len(taken),
        "p50_ms": round(measure.percentile(whole, 50), 2),
        "p95_ms": round(measure.percentile(whole, 95), 2),
        "p99_ms": round(measure.percentile(whole, 99), 2),
        "plan_p95_ms": round(measure.percentile([plan for plan, _ in taken], 95), 2),
        "first_byte_p95_ms": round(measure.percentile([first for _, first in taken], 95), 2),
    }


def figures(data: Path, seed: int, seeks: int) -> dict[str, Any]:
    recordings = StoreRecordings(data)
    records = write_files(recordings, seed, data)
    recordings.close()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(data, theirs))
    server.start()
    port = ours.recv()
    try:
        one = viewer(port, data, records, seeks, seed, cold=True)
        with ThreadPoolExecutor(16) as tiles:
            jobs = [
                tiles.submit(viewer, port, data, records, max(1, seeks // 16), seed + tile, True) for tile in range(16)
            ]
            sixteen = [taken for job in jobs for taken in job.result()]
        warm = viewer(port, data, records, seeks, seed, cold=False)
    finally:
        ours.send(None)
        server.join(10)
    return {
        "segment_mb": round((data / "volumes" / "v0" / records[0].path).stat().st_size / 1e6, 1),
        "goal_p95_ms": 50,
        "one_viewer": told(one),
        "sixteen_tiles_at_once": told(sixteen),
        "warm": told(warm),
    }


def main() -> None:
    options = measure.options("playback", segments=city_index.SEGMENTS, seeks=400)
    folder = Path(tempfile.mkdtemp(prefix="mingjian-bench-"))
    try:
        city = city_index.make_city(folder, options.seed, options.segments)
        result = {"segments": city.segments, **figures(folder, options.seed, options.seeks)}
    finally:
        shutil.rmtree(folder)
    measure.report(options, result)


if __name__ == "__main__":
    main()
