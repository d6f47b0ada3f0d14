"""Receipts and holds of the engine's log: was anything deleted that had to stay, and does each hold still hold?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from mingjian.app.ledger_findings import FolderFinding
from mingjian.app.ledger_told import Receipt, Told, finding_of
from mingjian.kernel.clock import DAY_NS, NS_PER_S
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.ledger.audit_report import read_leaf
from mingjian.ledger.checkpoint import Checkpoint
from mingjian.ledger.leaf import ConfigurationChange, Deletion
from mingjian.media.store.retention import FLOOR_DAYS
from mingjian.media.store.retention import Hold as StoredHold

_SLEW_NS = 60 * NS_PER_S
_ORDER = re.compile(r"order ([0-9a-z]+):")

Orders = Mapping[str, frozenset[str]]
"""Of each order of deletion that web's log has as confirmed: the people who entered and confirmed it."""


def orders_told(leaves: Iterable[bytes]) -> Orders:
    """The orders of web's log that were confirmed."""
    people: dict[str, set[str]] = {}
    confirmed: set[str] = set()
    for data in leaves:
        leaf = read_leaf(data) if b'"deletion_order"' in data else None
        if isinstance(leaf, ConfigurationChange) and leaf.setting == "deletion_order":
            order, state, *_ = [*(leaf.after or "").split(" "), "", ""]
            if state in ("entered", "confirmed"):
                people.setdefault(order, set()).add(leaf.person)
            if state == "confirmed":
                confirmed.add(order)
    return {order: frozenset(people[order]) for order in confirmed}


def judge_receipts(
    told: Told, checkpoints: Sequence[Checkpoint], orders: Orders | None, *, demo: bool
) -> Iterator[FolderFinding]:
    """Every receipt. `orders` is None when web's log could not be asked; in a demo folder no window is kept."""
    for receipt in told.receipts.values():
        leaf = receipt.leaf
        if leaf.ground.startswith("order ") and leaf.person is not None:
            yield from _ordered(receipt, orders)
        elif not demo:
            yield from _early(receipt, checkpoints)
        yield from _under_holds(receipt.index, leaf, told)


def _ordered(receipt: Receipt, orders: Orders | None) -> Iterator[FolderFinding]:
    leaf = receipt.leaf
    text = Text(
        zh=f"录像段 {leaf.segment} 依公安机关决定删除：{leaf.ground}（{leaf.person}）",
        en=f"the segment {leaf.segment} was deleted by {leaf.ground} ({leaf.person})",
    )
    yield replace(finding_of(leaf, receipt.index, "deleted_by_order", text), declared=True)
    named = _ORDER.match(leaf.ground)
    if orders is not None and len(orders.get(named.group(1) if named else "", ())) < 2:
        text = Text(
            zh=f"录像段 {leaf.segment} 的删除回执所称决定，业务账本中没有经两人录入确认的记录：{leaf.ground}",
            en=f"web's log has no decision, entered and confirmed by two people, for the deletion of the segment "
            f"{leaf.segment}: {leaf.ground}",
        )
        yield finding_of(leaf, receipt.index, "order_unknown", text)


def _early(receipt: Receipt, checkpoints: Sequence[Checkpoint]) -> Iterator[FolderFinding]:
    """Inside the window by the receipt's own time, or by that of a checkpoint which covers it already."""
    leaf = receipt.leaf
    days = max(FLOOR_DAYS, receipt.keep_days or 0)
    due_ns = leaf.end_ns + days * DAY_NS
    if leaf.at_ns < due_ns:
        text = Text(
            zh=f"录像段 {leaf.segment} 未满 {days} 天即被删除",
            en=f"the segment {leaf.segment} was deleted before {days} days were over",
        )
        yield finding_of(leaf, receipt.index, "deleted_early", text)
        return
    # A checkpoint from before the footage is of a clock that stood in the past: it proves nothing
    covering = [one.time_ns for one in checkpoints if receipt.index < one.size and one.time_ns >= leaf.end_ns]
    signed_ns = min(covering, default=due_ns)
    if signed_ns < due_ns - _SLEW_NS:
        text = Text(
            zh=f"录像段 {leaf.segment} 的删除回执写的是 {format_iso_ns(leaf.at_ns)}，"
            f"但 {format_iso_ns(signed_ns)} 的检查点已含此回执：未满 {days} 天即被删除",
            en=f"the receipt of the segment {leaf.segment} says {format_iso_ns(leaf.at_ns)}, but the checkpoint of "
            f"{format_iso_ns(signed_ns)} covers it already: it was deleted before {days} days were over",
        )
        yield finding_of(leaf, receipt.index, "receipt_postdated", text)


def _under_holds(index: int, receipt: Deletion, told: Told) -> Iterator[FolderFinding]:
    for _, hold in told.holds.values():
        free_ns = told.released_ns.get(hold.hold)
        held = hold.at_ns <= receipt.at_ns and (free_ns is None or receipt.at_ns < free_ns)
        over = hold.camera == receipt.camera and hold.start_ns < receipt.end_ns and receipt.start_ns < hold.end_ns
        if held and over:
            text = Text(
                zh=f"录像段 {receipt.segment} 在保全期间被删除",
                en=f"the segment {receipt.segment} was deleted under the hold {hold.hold}",
            )
            yield finding_of(receipt, index, "deleted_under_hold", text)


def judge_holds(told: Told, in_force: Iterable[StoredHold]) -> Iterator[FolderFinding]:
    """Holds of the log that nobody released and that the indexes, of all volumes together, do not keep as they were."""
    kept = {one.id: one for one in in_force}
    for index, hold in told.holds.values():
        one = kept.get(hold.hold)
        as_told = (
            one is not None and one.camera == hold.camera and one.from_ns <= hold.start_ns <= hold.end_ns <= one.to_ns
        )
        if hold.hold in told.released_ns or as_told:
            continue
        text = Text(
            zh=f"账本中的保全 {hold.hold} 未被解除，索引却不再执行",
            en=f"the hold {hold.hold} was never released, and the index does not keep it",
        )
        yield FolderFinding("hold_gone", text, "engine", index, None, "hold", hold.camera, start_ns=hold.start_ns)
