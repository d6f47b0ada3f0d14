"""Reading web's log: leaves, stored nodes, proofs, checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mingjian.ledger.consistency import stored_inclusion_proof
from mingjian.ledger.merkle import HASH_BYTES
from mingjian.web.ledger.models import LedgerCheckpoint, LedgerLeaf, PendingLeaf

_STEP = 1000


@dataclass(frozen=True, slots=True)
class Proof:
    """That leaf `index` is in the tree of the checkpoint `note` (of `size` leaves); hashes from the leaf upward."""

    index: int
    size: int
    leaf: bytes
    path: list[bytes]
    note: str


def size() -> int:
    """Leaves in the tree."""
    last = LedgerLeaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def has_pending() -> bool:
    """Whether leaves wait for their places."""
    return PendingLeaf.objects.exists()


def leaves() -> Iterator[bytes]:
    """All leaves of the tree in order; a hole ends it, as a missing line would: what follows stands elsewhere."""
    begin = -1
    while rows := list(
        LedgerLeaf.objects.filter(index__gt=begin).order_by("index").values_list("index", "data")[:_STEP]
    ):
        for _, data in rows:
            yield bytes(data)
        begin = rows[-1][0]


def read_node(level: int, index: int) -> bytes:
    """A stored node: the last leaf below it has its hash. Raises KeyError when that row is gone."""
    last = ((index + 1) << level) - 1
    row = LedgerLeaf.objects.filter(pk=last).values_list("nodes", flat=True).first()
    if row is None:
        raise KeyError(f"leaf {last}")
    return bytes(row)[level * HASH_BYTES : (level + 1) * HASH_BYTES]


def kept_hash(index: int) -> bytes:
    """The hash kept for a leaf; zeros when its row is gone (for audits, which prove it before they believe it)."""
    try:
        return read_node(0, index)
    except KeyError:
        return bytes(HASH_BYTES)


def last_checkpoint() -> LedgerCheckpoint | None:
    """The newest one."""
    return LedgerCheckpoint.objects.order_by("-id").first()


def last_note() -> str | None:
    """The newest signed checkpoint."""
    last = last_checkpoint()
    return None if last is None else last.note


def proof_of(name: str) -> Proof | None:
    """The proof of a leaf by the name that `append_leaf` gave; None before a checkpoint covers it."""
    leaf = LedgerLeaf.objects.filter(name=name).order_by("index").first()
    last = last_checkpoint()
    if leaf is None or last is None or leaf.index >= last.size:
        return None
    path = stored_inclusion_proof(last.algorithm, read_node, leaf.index, last.size)
    return Proof(leaf.index, last.size, bytes(leaf.data), path, last.note)
