"""The manifest of an evidence package from its order and what was found in the store. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mingjian.media.export.origin import Leaves, Origin
from mingjian.ports.evidence import ClipOrder, DerivedMedia, LedgerWord, PackageOrder
from mingjian.ports.recording import Span, SpanKind
from mingjian.verify.package_footage import TOLERANCE_NS


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as the manifest lists it; `digest` None for original media."""

    name: str
    bytes: int
    crc32: int
    digest: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class PlannedClip:
    """A clip, the originals with the members that hold them, and derived media with theirs."""

    order: ClipOrder
    parts: tuple[tuple[str, Origin], ...]
    derived: tuple[tuple[str, Origin, DerivedMedia], ...]
    spans: tuple[Span, ...]


def manifest_of(
    order: PackageOrder, clips: Sequence[PlannedClip], members: Sequence[MemberRow], key: str
) -> dict[str, Any]:
    """The manifest as a JSON value; docs/design/evidence.md section 3."""
    subject = order.subject
    leaves = Leaves(order.ledger.leaves)
    return {
        "format": "mingjian-evidence",
        "v": 1,
        "package": order.package,
        "created_ns": str(order.created_ns),
        "digest_alg": order.digest_alg,
        "seal_key": key,
        "subject": {
            "retrieval": subject.retrieval, "purpose": subject.purpose, "basis": subject.basis,
            "requester": subject.requester, "recipient": subject.recipient, "holder": subject.holder,
        },
        "custody": [
            {"at_ns": str(s.at_ns), "act": s.act, "person": s.person, "unit": s.unit, "detail": s.detail, "leaf": s.leaf}
            for s in order.custody
        ],
        "approvals": [
            {"title": a.title, "person": a.person, "post": a.post, "at_ns": str(a.at_ns), "member": a.member, "leaf": a.leaf}
            for a in order.approvals
        ],
        "members": listed_members(members),
        "ledger": _ledger(order.ledger),
        "clips": [_clip(clip, leaves) for clip in clips],
    }  # fmt: skip


def listed_members(members: Sequence[MemberRow]) -> list[dict[str, Any]]:
    """The rows of `members`."""
    return [
        {"name": m.name, "bytes": m.bytes, "crc32": f"{m.crc32:08x}", "digest": m.digest, "title": m.title}
        for m in members
    ]


def _ledger(word: LedgerWord) -> dict[str, Any]:
    return {
        "key": word.key,
        "checkpoint": word.checkpoint,
        "later": [{"checkpoint": one.checkpoint, "proof": [h.hex() for h in one.proof]} for one in word.later],
        "leaves": [
            {"index": one.index, "leaf": one.data.decode(), "proof": [h.hex() for h in one.proof]}
            for one in word.leaves
        ],
    }


def _clip(clip: PlannedClip, leaves: Leaves) -> dict[str, Any]:
    order = clip.order
    gaps = leaves.gaps_of(order.camera, order.stream, order.from_ns, order.to_ns)
    shown = [(origin.starts_ns[0], origin.end_ns) for _, origin in clip.parts]
    shown += [(origin.starts_ns[0], origin.end_ns) for _, origin, _ in clip.derived]
    declared = _declared(order, [*shown, *((start, end) for _, start, end in gaps)], clip.spans)
    return {
        "camera": order.camera,
        "name": order.name,
        "stream": order.stream,
        "from_ns": str(order.from_ns),
        "to_ns": str(order.to_ns),
        "masked": order.masked,
        "clock": {
            "offset_ms": order.clock.offset_ms,
            "checked_ns": None if order.clock.checked_ns is None else str(order.clock.checked_ns),
            "zh": order.clock.statement.zh,
            "en": order.clock.statement.en,
        },
        "parts": [_part(name, origin) for name, origin in clip.parts],
        "derived": [_derived(name, origin, made) for name, origin, made in clip.derived],
        "gaps": [number for number, _, _ in gaps],
        "declared": declared,
    }


def _span(origin: Origin) -> dict[str, Any]:
    return {
        "leaf": origin.leaf,
        "first": origin.refs[0].index,
        "start_ns": str(origin.starts_ns[0]),
        "end_ns": str(origin.end_ns),
        "hashes": [one.hex() for one in origin.hashes],
    }


def _part(name: str, origin: Origin) -> dict[str, Any]:
    rows = zip(origin.refs, origin.starts_ns, strict=True)
    return {
        **_span(origin),
        "member": name,
        "init_bytes": origin.record.init_bytes,
        "fragments": [{"bytes": r.size, "start_ns": str(start), "key": r.keyframe} for r, start in rows],
    }


def _derived(name: str, origin: Origin, made: DerivedMedia) -> dict[str, Any]:
    return {
        **_span(origin),
        "member": name,
        "kind": made.kind,
        "count": len(origin.refs),
        "parameters": made.parameters,
        "made_by": made.made_by,
        "made_ns": str(made.made_ns),
    }


def _declared(order: ClipOrder, shown: list[tuple[int, int]], spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The stretches with neither footage nor a proved gap, with what the store says of them."""
    rows: list[dict[str, Any]] = []
    reached = order.from_ns
    for start, end in sorted([*shown, (order.to_ns, order.to_ns)]):
        if start - reached > TOLERANCE_NS:
            rows += _explained(reached, start, spans)
        reached = max(reached, min(end, order.to_ns))
    return rows


def _explained(start_ns: int, end_ns: int, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """[start, end) cut where the store's reasons change, without hole."""
    rows: list[dict[str, Any]] = []
    at = start_ns
    for span in spans:
        until = min(span.end_ns, end_ns)
        if until <= at or span.start_ns >= end_ns:
            continue
        rows.append({"start_ns": str(at), "end_ns": str(until), "reason": _reason(span)})
        at = until
    if at < end_ns:
        rows.append({"start_ns": str(at), "end_ns": str(end_ns), "reason": "not_told"})
    return rows


def _reason(span: Span) -> str:
    if span.kind in (SpanKind.RECORDED, SpanKind.BACKFILLED):
        return "left_out"
    return span.kind.value if span.reason is None else span.reason.value
