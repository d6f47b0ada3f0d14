"""What the engine's log says of footage, gathered in one pass over its leaves; numbers are leaf indexes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from mingjian.app.ledger_findings import FolderFinding
from mingjian.kernel.text import Text
from mingjian.ledger.audit_report import read_leaf
from mingjian.ledger.leaf import ConfigurationChange, Deletion, Gap, Hold, HoldRelease, SealedSegment


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt of deletion, and the days that its camera was to be kept when it was written (None: never said)."""

    index: int
    leaf: Deletion
    keep_days: int | None


@dataclass(slots=True)
class Told:
    """By segment or hold. `last_ns` is the newest time that a leaf has, `restored` whether a restore was declared."""

    segments: dict[str, tuple[int, SealedSegment]] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    gaps: list[tuple[int, Gap]] = field(default_factory=list)
    holds: dict[str, tuple[int, Hold]] = field(default_factory=dict)
    released_ns: dict[str, int] = field(default_factory=dict)
    last_ns: int = 0
    restored: bool = False


def read_told(leaves: Iterable[bytes]) -> Told:
    """Everything that leaves say of footage; one that cannot be read says nothing."""
    told = Told()
    keep_days: dict[str, int] = {}
    for index, data in enumerate(leaves):
        leaf = read_leaf(data)
        if leaf is None:
            continue
        told.last_ns = max(told.last_ns, leaf.at_ns)
        if isinstance(leaf, SealedSegment):
            told.segments[leaf.segment] = index, leaf
        elif isinstance(leaf, Deletion):
            told.receipts[leaf.segment] = Receipt(index, leaf, keep_days.get(leaf.camera))
        elif isinstance(leaf, Gap):
            told.gaps.append((index, leaf))
        elif isinstance(leaf, Hold):
            told.holds[leaf.hold] = index, leaf
        elif isinstance(leaf, HoldRelease):
            told.released_ns[leaf.hold] = leaf.at_ns
        elif isinstance(leaf, ConfigurationChange) and leaf.setting == "keeping":
            keep_days[leaf.subject] = _keep_days(leaf.after)
        elif leaf.KIND == "restore":
            told.restored = True
    return told


def _keep_days(after: str | None) -> int:
    try:
        return int(json.loads(after or "")["keep_days"])
    except (ValueError, KeyError, TypeError):
        return 0


def finding_of(
    leaf: SealedSegment | Deletion, index: int, code: str, text: Text, path: str | None = None
) -> FolderFinding:
    """A finding that rests on a leaf of a segment."""
    return FolderFinding(
        code, text, "engine", index, None, leaf.KIND, leaf.camera, leaf.segment, path, start_ns=leaf.start_ns
    )
