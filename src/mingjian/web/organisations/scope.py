"""Rights bound to an organisation and what lies below it: the policy, and the rows it lets an actor see.

A subject has `organisation_id` and `division_id` (either may be None); so have the tables that `visible` filters. An
authority reaches its division and those below, everybody else his own tree of organisations; a sector regulator reaches
the organisations of its sector there. Recorded grants reach further for the policies that name their kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from django.db.models import Model, Q, QuerySet

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import LOCAL_ROLE, Actor, Binding, BoundRole, Role
from mingjian.web.authority.policy import Policy, WhoMay
from mingjian.web.organisations.models import DivisionReach, Organisation, OrganisationReach

_Row = TypeVar("_Row", bound=Model)


class Located(Protocol):
    """What a scoped right can be asked about."""

    @property
    def organisation_id(self) -> str | None:
        """Whose it is."""

    @property
    def division_id(self) -> str | None:
        """Where it is."""


class ScopedPolicy(Policy):
    """A right of some roles over the whole installation, and of bound roles over what their binding reaches.

    `by_division` False: only by the tree of organisations, for what an authority may do to itself but not to everybody
    in its division. `grants` (kinds.GRANT_KINDS): the recorded grants that extend this right; none unless named.
    """

    def __init__(
        self,
        name: str,
        title: Text,
        roles: Iterable[Role],
        bound: Iterable[BoundRole],
        *,
        by_division: bool = True,
        grants: Iterable[str] = (),
    ) -> None:
        super().__init__(name, title)
        self._by_division = by_division
        self._grants = frozenset(grants) | {""}
        self._roles = frozenset(role.value for role in roles) | {LOCAL_ROLE}
        self._bound = frozenset(role.value for role in bound)

    def allows(self, actor: Actor, subject: object = None) -> bool:
        """Asked in general: whether he has the right anywhere. About a subject: whether a binding reaches it."""
        if actor.role in self._roles:
            return True
        mine = self.bindings(actor)
        if subject is None:
            return bool(mine)
        return any(reaches(binding, subject) for binding in mine)

    def who_may(self, subject: object = None) -> WhoMay:
        """The roles; the bound ones have it within their reach only."""
        return WhoMay(roles=self._roles | self._bound)

    def bindings(self, actor: Actor) -> tuple[Binding, ...]:
        """The actor's bindings that carry this right."""
        mine = (one for one in actor.bindings if one.role in self._bound and one.grant in self._grants)
        return tuple(mine if self._by_division else (replace(one, division="") for one in mine))

    def everywhere(self, actor: Actor) -> bool:
        """Whether he has the right over the whole installation."""
        return actor.role in self._roles

    @property
    def bound_roles(self) -> frozenset[str]:
        """The bound roles that have this right within their reach."""
        return self._bound

    @property
    def by_division(self) -> bool:
        """Whether an authority has the right in its whole division."""
        return self._by_division

    def visible(
        self, actor: Actor, rows: QuerySet[_Row], organisation: str = "organisation_id", division: str = "division_id"
    ) -> QuerySet[_Row]:
        """The rows this right reaches. `organisation` and `division` name the columns; "" when the table has none."""
        return rows if actor.role in self._roles else rows.filter(self.condition(actor, organisation, division))

    def condition(self, actor: Actor, organisation: str = "organisation_id", division: str = "division_id") -> Q:
        """What `visible` filters by, for those who do not have the right everywhere."""
        condition = Q(pk__in=[])
        for binding in self.bindings(actor):
            condition |= _reached(binding, organisation, division)
        return condition


def reaches(binding: Binding, subject: object) -> bool:
    """Whether the binding reaches the subject: by its organisation, or as an authority by where it is."""
    organisation = subject.pk if isinstance(subject, Organisation) else getattr(subject, "organisation_id", None)
    division = getattr(subject, "division_id", None)
    if organisation is not None and organisation == binding.organisation:
        return True
    if not binding.subtree:
        return False
    if organisation is not None and _below(organisation, binding.organisation):
        return True
    if not binding.division or division is None or not _within(division, binding.division):
        return False
    return not binding.sector or _of_sector(subject, organisation, binding.sector)


def _reached(binding: Binding, organisation: str, division: str) -> Q:
    condition = Q(pk__in=[])
    if organisation:
        own = OrganisationReach.objects.filter(ancestor_id=binding.organisation).values("descendant_id")
        condition |= Q(**{f"{organisation}__in": own}) if binding.subtree else Q(**{organisation: binding.organisation})
    if division and binding.division:
        below = DivisionReach.objects.filter(ancestor_id=binding.division).values("descendant_id")
        condition |= Q(**{f"{division}__in": below}) & _in_sector(binding.sector, organisation)
    return condition


def _in_sector(sector: str, organisation: str) -> Q:
    if not sector:
        return Q()
    if not organisation:
        return Q(pk__in=[])
    return Q(**{f"{organisation}__in": Organisation.objects.filter(sector=sector).values("id")})


def _of_sector(subject: object, organisation: str | None, sector: str) -> bool:
    if isinstance(subject, Organisation):
        return subject.sector == sector
    return organisation is not None and Organisation.objects.filter(pk=organisation, sector=sector).exists()


def _below(organisation: str, ancestor: str) -> bool:
    return OrganisationReach.objects.filter(ancestor_id=ancestor, descendant_id=organisation).exists()


def _within(division: str, ancestor: str) -> bool:
    return DivisionReach.objects.filter(ancestor_id=ancestor, descendant_id=division).exists()
