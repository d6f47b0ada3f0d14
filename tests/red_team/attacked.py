"""A folder that was really recorded and signed, and what root can do to it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.media.custody.logging_store import plan, record

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_anchor import Anchor, read_anchors
from mingjian.app.ledger_audit import StoredLog, audit_folder, engine_log_of
from mingjian.app.ledger_export import anchor_of_folder
from mingjian.app.ledger_findings import FolderReport
from mingjian.app.ledger_keys import CurrentSigner, load_signer, origin_of
from mingjian.kernel.clock import ManualClock
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.custody.leaf_store import LeafStore
from mingjian.media.store.space import SpacePolicy
from mingjian.media.store.store import Store
from mingjian.media.store.volume import volume_roots


def open_engine(folder: DataFolder, clock: ManualClock) -> tuple[Store, EngineLog]:
    log = EngineLog(
        folder.root / "ledger" / "engine", origin_of(folder.identity().instance, "engine"), "sha256", clock,
        CurrentSigner(folder), every_ns=1 << 62, gaps_every_ns=1,
    )  # fmt: skip
    store = Store(volume_roots(folder.root), clock, space=SpacePolicy(0, 0), log=log)
    store.open()
    assert store.wait_recovered(60)
    store.apply_plan(plan())
    return store, log


def run_engine(folder: DataFolder, clock: ManualClock, segments: int = 2) -> None:
    store, log = open_engine(folder, clock)
    for _ in range(segments):
        record(store, clock, 2)
    assert log.checkpoint()
    assert store.close()
    assert not store.alarms()


def judge(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock, others: Sequence[StoredLog] = ()
) -> FolderReport:
    return audit_folder(
        folder, anchors, clock.now_ns(), load_signer(folder).public, logs=[engine_log_of(folder), *others],
        roots=volume_roots(folder.root),
    )  # fmt: skip


def held_now(folder: DataFolder, clock: ManualClock, path: Path) -> list[Anchor]:
    """What is held outside from now on."""
    path.write_text(anchor_of_folder(folder, clock.now_ns(), web=False))
    return read_anchors(path)


def codes(report: FolderReport) -> set[str]:
    return {finding.code for finding in report.findings}


def leaves_file(folder: DataFolder) -> Path:
    return folder.root / "ledger" / "engine" / "leaves.jl"


def segment_files(folder: DataFolder) -> list[Path]:
    return sorted(folder.root.glob("volumes/v0/segments/**/*.mp4"), key=lambda path: path.name)


def index_of(folder: DataFolder) -> sqlite3.Connection:
    return sqlite3.connect(folder.first_volume / "index.sqlite3", isolation_level=None)


def resign(folder: DataFolder, clock: ManualClock, lines: list[bytes]) -> None:
    """Everything that root can do: leaves, row and state made anew, signed with the folder's own key."""
    engine = folder.root / "ledger" / "engine"
    shutil.rmtree(engine)
    with closing(LeafStore(engine, "sha256")) as store:
        store.append(lines)
    log = EngineLog(
        engine,
        origin_of(folder.identity().instance, "engine"),
        "sha256",
        clock,
        CurrentSigner(folder),
        every_ns=1 << 62,
    )
    log.start()
    assert log.checkpoint()
    assert log.alarms() == ()
    assert log.close()
