"""Leaves altered, removed, inserted and moved by somebody with every right on the machine: found, and named."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.logs import ORIGIN, START_NS

from mingjian.ledger import audit, consistency
from mingjian.ledger.audit import KeptHashes
from mingjian.ledger.audit_report import KIND_NAMES, AuditReport, Change
from mingjian.ledger.checkpoint import Checkpoint, open_root
from mingjian.ledger.leaf import KINDS, Gap, HoldRelease
from mingjian.ledger.merkle import leaf_hash, tree_root

MOST = 200
S = 1_000_000_000


def leaf(index: int, salt: str = "main") -> bytes:
    return Gap(
        at_ns=START_NS + index, camera=f"cam{index % 3}", stream=salt, start_ns=index, end_ns=index + 1, reason="network",
        detail=None,
    ).encode()  # fmt: skip


LEAVES = [leaf(index) for index in range(MOST)]
HASHES = [leaf_hash("sha256", (data,)) for data in LEAVES]
KEPT = KeptHashes(MOST, HASHES.__getitem__)


def said(leaves: Sequence[bytes], size: int | None = None, algorithm: str = "sha256") -> Checkpoint:
    size = len(leaves) if size is None else size
    root = tree_root(algorithm, [leaf_hash(algorithm, (data,)) for data in leaves[:size]])
    return Checkpoint(ORIGIN, size, root, algorithm, START_NS + size * S, None, 0, open_root(algorithm, []))


def judge(leaves: Sequence[bytes], *sizes: int, kept: KeptHashes | None = KEPT) -> AuditReport:
    return audit.audit(iter(leaves), [said(LEAVES, size) for size in sizes], START_NS + 500 * S, kept=kept)


@given(st.integers(0, MOST), st.integers(0, MOST), st.booleans())
def test_what_is_as_it_was_is_intact(stored: int, anchored: int, keep: bool) -> None:
    size = min(stored, anchored)
    kept = KeptHashes(stored, HASHES.__getitem__) if keep else None
    anchors = [said(LEAVES, size)]
    report = audit.audit(LEAVES[:stored], anchors, START_NS + 500 * S, said(LEAVES, stored), kept)
    assert report.intact
    assert (report.stored, report.covered) == (stored, size)
    assert report.exposure == audit.Exposure(size, stored - size, (500 - size) * S)


def attack(draw: random.Random, upto: int) -> tuple[Change, int, list[bytes]]:
    """One change in the first `upto` leaves: its kind, the first wrong place, the leaves afterwards."""
    change = draw.choice([Change.ALTERED, Change.MISSING, Change.INSERTED, Change.REORDERED])
    leaves = list(LEAVES)
    at = draw.randrange(upto)
    if change is Change.ALTERED:
        leaves[at] = leaf(at, salt="sub")
    elif change is Change.MISSING:
        del leaves[at : at + draw.randint(1, 5)]
    elif change is Change.INSERTED:
        leaves[at:at] = [leaf(1000 + extra) for extra in range(draw.randint(1, 5))]
    else:
        at = draw.randrange(upto - 1)
        other = draw.randrange(at + 1, upto)
        leaves[at], leaves[other] = leaves[other], leaves[at]
    return change, at, leaves


@given(st.randoms(use_true_random=False), st.integers(2, MOST))
def test_the_first_wrong_leaf_is_named(draw: random.Random, anchored: int) -> None:
    change, at, leaves = attack(draw, anchored)
    report = judge(leaves, anchored)
    (found,) = report.findings
    assert (found.first, found.exact) == (at, True)
    assert found.change is change
    assert str(at) in found.text.zh
    assert str(at) in found.text.en


@given(st.randoms(use_true_random=False), st.integers(2, MOST), st.integers(1, MOST - 1))
def test_without_kept_hashes_the_range_between_anchors_is_named(draw: random.Random, last: int, first: int) -> None:
    _, at, leaves = attack(draw, last)
    report = judge(leaves, *sorted({min(first, last), last}), kept=None)
    (found,) = report.findings
    assert not found.exact
    assert found.first <= at < found.end
    assert (found.first, found.end) in {(0, min(first, last)), (min(first, last), last), (0, last)}


@given(st.randoms(use_true_random=False), st.integers(2, MOST))
def test_root_who_rewrites_hashes_and_signs_anew_is_found_as_well(draw: random.Random, anchored: int) -> None:
    _, at, leaves = attack(draw, anchored)
    hashes = [leaf_hash("sha256", (data,)) for data in leaves]
    forged = KeptHashes(len(hashes), hashes.__getitem__)
    anchors = [said(LEAVES, anchored)]
    report = audit.audit(leaves, anchors, START_NS + 500 * S, said(leaves), forged)
    assert not report.intact
    found = report.findings[0]
    assert not found.exact
    assert found.first <= at < found.end


@given(st.integers(1, MOST), st.integers(0, MOST - 1))
def test_a_log_cut_off_is_found(anchored: int, left: int) -> None:
    for kept in (KEPT, None):
        report = judge(LEAVES[:left], anchored, kept=kept)
        assert report.intact == (left >= anchored)
        if left < anchored:
            (found,) = report.findings
            assert found.change is Change.MISSING
            assert found.end == anchored
            assert found.first == (left if kept else 0)


def test_what_is_behind_the_anchor_is_exposure_and_no_finding() -> None:
    leaves = [*LEAVES[:150], leaf(7, salt="sub"), *LEAVES[151:]]
    report = judge(leaves, 100)
    assert report.intact
    assert report.exposure.first == 100
    assert report.exposure.text.zh == "最近 400 秒内的 100 条记录尚无外部凭据"
    assert report.exposure.text.en == "nothing held outside covers the 100 leaves of the last 400 s yet"
    assert audit.audit(leaves, [], 5).exposure.text.zh == "没有外部检查点，全部 200 条记录均无外部凭据"
    # the log's own word is no proof, but it may not contradict itself
    report = audit.audit(leaves, [said(LEAVES, 100)], START_NS, said(LEAVES), None)
    (found,) = report.findings
    assert (found.change, found.first, found.end) == (Change.DIFFERS, 100, 200)


def test_yesterdays_database_put_back_is_named() -> None:
    report = audit.audit(LEAVES[:120], [said(LEAVES, 150)], START_NS, said(LEAVES, 120), KEPT)
    assert [found.change for found in report.findings] == [Change.MISSING, Change.ROLLED_BACK]
    assert "曾签到 150 条，现在只签到 120 条" in report.findings[1].text.zh


def test_sentences_name_kind_and_camera() -> None:
    leaves = list(LEAVES)
    leaves[4] = leaf(4, salt="sub")
    (found,) = judge(leaves, MOST).findings
    assert found.text.zh == "第 4 条记录（缺口，摄像机 cam1）被改动"
    assert found.text.en == "leaf 4 (gap, camera cam1) was altered"
    assert isinstance(found.leaf, Gap)
    leaves[4] = HoldRelease(at_ns=1, hold="h", person="p", reason="r").encode()
    assert judge(leaves, MOST).findings[0].text.en == "leaf 4 (release of a hold) was altered"
    leaves[4] = b"\xff"
    assert judge(leaves, MOST).findings[0].text.en == "leaf 4 was altered"
    del leaves[4:7]
    assert judge(leaves, MOST).findings[0].text.zh == "自第 4 条记录起缺失 3 条"
    leaves = [*LEAVES[:4], LEAVES[9], *LEAVES[4:9], *LEAVES[10:]]
    assert judge(leaves, MOST).findings[0].text.en == "leaf 4 (gap, camera cam0) was moved: it was leaf 9"
    leaves = [*LEAVES[:4], LEAVES[9], *LEAVES[4:]]  # a copy of a true leaf is an insertion as well
    assert judge(leaves, MOST).findings[0].text.zh == "第 4 条记录（缺口，摄像机 cam0）是后来插入的"


def test_every_kind_has_its_name() -> None:
    assert set(KIND_NAMES) == set(KINDS)


def test_kept_hashes_of_stored_nodes_serve() -> None:
    writer = consistency.RowWriter()
    row = b"".join(writer.append(one) for one in HASHES)
    kept = KeptHashes(MOST, lambda index: row[32 * consistency.position(0, index) :][:32])
    leaves = [*LEAVES[:77], *LEAVES[78:]]
    (found,) = judge(leaves, 90, 160, kept=kept).findings
    assert (found.change, found.first) == (Change.MISSING, 77)


def test_anchors_of_two_logs_are_refused() -> None:
    with pytest.raises(ValueError, match="several logs"):
        audit.audit(LEAVES, [said(LEAVES), said(LEAVES, algorithm="sm3")], 0)
