"""The daily retention proof over a city: every camera's window classified, one frame decoded, fragments compared.

    python bench/retention.py [--json] [--seed N] [--out bench/results/retention.json] [--cameras N] [--days N]

Goal: 1,000 cameras x 30 days at most 60 s. The index is synthetic (5-minute segments, each camera with some gaps a day);
all its segments name one real file: 5 minutes of 1080p25 at 4 Mb/s, written by the recorder. So a decode, hashes and
leaf boxes are real work, but the bytes come from the page cache: a disk adds eight reads of about 1 MB a camera.
Certificates are signed and synced as each day. At full size the index takes about 3 GB of disk and some minutes to write.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import measure

from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.ledger.note import KeySigner
from mingjian.ledger.retention import RetentionCertificate
from mingjian.media.recorder.recorder import StreamRecorder
from mingjian.media.retention.daily import run_pass
from mingjian.media.retention.prover import ProofRule
from mingjian.media.simulate.encoder import split_annex_b
from mingjian.media.simulate.load_loop import coded_loop
from mingjian.media.store.index import SEGMENT_COLUMNS, Index
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.schema import open_for_writing
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.media.store.volume import make_volume
from mingjian.ports.media import AccessUnit, Codec, SourceState, SourceStatus, Track
from mingjian.ports.recording import SegmentRecord

START_NS = 1_764_000_000 * NS_PER_S  # 2025-11-25 00:00 in China
SEGMENT_NS = 300 * NS_PER_S
GOAL_S = 60
_FRAME_NS = NS_PER_S // 25
_PICTURES = 25 * 300
SIGNER = KeySigner("bench", "ed25519", bytes([1]) * 32)


def record_file(folder: Path) -> tuple[Path, SegmentRecord]:
    """One sealed segment of five minutes by the recorder, and its row."""
    cache = measure.RESULTS / "load-1080p25.h264"
    config, pictures = coded_loop(cache).config, _pictures(cache.read_bytes())
    clock = ManualClock(START_NS - DAY_NS, 5 * NS_PER_S)
    make_volume(folder, "v9", "bench", demo=False)
    store = Store([folder], clock, space=SpacePolicy(reserve_bytes=0, floor_bytes=0))
    store.open()
    recorder = StreamRecorder("camera", "main", store, clock)
    recorder.on_status(SourceStatus(SourceState.STREAMING, clock.now_ns(), None, "", ""))
    recorder.on_start((Track(0, Codec("h264"), 90_000, config, 0, 1920, 1080, 25_000),), clock.now_ns())
    for number in range(_PICTURES):
        clock.advance(_FRAME_NS)
        data, key = pictures[number % len(pictures)]
        recorder.on_unit(AccessUnit(0, number * 3600, data, key, clock.now_ns(), False))
        if number % 250 == 0:
            assert store.flush()  # the queue is bounded, and this camera is faster than any
    recorder.on_stop(clock.now_ns())
    assert store.flush()
    assert store.close()
    reader = StoreReader([folder])
    record = max(reader.segments("camera", "main", 0, 1 << 62), key=lambda one: one.bytes)
    path = reader.path(record)
    reader.close()
    return path, record


def _pictures(stream: bytes) -> list[tuple[bytes, bool]]:
    """Pictures with 4-byte lengths, without parameter sets."""
    units = [unit for unit in split_annex_b(stream) if unit[0] & 31 in (1, 5)]
    return [(len(unit).to_bytes(4, "big") + unit, unit[0] & 31 == 5) for unit in units]


def make_index(volume: Path, record: SegmentRecord, cameras: int, days: int, seed: int) -> int:
    """Every camera's rows of the window; how many segments."""
    connection = open_for_writing(make_volume(volume, "v0", "bench", demo=False).index)
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=0; DROP INDEX segments_by_time")
    index = Index(connection)
    chance = random.Random(seed)
    begin_ns = START_NS - days * DAY_NS
    holes = {number: {chance.randrange(288 * days) for _ in range(2 * days)} for number in range(cameras)}
    with index.batch():
        index.apply({"t": "life", "life": "l1", "start_ns": begin_ns - DAY_NS, "note": ""})
        index.apply({"t": "end", "life": "l1", "at_ns": START_NS + DAY_NS})
        for number in range(cameras):
            told = {"keep_days": days, "planned_from_ns": begin_ns, "removed_ns": None}
            index.apply({"t": "camera", "camera": f"c{number:05d}", **told})
            index.stream_id(f"c{number:05d}", "main")
            for start in _stretches(288 * days, holes[number]):
                span = (begin_ns + start[0] * SEGMENT_NS, begin_ns + start[1] * SEGMENT_NS)
                index.recorded(f"c{number:05d}", "main", [span])
                state = {"t": "state", "camera": f"c{number:05d}", "stream": "main", "zh": "无应答", "en": "no answer"}
                index.apply({**state, "at_ns": span[0], "state": "streaming", "reason": None})
                index.apply({**state, "at_ns": span[1], "state": "failed", "reason": "unreachable"})
    insert = f"INSERT INTO segments ({', '.join(SEGMENT_COLUMNS)}) VALUES ({', '.join('?' * len(SEGMENT_COLUMNS))})"
    streams = [index.stream_id(f"c{number:05d}", "main") for number in range(cameras)]
    row = [getattr(record, name, None) for name in SEGMENT_COLUMNS]
    places = [SEGMENT_COLUMNS.index(name) for name in ("id", "stream_id", "start_ns", "end_ns")]
    count = 0
    for slot in range(288 * days):
        start_ns = begin_ns + slot * SEGMENT_NS
        rows = []
        for number in range(cameras):
            if slot in holes[number]:
                continue
            for place, value in zip(
                places, (f"{start_ns}{number:05d}", streams[number], start_ns, start_ns + SEGMENT_NS), strict=True
            ):
                row[place] = value
            rows.append(tuple(row))
        with index.batch():
            connection.executemany(insert, rows)
        count += len(rows)
        if slot % 288 == 287:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("CREATE INDEX segments_by_time ON segments (stream_id, start_ns)")
    index.set_meta("longest_ns", str(SEGMENT_NS))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return count


