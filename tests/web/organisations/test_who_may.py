"""Who may: answered by the policies, with the people whose binding reaches the subject, to who reaches it himself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.rules.interfaces import judge_access
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.web.authority.actor import BoundRole
from mingjian.web.authority.policy import policy_named
from mingjian.web.authority.subjects import Located
from mingjian.web.organisations.grades import grade_requests


def names(answer: Any) -> set[tuple[str, str]]:
    return {(one["role"], one["organisation"]) for one in answer["people"]}


def test_in_general_the_roles_and_nobody_by_name(city: City) -> None:
    answer = city.browser(BoundRole.GUARD).get("/who-may?policy=organisations.change")
    assert (answer["anybody"], answer["roles"], answer["people"]) == (False, ["admin", "organisation_admin"], [])
    open_to_all = city.browser(BoundRole.GUARD).get("/who-may?policy=accounts.sign_in")
    assert open_to_all["anybody"] is True


def test_about_a_subject_the_people_whose_binding_reaches_it(city: City, admin: Api) -> None:
    for side in ("east", "west"):
        for role in (BoundRole.ORGANISATION_ADMIN, BoundRole.OFFICER, BoundRole.REGULATOR):
            city.user(role, side)
    asked = "/who-may?policy=organisations.read&kind=organisation&id="
    assert names(admin.get(asked + "mall")) == {("organisation_admin", "mall"), ("officer", "east-police")}
    assert names(admin.get(asked + "school")) == {("officer", "east-police"), ("regulator", "east-regulator")}
    branch = {("organisation_admin", "mall"), ("officer", "west-police")}  # in the west, below the mall
    assert names(admin.get(asked + "mall-branch")) == branch
    changing = admin.get("/who-may?policy=organisations.change&kind=organisation&id=mall")
    assert names(changing) == {("organisation_admin", "mall")}


def test_what_is_told_agrees_with_what_is_allowed(city: City, admin: Api) -> None:
    for role in BoundRole:
        for side in ("east", "west"):
            city.user(role, side)
    for name in ("organisations.read", "organisations.change", "registry.place.manage", "audit.read"):
        policy = policy_named(name)
        for unit in ("mall", "school", "market", "mall-branch"):
            told = {one["user"] for one in admin.get(f"/who-may?policy={name}&kind=organisation&id={unit}")["people"]}
            subject = city.organisation[unit]
            may = {
                city.user(role, side).id
                for role in BoundRole
                for side in ("east", "west")
                if policy.allows(city.actor(role, side), subject)
            }
            assert told == may, (name, unit)


def test_a_subject_out_of_reach_answers_like_one_that_is_not_there(city: City) -> None:
    western = city.browser(BoundRole.ORGANISATION_ADMIN, "west")
    asked = "/who-may?policy=organisations.read&kind=organisation&id="
    bodies = [western.get(asked + one, status=404) for one in ("mall", "nowhere")]
    for body in bodies:
        body.pop("request", None)
    assert bodies[0] == bodies[1]
    western.get("/who-may?policy=organisations.read&kind=nothing&id=x", status=404)
    assert western.get("/who-may?policy=no.such", status=422)["field"]


def test_a_refusal_names_people_of_ones_own_organisation_only(city: City) -> None:
    administrator = city.user(BoundRole.ORGANISATION_ADMIN)
    city.user(BoundRole.ORGANISATION_ADMIN, "west")
    refused = city.browser(BoundRole.GUARD).get("/bindings", status=403)
    assert administrator.name in refused["remedy"]
    assert "湖心商场有限公司" in refused["remedy"]
    assert "west" not in refused["remedy"]


@pytest.mark.parametrize(
    ("grade", "purpose", "verdict"),
    [(2, "traffic", Verdict.PASS), (3, "traffic", Verdict.BLOCKED), (2, "curiosity", Verdict.BLOCKED),
     (None, "traffic", Verdict.UNDECIDABLE)],
)  # fmt: skip
def test_a_grade_grant_is_judged_by_grade_role_and_purpose(
    city: City, admin: Api, grade: int | None, purpose: str, verdict: Verdict
) -> None:
    scope = {"grade": 2, "role": "department_officer", "purposes": ["traffic"]}
    given = {
        "kind": "grade",
        "organisation": "east-department",
        "division": "west",
        "scope": scope,
        "basis": "Letter 7",
    }
    admin.post("/grants", given, status=201)
    market = Located("market", "west")
    (request,) = grade_requests(city.actor(BoundRole.DEPARTMENT_OFFICER), market, grade, purpose)
    assert judge_access(current_law(), request, dt.date(2027, 1, 15)).verdict is verdict
    assert grade_requests(city.actor(BoundRole.PLANNER), market, grade, purpose) == ()  # another role
    assert grade_requests(city.actor(BoundRole.DEPARTMENT_OFFICER, "west"), market, grade, purpose) == ()
    assert grade_requests(city.actor(BoundRole.DEPARTMENT_OFFICER), Located("x", "east"), grade, purpose) == ()


def test_certificates_about_to_expire_are_on_the_administrators_page(city: City, admin: Api) -> None:
    for number, until in (("soon", "2027-02-01"), ("over", "2027-01-01"), ("later", "2029-01-01")):
        given = {"organisation": "mall", "kind": "guard_permit", "number": number, "until_date": until}
        admin.post("/qualifications", given, status=201)
    groups = {one["kind"]: one for one in city.browser(BoundRole.ORGANISATION_ADMIN).get("/todo")["groups"]}
    mine = groups["organisations.certificates"]
    assert [(item["title"].split()[-1], item["overdue"]) for item in mine["items"]] == [("over", True), ("soon", False)]
    western = city.browser(BoundRole.ORGANISATION_ADMIN, "west").get("/todo")["groups"]
    assert "organisations.certificates" not in {one["kind"] for one in western}
