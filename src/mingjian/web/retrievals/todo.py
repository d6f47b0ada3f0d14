"""What waits: for whom to decide, at whose desk, which emergency for a second person, which report."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q, QuerySet

from mingjian.kernel.text import Text
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.retrieval import CONDITIONS, EMERGENCY, PUBLIC_SECURITY
from mingjian.web.authority.actor import Actor
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.retrievals import policies
from mingjian.web.retrievals.deciding import decide_within_ns
from mingjian.web.retrievals.models import Retrieval
from mingjian.web.todo.providers import Todo, first_and_count, provide

_WAITING = ("submitted", "escalated")


def to_decide(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Requests of public security below one's organ, those of a person concerned at one's unit, and of others."""
    rows = Retrieval.objects.filter(state__in=_WAITING).exclude(requester=actor.user)
    mine = _seen(policies.DECIDE, actor, rows.filter(way="public_security"), "organisation_id")
    mine |= _seen(policies.CONSENT, actor, rows.filter(way="person_concerned"), "holder_id")
    mine |= _seen(policies.HAND_OVER, actor, rows.filter(way__in=("department", "other_organ")), "holder_id")
    asked: Any = rows.filter(mine).annotate(asked_ns=Max("steps__at_ns"))
    count, found = first_and_count(asked.order_by("created_ns", "id"), limit)
    within_ns = decide_within_ns()
    return count, [_todo(row, PUBLIC_SECURITY, due_ns=row.asked_ns + within_ns) for row in found]


def to_hand_over(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Approved requests for footage of one's unit, until they have ended."""
    running = ("approved", "presented", "registered", "executed")
    rows = policies.HAND_OVER.visible(actor, Retrieval.objects.filter(state__in=running), "holder_id", "")
    count, found = first_and_count(rows.order_by("expires_ns", "id"), limit)
    return count, [_todo(row, CONDITIONS, due_ns=row.expires_ns) for row in found]


def to_confirm(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Emergencies of one's own that nobody but the declarant has confirmed, and those whose report is due."""
    rows = policies.DECLARE.visible(actor, Retrieval.objects.filter(way="emergency"))
    rows = rows.filter(Q(state="lapsed") | (Q(state="emergency") & ~Q(requester=actor.user)))
    count, found = first_and_count(rows.order_by("-created_ns", "-id"), limit)
    return count, [
        Todo(row.purpose[:128], "emergency", row.id, urgent=row.state == "emergency", clause=EMERGENCY) for row in found
    ]


def _seen(policy: ScopedPolicy, actor: Actor, rows: QuerySet[Retrieval], organisation: str) -> Q:
    return Q(pk__in=policy.visible(actor, rows, organisation, "").values("pk"))


def _todo(row: Retrieval, clause: str, due_ns: int | None) -> Todo:
    due = "" if due_ns is None else shanghai_day(due_ns).isoformat()
    return Todo((row.case or row.purpose)[:128], "retrieval", row.id, due=due, clause=clause)


provide("retrievals.decide", Text("待审批的调取申请", "retrievals to decide"), policies.READ_OWN, to_decide)
provide("retrievals.desk", Text("待交付的调取", "retrievals at the desk"), policies.HAND_OVER, to_hand_over)
provide(
    "retrievals.emergencies",
    Text("待确认、待报告的突发事件", "emergencies to confirm or report"),
    policies.DECLARE,
    to_confirm,
)
