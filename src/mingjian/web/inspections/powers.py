"""Whether an organ has powers over what a lead is about (qd204 3.2): supervising is its task in its own division."""

from __future__ import annotations

from mingjian.rules import coordination
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.inspections.names import JUDGED, TAKEN
from mingjian.web.organisations.models import DivisionReach

may_supervise = applying(coordination.may_supervise, by=(TAKEN, JUDGED))


def require_powers(actor: Actor, lead: InspectionLead, action: str) -> list[Judgement]:
    """What the clause says of the lead's organ, for the entry of `action`. Raises RuledOut `no_powers` outside them.

    A functional zone has a code of its own and lies in its district by relation; that relation decides.
    """
    organ = lead.organ
    if organ is None:
        return []
    own, there = organ.division.code, lead.division.code
    if DivisionReach.objects.filter(ancestor_id=organ.division_id, descendant_id=lead.division_id).exists():
        there = own
    judgement = may_supervise(
        current_law(), organ.kind, own, "supervise", there, shanghai_day(wiring.clock().now_ns())
    )  # fmt: skip
    if judgement.verdict is Verdict.BLOCKED:
        raise RuledOut(
            "no_powers", judgement, actor=actor, action=action, field="lead", subject=Subject("lead", lead.id, lead.title)
        )  # fmt: skip
    return [judgement]
