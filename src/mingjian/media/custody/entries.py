"""Journal lines become leaves. A journal is synced before its lines come here, so that no leaf says too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from mingjian.kernel.canonical import canonical_bytes
from mingjian.ledger.leaf import (
    ConfigurationChange,
    Deletion,
    Hold,
    HoldRelease,
    Leaf,
    RetentionProved,
    SealedSegment,
)
from mingjian.ledger.retention import RetentionCertificate

SYSTEM = "system"
"""The person of what nobody in particular did."""


@dataclass(slots=True)
class Known:
    """What the log has said already of facts that journals repeat: each volume has its holds, each start its cameras."""

    holds: set[str] = field(default_factory=set)
    releases: set[str] = field(default_factory=set)
    cameras: dict[str, str] = field(default_factory=dict)

    def take(self, leaf: Leaf) -> None:
        """Remember what a leaf says."""
        if isinstance(leaf, Hold):
            self.holds.add(leaf.hold)
        elif isinstance(leaf, HoldRelease):
            self.releases.add(leaf.hold)
        elif isinstance(leaf, ConfigurationChange) and leaf.setting == "keeping":
            self.cameras[leaf.subject] = leaf.after or ""


def identity(leaf: Leaf) -> tuple[str, ...]:
    """By what a leaf is known again when its journal line is read a second time after a death."""
    if isinstance(leaf, SealedSegment | Deletion):
        return leaf.KIND, leaf.segment
    if isinstance(leaf, Hold | HoldRelease):
        return leaf.KIND, leaf.hold
    if isinstance(leaf, ConfigurationChange):
        return leaf.KIND, leaf.subject, leaf.setting, leaf.after or ""
    if isinstance(leaf, RetentionProved):
        return leaf.KIND, leaf.certificate
    return leaf.KIND, leaf.encode().decode()


def proof_leaf(certificate: RetentionCertificate, now_ns: int) -> RetentionProved:
    """The leaf of a certificate."""
    return RetentionProved(
        at_ns=now_ns, camera=certificate.camera, day=certificate.day, start_ns=certificate.from_ns,
        end_ns=certificate.to_ns, certificate=certificate.digest(),
    )  # fmt: skip


def leaf_of(entry: Mapping[str, Any], known: Known, now_ns: int) -> Leaf | None:
    """The leaf of a journal line, None for a line that says nothing new or nothing of custody.

    Raises MingjianError `leaf_bad_field`, KeyError, ValueError for a line that is not what we write.
    """
    make = _MAKERS.get(entry["t"])
    return None if make is None else make(entry, known, now_ns)


def _sealed(entry: Mapping[str, Any], known: Known, now_ns: int) -> Leaf:
    _, camera, stream, _, name = PurePosixPath(entry["path"]).parts
    return SealedSegment(
        at_ns=now_ns, segment=entry["segment"], camera=camera, stream=stream, start_ns=int(name.split("-")[0]),
        end_ns=entry["end_ns"], bytes=entry["bytes"], fragments=entry["fragments"], digest=entry["digest"],
        digest_alg=entry["alg"], clock_offset_ms=entry["offset_ms"], recomputed=entry["recomputed"],
    )  # fmt: skip


def _deleted(entry: Mapping[str, Any], known: Known, now_ns: int) -> Leaf:
    return Deletion(
        at_ns=now_ns, segment=entry["segment"], camera=entry["camera"], stream=entry["stream"],
        start_ns=entry["start_ns"], end_ns=entry["end_ns"], bytes=entry["bytes"], digest=entry["digest"],
        digest_alg=entry["alg"], ground=entry["reason"], person=entry.get("person"),
    )  # fmt: skip


def _hold(entry: Mapping[str, Any], known: Known, now_ns: int) -> Leaf | None:
    if entry["id"] in known.holds:
        return None
    return Hold(
        at_ns=now_ns, hold=entry["id"], camera=entry["camera"], start_ns=entry["from_ns"], end_ns=entry["to_ns"],
        person=entry["person"] or SYSTEM, reason=entry["reason"] or "-",
    )  # fmt: skip


def _release(entry: Mapping[str, Any], known: Known, now_ns: int) -> Leaf | None:
    if entry["id"] in known.releases:
        return None
    return HoldRelease(at_ns=now_ns, hold=entry["id"], person=entry["person"] or SYSTEM, reason=entry["reason"] or "-")


def _keeping(entry: Mapping[str, Any], known: Known, now_ns: int) -> Leaf | None:
    removed = entry["removed_ns"]
    told = {"keep_days": entry["keep_days"], "removed_ns": None if removed is None else str(removed)}
    after, before = canonical_bytes(told).decode(), known.cameras.get(entry["camera"])
    if after == before:
        return None
    return ConfigurationChange(
        at_ns=now_ns, subject=entry["camera"], setting="keeping", before=before, after=after, person=SYSTEM
    )


def _life(entry: Mapping[str, Any], known: Known, now_ns: int) -> Leaf | None:
    if not entry["note"]:
        return None
    after = f"{entry['note']} ({entry['life']})"
    return ConfigurationChange(
        at_ns=now_ns, subject="clock", setting="stepped", before=None, after=after, person=SYSTEM
    )


def _confirmed(entry: Mapping[str, Any], known: Known, now_ns: int) -> Leaf:
    after = f"{entry['reason']} ({entry['at_ns']})"
    return ConfigurationChange(
        at_ns=now_ns, subject="clock", setting="confirmed", before=None, after=after, person=entry["person"] or SYSTEM
    )


_MAKERS = {
    "seal": _sealed,
    "deleted": _deleted,
    "hold": _hold,
    "unhold": _release,
    "camera": _keeping,
    "life": _life,
    "confirm_time": _confirmed,
}
