"""Access by grade, role and purpose (qd204 13.1): what recorded grants of kind "grade" put before the rule.

The slice that opens a camera of another unit asks `rules.interfaces.judge_access`, as an application of its own, about
each of these requests, and opens it when one passes. No request: no grant reaches that far, and nothing is to be judged.
"""

from __future__ import annotations

from django.db.models import Q

from mingjian.rules.interfaces import AccessRequest
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.subjects import Located
from mingjian.web.organisations.models import DivisionReach, Grant


def grade_requests(
    actor: Actor, subject: Located, security_grade: int | None, purpose: str
) -> tuple[AccessRequest, ...]:
    """One request for each grade grant that names a role of the actor and reaches the subject's division.

    `security_grade` is that of the camera's system, None when it was never graded. Two queries at most.
    """
    roles: dict[str, set[str]] = {}
    for binding in actor.bindings:
        if not binding.grant:
            roles.setdefault(binding.organisation, set()).add(binding.role)
    if not roles or not subject.division_id:
        return ()
    now_ns = wiring.clock().now_ns()
    above = DivisionReach.objects.filter(descendant_id=subject.division_id).values("ancestor_id")
    rows = Grant.objects.filter(kind="grade", organisation_id__in=list(roles), division_id__in=above)
    rows = rows.filter(ended_ns__isnull=True, since_ns__lte=now_ns)
    rows = rows.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns))
    rows = rows.filter(Q(user_id__isnull=True) | Q(user_id=actor.user)).order_by("id")
    return tuple(
        AccessRequest(security_grade, int(grant.scope["grade"]), purpose, frozenset(grant.scope.get("purposes", ())))
        for grant in rows
        if grant.scope.get("role") in roles[grant.organisation_id]
    )
