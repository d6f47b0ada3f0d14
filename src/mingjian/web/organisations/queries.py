"""Reading: what the actor's rights reach, and nothing else. What he may not see answers as if it were not there."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.organisations import policies
from mingjian.web.organisations.models import (
    Agreement,
    Appointment,
    Division,
    DivisionReach,
    Grant,
    Identifier,
    Organisation,
    OrganisationReach,
    Person,
    Post,
    Qualification,
    RoleBinding,
)
from mingjian.web.organisations.scope import ScopedPolicy

_Row = TypeVar("_Row", bound=Model)
Page = tuple[list[_Row], str | None]


def divisions_page(text: str, parent: str, cursor: str | None, limit: int) -> Page[Division]:
    """Divisions by code; `parent`: those right below it; `text` in names, past ones too, or the code's beginning."""
    rows = Division.objects.all()
    if parent:
        rows = rows.filter(parent_id=parent)
    if text:
        once = Division.objects.filter(names__name__icontains=text).values("id")
        rows = rows.filter(Q(name__icontains=text) | Q(code__startswith=text) | Q(id__in=once))
    return page(rows, ["code", "id"], cursor, limit)


def division_by_id(division_id: str, *, lock: bool = False) -> Division:
    """The division. Raises MingjianError not_found."""
    return _one(Division.objects.select_for_update() if lock else Division.objects.all(), division_id)


def organisations(actor: Actor, policy: ScopedPolicy = policies.READ) -> QuerySet[Organisation]:
    """The organisations a right reaches."""
    return policy.visible(actor, Organisation.objects.all(), organisation="id")


def organisations_page(
    actor: Actor,
    *,
    text: str = "",
    kind: str = "",
    division: str = "",
    below: str = "",
    dissolved: bool = False,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[Organisation]:
    """Organisations by name. `text`: part of a name, past ones too, of the initials, or of the credit code."""
    rows = organisations(actor).filter(kind=kind) if kind else organisations(actor)
    rows = rows.exclude(dissolved_date="") if dissolved else rows.filter(dissolved_date="")
    if division:
        within = DivisionReach.objects.filter(ancestor_id=division).values("descendant_id")
        rows = rows.filter(division_id__in=within)
    if below:
        rows = rows.filter(id__in=OrganisationReach.objects.filter(ancestor_id=below).values("descendant_id"))
    if text:
        once = Organisation.objects.filter(names__name__icontains=text).values("id")
        coded = Identifier.objects.filter(subject_kind="organisation", value__icontains=text).values("subject_id")
        found = Q(name__icontains=text) | Q(initials__contains=text.lower()) | Q(id__in=once) | Q(id__in=coded)
        rows = rows.filter(found)
    return page(rows, ["name", "id"], cursor, limit)


def organisation_by_id(
    actor: Actor, organisation_id: str, policy: ScopedPolicy = policies.READ, *, lock: bool = False
) -> Organisation:
    """The organisation when the right reaches it. Raises MingjianError not_found, the same for "not yours"."""
    rows = organisations(actor, policy)
    return _one(rows.select_for_update() if lock else rows, organisation_id)


def people(actor: Actor, policy: ScopedPolicy = policies.PEOPLE_READ) -> QuerySet[Person]:
    """People with a post, past ones too, in an organisation the right reaches; all of them for the installation."""
    if policy.everywhere(actor):
        return Person.objects.all()
    reached = organisations(actor, policy).values("id")
    held = Appointment.objects.filter(person_id=OuterRef("pk"), post__organisation_id__in=reached)
    return Person.objects.filter(Exists(held))


def people_page(actor: Actor, text: str, organisation: str, cursor: str | None, limit: int) -> Page[Person]:
    """People by name; `text` in name or initials."""
    rows = people(actor)
    if organisation:
        reached = organisations(actor, policies.PEOPLE_READ).filter(pk=organisation).values("id")
        held = Appointment.objects.filter(person_id=OuterRef("pk"), post__organisation_id__in=reached)
        rows = rows.filter(Exists(held))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(initials__startswith=text.lower()))
    return page(rows, ["name", "id"], cursor, limit)


