"""A user's bound roles as of now, for the guard of each request, with what recorded grants add to them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from mingjian.web import wiring
from mingjian.web.authority.actor import Binding
from mingjian.web.organisations.kinds import AUTHORITIES
from mingjian.web.organisations.models import Grant, RoleBinding

_BY_DIVISION = ("sector", "emergency")  # the other kinds name cameras; their slices ask for them themselves


def bindings_now(user_id: str) -> tuple[Binding, ...]:
    """What is bound, begun and not over. One query, a second one for who has a binding: grants extend bindings."""
    now_ns = wiring.clock().now_ns()
    rows = RoleBinding.objects.filter(user_id=user_id, ended_ns__isnull=True, since_ns__lte=now_ns)
    rows = rows.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns)).select_related("organisation").order_by("id")
    own = tuple(_binding(row) for row in rows)
    return own + tuple(_granted(user_id, own, now_ns)) if own else ()


def _binding(row: RoleBinding) -> Binding:
    organisation = row.organisation
    authority = organisation.kind in AUTHORITIES
    return Binding(
        role=row.role,
        organisation=organisation.id,
        organisation_name=organisation.name,
        subtree=row.subtree,
        division=organisation.division_id if authority and row.subtree else "",
        sector=organisation.sector if organisation.kind == "sector_regulator" else "",
    )


def _granted(user_id: str, own: tuple[Binding, ...], now_ns: int) -> Iterator[Binding]:
    """The own bindings of the grant's organisation, once more with the grant's division; the grant names no new role."""
    homes = {binding.organisation for binding in own}
    rows = Grant.objects.filter(kind__in=_BY_DIVISION, organisation_id__in=homes, ended_ns__isnull=True)
    rows = rows.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns), since_ns__lte=now_ns)
    rows = rows.filter(Q(user_id__isnull=True) | Q(user_id=user_id), division_id__isnull=False).order_by("id")
    for grant in rows:
        for binding in own:
            if binding.organisation != grant.organisation_id or binding.role != grant.scope.get("role", binding.role):
                continue
            yield Binding(
                role=binding.role,
                organisation=binding.organisation,
                organisation_name=binding.organisation_name,
                subtree=True,
                division=str(grant.division_id),
                sector=str(grant.scope.get("sector", "")),
                grant=grant.kind,
            )
