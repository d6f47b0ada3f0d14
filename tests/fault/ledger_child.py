"""A process that records, signs and deletes as fast as it can, to be killed: python -m tests.fault.ledger_child FOLDER NS.

A day passes with each round on a demo volume that keeps nothing, so that every round deletes what the one before made.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.ledger.logs import SIGNERS
from tests.media.feeding import CAMERA, camera_on

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


def main(folder: Path, start_ns: int) -> None:
    clock = ManualClock(start_ns, start_ns)
    store, log = open_store(folder, clock)
    assert store.wait_recovered(60)
    sys.stdout.write("running\n")
    sys.stdout.flush()
    while True:
        camera = camera_on(store, clock).connect()
        camera.send(1)
        camera.stop()
        assert store.flush()
        assert log.checkpoint()
        for _ in range(3):
            clock.advance(DAY_NS // 2)
            store.look()
        store.retain()
        clock.advance(NS_PER_S)
        assert log.checkpoint()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
