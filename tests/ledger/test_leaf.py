"""Every kind of leaf has one spelling; whatever else comes is refused by name."""

import hashlib
import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.leaves import ALL_KINDS, ANY_LEAF, leaf_of

from mingjian.kernel.canonical import canonical_bytes
from mingjian.kernel.errors import MingjianError
from mingjian.ledger import leaf
from mingjian.ledger.leaf import Leaf

GAP = leaf.Gap(at_ns=5, camera="c", stream="main", start_ns=1, end_ns=2, reason="network", detail=None)
GAP_BYTES = (
    b'{"at_ns":"5","camera":"c","detail":null,"end_ns":"2","kind":"gap","reason":"network",'
    b'"start_ns":"1","stream":"main","v":1}'
)


def refused(data: bytes) -> MingjianError:
    with pytest.raises(MingjianError) as caught:
        leaf.decode(data)
    return caught.value


def test_bytes_and_hash_are_what_the_document_says() -> None:
    assert GAP.encode() == GAP_BYTES
    assert GAP.hash("sha256") == hashlib.sha256(b"\x00" + GAP_BYTES).digest()
    assert leaf.decode(GAP_BYTES) == GAP


def test_all_twelve_kinds_are_there() -> None:
    assert {made.KIND for made in ALL_KINDS} == {
        "segment", "gap", "hold", "hold_release", "deletion", "access", "access_end", "retrieval", "configuration",
        "restore", "other_log", "retention",
    }  # fmt: skip


@pytest.mark.parametrize("made", ALL_KINDS, ids=lambda made: made.KIND)
def test_every_kind_comes_back_as_it_went(made: type[Leaf]) -> None:
    @given(leaf_of(made))
    def comes_back(one: Leaf) -> None:
        data = one.encode()
        assert leaf.decode(data) == one
        assert canonical_bytes(json.loads(data)) == data
        assert set(json.loads(data)) == {"kind", "v"} | {item.name for item in fields(made)}

    comes_back()


@given(ANY_LEAF, ANY_LEAF)
def test_different_leaves_have_different_bytes(one: Leaf, other: Leaf) -> None:
    assert (one.encode() == other.encode()) == (one == other)


@given(ANY_LEAF, st.data())
def test_unknown_missing_and_wrong_fields_are_refused_by_name(one: Leaf, data: st.DataObject) -> None:
    told = json.loads(one.encode())
    assert refused(canonical_bytes(told | {"kind": "rumour"})).code == "leaf_unknown_kind"
    for version in (2, 0, True, "1", None):
        error = refused(canonical_bytes(told | {"v": version}))
        assert (error.code, error.field) == ("leaf_unknown_version", "v")
    error = refused(canonical_bytes(told | {"extra": 1}))
    assert (error.code, error.field) == ("leaf_unknown_field", "extra")
    name = data.draw(st.sampled_from(sorted(set(told) - {"kind", "v"})))
    error = refused(canonical_bytes({key: value for key, value in told.items() if key != name}))
    assert (error.code, error.field) == ("leaf_missing_field", name)
    for wrong in ([], {}, "", "\x00" * 5000):
        error = refused(canonical_bytes(told | {name: wrong}))
        assert (error.code, error.field) == ("leaf_bad_field", name)
        assert name in error.message.en
        assert name in error.message.zh


@given(ANY_LEAF)
def test_other_spellings_of_a_leaf_are_refused(one: Leaf) -> None:
    data = one.encode()
    told = json.loads(data)
    for other in (
        data + b"\n",
        data.replace(b'"kind":', b'"kind": ', 1),
        json.dumps(dict(reversed(told.items())), ensure_ascii=False, separators=(",", ":")).encode(),
        data[:-1] + b',"v":1}',
    ):
        assert refused(other).code == "leaf_not_canonical"


@pytest.mark.parametrize("spelling", ["05", "+5", "-5", "5.0", "", " 5", "٥", str(1 << 63)])
def test_nanoseconds_have_one_spelling(spelling: str) -> None:
    error = refused(canonical_bytes(json.loads(GAP_BYTES) | {"at_ns": spelling}))
    assert (error.code, error.field) == ("leaf_bad_field", "at_ns")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_leaf_or_a_named_error(data: bytes) -> None:
    assert refused(data).code.startswith("leaf_")


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 60_000, b'{"kind":' * 100, b" " * 70_000])
def test_what_is_no_object_is_unreadable(data: bytes) -> None:
    assert refused(data).code == "leaf_unreadable"


def test_a_leaf_that_could_not_be_read_back_cannot_be_made() -> None:
    for wrong in (
        {"at_ns": -1},
        {"at_ns": 1 << 63},
        {"at_ns": True},
        {"camera": ""},
        {"camera": "\ud800"},
        {"detail": 5},
    ):
        values = {one.name: getattr(GAP, one.name) for one in fields(GAP)} | wrong
        with pytest.raises(MingjianError) as caught:
            leaf.Gap(**values)
        assert caught.value.code == "leaf_bad_field"
        assert caught.value.field in wrong
    with pytest.raises(MingjianError, match="end_ns lies before start_ns"):
        leaf.Gap(at_ns=5, camera="c", stream="main", start_ns=3, end_ns=2, reason="network", detail=None)
