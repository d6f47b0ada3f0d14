"""The open file cut or zeroed at a random byte, then a restart: every fragment wholly before the damage survives."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from tests.fault.judging import EVER, assert_clean, assert_covered, assert_readable, restart_and_stop
from tests.media.feeding import CAMERA, START_NS, camera_on, make_store

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.media.store.reader import StoreReader


def leave_open(folder: Path) -> ManualClock:
    """Record 12 s and copy the volume as a kill would leave it, to folder/left."""
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    store = make_store(folder / "alive", clock)
    camera = camera_on(store, clock).connect()
    camera.send(12)
    assert store.flush()
    shutil.copytree(folder / "alive", folder / "left")
    camera.stop()
    store.close()
    return clock


def run_torn_tails(folder: Path, seed: int, count: int) -> dict[str, int]:
    rng = random.Random(seed)
    clock = leave_open(folder)
    survived = 0
    for number in range(count):
        torn = folder / "torn"
        shutil.copytree(folder / "left", torn)
        survived += tear_once(torn, rng, clock, probe=number % 10 == 0)
        shutil.rmtree(torn)
    return {"torn_tails": count, "fragments_survived": survived}


def tear_once(folder: Path, rng: random.Random, clock: ManualClock, *, probe: bool) -> int:
    reader = StoreReader([folder / "v0"])
    (record,) = reader.segments(CAMERA, "main", *EVER)
    before = reader.fragments(record)
    path = reader.path(record)
    reader.close()
    data = bytearray(path.read_bytes())
    at = rng.randrange(len(data))
    if rng.random() < 0.5:
        del data[at:]
    else:
        end = min(len(data), at + rng.choice((1, 512, 4096, 1 << 20)))
        if not any(data[at:end]):
            end = at
        data[at:end] = bytes(end - at)
        at = len(data) if end == at else at
    path.write_bytes(data)
    if rng.random() < 0.3:
        _tear_journal(folder, rng)
    later = ManualClock(clock.now_ns() + 20 * NS_PER_S, 1)
    restart_and_stop(folder, later)
    assert_clean(folder, later.now_ns())
    whole = [one for one in before if one.offset + one.size + one.trailer_bytes <= at]
    reader = StoreReader([folder / "v0"])
    records = reader.segments(CAMERA, "main", *EVER)
    kept = [fragment for one in records for fragment in reader.fragments(one)]
    assert [one.offset for one in kept] == [one.offset for one in whole]
    if probe:
        for one in records:
            assert_readable(reader.path(one), one.frames)
    start, end = START_NS, later.now_ns() + NS_PER_S
    assert_covered(reader.timeline(CAMERA, "main", start, end, later.now_ns()), start, end)
    reader.close()
    return len(kept)


def _tear_journal(folder: Path, rng: random.Random) -> None:
    newest = sorted((folder / "v0" / "journal").iterdir())[-1]
    data = newest.read_bytes()
    lines = data.rfind(b"\n", 0, -1) + 1
    newest.write_bytes(data[: rng.randrange(lines, len(data))])