def _stretches(slots: int, holes: set[int]) -> Iterator[tuple[int, int]]:
    begin = 0
    for hole in [*sorted(holes), slots]:
        if hole > begin:
            yield begin, hole
        begin = hole + 1


def _cpu_s() -> float:
    """Processor seconds of this process and of those that ended: the frame is decoded in one of its own."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def main() -> None:
    options = measure.options("retention", cameras=1000, days=30)
    folder = Path(tempfile.mkdtemp(prefix="mingjian-bench-"))
    try:
        path, record = record_file(folder / "recorded")
        volume = folder / "data" / "volumes" / "v0"
        began = time.perf_counter()
        segments = make_index(volume, record, options.cameras, options.days, options.seed)
        made_s = time.perf_counter() - began
        target = volume / record.path
        target.parent.mkdir(parents=True)
        path.rename(target)
        certificates: list[RetentionCertificate] = []
        before = _cpu_s()
        began = time.perf_counter()
        done = run_pass(
            [volume], folder / "data" / "ledger" / "proofs", ProofRule("bench", options.days),
            ManualClock(START_NS + 3600 * NS_PER_S), lambda: SIGNER, told=certificates.append,
        )  # fmt: skip
        took_s = time.perf_counter() - began
        cpu_s = _cpu_s() - before
        assert done.made == options.cameras
        assert done.met == options.cameras
        figures = {
            "cameras": options.cameras,
            "days": options.days,
            "segments": segments,
            "index_mb": round((volume / "index.sqlite3").stat().st_size / 1e6),
            "index_made_s": round(made_s, 1),
            "prove_s": round(took_s, 2),
            "cpu_s": round(cpu_s, 2),
            "load_average": round(os.getloadavg()[0], 1),
            "goal_s": GOAL_S,
            "frames_decoded": sum(one.streams[0].oldest is not None for one in certificates),
            "fragments_compared": sum(len(one.streams[0].samples) for one in certificates),
            "certificates_mb": round(sum(len(one.encode()) for one in certificates) / 1e6, 2),
        }
    finally:
        shutil.rmtree(folder)
    measure.report(options, figures)


if __name__ == "__main__":
    main()
