"""One recorded folder for all attacks; each has a copy of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.media.custody.logging_store import record
from tests.media.feeding import CAMERA, START_NS, camera_on
from tests.red_team.attacked import held_now, open_engine

from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.ledger_anchor import Anchor
from mingjian.app.ledger_keys import ensure_key
from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.ports.media import SourceState
from mingjian.ports.recording import GapReason


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A folder with five segments, a gap and a hold; its time."""
    clock = ManualClock(START_NS, 5 * NS_PER_S)
    folder = init_data_folder(tmp_path_factory.mktemp("red") / "data", demo=False, clock=clock)
    ensure_key(folder, "ed25519")
    store, log = open_engine(folder, clock)
    for _ in range(2):
        record(store, clock, 2)
    camera = camera_on(store, clock).connect()
    camera.send(2)
    camera.lose(GapReason.UNREACHABLE)
    assert all(writer.flush() for writer in store.writers)  # or 100 s pass with footage on its way, which is no gap
    clock.advance(100 * NS_PER_S)
    camera.status(SourceState.STOPPED)
    store.add_hold(CAMERA, None, START_NS, START_NS + NS_PER_S, "case 7", "Olga")
    for _ in range(2):
        record(store, clock, 2)
    clock.advance(60 * NS_PER_S)
    assert log.checkpoint()
    assert store.close()
    return folder.root, clock.now_ns()


@pytest.fixture
def clock(built: tuple[Path, int]) -> ManualClock:
    return ManualClock(built[1] + 3600 * NS_PER_S, 9 * NS_PER_S)


@pytest.fixture
def folder(built: tuple[Path, int], tmp_path: Path) -> DataFolder:
    shutil.copytree(built[0], tmp_path / "data")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def anchors(folder: DataFolder, clock: ManualClock, tmp_path: Path) -> list[Anchor]:
    """What is held outside: taken before the attack, off the folder."""
    return held_now(folder, clock, tmp_path / "anchor.json")
