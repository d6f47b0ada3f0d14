"""A city's index for benchmarks: 1,000,000 segments through the store's own schema code.

16 cameras recorded without a break but two short gaps a day for 30 days, and 984 cameras with one stretch of footage a
day for 90 days. Segments are 5 minutes; only those that `bench/playback.py` plays have files.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mingjian.kernel.clock import DAY_NS, NS_PER_S
from mingjian.kernel.media_time import ns_to_90k
from mingjian.media.store.index import Index
from mingjian.media.store.schema import open_for_writing
from mingjian.media.store.volume import Volume, make_volume, segment_path
from mingjian.ports.recording import SegmentRecord

SEGMENT_NS = 300 * NS_PER_S
WHOLE_CAMERAS, WHOLE_DAYS = 16, 30
SEGMENTS = 1_000_000
CAMERAS, DAYS = 1_000, 90
END_NS = 1_764_000_000 * NS_PER_S
_BATCH = 20_000


@dataclass(frozen=True)
class City:
    """The folder, its volume, and how long making the index took."""

    data: Path
    volume: Volume
    segments: int
    made_s: float


def camera_id(number: int) -> str:
    return f"01kb{number:022d}"


def make_city(data: Path, seed: int, segments: int = SEGMENTS) -> City:
    """Write the index; about 1 GB of disk at full size."""
    began = time.perf_counter()
    volume = make_volume(data / "volumes" / "v0", "v0", "bench", demo=False)
    connection = open_for_writing(volume.index)
    index = Index(connection)
    count = 0
    with index.batch():
        index.apply({"t": "life", "life": "l1", "start_ns": END_NS - DAYS * DAY_NS, "note": ""})
        index.apply({"t": "end", "life": "l1", "at_ns": END_NS})
        for number in range(CAMERAS):
            planned = {"keep_days": 90, "planned_from_ns": END_NS - DAYS * DAY_NS, "removed_ns": None}
            index.apply({"t": "camera", "camera": camera_id(number), **planned})
    stretches = _stretches(random.Random(seed), segments)
    done = False
    while not done:
        with index.batch():
            written = 0
            while written < _BATCH:
                stretch = next(stretches, None)
                if stretch is None:
                    done = True
                    break
                written += _write_stretch(index, *stretch)
            count += written
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return City(data, volume, count, time.perf_counter() - began)


def _stretches(chance: random.Random, segments: int) -> Iterator[tuple[str, int, int]]:
    """(camera, start_ns, number of segments) until there are enough; each is followed by a gap."""
    left = segments
    for number in range(WHOLE_CAMERAS):
        at = END_NS - WHOLE_DAYS * DAY_NS
        while at + 30 * SEGMENT_NS < END_NS and left > 0:
            length = min(chance.randint(120, 168), (END_NS - at) // SEGMENT_NS, left)
            yield camera_id(number), at, length
            left -= length
            at += length * SEGMENT_NS + chance.randint(2, 60) * NS_PER_S
    others = CAMERAS - WHOLE_CAMERAS
    share, extra = divmod(left, others * DAYS)
    for number in range(others):
        for day in range(DAYS):
            length = share + (1 if number * DAYS + day < extra else 0)
            if length:
                start = END_NS - (DAYS - day) * DAY_NS + chance.randint(0, 6 * 3600) * NS_PER_S
                yield camera_id(WHOLE_CAMERAS + number), start, length


def _write_stretch(index: Index, camera: str, start_ns: int, length: int) -> int:
    run = f"r{camera[-6:]}{start_ns}"
    for number in range(length):
        index.put_segment(segment(camera, run, start_ns, number))
    end_ns = start_ns + length * SEGMENT_NS
    index.recorded(camera, "main", [(start_ns, end_ns)])
    state = {"t": "state", "camera": camera, "stream": "main", "zh": "无应答", "en": "no answer"}
    index.apply({**state, "at_ns": start_ns, "state": "streaming", "reason": None})
    index.apply({**state, "at_ns": end_ns, "state": "failed", "reason": "unreachable"})
    return length


def segment(camera: str, run: str, run_ns: int, number: int) -> SegmentRecord:
    """One sealed segment of a run."""
    start_ns = run_ns + number * SEGMENT_NS
    return SegmentRecord(
        id=f"{camera[-6:]}{start_ns:020d}", camera=camera, stream="main", run=run, sequence=number,
        path=segment_path(camera, "main", start_ns, number), start_ns=start_ns, end_ns=start_ns + SEGMENT_NS,
        start_90k=ns_to_90k(number * SEGMENT_NS), duration_90k=ns_to_90k(SEGMENT_NS), bytes=150_000_000,
        init_bytes=900, fragments=150, frames=7500, damaged_frames=0, codecs="avc1.640028", width=1920, height=1080,
        sealed=True, digest="00" * 32, digest_alg="sha256", recomputed=False, clock_offset_ms=12,
    )  # fmt: skip
