"""SIGKILL at a random moment of recording, then a restart: only the fragment in progress may be missing."""

from __future__ import annotations

import pickle
import random
import time
from pathlib import Path

from tests.fault.child import Child
from tests.fault.judging import EVER, assert_clean, assert_covered, assert_readable, restart_and_stop
from tests.fault.recording_child import TOLD
from tests.media.feeding import START_NS
from tests.media.footage import video

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.media.store.reader import StoreReader
from mingjian.media.store.volume import make_volume
from mingjian.ports.recording import GapReason, SpanKind

SPEED = 10
CAMERAS = 3
FRAGMENT_FRAMES = 25
# what may still be on its way through the writer's queue when the kill comes, as frames of this fast clock: 100 ms
IN_FLIGHT_FRAMES = 25 * SPEED // 10


def footage_file(folder: Path) -> Path:
    footage = video("h264", seconds=8, gop=FRAGMENT_FRAMES)
    path = folder / "footage.pickle"
    if not path.exists():
        path.write_bytes(pickle.dumps((footage.config, [(packet.data, packet.keyframe) for packet in footage.packets])))
    return path


def kill_once(folder: Path, rng: random.Random, start_ns: int) -> tuple[int, int]:
    """Record, kill; how many frames each recorder had been given, and when the last."""
    with Child("tests.fault.recording_child", [
        str(folder), str(start_ns), str(SPEED), str(CAMERAS), str(footage_file(folder))
    ]) as child:  # fmt: skip
        assert child.line() == ["recording"]
        time.sleep(rng.uniform(0.02, 1.2))  # the random moment itself
        child.kill()
    return TOLD.unpack((folder / "told").read_bytes())


def run_kills(folder: Path, seed: int, count: int) -> dict[str, int]:
    """`count` kills of one store in a row. Returns figures; raises AssertionError where the promise is broken."""
    rng = random.Random(seed)
    make_volume(folder / "v0", "v0", "instance", demo=False)
    start_ns = START_NS
    worst = 0
    for round_number in range(count):
        frames, last_ns = kill_once(folder, rng, start_ns)
        clock = ManualClock(last_ns + 5 * NS_PER_S, 1)
        restart_and_stop(folder, clock)
        assert_clean(folder, clock.now_ns())
        worst = max(worst, _judge(folder, frames, start_ns, last_ns, clock.now_ns(), probe=round_number))
        start_ns = last_ns + 30 * NS_PER_S
    return {"kills": count, "worst_lost_frames": worst}


def _judge(folder: Path, frames: int, start_ns: int, last_ns: int, now_ns: int, probe: int) -> int:
    reader = StoreReader([folder / "v0"])
    worst = 0
    try:
        for index in range(CAMERAS):
            camera = f"camera{index}"
            records = [
                record for record in reader.segments(camera, "main", *EVER) if record.start_ns >= start_ns - NS_PER_S
            ]
            kept = sum(record.frames for record in records)
            lost = frames - kept
            worst = max(worst, lost)
            assert lost <= FRAGMENT_FRAMES + 1 + IN_FLIGHT_FRAMES + FRAGMENT_FRAMES, (camera, frames, kept)
            if index == probe % CAMERAS:
                for record in records:
                    assert_readable(reader.path(record), record.frames)
            spans = reader.timeline(camera, "main", START_NS, now_ns + NS_PER_S, now_ns)
            assert_covered(spans, START_NS, now_ns + NS_PER_S)
            gaps = [span for span in spans if span.kind is SpanKind.GAP]
            assert all(span.reason is GapReason.ENGINE_DOWN for span in gaps), gaps
            if records:
                assert any(span.start_ns <= last_ns + 3 * NS_PER_S <= span.end_ns for span in gaps), spans
    finally:
        reader.close()
    return worst
