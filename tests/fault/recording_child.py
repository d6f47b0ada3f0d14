"""A process that records, to be killed: python -m tests.fault.recording_child FOLDER START_NS SPEED CAMERAS FOOTAGE.

Before each picture it writes into FOLDER/told how many it has handed over and when: that survives the kill.
"""

from __future__ import annotations

import mmap
import pickle
import struct
import sys
import time
from pathlib import Path

from tests.fault.scaled_clock import ScaledClock

from mingjian.media.recorder.recorder import StreamRecorder
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.ports.media import AccessUnit, Codec, SourceState, SourceStatus, Track
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan

TOLD = struct.Struct("<qq")  # pictures handed over to each recorder, wall time of the last


def main(folder: Path, start_ns: int, speed: int, cameras: int, footage_file: Path) -> None:
    config, packets = pickle.loads(footage_file.read_bytes())
    clock = ScaledClock(start_ns, speed)
    store = Store([folder / "v0"], clock, space=SpacePolicy(0, 0))
    store.open()
    names = [f"camera{index}" for index in range(cameras)]
    stream = StreamPlan("main", "")
    store.apply_plan(EnginePlan(1, 0, tuple(CameraPlan(name, name, True, 30, (stream,)) for name in names)))
    recorders = [StreamRecorder(name, "main", store, clock) for name in names]
    for recorder in recorders:
        recorder.on_status(SourceStatus(SourceState.STREAMING, clock.now_ns()))
        recorder.on_start((Track(0, Codec.H264, 90_000, config, 0, 320, 180, 25_000),), clock.now_ns())
    told_file = folder / "told"
    told_file.write_bytes(bytes(TOLD.size))
    with told_file.open("r+b") as file, mmap.mmap(file.fileno(), TOLD.size) as told:
        sys.stdout.write("recording\n")
        sys.stdout.flush()
        for count in range(1 << 40):
            due_ns = start_ns + count * 40_000_000
            while clock.now_ns() < due_ns:
                time.sleep(0.0005)
            data, keyframe = packets[count % len(packets)]
            now_ns = clock.now_ns()
            for recorder in recorders:
                recorder.on_unit(AccessUnit(0, 1000 + count * 3600, data, keyframe, now_ns))
            TOLD.pack_into(told, 0, count + 1, now_ns)
            if count % 25 == 0:
                store.look()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
