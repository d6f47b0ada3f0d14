"""A plan from its draft to its successor, as the people who make it (qd204 6)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.web.audit.models import AuditCitation
from mingjian.web.authority.actor import BoundRole

DRAFTERS = [
    {"body": "development_reform", "organisation": "development", "document": "明发改〔2026〕1号"},
    {"body": "big_data", "organisation": "", "document": "会签单"},
    {"body": "emergency_management", "organisation": "", "document": "会签单"},
]
APPROVAL = {"approver": "east-government", "approval_number": "东政〔2026〕8号", "approved_date": "2026-11-20"}


@pytest.fixture
def planner(city: City) -> Api:
    return city.browser(BoundRole.PLANNER)


@pytest.fixture
def government(city: City) -> Api:
    return city.browser(BoundRole.GOVERNMENT_APPROVER)


def draft(planner: Api, **values: Any) -> Any:
    body = {"division": "east", "organisation": "east-police", "title": "东湖区建设规划", **values}
    return planner.post("/plans", body, status=201)


def step(api: Api, plan: Any, event: str, *, status: int = 200, **papers: Any) -> Any:
    return api.post(
        f"/plans/{plan['id']}/step", {"event": event, **papers}, status=status, If_Match=f'"v{plan["version"]}"'
    )


def in_force(planner: Api, government: Api, plan: Any) -> Any:
    drafted = planner.patch(f"/plans/{plan['id']}", {"drafters": DRAFTERS}, If_Match=f'"v{plan["version"]}"')
    submitted = step(planner, drafted, "submit")
    approved = step(government, submitted, "approve", **APPROVAL)
    return step(planner, approved, "publish")


@pytest.mark.applies("plan_approval.judge_drafting", "planning.plan.submit")
@pytest.mark.applies("plan_approval.judge_plan", "planning.plan.approve")
@pytest.mark.applies("plan_approval.judge_plan", "planning.plan.publish")
def test_a_plan_comes_into_force_and_its_successor_supersedes_it(planner: Api, government: Api) -> None:
    first = in_force(planner, government, draft(planner))
    assert (first["state"], first["number"], first["approval_number"]) == ("in_force", 1, "东政〔2026〕8号")
    assert first["in_force_date"]
    second = in_force(planner, government, draft(planner, title="东湖区建设规划(修订)"))
    assert (second["state"], second["number"]) == ("in_force", 2)
    assert planner.get(f"/plans/{first['id']}")["state"] == "superseded"
    assert set(AuditCitation.objects.filter(clause="qd204.plan.approval").values_list("entry__action", flat=True)) >= {
        "planning.plan.submit", "planning.plan.approve", "planning.plan.publish",
    }  # fmt: skip


def test_without_the_departments_it_is_not_submitted(planner: Api) -> None:
    plan = draft(planner)
    problem = step(planner, plan, "submit", status=409)
    assert "development and reform" in problem["detail"]
    assert problem["remedy"].startswith("draft it with")
    assert planner.get(f"/plans/{plan['id']}")["state"] == "draft"


def test_a_drafter_that_is_not_there_names_its_field(planner: Api) -> None:
    plan = draft(planner)
    body = {"drafters": [DRAFTERS[0], {**DRAFTERS[1], "organisation": "nowhere"}]}
    problem = planner.patch(f"/plans/{plan['id']}", body, status=422, If_Match='"v1"')
    assert problem["field"] == "/drafters/1/organisation"


def test_another_levels_government_does_not_approve_it(planner: Api, government: Api, city: City) -> None:
    plan = draft(planner)
    drafted = planner.patch(f"/plans/{plan['id']}", {"drafters": DRAFTERS}, If_Match='"v1"')
    submitted = step(planner, drafted, "submit")
    user = city.new_user("mayor", "government")
    city.bind(user, "government", BoundRole.GOVERNMENT_APPROVER)
    problem = step(Api(user), submitted, "approve", status=409, **APPROVAL | {"approver": "government"})
    assert "another level" in problem["detail"]
    other = step(Api(user), submitted, "approve", status=422, **APPROVAL | {"approver": "west-government"})
    assert other["field"] == "/approver"
    tomorrow = step(government, submitted, "approve", status=422, **APPROVAL | {"approved_date": "2099-01-01"})
    assert tomorrow["field"] == "/approved_date"
    step(planner, submitted, "approve", status=403, **APPROVAL)
    step(government, submitted, "approve", status=422, **APPROVAL | {"approval_number": " "})
    assert step(government, submitted, "approve", **APPROVAL)["state"] == "approved"


def test_one_version_is_under_way_at_a_time_and_submitted_ones_do_not_change(planner: Api) -> None:
    plan = draft(planner)
    problem = planner.post("/plans", {"division": "east", "organisation": "east-police", "title": "另一版"}, status=409)
    assert problem["remedy"]
    drafted = planner.patch(f"/plans/{plan['id']}", {"drafters": DRAFTERS}, If_Match='"v1"')
    submitted = step(planner, drafted, "submit")
    planner.patch(f"/plans/{plan['id']}", {"title": "改名"}, status=409, If_Match=f'"v{submitted["version"]}"')


def test_two_people_at_one_plan(planner: Api) -> None:
    plan = draft(planner)
    planner.patch(f"/plans/{plan['id']}", {"title": "先改"}, If_Match='"v1"')
    problem = planner.patch(f"/plans/{plan['id']}", {"title": "后改"}, status=412, If_Match='"v1"')
    assert problem["code"] == "changed_meanwhile"
    assert planner.get(f"/plans/{plan['id']}")["title"] == "先改"


def test_a_plan_of_another_district_is_not_there(planner: Api, city: City) -> None:
    plan = draft(planner)
    neighbour = city.browser(BoundRole.PLANNER, "west")
    assert neighbour.get("/plans")["items"] == []
    neighbour.get(f"/plans/{plan['id']}", status=404)
    step(neighbour, plan, "withdraw", status=404)
    neighbour.post("/plans", {"division": "east", "organisation": "east-police", "title": "越界"}, status=403)


def test_public_security_of_the_level_leads(planner: Api) -> None:
    body = {"division": "east", "organisation": "east-department", "title": "规划"}
    assert planner.post("/plans", body, status=422)["field"] == "/organisation"
