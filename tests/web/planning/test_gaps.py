"""The coverage-gap report: by part, in one's own reach, with who must build and what follows (qd204 7, 8; sc799 7)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.web.audit.models import AuditCitation
from mingjian.web.authority.actor import BoundRole
from mingjian.web.planning import gaps
from mingjian.web.registry.models import Place

from .conftest import LAT_E7, LON_E7


@pytest.fixture
def officer(city: City) -> Api:
    return city.browser(BoundRole.OFFICER)


def parts(place: Place) -> dict[str, str]:
    return dict(place.parts.values_list("part", "id"))


def counts(api: Api, query: str = "") -> tuple[int, int, int, int]:
    found = api.get(f"/planning/gaps/summary{query}")
    return found["obliged"], found["covered"], found["gaps"], found["undecidable"]


def test_one_camera_at_the_entrance_does_not_cover_a_mall(
    officer: Api, make_place: Any, make_system: Any, make_camera: Any
) -> None:
    mall = make_place(
        "湖心商场", ["shopping_centre"], ["entrance", "public_area", "private_interior"], organisation="mall"
    )
    make_camera(part_id=parts(mall)["entrance"], place=mall, system=make_system(place=mall))
    assert counts(officer) == (2, 1, 1, 0)
    (gap,) = officer.get("/planning/gaps")["items"]
    assert (gap["place_name"], gap["part"], gap["judgement"]["verdict"]) == ("湖心商场", "public_area", "fail")
    assert "qd204.place.commerce_culture" in {one["key"] for one in gap["judgement"]["clauses"]}
    assert {"managing_unit"} <= {role for one in gap["bearers"] for role in one["roles"]}
    assert gap["outcome"]["verdict"] == "fail"


@pytest.mark.applies("places.must_have_system", "planning.task.send")
@pytest.mark.applies("coordination.gap_outcome", "planning.task.send")
def test_a_gap_that_government_is_to_close_is_a_task_and_no_fine(officer: Api, make_place: Any) -> None:
    bridge = make_place("东湖大桥", ["bridge"], ["whole"])
    (gap,) = officer.get("/planning/gaps")["items"]
    assert gap["outcome"]["verdict"] == "due"
    assert "never an article 26 fine" in gap["outcome"]["reason"]
    task = {
        "sender": "east-police", "department": "east-department", "duty": "urban_management", "matter": "请组织建设",
        "part": parts(bridge)["whole"],
    }  # fmt: skip
    assert officer.post("/coordination/tasks", task, status=201)["place"] == bridge.id
    assert AuditCitation.objects.get(clause="qd204.place.roads_and_squares").entry.action == "planning.task.send"


@pytest.mark.parametrize(
    ("standing", "values", "covered"),
    [
        ("in_use", {}, 1),
        ("trial_running", {}, 1),
        ("building", {}, 0),
        ("in_use", {"standing": "suspended"}, 0),
        ("in_use", {"removed_ns": 1}, 0),
    ],
)
def test_what_covers(
    officer: Api, make_place: Any, make_system: Any, make_camera: Any, standing: str, values: Any, covered: int
) -> None:
    school = make_place("东湖第一小学", ["school"], ["entrance"], organisation="school")
    make_camera(part_id=parts(school)["entrance"], place=school, system=make_system(standing=standing), **values)
    assert counts(officer) == (1, covered, 1 - covered, 0)


def test_a_system_whose_cameras_say_no_part_leaves_it_undecidable(
    officer: Api, make_place: Any, make_system: Any
) -> None:
    school = make_place("东湖第一小学", ["school"], ["entrance"], organisation="school")
    make_system(organisation="school", place=school)
    assert counts(officer) == (0, 0, 0, 1)


@pytest.mark.applies("additional_places.judge_additional", "planning.additional.approve")
def test_nobody_is_obliged_at_an_office_unless_the_municipal_government_says_so(
    officer: Api, city: City, make_place: Any
) -> None:
    office = make_place("写字楼", ["office"], ["entrance"])
    assert counts(officer) == (0, 0, 0, 0)
    planner = city.browser(BoundRole.PLANNER)
    body = {"place": office.id, "proposer": "east-department", "reason": "案件多发"}
    row = planner.post("/planning/additional", body, status=201)
    planner.post("/planning/additional", body, status=409)
    assert counts(officer) == (0, 0, 0, 0)
    district = city.browser(BoundRole.GOVERNMENT_APPROVER)
    paper = {"approver": "east-government", "number": "东政〔2026〕9号", "given_date": "2026-11-01"}
    problem = district.post(f"/planning/additional/{row['id']}/approve", paper, status=409, If_Match='"v1"')
    assert "municipal government" in problem["detail"]
    user = city.new_user("mayor", "government")
    city.bind(user, "government", BoundRole.GOVERNMENT_APPROVER)
    path = f"/planning/additional/{row['id']}/approve"
    Api(user).post(path, paper | {"approver": "government"}, If_Match='"v1"')
    assert counts(officer) == (1, 0, 1, 0)
    (gap,) = officer.get("/planning/gaps")["items"]
    assert [one["key"] for one in gap["judgement"]["clauses"]] == ["qd204.place.additional"]


def test_everybody_sees_the_gaps_of_his_own_reach(city: City, make_place: Any) -> None:
    make_place("湖心商场", ["shopping_centre"], ["entrance"], organisation="mall")
    make_place("西山市场", ["food_market"], ["entrance"], division="west", organisation="market")
    assert counts(city.browser(BoundRole.OFFICER)) == (1, 0, 1, 0)
    assert counts(city.browser(BoundRole.OFFICER, "west")) == (1, 0, 1, 0)
    (gap,) = city.browser(BoundRole.MANAGER).get("/planning/gaps")["items"]
    assert gap["place_name"] == "湖心商场"
    chief = city.new_user("chief", "bureau")
    city.bind(chief, "bureau", BoundRole.OFFICER)
    assert counts(Api(chief)) == (2, 0, 2, 0)
    assert counts(Api(chief), "?division=west") == (1, 0, 1, 0)
    assert counts(Api(chief), "?kind=food_market") == (1, 0, 1, 0)


def test_gaps_come_in_pages(officer: Api, make_place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps, "_SLICE", 2)  # a page is put together from several readings
    for number in range(5):
        make_place(f"学校 {number}", ["school"], ["entrance", "private_interior"])
        make_place(f"写字楼 {number}", ["office"], ["entrance"])
    first = officer.get("/planning/gaps?limit=3")
    rest = officer.get(f"/planning/gaps?limit=3&cursor={first['next']}")
    assert rest["next"] is None
    assert len({one["part_id"] for one in first["items"] + rest["items"]}) == 5


def test_kinds_count_on_their_days(officer: Api, make_place: Any) -> None:
    place = make_place("旧厂房", ["school"], ["entrance"])
    place.kinds.update(until_date="2020-01-01")
    assert counts(officer) == (0, 0, 0, 0)
    place.kinds.update(until_date="", since_date="2099-01-01")
    assert counts(officer) == (0, 0, 0, 0)


def test_a_plan_costs_what_it_costs_for_each_obligation_it_newly_covers(
    city: City, make_place: Any, make_system: Any, make_camera: Any
) -> None:
    planner = city.browser(BoundRole.PLANNER)
    body = {"division": "east", "organisation": "east-police", "title": "规划"}
    plan = planner.post("/plans", body, status=201)
    school = make_place("学校", ["school"], ["entrance", "public_area"])
    office = make_place("写字楼", ["office"], ["entrance"])
    make_camera(part_id=parts(school)["public_area"], place=school, system=make_system())
    at = {"lon_e7": LON_E7 + 10**6, "lat_e7": LAT_E7}
    for part in (parts(school)["entrance"], parts(school)["entrance"], parts(office)["entrance"], None):
        planner.post(f"/plans/{plan['id']}/points", {"name": "点", "part": part, "cost_fen": 1000, **at}, status=201)
    assert planner.get(f"/plans/{plan['id']}/cost") == {
        "points": 4, "cost_fen": 4000, "obligations": 1, "per_obligation_fen": 4000, "elsewhere": 2,
    }  # fmt: skip
