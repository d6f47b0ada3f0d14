"""Works are held against the views near them; a covered camera is a case until a picture shows that it sees again."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.client import Api

from mingjian.kernel.ids import new_id
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import LOCAL_ROLE, Actor, BoundRole
from mingjian.web.files.models import StoredFile
from mingjian.web.obstructions.cases import found_by_diagnosis
from mingjian.web.obstructions.models import ObstructionCase
from mingjian.web.registry.models import Camera

LON, LAT = 1_203_000_000, 360_000_000


def metres(north: float) -> int:
    """Degrees e7 of latitude."""
    return round(north / 111_319.490793 * 10_000_000)


def camera(key: str, north: float, organisation: str = "mall", division: str = "east-street") -> Camera:
    """A camera that many metres north of the corner, looking north, 90 degrees wide and 100 m far."""
    return Camera.objects.create(
        id=key, name=f"路口{key}", keep_days=30, planned_from_ns=0, organisation_id=organisation,
        division_id=division, lon_e7=LON, lat_e7=LAT + metres(north), azimuth_deg=0, view_angle_deg=90,
        view_distance_m=100, created_ns=0,
    )  # fmt: skip


def board(north: float) -> dict[str, Any]:
    """A board a few metres wide across the view, that many metres north of the corner."""
    lat = (LAT + metres(north)) / 10_000_000
    west, east = LON / 10_000_000 - 0.00003, LON / 10_000_000 + 0.00003
    return {"type": "LineString", "coordinates": [[west, lat], [east, lat]]}


@pytest.fixture
def department(city: Any) -> Api:
    return city.browser(BoundRole.DEPARTMENT_OFFICER)


@pytest.fixture
def manager(city: Any) -> Api:
    return city.browser(BoundRole.MANAGER)


@pytest.fixture
def officer(city: Any) -> Api:
    return city.browser(BoundRole.OFFICER)


def tag(body: Any) -> str:
    return f'"v{body["version"]}"'


def permit(department: Api, north: float, **values: Any) -> Any:
    body = {
        "kind": "outdoor_advertising", "title": "湖滨路广告牌", "permit_number": "东城管广〔2026〕8号",
        "organisation": "east-department", "division": "east", "geometry": board(north), "begins": "2027-01-20",
        "ends": "2027-06-30", **values,
    }  # fmt: skip
    return department.post("/works", body, status=201)


@pytest.mark.applies("obstruction.judge_works", "works.register")
@pytest.mark.applies("obstruction.judge_works", "works.look")
def test_works_in_a_view_are_looked_at_and_what_hinders_is_a_lead(
    city: Any, department: Api, manager: Api, officer: Api
) -> None:
    camera("near", 0)
    camera("far", -150)  # the board is 180 m away, out of its view and beyond the margin
    works = permit(department, 30)
    (view,) = works["views"]
    assert (view["camera"], view["distance_m"], view["in_view"]) == ("near", 30, True)
    assert view["judgement"]["verdict"] == "undecidable"
    (todo,) = [group for group in manager.get("/todo")["groups"] if group["kind"] == "works.look"]
    assert (todo["count"], todo["items"][0]["due"]) == (1, "2027-01-20")
    body = {"camera": "near", "hinders": True, "note": "广告牌挡住路口"}
    looked = manager.post(f"/works/{works['id']}/look", body, If_Match=tag(works))
    assert looked["views"][0]["judgement"]["verdict"] == "fail"
    (lead,) = officer.get("/leads")["items"]
    assert (lead["origin"], lead["camera"], lead["clauses"]) == (
        "obstruction", "near", ["qd204.obstruction.works_nearby"],
    )  # fmt: skip
    manager.post(f"/works/{works['id']}/look", body, status=412, If_Match=tag(works))
    assert not [group for group in manager.get("/todo")["groups"] if group["kind"] == "works.look"]


def test_the_margin_is_the_policys_fifty_metres(city: Any, department: Api) -> None:
    camera("behind", 80)  # looks away from the board
    assert [view["camera"] for view in permit(department, 31)["views"]] == ["behind"]
    assert permit(department, 28)["views"] == []


def test_of_cameras_out_of_reach_only_whom_to_ask_is_told(city: Any, department: Api) -> None:
    camera("other", 0, "market", "west-zone")
    works = permit(department, 30)
    assert (works["views"], works["others"]) == ([], 1)
    assert works["contacts"] == ["西山农贸市场有限公司"]
    west = city.browser(BoundRole.MANAGER, "west")
    seen = west.get(f"/works/{works['id']}")
    assert [view["camera"] for view in seen["views"]] == ["other"]
    assert [one["id"] for one in west.get("/works")["items"]] == [works["id"]]
    city.browser(BoundRole.MANAGER).get(f"/works/{works['id']}", status=404)
    department.post(f"/works/{works['id']}/end", {"reason": "已拆除"}, If_Match=tag(works))
    assert west.get("/works")["items"] == []


@pytest.mark.parametrize(
    "geometry",
    [{}, {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": [200, 0]},
     {"type": "LineString", "coordinates": [[120, 36], [121, 37]]}, {"type": "Point", "coordinates": ["x", "y"]}],
)  # fmt: skip
def test_a_geometry_that_is_none_is_refused(city: Any, department: Api, geometry: dict[str, Any]) -> None:
    body = {
        "kind": "pipeline", "title": "管线", "organisation": "east-department", "division": "east",
        "geometry": geometry, "begins": "2027-01-20",
    }  # fmt: skip
    assert department.post("/works", body, status=422)["field"] == "/geometry"


def picture(key: str) -> str:
    StoredFile.objects.create(
        id=key, sha256="0" * 64, media_type="image/jpeg", bytes=1, name="画面.jpg", subject_kind="camera", created_ns=0
    )
    return key


@pytest.mark.applies("obstruction.judge_act", "obstructions.open")
@pytest.mark.applies("obstruction.judge_act", "obstructions.step")
def test_a_covered_camera_is_a_case_until_a_picture_shows_that_it_sees_again(
    city: Any, manager: Api, officer: Api
) -> None:
    camera("near", 0)
    guard = city.browser(BoundRole.GUARD)
    case = guard.post("/obstructions", {"camera": "near", "act": "cover", "detail": "被塑料袋罩住"}, status=201)
    assert (case["state"], case["judgement"]["verdict"]) == ("found", "fail")
    again = manager.post("/obstructions", {"camera": "near", "act": "cover"}, status=201)
    assert again["id"] == case["id"]  # one case of one act
    (lead,) = officer.get("/leads")["items"]
    assert (lead["id"], lead["subject_id"]) == (case["lead"], case["id"])
    guard.post(f"/obstructions/{case['id']}/step", {"event": "confirm"}, status=403, If_Match=tag(case))
    path = f"/obstructions/{case['id']}/step"
    confirmed = officer.post(path, {"event": "confirm"}, If_Match=tag(case))
    notified = officer.post(path, {"event": "notify"}, If_Match=tag(confirmed))
    bare = guard.post(path, {"event": "restore"}, status=409, If_Match=tag(notified))
    assert "no picture" in bare["detail"]
    body = {"event": "restore", "picture": picture("after")}
    restored = guard.post(path, body, If_Match=tag(notified))
    assert (restored["state"], restored["restored"]) == ("restored", "2027-01-15")
    closed = officer.post(path, {"event": "close"}, If_Match=tag(restored))
    assert (closed["state"], closed["events"]) == ("closed", [])
    entries = AuditEntry.objects.filter(action="obstructions.step").order_by("id")
    assert [entry.after["event"] for entry in entries] == ["confirm", "notify", "restore", "close"]


def test_what_was_done_with_authority_is_no_case_of_the_law(city: Any, officer: Api, manager: Api) -> None:
    camera("near", 0)
    body = {"camera": "near", "act": "cover", "authorised": True, "detail": "检修"}
    case = manager.post("/obstructions", body, status=201)
    assert (case["judgement"]["verdict"], case["lead"]) == ("pass", None)
    held = officer.post(f"/obstructions/{case['id']}/step", {"event": "confirm"}, status=409, If_Match=tag(case))
    assert held["field"] == "/event"
    officer.post(f"/obstructions/{case['id']}/step", {"event": "dismiss"}, If_Match=tag(case))


def test_a_report_of_the_public_becomes_a_case_of_its_lead(city: Any, officer: Api) -> None:
    camera("near", 0)
    body = {"kind": "obstruction", "division": "east", "where": "湖滨路口", "text": "摄像机被喷漆了"}
    Api().post("/public/reports", body, status=201)
    (lead,) = officer.get("/leads")["items"]
    case = officer.post("/obstructions", {"camera": "near", "act": "spray", "lead": lead["id"]}, status=201)
    assert (case["source"], case["lead"]) == ("report", lead["id"])
    assert len(officer.get("/leads")["items"]) == 1


def test_diagnosis_opens_a_case_that_a_person_confirms(city: Any) -> None:
    camera("near", 0)
    program = Actor(user="", name="系统", unit="", role=LOCAL_ROLE)
    case = found_by_diagnosis("near", "cover", "画面遮挡 92%", program)
    assert case is not None
    assert (case.source, case.state) == ("diagnosis", "found")
    assert found_by_diagnosis("near", "cover", "画面遮挡 95%", program) == case
    assert found_by_diagnosis(new_id(0), "cover", "", program) is None
    assert ObstructionCase.objects.count() == 1


def test_others_see_no_case(city: Any, manager: Api) -> None:
    camera("near", 0)
    case = manager.post("/obstructions", {"camera": "near", "act": "move"}, status=201)
    for role in (BoundRole.MANAGER, BoundRole.OFFICER):
        other = city.browser(role, "west")
        other.get(f"/obstructions/{case['id']}", status=404)
        assert other.get("/obstructions")["items"] == []
    city.browser(BoundRole.GUARD, "west").post("/obstructions", {"camera": "near", "act": "move"}, status=404)
