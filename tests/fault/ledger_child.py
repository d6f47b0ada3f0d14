"""A process that records, seals, signs and deletes as fast as it can, to be killed, and says before each what it does:

python -m tests.fault.ledger_child FOLDER NS FOOTAGE.

A day passes with each round on a demo volume that keeps nothing, so that every round deletes what the one before made.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from pathlib import Path

from tests.ledger.logs import SIGNERS
from tests.media.feeding import CAMERA, camera_on
from tests.media.footage import Footage

from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.media.store.time_guard import TimeGuard
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan

ORIGIN = "mingjian/instance/engine"


class Synchronised:
    """The kernel's word on the time, always good."""

    def synchronised(self) -> bool:
        return True


def open_store(folder: Path, clock: ManualClock) -> tuple[Store, EngineLog]:
    log = EngineLog(
        folder / "ledger", ORIGIN, "sha256", clock, lambda: SIGNERS["ed25519"], every_ns=1 << 62, gaps_every_ns=1
    )
    guard = TimeGuard(folder / "time.json", clock, Synchronised(), "boot")
    store = Store([folder / "v0"], clock, space=SpacePolicy(0, 0), guard=guard, log=log)
    store.open()
    store.apply_plan(EnginePlan(1, 0, (CameraPlan(CAMERA, CAMERA, True, 0, (StreamPlan("main", ""),)),)))
    return store, log


def main(folder: Path, start_ns: int, footage: Footage) -> None:
    clock = ManualClock(start_ns, start_ns)
    say("recovering")
    store, log = open_store(folder, clock)
    assert store.wait_recovered(60)
    while True:
        say("recording")
        camera = camera_on(store, clock, footage).connect()
        camera.send(1)
        say("sealing")
        camera.stop()
        assert store.flush()
        say("checkpoint")
        assert log.checkpoint()
        for _ in range(3):
            clock.advance(DAY_NS // 2)
            store.look()
        say("deletion")
        store.retain()
        clock.advance(NS_PER_S)
        say("checkpoint")
        assert log.checkpoint()


def say(word: str) -> None:
    """Past every buffer: what was said survives the kill."""
    os.write(1, f"{word} {time.monotonic_ns()}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), pickle.loads(Path(sys.argv[3]).read_bytes()))
