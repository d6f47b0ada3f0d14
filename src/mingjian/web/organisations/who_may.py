"""Who may do something to a subject: the roles of the policy, and the people whose binding reaches it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from mingjian.web import wiring
from mingjian.web.authority.actor import Actor, BoundRole
from mingjian.web.authority.policy import Policy
from mingjian.web.authority.subjects import Located
from mingjian.web.http.known_query import KnownQuery
from mingjian.web.organisations.kinds import AUTHORITIES
from mingjian.web.organisations.models import DivisionReach, Organisation, OrganisationReach, RoleBinding
from mingjian.web.organisations.scope import ScopedPolicy

_CONTACTS = 3
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Entitled:
    """Somebody with a binding that reaches the subject."""

    user: str
    name: str
    role: str
    organisation: str
    organisation_name: str


def people_who_may(policy: Policy, subject: Located, limit: int = 200) -> list[Entitled]:
    """People by their own bindings, those of the subject's own organisation first; recorded grants are not shown."""
    if not isinstance(policy, ScopedPolicy):
        return []
    rows = _in_force(policy.bound_roles, wiring.clock().now_ns()).select_related("user", "organisation")
    rows = rows.filter(_reaching(subject, by_division=policy.by_division))
    found = [_entitled(row) for row in rows.order_by("organisation__name", "role", "user__name_key")[:limit]]
    return sorted(found, key=lambda one: one.organisation != subject.organisation_id)


def contacts(actor: Actor, policy: Policy, subject: object) -> list[str]:
    """Whom a refused actor asks: people who may, nearest first; asked in general, his own organisation's administrators.

    Only of organisations he belongs to: whom others employ is not told to somebody who was just refused.
    """
    homes = sorted({binding.organisation for binding in actor.bindings if not binding.grant})
    if not homes:
        return []
    roles = policy.bound_roles if isinstance(policy, ScopedPolicy) else frozenset()
    asked = roles | {BoundRole.ORGANISATION_ADMIN.value}
    rows = _colleagues(asked, len(homes)).rows(wiring.clock().now_ns(), actor.user, *homes)
    people = [Entitled(user, shown or name, role, home, unit) for user, shown, name, role, home, unit in rows]
    people.sort(key=lambda one: (one.role not in roles, one.organisation not in homes))
    told = dict.fromkeys(f"{one.organisation_name} {one.name}" for one in people)
    return list(told)[:_CONTACTS]


@lru_cache(maxsize=1024)
def _colleagues(roles: frozenset[str], number: int) -> KnownQuery:
    """The first 50 others with one of the roles in one of `number` organisations, or above them."""

    def build(now_ns: int, user_id: str, *homes: str) -> QuerySet[Any, Any]:
        above = OrganisationReach.objects.filter(descendant_id__in=homes).values("ancestor_id")
        rows = _in_force(roles, now_ns).filter(
            Q(organisation_id__in=homes) | Q(organisation_id__in=above, subtree=True)
        )
        names = ("user__display_name", "user__name", "role", "organisation_id", "organisation__name")
        return rows.exclude(user_id=user_id).order_by("id").values_list("user_id", *names)[:_LOOKED_AT]

    return KnownQuery(build, int, str, *[str] * number)


def _in_force(roles: Iterable[str], now_ns: int) -> QuerySet[RoleBinding]:
    rows = RoleBinding.objects.filter(role__in=list(roles), ended_ns__isnull=True, since_ns__lte=now_ns)
    rows = rows.filter(Q(until_ns__isnull=True) | Q(until_ns__gt=now_ns), user__is_active=True)
    return rows


def _reaching(subject: Located, *, by_division: bool) -> Q:
    """The same rule as scope.reaches, as a condition on bindings."""
    above = OrganisationReach.objects.filter(descendant_id=subject.organisation_id).values("ancestor_id")
    condition = Q(organisation_id=subject.organisation_id) | Q(subtree=True, organisation_id__in=above)
    if by_division and subject.division_id:
        divisions = DivisionReach.objects.filter(descendant_id=subject.division_id).values("ancestor_id")
        sector = Organisation.objects.filter(pk=subject.organisation_id).values_list("sector", flat=True).first() or ""
        unlimited = ~Q(organisation__kind="sector_regulator") | Q(organisation__sector="")
        if sector:
            unlimited |= Q(organisation__sector=sector)
        condition |= unlimited & Q(
            subtree=True, organisation__kind__in=AUTHORITIES, organisation__division_id__in=divisions
        )
    return condition


def _entitled(row: RoleBinding) -> Entitled:
    name = row.user.display_name or row.user.name
    return Entitled(row.user_id, name, row.role, row.organisation_id, row.organisation.name)
