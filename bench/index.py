"""Questions to an index of 1,000,000 segments: timelines, a city on one screen, opening after a kill.

    python bench/index.py [--json] [--seed N] [--out bench/results/index.json] [--segments N]

Goals: 16 cameras x 30 days <= 100 ms, 1,000 cameras x 90 days <= 300 ms, opening after a kill <= 5 s.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import city_index
import measure

from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.media.playback.timeline import coalesce, days_with_recordings, month_days_ns, timezone
from mingjian.media.store.index import Index
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.schema import open_for_writing
from mingjian.media.store.store import Store

NOW_NS = city_index.END_NS + 60 * NS_PER_S
REPEATS = 20


def timed(call: Callable[[], object], repeats: int = REPEATS) -> dict[str, float]:
    """Milliseconds of a call: the first one (nothing kept in memory by us) and the distribution of all."""
    taken: list[float] = []
    for _ in range(repeats):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return {
        "first_ms": round(taken[0], 2),
        "p50_ms": round(statistics.median(taken), 2),
        "p95_ms": round(measure.percentile(taken, 95), 2),
    }


def questions(data: Path) -> dict[str, Any]:
    """Every figure over an index that is open."""
    wall = [city_index.camera_id(number) for number in range(city_index.WHOLE_CAMERAS)]
    every = [city_index.camera_id(number) for number in range(city_index.CAMERAS)]
    month_ns = NOW_NS - 30 * DAY_NS
    began = time.perf_counter()
    reader = StoreReader.of_data(data)
    opened_ms = (time.perf_counter() - began) * 1000
    recordings = StoreRecordings(data, ManualClock(NOW_NS))

    def sixteen() -> int:
        return sum(len(coalesce(recordings.spans(camera, "main", month_ns, NOW_NS, NOW_NS), 1500)) for camera in wall)

    def city() -> int:
        found = reader.recorded_of_all(every, "main", NOW_NS - 90 * DAY_NS, NOW_NS)
        return sum(len(intervals) for intervals in found.values())

    def month() -> int:
        days = month_days_ns("2025-11", timezone("Asia/Shanghai"))
        spans = recordings.spans(wall[0], "main", days[0][1], days[-1][2], NOW_NS)
        return len(days_with_recordings(days, spans))

    def plan() -> int:
        at_ns = NOW_NS - 9 * DAY_NS
        return len(recordings.segments(wall[3], "main", at_ns, at_ns + 30 * DAY_NS, 16))

    figures = {
        "reader_open_ms": round(opened_ms, 2),
        "timeline_16_cameras_30_days": {**timed(sixteen), "spans": sixteen(), "goal_ms": 100},
        "city_1000_cameras_90_days": {**timed(city), "spans": city(), "goal_ms": 300},
        "calendar_month": {**timed(month), "days": month()},
        "next_16_segments": {**timed(plan), "segments": plan()},
    }
    recordings.close()
    reader.close()
    return figures


def killed_writer(city: city_index.City) -> None:
    """In a child: leave a large write-ahead log behind and die by SIGKILL in the middle of a transaction."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    connection = open_for_writing(city.volume.index)
    connection.execute("PRAGMA wal_autocheckpoint=0")
    index = Index(connection)
    for batch in range(20):
        connection.execute("BEGIN IMMEDIATE")
        for number in range(1_000):
            index.put_segment(city_index.segment(city_index.camera_id(batch), "late", city_index.END_NS, number))
        if batch < 19:
            connection.execute("COMMIT")
    os.kill(os.getpid(), signal.SIGKILL)


def opening_after_a_kill(city: city_index.City) -> dict[str, Any]:
    """How long a store takes to be ready for recording when its last user was killed."""
    killed_writer(city)
    log = city.volume.index.with_name(city.volume.index.name + "-wal")
    wal_mb = log.stat().st_size / 1e6
    began = time.perf_counter()
    store = Store([city.volume.root], ManualClock(NOW_NS, 5 * NS_PER_S))
    store.open()
    ready_s = time.perf_counter() - began
    recovered = store.wait_recovered(60)
    recovered_s = time.perf_counter() - began
    began = time.perf_counter()
    reader = StoreReader.of_data(city.data)
    found = reader.segments(city_index.camera_id(3), "main", NOW_NS - 40 * DAY_NS, NOW_NS, 1)
    reader_s = time.perf_counter() - began
    reader.close()
    store.close()
    assert found
    assert recovered
    return {
        "wal_mb": round(wal_mb, 1),
        "store_open_s": round(ready_s, 3),
        "recovered_s": round(recovered_s, 3),
        "reader_first_answer_s": round(reader_s, 3),
        "goal_s": 5,
    }


def main() -> None:
    options = measure.options("index", segments=city_index.SEGMENTS)
    folder = Path(tempfile.mkdtemp(prefix="mingjian-bench-"))
    try:
        city = city_index.make_city(folder, options.seed, options.segments)
        figures = {
            "segments": city.segments,
            "index_mb": round(city.volume.index.stat().st_size / 1e6, 1),
            "made_s": round(city.made_s, 1),
            "puts_per_s": round(city.segments / city.made_s),
            **questions(city.data),
            "open_after_kill": opening_after_a_kill(city),
        }
    finally:
        shutil.rmtree(folder)
    measure.report(options, figures)


if __name__ == "__main__":
    main()
