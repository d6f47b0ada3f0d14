"""The engine's log: what becomes a leaf and when it is signed, over real segments and through deaths."""

from __future__ import annotations

import hashlib
import itertools
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from tests.ledger.logs import SIGNERS
from tests.media.custody.logging_store import kinds, leaves, open_logged, record, settle
from tests.media.feeding import CAMERA, START_NS, camera_on, make_store, reader_of_store

from mingjian.kernel.clock import NS_PER_S, ManualClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.audit import KeptHashes, audit
from mingjian.ledger.checkpoint import open_checkpoint, open_root
from mingjian.ledger.consistency import verify_consistency
from mingjian.ledger.leaf import SealedSegment
from mingjian.ledger.merkle import leaf_hash, tree_root, verify_inclusion
from mingjian.media.custody import book
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.custody.leaf_store import KeptRow, LeafStore, read_leaves
from mingjian.ports.recording import GapReason


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS, 5 * NS_PER_S)


def last_checkpoint(folder: Path, suite: str = "ed25519"):
    *_, signed = book.checkpoint_notes(folder / "ledger")
    return open_checkpoint(signed, SIGNERS[suite].public)


@pytest.mark.parametrize("suite", ["ed25519", "sm2"])
def test_a_sealed_segment_is_a_leaf_and_is_signed(tmp_path: Path, clock: ManualClock, suite: str) -> None:
    store, log = open_logged(tmp_path, clock, suite)
    record(store, clock)
    assert log.checkpoint()
    assert store.alarms() == ()
    assert kinds(tmp_path) == ["configuration", "configuration", "segment"]
    leaf = leaves(tmp_path)[-1]
    reader = reader_of_store(tmp_path)
    (found,) = reader.segments(CAMERA, "main", 0, 1 << 62)
    reader.close()
    assert isinstance(leaf, SealedSegment)
    assert (leaf.segment, leaf.camera, leaf.stream, leaf.start_ns, leaf.end_ns, leaf.bytes, leaf.digest) == (
        found.id, CAMERA, "main", found.start_ns, found.end_ns, found.bytes, found.digest,
    )  # fmt: skip
    said = last_checkpoint(tmp_path, suite)
    algorithm = "sm3" if suite == "sm2" else "sha256"
    assert said.root == tree_root(algorithm, [leaf_hash(algorithm, (one,)) for one in read_leaves(tmp_path / "ledger")])
    assert (said.size, said.open_count) == (3, 0)
    assert store.close()


