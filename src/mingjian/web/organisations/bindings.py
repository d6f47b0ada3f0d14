"""A user's bound roles as of now, for the guard of each request, with what recorded grants add to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from mingjian.web import wiring
from mingjian.web.authority.actor import Binding
from mingjian.web.http.known_query import KnownQuery
from mingjian.web.organisations.kinds import AUTHORITIES
from mingjian.web.organisations.models import Grant, RoleBinding

_BY_DIVISION = ("sector", "emergency")  # the other kinds name cameras; their slices ask for them themselves


def bindings_now(user_id: str) -> tuple[Binding, ...]:
    """What is bound, begun and not over. One query, a second one for who has a binding: grants extend bindings."""
    now_ns = wiring.clock().now_ns()
    own = tuple(_binding(*row) for row in _OWN.rows(user_id, now_ns))
    return own + tuple(_granted(user_id, own, now_ns)) if own else ()


def bound_roles(user_ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """What is bound to these users now, as (role, name of the organisation) by user id. One query."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = _in_force(RoleBinding.objects.filter(user_id__in=user_ids), wiring.clock().now_ns())
    for user, role, organisation in rows.values_list("user_id", "role", "organisation__name"):
        found.setdefault(user, []).append((role, organisation))
    return found


def _own_rows(user_id: str, now_ns: int) -> QuerySet[Any, Any]:
    rows = _in_force(RoleBinding.objects.filter(user_id=user_id), now_ns)
    home = ("organisation__name", "organisation__kind", "organisation__division_id", "organisation__sector")
    return rows.values_list("role", "subtree", "organisation_id", *home)


def _in_force(rows: QuerySet[RoleBinding], now_ns: int) -> QuerySet[RoleBinding]:
    rows = rows.filter(ended_ns__isnull=True, since_ns__lte=now_ns)
    return rows.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns)).order_by("id")


_OWN = KnownQuery(_own_rows, str, int)


def _binding(role: str, subtree: bool, organisation: str, name: str, kind: str, division: str, sector: str) -> Binding:
    return Binding(
        role=role,
        organisation=organisation,
        organisation_name=name,
        subtree=subtree,
        division=division if kind in AUTHORITIES and subtree else "",
        sector=sector if kind == "sector_regulator" else "",
    )


def _grants(user_id: str, now_ns: int) -> QuerySet[Any, Any]:
    """Those of the organisations he is bound to, or ever was."""
    homes = RoleBinding.objects.filter(user_id=user_id).values("organisation_id")
    rows = Grant.objects.filter(kind__in=_BY_DIVISION, organisation_id__in=homes, ended_ns__isnull=True)
    rows = rows.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns), since_ns__lte=now_ns)
    rows = rows.filter(Q(user_id__isnull=True) | Q(user_id=user_id), division_id__isnull=False).order_by("id")
    return rows.values_list("kind", "organisation_id", "division_id", "scope")


_GRANTS = KnownQuery(_grants, str, int)


def _granted(user_id: str, own: tuple[Binding, ...], now_ns: int) -> Iterator[Binding]:
    """The own bindings of the grant's organisation, once more with the grant's division; the grant names no new role."""
    for kind, organisation, division, scope in _GRANTS.rows(user_id, now_ns):
        for binding in own:
            if binding.organisation != organisation or binding.role != scope.get("role", binding.role):
                continue
            yield Binding(
                role=binding.role,
                organisation=binding.organisation,
                organisation_name=binding.organisation_name,
                subtree=True,
                division=division,
                sector=str(scope.get("sector", "")),
                grant=kind,
            )
