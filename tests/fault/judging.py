"""What must hold of a store after any fault: asked of the store itself, and of ffprobe."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

from mingjian.media.store.fsck import check
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.ports.recording import GapReason, Span

EVER = (0, 1 << 62)


def restart_and_stop(folder: Path, clock) -> None:
    store = Store(sorted(folder.glob("v*")), clock, space=SpacePolicy(0, 0))
    store.open()
    assert store.wait_recovered(60)
    assert not store.alarms(), store.alarms()
    assert store.close(60)


def assert_clean(folder: Path, now_ns: int) -> None:
    report = check(sorted(folder.glob("v*")), now_ns, hashed=True)
    assert not report.errors, report.errors


def assert_readable(path: Path, frames: int) -> None:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets",
         "-of", "csv=p=0", str(path)], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not done.stderr, done.stderr
    assert int(done.stdout.strip().strip(",")) == frames


def assert_covered(spans: list[Span], from_ns: int, to_ns: int) -> None:
    assert spans[0].start_ns == from_ns
    assert spans[-1].end_ns == to_ns
    for before, after in itertools.pairwise(spans):
        assert before.end_ns == after.start_ns
    assert all(span.reason is not GapReason.UNKNOWN for span in spans)


def frames_of(folder: Path, camera: str) -> int:
    reader = StoreReader(sorted(folder.glob("v*")))
    try:
        return sum(record.frames for record in reader.segments(camera, "main", *EVER))
    finally:
        reader.close()
