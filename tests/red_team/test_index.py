"""With root's powers against the index, the journal and the clock, so that the ledger itself stays as it was."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from tests.media.feeding import CAMERA, START_NS, camera_on
from tests.red_team.attacked import codes, held_now, index_of, judge, leaves_file, open_engine, segment_files

from mingjian.app.data_folder import DataFolder
from mingjian.app.ledger_anchor import Anchor
from mingjian.app.ledger_audit import StoredLog
from mingjian.app.ledger_findings import FolderReport
from mingjian.kernel.clock import DAY_NS, ManualClock
from mingjian.ledger.leaf import ConfigurationChange, SealedSegment, decode
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.custody.leaf_store import read_leaves
from mingjian.media.store.store import Store
from mingjian.ports.plan import CameraPlan, EnginePlan, StreamPlan

OTHER = "01kbother00000000000000000"

INDEX: dict[str, tuple[str, set[str]]] = {
    "shown as another camera's": (
        f"INSERT INTO streams (camera, stream) VALUES ('{OTHER}', 'main');"
        "UPDATE segments SET stream_id=last_insert_rowid() WHERE start_ns=(SELECT MIN(start_ns) FROM segments)",
        {"index_altered"},
    ),
    "fewer fragments": ("UPDATE segments SET fragments=fragments-1", {"index_altered"}),
    "another offset of the camera's clock": ("UPDATE segments SET clock_offset_ms=60000", {"index_altered"}),
    "a gap that was never planned to be recorded": (
        "UPDATE cameras SET planned_from_ns=(SELECT MAX(start_ns) FROM segments)", {"gap_denied"},
    ),
    "the time line says nothing was recorded": (
        "DELETE FROM spans WHERE start_ns=(SELECT MIN(start_ns) FROM spans WHERE kind='recorded')",
        {"footage_hidden"},
    ),
    "recorded called expired": ("UPDATE spans SET kind='expired' WHERE kind='recorded'", {"footage_hidden"}),
    "a hold released behind the log": ("UPDATE holds SET removed_ns=made_ns", {"hold_gone"}),
    "a hold deleted": ("DELETE FROM holds", {"hold_gone"}),
    "a hold made shorter": ("UPDATE holds SET to_ns=from_ns", {"hold_gone"}),
    "forged footage that claims to be in writing": (
        "CREATE TEMP TABLE f AS SELECT * FROM segments ORDER BY start_ns LIMIT 1;"
        "UPDATE f SET id='01kbforged0000000000000000', sealed=0, digest=NULL, start_ns=start_ns-86400000000000,"
        " end_ns=end_ns-86400000000000; INSERT INTO segments SELECT * FROM f",
        {"segment_unlogged"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INDEX)
def test_an_index_that_says_something_else_than_the_log_is_found(
    name: str, folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    script, expected = INDEX[name]
    with closing(index_of(folder)) as index:
        index.executescript(script)
    report = judge(folder, anchors, clock)
    assert (codes(report), report.exit_code) == (expected, 1)


def test_an_index_made_anew_from_files_and_journal_says_what_the_log_says(
    folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    for path in folder.first_volume.glob("index.sqlite3*"):
        path.unlink()
    store, log = open_engine(folder, clock)
    assert log.checkpoint()
    assert store.close()
    report = judge(folder, anchors, clock)
    assert (report.findings, report.segments) == ([], 5)


def test_pictures_lost_on_the_way_in_the_middle_of_a_segment_are_no_finding(
    folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    store, log = open_engine(folder, clock)
    camera = camera_on(store, clock).connect()
    camera.send(3)
    camera.skip(1.4)
    camera.send(3)
    camera.stop()
    assert store.flush()
    assert store.flush()
    assert log.checkpoint()
    assert store.close()
    with closing(index_of(folder)) as index:
        row = index.execute("SELECT start_ns, end_ns FROM segments ORDER BY start_ns DESC").fetchone()
        spans = index.execute("SELECT COUNT(*) FROM spans WHERE start_ns>=? AND end_ns<=?", row).fetchone()
    assert spans == (2,), "one segment with a hole"
    assert judge(folder, held_now(folder, clock, tmp_path / "held.json"), clock).findings == []


def test_the_list_of_what_was_in_writing_cannot_be_taken_away_with_it(
    folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    """File, index row and list of an unsealed segment all gone: the signed number of open segments still stands."""
    store, log = open_engine(folder, clock)
    camera = camera_on(store, clock).connect()
    camera.send(6)
    assert store.flush()
    assert log.checkpoint()
    held = held_now(folder, clock, tmp_path / "open.json")
    camera.stop()
    assert store.close()
    for path in leaves_file(folder).parent.glob("open/*.json"):
        path.unlink()
    assert codes(judge(folder, held, clock)) == {"open_list_missing"}


# Deletion


def receipt(folder: DataFolder, store: Store, log: EngineLog, at_ns: int, **more: str) -> SealedSegment:
    """The journal line and the leaf of a deletion of the last segment, which no hold covers, and its file gone."""
    leaf = [one for one in map(decode, read_leaves(leaves_file(folder).parent)) if isinstance(one, SealedSegment)][-1]
    store.writers[0].note(
        {"t": "deleted", "segment": leaf.segment, "camera": leaf.camera, "stream": leaf.stream, "path": "segments/x",
         "start_ns": leaf.start_ns, "end_ns": leaf.end_ns, "bytes": leaf.bytes, "digest": leaf.digest,
         "alg": leaf.digest_alg, "at_ns": at_ns, "reason": "retention", **more}
    )  # fmt: skip
    segment_files(folder)[-1].unlink()
    assert store.flush()
    assert store.flush()
    assert log.checkpoint()
    assert store.close()
    return leaf


def test_a_clock_set_forward_for_the_deletion_and_back_again_is_found_by_a_checkpoint_of_the_right_time(
    folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    """The engine is stopped meanwhile and its memory of the time removed, so that it notices no step."""
    later = ManualClock(clock.now_ns() + 40 * DAY_NS, clock.mono_ns())
    store, log = open_engine(folder, later)
    receipt(folder, store, log, later.now_ns())
    store, log = open_engine(folder, clock)  # back again
    assert log.checkpoint()
    assert store.close()
    held = held_now(folder, clock, tmp_path / "held.json")
    clock.advance(400 * DAY_NS)
    report = judge(folder, held, clock)
    assert (codes(report), report.exit_code) == ({"receipt_postdated"}, 1)


@pytest.mark.parametrize(("days", "expected"), [(60, {"deleted_early"}), (92, set())])
def test_what_was_to_be_kept_ninety_days_and_was_deleted_after_sixty_is_found(
    days: int, expected: set[str], folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    store, log = open_engine(folder, clock)
    store.apply_plan(EnginePlan(2, 0, (CameraPlan(CAMERA, CAMERA, True, 90, (StreamPlan("main", ""),)),)))
    assert store.flush()
    assert log.checkpoint()
    clock.advance(days * DAY_NS)
    receipt(folder, store, log, clock.now_ns())
    assert codes(judge(folder, held_now(folder, clock, tmp_path / "held.json"), clock)) == expected


def order_log(folder: DataFolder, *people: str) -> StoredLog:
    """Web's log with a decision that these people entered and confirmed."""
    steps = list(zip(("entered", "confirmed"), people, strict=False))
    leaves = [
        ConfigurationChange(
            at_ns=START_NS, subject=CAMERA, setting="deletion_order", before=None, after=f"01order {state} 9", person=who
        ).encode()
        for state, who in steps
    ]  # fmt: skip
    return StoredLog("web", "web", lambda: leaves, None, None, ())


@pytest.mark.parametrize(
    ("people", "expected"),
    [((), {"order_unknown"}), (("Li", "Li"), {"order_unknown"}), (("Li",), {"order_unknown"}), (("Li", "Wu"), set())],
)
def test_an_order_of_deletion_that_two_people_never_gave_is_found(
    people: tuple[str, ...], expected: set[str], folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    store, log = open_engine(folder, clock)
    receipt(folder, store, log, clock.now_ns(), reason="order 01order: sc799 26 9", person="Li, Wu")
    held = held_now(folder, clock, tmp_path / "held.json")
    report: FolderReport = judge(folder, held, clock, [order_log(folder, *people)])
    assert codes(report) == {"deleted_by_order", *expected}
    assert {one.code for one in report.findings if not one.declared} == expected
