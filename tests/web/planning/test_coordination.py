"""Coordination between departments (qd204 3.1, 3.3)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.web.audit.models import AuditCitation
from mingjian.web.authority.actor import BoundRole

TASK = {
    "sender": "east-police", "department": "east-department", "duty": "urban_management",
    "matter": "东湖大桥未建系统,请组织建设", "due_date": "2027-03",
}  # fmt: skip


@pytest.fixture
def officer(city: City) -> Api:
    return city.browser(BoundRole.OFFICER)


@pytest.fixture
def department(city: City) -> Api:
    return city.browser(BoundRole.DEPARTMENT_OFFICER)


def answer(api: Api, task: Any, state: str, words: str = "", *, status: int = 200) -> Any:
    body = {"state": state, "answer": words}
    return api.post(f"/coordination/tasks/{task['id']}/answer", body, status=status, If_Match=f'"v{task["version"]}"')


@pytest.mark.applies("coordination.may_be_tasked", "planning.task.send")
def test_a_task_is_sent_accepted_and_done(officer: Api, department: Api) -> None:
    task = officer.post("/coordination/tasks", TASK, status=201)
    assert AuditCitation.objects.get(clause="qd204.coordination.departments").entry.action == "planning.task.send"
    (seen,) = department.get("/coordination/tasks?state=sent")["items"]
    accepted = answer(department, seen, "accepted")
    assert answer(department, accepted, "done", status=422)["field"] == "/answer"
    done = answer(department, accepted, "done", "已列入年度计划并建成")
    assert officer.get("/coordination/tasks")["items"][0]["state"] == "done"
    answer(department, done, "declined", "重复", status=409)
    assert task["id"] == done["id"]


def test_a_department_that_the_clause_does_not_name_needs_the_basis_of_its_duty(officer: Api) -> None:
    problem = officer.post("/coordination/tasks", TASK | {"duty": "education"}, status=422)
    assert problem["field"] == "/basis"
    officer.post("/coordination/tasks", TASK | {"duty": "education", "basis": "三定方案"}, status=201)


def test_only_the_department_answers_and_only_the_sender_withdraws(officer: Api, department: Api, city: City) -> None:
    task = officer.post("/coordination/tasks", TASK, status=201)
    neighbour = city.browser(BoundRole.DEPARTMENT_OFFICER, "west")
    assert neighbour.get("/coordination/tasks")["items"] == []
    answer(neighbour, task, "accepted", status=404)
    path = f"/coordination/tasks/{task['id']}/withdraw"
    department.post(path, {"reason": "不想办"}, status=403, If_Match='"v1"')
    west = city.browser(BoundRole.OFFICER, "west")
    west.post(path, {"reason": "不相干"}, status=404, If_Match='"v1"')
    assert officer.post(path, {"reason": "重复派发"}, If_Match='"v1"')["state"] == "withdrawn"


def test_tasks_stay_in_ones_own_reach(officer: Api) -> None:
    officer.post("/coordination/tasks", TASK | {"department": "west-department"}, status=403)
    officer.post("/coordination/tasks", TASK | {"sender": "west-police"}, status=403)


@pytest.mark.applies("coordination.judge_mechanism", "planning.mechanism.set")
@pytest.mark.parametrize(
    ("exists", "included", "verdict"),
    [(False, [], "fail"), (True, ["smart_city"], "fail"), (True, ["smart_city", "urban_rural_planning"], "pass")],
)
def test_a_governments_mechanism_is_judged(city: City, exists: bool, included: list[str], verdict: str) -> None:
    leader = city.browser(BoundRole.GOVERNMENT_APPROVER)
    body = {"exists": exists, "members": ["east-police"], "included_in": included, "version": 0}
    row = leader.put("/coordination/mechanisms/east-government", body)
    assert (row["judgement"]["verdict"], row["version"]) == (verdict, 1)
    assert [one["key"] for one in row["judgement"]["clauses"]] == ["qd204.coordination.mechanism"]
    leader.put("/coordination/mechanisms/east-government", body, status=412)
    leader.put("/coordination/mechanisms/west-government", body, status=403)
    assert len(leader.get("/coordination/mechanisms")) == 1
