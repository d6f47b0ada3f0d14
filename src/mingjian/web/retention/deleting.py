"""Deletion: what public security orders, by two people; and what is kept longer than the law asks, for a stated purpose.

An order seals its span from view and holds it at once. Confirmed by a second person of the organ, with the digest of the
evidence that was preserved, it loses its hold; the worker then has the engine delete, with receipts in the ledger.
"""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import Q

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ledger.leaf import ConfigurationChange
from mingjian.rules import ordered_deletion
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.ordered_deletion import GROUNDS, DeletionOrder
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.ledger.actions import append_leaf, person_of
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera
from mingjian.web.registry.shared import clean
from mingjian.web.retention.models import DeletionDecision
from mingjian.web.retention.names import ORDER_CONFIRMED, ORDER_DONE, ORDER_ENTERED, ORDER_WITHDRAWN
from mingjian.web.retention.policies import ORDER
from mingjian.web.retrievals.holds import hold_for, release_for
from mingjian.web.viewing.revocations import take_back

_HASH = re.compile(r"[0-9a-f]{64}\Z")
_SEALED = ("entered", "confirmed", "done")

judge_order = applying(ordered_deletion.judge_order, by=[ORDER_ENTERED, ORDER_CONFIRMED])


def enter_order(
    actor: Actor, camera_id: str, from_ns: int, to_ns: int, ground: str, number: str, decided_date: str
) -> DeletionDecision:
    """Enter a decision: from now on nobody sees the span. Raises MingjianError not_found, invalid, RuledOut, Refused."""
    ORDER.require(actor)
    camera = Camera.objects.filter(pk=camera_id).first()
    if camera is None or not ORDER.allows(actor, camera):
        raise not_found("没有这台摄像机", "there is no such camera")
    now_ns = wiring.clock().now_ns()
    if not from_ns < to_ns <= now_ns:
        raise refused("to_s", "起止时间应有先后，且不晚于现在", "the span has a length and lies in the past")
    if ground not in GROUNDS:
        raise refused("ground", "须为国务院令第799号第二十六、二十七、二十八条之一", "it is one of sc799 26, 27, 28")
    row = DeletionDecision(
        id=new_id(now_ns), camera=camera, from_ns=from_ns, to_ns=to_ns, ground=ground,
        number=clean(number, "number", 2, 64), decided_date=decided_date, entered_by_id=actor.user,
        entered_name=actor.name[:64], entered_ns=now_ns,
    )  # fmt: skip
    judgement = _judge(row)
    if judgement.verdict is Verdict.BLOCKED or judgement.verdict is Verdict.NOT_APPLICABLE:
        subject = Subject("camera", camera.id, camera.name)
        raise RuledOut("order_forbidden", judgement, actor=actor, action=ORDER_ENTERED, field="number", subject=subject)
    with transaction.atomic():
        row.hold = hold_for(actor, camera, from_ns, to_ns, f"公安机关删除决定 {row.number}")
        row.save(force_insert=True)
        take_back(camera=camera.id)
        _record(actor, ORDER_ENTERED, row, judgement)
    return row


def confirm_order(actor: Actor, order_id: str, evidence: str, expected: int | None) -> DeletionDecision:
    """A second person of the organ confirms, with the digest of what was preserved. Raises as `enter_order`."""
    with transaction.atomic():
        row = _locked(actor, order_id, expected, "entered")
        if not _HASH.match(evidence):
            raise refused(
                "evidence", "应为证据包的 SHA-256 摘要（64 位十六进制）", "the SHA-256 of the evidence package"
            )
        row.confirmed_by_id, row.confirmed_name = actor.user, actor.name[:64]
        row.evidence, row.confirmed_ns = evidence, wiring.clock().now_ns()
        judgement = _judge(row)
        if judgement.verdict is not Verdict.PASS:
            subject = Subject("camera", row.camera_id, row.camera.name)
            raise RuledOut("conflict", judgement, actor=actor, action=ORDER_CONFIRMED, subject=subject)
        row.state = "confirmed"
        row.version += 1
        row.save()
        release_for(actor, row.hold, f"删除决定 {row.number} 经两人录入")
        _record(actor, ORDER_CONFIRMED, row, judgement)
    return row


