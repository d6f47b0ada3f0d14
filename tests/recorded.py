"""A data folder in which cameras were really recorded for some seconds, signed by the engine's log.

For whoever needs footage with its ledger without running an engine: packages, their kills, the browser's stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.media.feeding import SMALL, camera_on

from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.engine_ledger import engine_log
from mingjian.app.settings import load_settings
from mingjian.kernel.clock import ManualClock
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.store.store import Store
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan


@dataclass(frozen=True, slots=True)
class Recorded:
    """The folder, its store and log (still open), and what was recorded: [from_ns, to_ns), UTC."""

    folder: DataFolder
    store: Store
    log: EngineLog
    from_ns: int
    to_ns: int


def record(root: Path, clock: ManualClock, cameras: Sequence[str], seconds: int) -> Recorded:
    """Make the folder and record so many seconds of each camera from the clock's time on, flushed and signed."""
    folder = init_data_folder(root, demo=False, clock=clock)
    log = engine_log(folder, load_settings(folder, demo=False), clock)
    store = Store([folder.first_volume], clock, log=log, space=SMALL)
    store.open()
    plans = tuple(CameraPlan(name, name, True, 30, (StreamPlan("main", ""),)) for name in cameras)
    store.apply_plan(EnginePlan(1, 0, plans))
    from_ns = clock.now_ns()
    feeds = [camera_on(store, clock, name=name).connect() for name in cameras]
    for _ in range(seconds):
        for feed in feeds:
            feed.send(1)
    for feed in feeds:
        feed.stop()
    assert store.flush()
    assert store.flush()
    assert log.checkpoint()
    return Recorded(folder, store, log, from_ns, clock.now_ns())
