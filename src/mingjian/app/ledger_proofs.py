"""Retention certificates against the leaves that name them: one that is gone or was altered is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mingjian.app.ledger_findings import FolderFinding
from mingjian.kernel.text import Text
from mingjian.ledger.audit_report import read_leaf
from mingjian.ledger.leaf import RetentionProved
from mingjian.ports.retention import digests_of


def missing_proofs(leaves: Iterable[bytes], folder: Path) -> Iterator[FolderFinding]:
    """A finding for each leaf whose certificate the folder does not hold byte for byte."""
    kept: dict[str, set[str]] = {}
    for index, data in enumerate(leaves):
        if b'"kind":"retention"' not in data:
            continue
        leaf = read_leaf(data)
        if not isinstance(leaf, RetentionProved):
            continue
        if leaf.day not in kept:
            kept = {leaf.day: digests_of(folder, leaf.day)}  # leaves come day by day
        if leaf.certificate in kept[leaf.day]:
            continue
        text = Text(
            zh=f"摄像机 {leaf.camera} 截至 {leaf.day} 的留存证明书已丢失或被改动",
            en=f"the retention certificate of {leaf.camera} up to {leaf.day} is gone or was altered",
        )
        yield FolderFinding("proof_missing", text, "engine", index, None, leaf.KIND, leaf.camera)
