"""The holder does not hand over (qd204 20.4): for want of something, or against a complete request.

The request stays as it is: what is missing can still be brought, and a holder can still do what the law asks of it.
Either way who asks reads the reason. Refusing what is complete opens an urgent lead for the district's organ.
"""

from __future__ import annotations

from django.db import transaction

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ledger.leaf import RetrievalChange
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.ledger.actions import append_leaf, person_of
from mingjian.web.retrievals import names
from mingjian.web.retrievals.desk import at_the_desk
from mingjian.web.retrievals.facts import plain, request_of
from mingjian.web.retrievals.models import Retrieval, RetrievalStep
from mingjian.web.retrievals.policies import HAND_OVER
from mingjian.web.retrievals.stepping import today

AT_THE_DESK = frozenset({"approved", "confirmed", "presented", "registered"})


def decline(actor: Actor, retrieval_id: str, reason: str, expected: int | None) -> Retrieval:
    """Not handed over, and why. Raises MingjianError conflict before an approval and after execution, RuledOut without
    a reason, Refused for anybody but the holder's custodian.
    """
    with transaction.atomic():
        row = at_the_desk(actor, retrieval_id, expected)
        if row.state not in AT_THE_DESK:
            raise MingjianError(
                "conflict", Text("尚未批准，或者已经执行", "it is not approved, or executed already"), fault=Fault.USER
            )
        judgement = judged_refusal(actor, row, "decline", reason, came=True)
        leaf = append_leaf(
            RetrievalChange(
                at_ns=wiring.clock().now_ns(), retrieval=row.id, before=row.state, after=row.state,
                person=person_of(actor), reason=reason, document=None,
            )
        )  # fmt: skip
        RetrievalStep.objects.create(
            retrieval=row, number=row.steps.count() + 1, event="decline", before=row.state, after=row.state,
            by=actor.user, by_name=actor.name[:64], by_unit=actor.unit[:128], at_ns=wiring.clock().now_ns(),
            reason=reason, judgement=judgement.document(), leaf=leaf,
        )  # fmt: skip
        row.version += 1
        row.save()
        record(
            actor, names.DECLINED, kind="retrieval", object_id=row.id, name=row.case, after=plain(row),
            policy=HAND_OVER, judgements=[judgement], reason=reason,
        )  # fmt: skip
    return row


def judged_refusal(actor: Actor, row: Retrieval, event: str, reason: str, *, came: bool) -> Judgement:
    """The law's word on the holder's refusal; what it forbids opens a lead. `came`: those who execute are there.

    Raises RuledOut `conflict` while there is no reason.
    """
    action = names.DECLINED if event == "decline" else names.OF_EVENT[event]
    now_s = wiring.clock().now_ns() // NS_PER_S
    judgement = names.judge_refusal(current_law(), request_of(row), reason, today(), now_s, came=came)
    if judgement.verdict is Verdict.DUE:
        subject = Subject("retrieval", row.id, row.case)
        raise RuledOut("conflict", judgement, actor=actor, action=action, field="reason", subject=subject)
    if judgement.verdict is Verdict.FAIL:
        open_lead(
            actor,
            NewLead(
                origin="conduct", title="持有单位拒绝提供手续齐全的调取", division_id=row.division_id,
                clauses=judgement.keys, detail=f"{row.case}：{reason}", urgent=True, about_id=row.holder_id,
                subject_kind="retrieval", subject_id=row.id,
            ),
        )  # fmt: skip
    return judgement
