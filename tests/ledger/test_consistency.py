"""Stored nodes and proofs against the definitions of RFC 9162 section 2.1, written down naively; all small trees."""

import functools
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.ledger import consistency, merkle

MOST = 130
LEAVES = [merkle.leaf_hash("sha256", [b"leaf %d" % index]) for index in range(MOST)]


@functools.cache
def mth(begin: int, end: int) -> bytes:
    """MTH(D[begin:end]) of section 2.1.1."""
    if begin == end:
        return hashlib.sha256(b"").digest()
    if end - begin == 1:
        return LEAVES[begin]
    split = begin + power_below(end - begin)
    return hashlib.sha256(b"\x01" + mth(begin, split) + mth(split, end)).digest()


def power_below(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def path(index: int, begin: int, end: int) -> list[bytes]:
    """PATH of section 2.1.3.1."""
    if end - begin == 1:
        return []
    split = begin + power_below(end - begin)
    if begin + index < split:
        return [*path(index, begin, split), mth(split, end)]
    return [*path(index - (split - begin), split, end), mth(begin, split)]


def subproof(old: int, begin: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.4.1."""
    if old == end - begin:
        return [] if whole else [mth(begin, end)]
    split = begin + power_below(end - begin)
    if old <= split - begin:
        return [*subproof(old, begin, split, whole), mth(split, end)]
    return [*subproof(old - (split - begin), split, end, False), mth(begin, split)]


class Row:
    """Stored nodes, and how often one was read."""

    def __init__(self, size: int, algorithm: str = "sha256") -> None:
        self.writer = consistency.RowWriter(algorithm)
        self.data = b""
        self.reads = 0
        for leaf in LEAVES[:size]:
            self.data += self.writer.append(leaf)

    def read(self, level: int, index: int) -> bytes:
        self.reads += 1
        at = consistency.position(level, index) * 32
        assert at + 32 <= len(self.data), "a node that is not complete was asked for"
        return self.data[at : at + 32]


def test_every_stored_node_stands_where_it_should() -> None:
    row = Row(0)
    for size in range(MOST + 1):
        assert len(row.data) == 32 * consistency.stored_nodes(size)
        assert row.writer.root() == mth(0, size) == consistency.stored_root("sha256", row.read, size)
        if size < MOST:
            row.data += row.writer.append(LEAVES[size])
    for level in range(8):
        for index in range(MOST >> level):
            assert row.read(level, index) == mth(index << level, (index + 1) << level)


@given(st.integers(0, MOST), st.integers(0, 20))
def test_a_writer_resumes_from_stored_nodes(size: int, more: int) -> None:
    row = Row(size)
    row.writer = consistency.RowWriter.resume("sha256", size, row.read)
    for leaf in LEAVES[size : size + more]:
        row.data += row.writer.append(leaf)
    assert row.data == Row(min(MOST, size + more)).data


def test_every_inclusion_proof_of_every_small_tree_is_the_definitions() -> None:
    row = Row(MOST)
    for size in range(1, MOST + 1):
        for index in range(size):
            row.reads = 0
            proof = consistency.stored_inclusion_proof("sha256", row.read, index, size)
            assert proof == path(index, 0, size)
            assert row.reads <= 2 * size.bit_length()
            assert merkle.verify_inclusion("sha256", LEAVES[index], index, size, proof, mth(0, size))
    with pytest.raises(IndexError, match="leaf 5 of a tree of 5"):
        consistency.stored_inclusion_proof("sha256", row.read, 5, 5)


def test_every_consistency_proof_of_every_pair_is_the_definitions_and_verifies() -> None:
    row = Row(MOST)
    for new in range(MOST + 1):
        for old in range(new + 1):
            row.reads = 0
            proof = consistency.consistency_proof("sha256", row.read, old, new)
            assert proof == (subproof(old, 0, new, True) if old else [])
            assert row.reads <= 3 * new.bit_length()
            assert consistency.verify_consistency("sha256", old, mth(0, old), new, mth(0, new), proof)
    with pytest.raises(IndexError, match="a tree of 6 leaves within one of 5"):
        consistency.consistency_proof("sha256", row.read, 6, 5)


@given(st.integers(0, MOST), st.integers(0, MOST), st.data())
def test_nothing_else_verifies(one: int, other: int, data: st.DataObject) -> None:
    old, new = sorted((one, other))
    proof = consistency.consistency_proof("sha256", Row(new).read, old, new)
    was, now = mth(0, old), mth(0, new)
    wrong = bytes([was[0] ^ 1]) + was[1:]
    check = functools.partial(consistency.verify_consistency, "sha256")
    assert not check(old, wrong, new, now, proof)
    assert not check(old, was, new, now, [*proof, was])
    if old > 0:
        assert not check(old, was, new, wrong, proof)
        assert not check(new + 1, now, new, now, proof)
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        flipped = bytes([proof[at][0] ^ 1]) + proof[at][1:]
        assert not check(old, was, new, now, [*proof[:at], flipped, *proof[at + 1 :]])
        assert not check(old, was, new, now, proof[:at] + proof[at + 1 :])
        # the same proof for another size of the old or new tree
        assert not check(old - 1, mth(0, old - 1), new, now, proof)
    assert not check(-1, was, new, now, proof)


def test_sm3_trees_have_their_own_hashes() -> None:
    row = Row(5, "sm3")
    proof = consistency.consistency_proof("sm3", row.read, 3, 5)
    roots = [consistency.stored_root("sm3", row.read, size) for size in (3, 5)]
    assert consistency.verify_consistency("sm3", 3, roots[0], 5, roots[1], proof)
    assert not consistency.verify_consistency("sha256", 3, roots[0], 5, roots[1], proof)
