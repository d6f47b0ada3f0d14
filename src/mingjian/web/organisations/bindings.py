"""A user's bound roles as of now, for the guard of each request."""

from __future__ import annotations

from django.db.models import Q

from mingjian.web import wiring
from mingjian.web.authority.actor import Binding
from mingjian.web.organisations.kinds import AUTHORITIES
from mingjian.web.organisations.models import RoleBinding


def bindings_now(user_id: str) -> tuple[Binding, ...]:
    """What is bound, begun and not over. One query."""
    now_ns = wiring.clock().now_ns()
    rows = RoleBinding.objects.filter(user_id=user_id, ended_ns__isnull=True, since_ns__lte=now_ns)
    rows = rows.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns)).select_related("organisation").order_by("id")
    return tuple(_binding(row) for row in rows)


def _binding(row: RoleBinding) -> Binding:
    organisation = row.organisation
    authority = organisation.kind in AUTHORITIES
    return Binding(
        role=row.role,
        organisation=organisation.id,
        organisation_name=organisation.name,
        subtree=row.subtree,
        division=organisation.division_id if authority and row.subtree else "",
        sector=organisation.sector,
    )