def test_running_roots_of_open_segments_are_signed_as_far_as_they_are_synced(
    tmp_path: Path, clock: ManualClock
) -> None:
    store, log = open_logged(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(5)
    settle(store)
    assert log.checkpoint()
    said = last_checkpoint(tmp_path)
    (opened,) = book.read_open_list(tmp_path / "ledger", said) or []
    assert said.open_root == open_root("sha256", [opened])
    (path,) = tmp_path.glob("v0/segments/**/*.mp4")
    data = path.read_bytes()
    kept = [data[at + 32 : at + 64] for at in range(len(data) - 63) if _is_leaf_box(data[at : at + 64])]
    init = leaf_hash("sha256", (data[: data.index(b"prft") - 4],))
    assert opened.leaves > 2
    assert tree_root("sha256", [init, *kept[: opened.leaves - 1]]) == opened.root
    camera.stop()
    assert store.close()
    assert last_checkpoint(tmp_path).open_count == 0


def _is_leaf_box(box: bytes) -> bool:
    return box[:8] == b"\x00\x00\x00\x40uuid" and box[24:28] == b"\x01\x01\x00\x00"


def test_gaps_holds_and_receipts_are_leaves(tmp_path: Path, clock: ManualClock) -> None:
    store, log = open_logged(tmp_path, clock)
    camera = camera_on(store, clock).connect()
    camera.send(4)
    camera.lose(GapReason.UNREACHABLE)
    clock.advance(120 * NS_PER_S)
    camera.connect()
    camera.send(4)
    hold = store.add_hold(CAMERA, None, START_NS, START_NS + 10, "case 7", "Olga")
    store.remove_hold(hold, "closed", "Olga")
    settle(store)
    clock.advance(40 * NS_PER_S)
    assert log.checkpoint()
    found = leaves(tmp_path)
    # told in one leaf, or in two when the log's own thread looked while the gap still lasted; never twice
    gaps = [leaf for leaf in found if leaf.KIND == "gap" and leaf.reason == "unreachable"]
    assert 1 <= len(gaps) <= 2
    assert all(one.end_ns == other.start_ns for one, other in pairwise(gaps))
    assert 115 * NS_PER_S < gaps[-1].end_ns - gaps[0].start_ns < 125 * NS_PER_S
    (held,) = [leaf for leaf in found if leaf.KIND == "hold"]
    (released,) = [leaf for leaf in found if leaf.KIND == "hold_release"]
    assert (held.hold, released.hold, held.person, held.reason) == (hold, hold, "Olga", "case 7")
    camera.stop()
    assert store.close()


def test_a_gap_is_told_once_through_restarts_and_the_time_without_engine_is_one(
    tmp_path: Path, clock: ManualClock
) -> None:
    store, log = open_logged(tmp_path, clock)
    record(store, clock)
    assert store.close()
    clock.advance(600 * NS_PER_S)
    for _ in range(3):
        store, log = open_logged(tmp_path, clock)
        assert store.wait_recovered(30)
        camera = record(store, clock)
        clock.advance(60 * NS_PER_S)
        assert log.checkpoint()
        assert store.close()
    gaps = [leaf for leaf in leaves(tmp_path) if leaf.KIND == "gap"]
    spans = [(gap.start_ns, gap.end_ns) for gap in gaps]
    assert spans == sorted(set(spans))
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    assert any(gap.reason == "engine_down" and gap.end_ns - gap.start_ns > 500 * NS_PER_S for gap in gaps)
    assert camera is not None


def test_each_checkpoint_names_the_one_before_and_continues_it(tmp_path: Path, clock: ManualClock) -> None:
    store, log = open_logged(tmp_path, clock)
    for _ in range(4):
        record(store, clock, 2)
        assert log.checkpoint()
    assert store.close()
    said = [open_checkpoint(one, SIGNERS["ed25519"].public) for one in book.checkpoint_notes(tmp_path / "ledger")]
    assert said[0].previous is None
    row = KeptRow(tmp_path / "ledger")
    from mingjian.ledger.consistency import consistency_proof, stored_inclusion_proof

    for before, after in itertools.pairwise(said):
        assert after.previous == before.hash()
        proof = consistency_proof("sha256", row.node, before.size, after.size)
        assert verify_consistency("sha256", before.size, before.root, after.size, after.root, proof)
    stored = list(read_leaves(tmp_path / "ledger"))
    for index, data in enumerate(stored):
        proof = stored_inclusion_proof("sha256", row.node, index, said[-1].size)
        assert verify_inclusion("sha256", leaf_hash("sha256", (data,)), index, said[-1].size, proof, said[-1].root)
    row.close()


def test_what_was_recorded_before_there_was_a_log_is_taken_in(tmp_path: Path, clock: ManualClock) -> None:
    store = make_store(tmp_path, clock)
    record(store, clock)
    record(store, clock)
    assert store.close()
    began_ns = clock.now_ns()
    store, log = open_logged(tmp_path, clock)
    assert log.checkpoint()
    found = leaves(tmp_path)
    assert (found[0].KIND, found[0].setting) == ("configuration", "begun")
    assert [leaf.KIND for leaf in found].count("segment") == 2
    assert all(leaf.at_ns >= began_ns for leaf in found)
    assert store.close()


def test_a_death_between_leaves_and_state_makes_no_leaf_twice(tmp_path: Path, clock: ManualClock) -> None:
    store, log = open_logged(tmp_path, clock)
    assert log.checkpoint()
    before = (tmp_path / "ledger" / "state.json").read_bytes()
    checkpoints = tmp_path / "ledger" / "checkpoints"
    saved = tmp_path / "checkpoints"
    shutil.copytree(checkpoints, saved)
    record(store, clock)
    record(store, clock)
    assert store.close()
    count = len(leaves(tmp_path))
    (tmp_path / "ledger" / "state.json").write_bytes(before)  # as if the leaves' batch was the last thing done
    shutil.rmtree(checkpoints)
    shutil.move(saved, checkpoints)
    store, log = open_logged(tmp_path, clock)
    assert log.checkpoint()
    assert len(leaves(tmp_path)) == count
    assert store.alarms() == ()
    assert store.close()


@pytest.mark.parametrize("cut", [1, 7, 200])
def test_a_torn_batch_is_cut_and_taken_again(tmp_path: Path, clock: ManualClock, cut: int) -> None:
    store, log = open_logged(tmp_path, clock)
    assert log.checkpoint()
    state = (tmp_path / "ledger" / "state.json").read_bytes()
    shutil.copytree(tmp_path / "ledger" / "checkpoints", tmp_path / "saved")
    record(store, clock)
    assert store.close()
    whole = (tmp_path / "ledger" / "leaves.jl").read_bytes()
    (tmp_path / "ledger" / "leaves.jl").write_bytes(whole[:-cut])
    (tmp_path / "ledger" / "state.json").write_bytes(state)
    shutil.rmtree(tmp_path / "ledger" / "checkpoints")
    shutil.move(tmp_path / "saved", tmp_path / "ledger" / "checkpoints")
    store, log = open_logged(tmp_path, clock)
    assert log.checkpoint()
    assert kinds(tmp_path).count("segment") == 1
    assert store.alarms() == ()
    assert store.close()


def test_leaves_behind_what_was_signed_stop_the_log_and_not_the_recorder(tmp_path: Path, clock: ManualClock) -> None:
    store, log = open_logged(tmp_path, clock)
    record(store, clock)
    assert store.close()
    path = tmp_path / "ledger" / "leaves.jl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    store, log = open_logged(tmp_path, clock)
    record(store, clock)
    assert log.checkpoint()
    assert [one["code"] for one in store.alarms()] == ["ledger_contradicts"]
    assert path.read_bytes() == b"".join(lines[:-1])  # untouched: evidence
    reader = reader_of_store(tmp_path)
    assert len(reader.segments(CAMERA, "main", 0, 1 << 62)) == 2
    reader.close()
    assert store.close()


def test_zeros_in_the_row_are_mended_from_the_leaves(tmp_path: Path, clock: ManualClock) -> None:
    store, _ = open_logged(tmp_path, clock)
    record(store, clock)
    assert store.close()
    row = tmp_path / "ledger" / "row"
    whole = row.read_bytes()
    row.write_bytes(bytes(len(whole)))
    store, log = open_logged(tmp_path, clock)
    assert log.checkpoint()
    assert store.alarms() == ()
    assert store.close()
    assert row.read_bytes()[: len(whole)] == whole


def test_a_key_that_must_not_be_used_is_an_alarm_and_leaves_go_on(tmp_path: Path, clock: ManualClock) -> None:
    def refuse():
        raise MingjianError("key_permissions", Text(zh="x", en="x"), fault=Fault.ENVIRONMENT)

    allowed: list[bool] = []
    log = EngineLog(
        tmp_path / "ledger", "o", "sha256", clock, lambda: SIGNERS["ed25519"] if allowed else refuse(), gaps_every_ns=1
    )
    store = make_store(tmp_path, clock, log=log)
    record(store, clock)
    assert log.checkpoint()
    assert [one["code"] for one in store.alarms()] == ["ledger_unsigned"]
    assert kinds(tmp_path).count("segment") == 1
    assert list(book.checkpoint_notes(tmp_path / "ledger")) == []
    allowed.append(True)
    assert log.checkpoint()
    assert store.alarms() == ()
    assert log.status().signed == log.status().size == 2
    assert store.close()


def test_the_audit_finds_the_leaf_that_was_changed_with_row_and_all(tmp_path: Path, clock: ManualClock) -> None:
    store, _log = open_logged(tmp_path, clock)
    for _ in range(3):
        record(store, clock, 2)
    assert store.close()
    anchor = last_checkpoint(tmp_path)
    path = tmp_path / "ledger" / "leaves.jl"
    path.write_bytes(
        path.read_bytes().replace(b'"recomputed":false', b'"recomputed":true ', 1).replace(b"true ", b"true")
    )
    row = KeptRow(tmp_path / "ledger")
    report = audit(read_leaves(tmp_path / "ledger"), [anchor], clock.now_ns(), kept=KeptHashes(row.size, row.leaf))
    row.close()
    (finding,) = report.findings
    assert (finding.change.value, finding.first, finding.exact) == ("altered", 2, True)


def test_two_never_write_at_once(tmp_path: Path) -> None:
    store = LeafStore(tmp_path, "sha256")
    with pytest.raises(MingjianError) as caught:
        LeafStore(tmp_path, "sha256")
    assert caught.value.code == "ledger_in_use"
    store.close()


def test_stored_leaves_come_back_by_index(tmp_path: Path) -> None:
    store = LeafStore(tmp_path, "sha256")
    told = [hashlib.sha256(b"%d" % index).hexdigest().encode() * (index % 3 + 1) for index in range(37)]
    for begin in range(0, 37, 5):
        store.append(told[begin : begin + 5])
    root = store.root()
    assert [store.leaf(index) for index in range(37)] == told
    store.close()
    store = LeafStore(tmp_path, "sha256")
    assert (store.size, store.root()) == (37, root)
    store.close()


def test_a_log_that_runs_signs_by_itself(tmp_path: Path) -> None:
    from mingjian.kernel.clock import SystemClock

    clock = SystemClock()
    log = EngineLog(tmp_path / "ledger", "o", "sha256", clock, lambda: SIGNERS["ed25519"], every_ns=NS_PER_S // 20)
    log.start()
    assert log.checkpoint()
    first = log.status().checkpoint_ns
    deadline = clock.mono_ns() + 10 * NS_PER_S
    while log.status().checkpoint_ns == first and clock.mono_ns() < deadline:
        pass
    assert log.status().checkpoint_ns != first
    assert log.close()
