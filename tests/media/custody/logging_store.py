"""A store with an engine's log beside it, on a clock that tests move."""

from __future__ import annotations

from pathlib import Path

from tests.ledger.logs import SIGNERS
from tests.media.feeding import CAMERA, Camera, camera_on, make_store

from mingjian.kernel.clock import ManualClock
from mingjian.ledger.leaf import Leaf, decode
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.custody.leaf_store import read_leaves
from mingjian.media.store.store import Store
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan

ORIGIN = "mingjian/instance/engine"


def make_log(folder: Path, clock: ManualClock, suite: str = "ed25519") -> EngineLog:
    digest = "sm3" if suite == "sm2" else "sha256"
    # rounds only when asked for: the clock of these tests does not run
    return EngineLog(
        folder / "ledger", ORIGIN, digest, clock, lambda: SIGNERS[suite], every_ns=1 << 62, gaps_every_ns=1
    )


def plan(keep_days: int = 30) -> EnginePlan:
    return EnginePlan(1, 0, (CameraPlan(CAMERA, CAMERA, True, keep_days, (StreamPlan("main", ""),)),))


def open_logged(folder: Path, clock: ManualClock, suite: str = "ed25519", **options) -> tuple[Store, EngineLog]:
    log = make_log(folder, clock, suite)
    store = make_store(folder, clock, log=log, **options)
    store.apply_plan(plan())
    return store, log


def record(store: Store, clock: ManualClock, seconds: float = 4) -> Camera:
    """One sealed segment, its line in the journal synced."""
    camera = camera_on(store, clock).connect()
    camera.send(seconds)
    camera.stop()
    settle(store)
    return camera


def settle(store: Store) -> None:
    """The first flush seals and journals, the second syncs the journal's lines."""
    assert store.flush()
    assert store.flush()


def leaves(folder: Path) -> list[Leaf]:
    return [decode(data) for data in read_leaves(folder / "ledger")]


def kinds(folder: Path) -> list[str]:
    return [leaf.KIND for leaf in leaves(folder)]