def person_by_id(actor: Actor, person_id: str, policy: ScopedPolicy = policies.PEOPLE_READ) -> Person:
    """The person when the right reaches him. Raises MingjianError not_found."""
    return _one(people(actor, policy), person_id)


def posts(actor: Actor, policy: ScopedPolicy = policies.PEOPLE_READ) -> QuerySet[Post]:
    """Posts of the organisations the right reaches."""
    return policy.visible(actor, Post.objects.all(), division="organisation__division_id")


def posts_page(actor: Actor, organisation: str, cursor: str | None, limit: int) -> Page[Post]:
    """Posts with their appointments, in the order they were made."""
    rows = posts(actor).filter(organisation_id=organisation) if organisation else posts(actor)
    return page(rows.prefetch_related("appointments__person"), ["id"], cursor, limit)


def post_by_id(actor: Actor, post_id: str, policy: ScopedPolicy = policies.PEOPLE_READ) -> Post:
    """The post when the right reaches it. Raises MingjianError not_found."""
    return _one(posts(actor, policy), post_id)


def appointment_by_id(actor: Actor, appointment_id: str, policy: ScopedPolicy) -> Appointment:
    """The appointment, locked. Raises MingjianError not_found."""
    rows = policy.visible(
        actor,
        Appointment.objects.all(),
        organisation="post__organisation_id",
        division="post__organisation__division_id",
    )
    return _one(rows.select_for_update(of=("self",)), appointment_id)


def bindings(actor: Actor, policy: ScopedPolicy = policies.BINDINGS_READ) -> QuerySet[RoleBinding]:
    """The bound roles the right reaches."""
    return policy.visible(actor, RoleBinding.objects.all(), division="organisation__division_id")


def bindings_page(
    actor: Actor, organisation: str, user: str, ended: bool, cursor: str | None, limit: int
) -> Page[RoleBinding]:
    """Bound roles, newest first."""
    rows = bindings(actor).filter(ended_ns__isnull=not ended)
    wanted: dict[str, Any] = {"organisation_id": organisation, "user_id": user}
    rows = rows.filter(**{field: value for field, value in wanted.items() if value})
    return page(rows.select_related("user", "organisation"), ["-id"], cursor, limit)


def grants_page(kind: str, cursor: str | None, limit: int) -> Page[Grant]:
    """Recorded grants, newest first."""
    rows = Grant.objects.filter(kind=kind) if kind else Grant.objects.all()
    return page(rows, ["-id"], cursor, limit)


def agreements(actor: Actor, policy: ScopedPolicy = policies.AGREEMENTS_READ) -> QuerySet[Agreement]:
    """Agreements with a party that the right reaches; changing is the client's."""
    as_client = policy.visible(actor, Agreement.objects.all(), organisation="client_id", division="")
    if policy is policies.AGREEMENTS_CHANGE:
        return as_client
    return as_client | policy.visible(actor, Agreement.objects.all(), organisation="contractor_id", division="")


def agreements_page(actor: Actor, organisation: str, cursor: str | None, limit: int) -> Page[Agreement]:
    """Agreements, newest first."""
    rows = agreements(actor)
    if organisation:
        rows = rows.filter(Q(client_id=organisation) | Q(contractor_id=organisation))
    return page(rows.select_related("client", "contractor"), ["-id"], cursor, limit)


def qualifications_page(actor: Actor, organisation: str, cursor: str | None, limit: int) -> Page[Qualification]:
    """Certificates of the organisations one sees, by what they are kept under."""
    held = Qualification.objects.select_related("organisation")
    rows = policies.READ.visible(actor, held, division="organisation__division_id")
    if organisation:
        rows = rows.filter(organisation_id=organisation)
    return page(rows, ["id"], cursor, limit)


def row_by_id(rows: QuerySet[_Row], row_id: str) -> _Row:
    """The row, locked. Raises MingjianError not_found."""
    return _one(rows.select_for_update(of=("self",)), row_id)


def _one(rows: QuerySet[_Row], row_id: str) -> _Row:
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise not_found()
    return row