def withdraw_order(actor: Actor, order_id: str, reason: str, expected: int | None) -> DeletionDecision:
    """Before anything is deleted it can be taken back; the span is seen again."""
    with transaction.atomic():
        row = _locked(actor, order_id, expected, "entered")
        row.state = "withdrawn"
        row.version += 1
        row.save()
        release_for(actor, row.hold, reason)
        _record(actor, ORDER_WITHDRAWN, row, None, reason)
    return row


def execute_orders() -> int:
    """Have the engine delete what was confirmed; how many orders are done. The worker's business."""
    done = 0
    for row in DeletionDecision.objects.filter(state="confirmed").select_related("camera").order_by("confirmed_ns"):
        try:
            told = wiring.engine().delete_ordered(
                row.id, row.camera_id, row.from_ns, row.to_ns, f"{row.ground} {row.number}",
                (row.entered_name, row.confirmed_name),
            )  # fmt: skip
        except MingjianError as error:
            if error.code in ("engine_away", "not_wired", "volume_absent"):
                break
            raise
        with transaction.atomic():
            row.held = told.held
            row.segments, row.bytes = row.segments + told.segments, row.bytes + told.bytes
            row.left = [[str(one[0]), str(one[1])] for one in told.left]
            if not told.held:
                row.state, row.done_ns = "done", wiring.clock().now_ns()
                row.version += 1
                _record(local_person("worker"), ORDER_DONE, row, None)
                done += 1
            row.save()
    return done


def require_not_sealed(camera_id: str, from_ms: int, to_ms: int) -> None:
    """Raise MingjianError `sealed_from_view` when an order covers any of [from, to) of a camera; 0 and 0 is the present."""
    if not to_ms:
        return
    sealed = DeletionDecision.objects.filter(
        Q(to_ns__gt=from_ms * 1_000_000), camera_id=camera_id, state__in=_SEALED, from_ns__lt=to_ms * 1_000_000
    )
    if sealed.exists():
        raise MingjianError(
            "sealed_from_view",
            Text(
                zh="该时段录像已依公安机关删除决定封存，不得查阅",
                en="this footage is sealed by a deletion decision of public security",
            ),
            fault=Fault.USER,
            field="from",
        )


def _locked(actor: Actor, order_id: str, expected: int | None, state: str) -> DeletionDecision:
    ORDER.require(actor)
    rows = DeletionDecision.objects.select_for_update(of=("self",)).select_related("camera")
    row = rows.filter(pk=order_id).first()
    if row is None or not ORDER.allows(actor, row.camera):
        raise not_found("没有这份删除决定", "there is no such decision")
    require_version(row.version, expected)
    if row.state != state:
        raise MingjianError(
            "conflict", Text("该决定已不在此状态", "the decision is in another state"), fault=Fault.USER
        )
    return row


def _judge(row: DeletionDecision) -> Judgement:
    people = frozenset(one for one in (row.entered_by_id, row.confirmed_by_id) if one)
    order = DeletionOrder(row.ground, True, row.number, people, bool(row.evidence))  # ORDER is public security's alone
    return judge_order(current_law(), order, today())


def _record(actor: Actor, name: str, row: DeletionDecision, judgement: Judgement | None, reason: str = "") -> None:
    after = {
        "decision": row.id, "number": row.number, "ground": row.ground, "from_ns": str(row.from_ns),
        "to_ns": str(row.to_ns), "state": row.state, "evidence": row.evidence, "segments": row.segments,
    }  # fmt: skip
    record(
        actor, name, kind="camera", object_id=row.camera_id, name=row.camera.name, after=after,
        policy=ORDER if actor.user else None, judgements=[] if judgement is None else [judgement], reason=reason,
    )  # fmt: skip
    append_leaf(
        ConfigurationChange(
            at_ns=wiring.clock().now_ns(), subject=row.camera_id, setting="deletion_order", before=None,
            after=f"{row.id} {row.state} {row.number}", person=person_of(actor),
        )
    )  # fmt: skip
