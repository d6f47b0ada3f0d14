"""A lead goes to the district's organ, is worked on there, and stays unseen elsewhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tests.web.client import Api

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole, nobody
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.organisations.models import Division, DivisionReach, Organisation, OrganisationReach, RoleBinding


@pytest.fixture
def town(db: None, make_user: Any) -> SimpleNamespace:
    """A street below a district, the district's organ and its station, and another district."""
    for name, level, parent in (
        ("city", "city", None), ("east", "district", "city"), ("street", "street", "east"), ("west", "district", "city"),
    ):  # fmt: skip
        Division.objects.create(id=name, parent_id=parent, level=level, code="", name=name)
        DivisionReach.objects.create(ancestor_id=name, descendant_id=name)
    for ancestor, descendant in (
        ("city", "east"), ("city", "west"), ("city", "street"), ("east", "street"),
    ):  # fmt: skip
        DivisionReach.objects.create(ancestor_id=ancestor, descendant_id=descendant)
    for name, kind, division in (
        ("east-organ", "public_security", "east"), ("station", "public_security", "street"),
        ("west-organ", "public_security", "west"), ("mall", "managing_unit", "street"),
    ):  # fmt: skip
        Organisation.objects.create(id=name, kind=kind, name=name, division_id=division, created_ns=0)
        OrganisationReach.objects.create(ancestor_id=name, descendant_id=name)
    people = {}
    for name, organisation, role in (
        ("oscar", "east-organ", BoundRole.OFFICER), ("wendy", "west-organ", BoundRole.OFFICER),
        ("mia", "mall", BoundRole.MANAGER),
    ):  # fmt: skip
        user = make_user(name, "member")
        RoleBinding.objects.create(id=name, user=user, organisation_id=organisation, role=role.value, since_ns=0)
        people[name] = Api(user)
    return SimpleNamespace(**people)


def lead(**values: Any) -> Any:
    new = {"origin": "enrolment", "title": "擅自安装", "division_id": "street", "about_id": "mall", **values}
    return open_lead(nobody(), NewLead(**new))


def test_it_goes_to_the_organ_of_the_district_not_to_a_station(town: Any) -> None:
    assert lead(clauses=("qd204.builder.no_other",)).organ_id == "east-organ"
    assert AuditEntry.objects.get(action="inspections.lead.open").clause == "qd204.builder.no_other"


@pytest.mark.applies("coordination.may_supervise", "inspections.lead.take")
def test_it_is_taken_and_closed_with_what_came_of_it(town: Any) -> None:
    made = lead()
    (row,) = town.oscar.get("/leads?status=open")["items"]
    assert (row["id"], row["about"]) == (made.id, "mall")
    taken = town.oscar.post(f"/leads/{made.id}/take", status=200, If_Match='"v1"')
    assert (taken["status"], taken["taken_by"]) == ("taken", "oscar")
    assert AuditEntry.objects.get(action="inspections.lead.take").clause == "qd204.coordination.public_security"
    assert town.oscar.post(f"/leads/{made.id}/take", status=409, If_Match='"v2"')["code"] == "conflict"
    closed = town.oscar.post(f"/leads/{made.id}/close", {"outcome": "corrected", "note": "拆除"}, If_Match='"v2"')
    assert (closed["status"], closed["outcome"]) == ("closed", "corrected")
    town.oscar.post(f"/leads/{made.id}/close", {"outcome": "case"}, status=409, If_Match='"v3"')


def test_who_saves_over_anothers_change_is_told(town: Any) -> None:
    made = lead()
    town.oscar.post(f"/leads/{made.id}/take", status=412, If_Match='"v9"')
    town.oscar.post(f"/leads/{made.id}/take", status=428)


def test_neither_another_district_nor_the_unit_it_is_about_sees_it(town: Any) -> None:
    made = lead()
    assert town.wendy.get("/leads")["items"] == []
    town.wendy.get(f"/leads/{made.id}", status=404)
    town.wendy.post(f"/leads/{made.id}/take", status=404, If_Match='"v1"')
    town.mia.get("/leads", status=403)


def test_outside_its_division_an_organ_has_no_powers(town: Any) -> None:
    made = lead()
    Division.objects.filter(pk="west").update(code="370203")
    Division.objects.filter(pk="street").update(code="370202001")
    type(made).objects.filter(pk=made.id).update(organ="west-organ")  # as after a change of divisions
    problem = town.wendy.post(f"/leads/{made.id}/take", status=403, If_Match='"v1"')
    assert problem["code"] == "no_powers"
    entry = AuditEntry.objects.get(action="inspections.lead.take")
    assert (entry.outcome, entry.clause) == ("denied", "qd204.coordination.public_security")


def test_the_same_matter_opens_one_lead_until_it_is_closed(town: Any) -> None:
    first = lead(subject_kind="camera", subject_id="c1")
    assert lead(subject_kind="camera", subject_id="c1").id == first.id
    type(first).objects.filter(pk=first.id).update(status="closed")
    assert lead(subject_kind="camera", subject_id="c1").id != first.id
