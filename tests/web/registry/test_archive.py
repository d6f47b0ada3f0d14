"""Enrolment by the file: refused with its clause, suspended, or accepted with what is still due; codes; duplicates."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.files.samples import PDF, path_of_files, picture

from mingjian.web.authority.actor import BoundRole, local_person
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.models import Camera
from mingjian.web.registry.plan import build_plan
from mingjian.web.zones.actions import add_zone
from mingjian.wire.gb_code import read_code

pytestmark = pytest.mark.django_db
AT = {"datum": "WGS-84", "lon": "120.4", "lat": "36.1"}
FULL = {
    "name": "北门入口", "organisation": "mall", "division": "east", "room_interior": False, "necessary": True,
    "sees_prohibited_room": False, "could_see_by_moving": False, "audio": False, "may_infringe_privacy": False,
    "purpose": "治安防范", "legal_basis": "第七条", "sharing_grade": 2,
}  # fmt: skip


def mall(city: City, room: str = "lobby") -> dict[str, str]:
    """A place of the mall's with a room; ids by name."""
    browser = city.browser(BoundRole.MANAGER)
    place = {"name": "湖心商场", "division": "east", "organisation": "mall", "kinds": ["shopping_centre"]}
    made = browser.post("/places", {**place, "parts": ["entrance"], "public_place": True}, status=201)
    room_made = browser.post(f"/places/{made['id']}/rooms", {"kind": room}, status=201, If_Match='"v1"')
    return {"place": made["id"], "part": made["parts"][0]["id"], "room": room_made["id"]}


def enrol(city: City, status: int = 201, side: str = "east", **values: Any) -> Any:
    return city.browser(BoundRole.MANAGER, side).post("/cameras/enrol", {**FULL, **values}, status=status)


@pytest.mark.applies("audio.judge_sound", "registry.archive.enrol")
@pytest.mark.applies("builders.may_install", "registry.archive.enrol")
@pytest.mark.applies("declared_use.judge_declarations", "registry.archive.enrol")
@pytest.mark.applies("privacy.judge_privacy", "registry.archive.enrol")
@pytest.mark.applies("prohibited_rooms.judge_names", "registry.archive.enrol")
@pytest.mark.applies("prohibited_rooms.judge_view", "registry.archive.enrol")
@pytest.mark.applies("secure_margins.judge_margin", "registry.archive.enrol")
def test_a_complete_file_is_accepted_with_nothing_due(city: City) -> None:
    made = enrol(city, **mall(city), position=AT)
    assert (made["standing"], made["due"]) == ("active", {})
    assert 0 < made["archive_score"] < 100
    assert "code" in made["missing"]


def test_the_reply_of_a_unit_near_by_is_a_paper_that_was_handed_in(city: City) -> None:
    ring = [[120.399, 36.099], [120.401, 36.099], [120.401, 36.101], [120.399, 36.099]]
    add_zone(local_person("t"), "classified_unit", "机要局", {"type": "Polygon", "coordinates": [ring]}, "government")
    values = {**mall(city), "position": AT}
    enrol(city, 422, **values)
    reply = {"positive": True, "file": "nothing", "given_date": "2026-01-01"}
    assert enrol(city, 422, **values, margin_reply=reply)["field"] == "/margin_reply/file"
    path = path_of_files(kind="camera", organisation="mall", part="reply", name="同意函.pdf")
    file = city.browser(BoundRole.MANAGER).upload(path, PDF, status=201)
    assert enrol(city, **values, margin_reply={**reply, "file": file["id"]})["standing"] == "active"


def test_an_empty_file_is_accepted_with_what_is_due(city: City) -> None:
    made = enrol(city, sharing_grade=None, sees_prohibited_room=None)
    assert made["standing"] == "active"
    assert {name: one["verdict"] for name, one in made["due"].items()} == {
        "placement": "undecidable", "declared_use": "due",
    }  # fmt: skip


@pytest.mark.applies("prohibited_rooms.judge_room", "registry.archive.enrol")
def test_a_changing_room_is_refused_with_its_clause_and_leaves_a_lead(city: City) -> None:
    problem = enrol(city, 422, **mall(city, "changing_room"), room_interior=True)
    assert problem["code"] == "enrolment_refused"
    assert "article 9, paragraph 1" in problem["detail"]
    assert "article 8, paragraph 1" in problem["detail"]
    assert not Camera.objects.exists()
    lead = InspectionLead.objects.get()
    assert (lead.origin, lead.about_id, lead.division_id) == ("enrolment", "mall", "east")
    assert "qd204.prohibited.rooms" in lead.clauses


def test_a_stranger_may_not_build_in_a_public_place(city: City) -> None:
    where = {**mall(city), "organisation": "market", "division": "west"}
    problem = enrol(city, 422, "west", **where)
    assert problem["code"] == "enrolment_refused"
    assert "qd204.builder.no_other" in InspectionLead.objects.get().clauses


def test_a_word_suspends_until_somebody_confirms_with_a_picture(city: City) -> None:
    made = enrol(city, name="更衣室", **mall(city))
    assert made["standing"] == "suspended"
    browser = city.browser(BoundRole.MANAGER)
    path = f"/cameras/{made['id']}"
    unseen = browser.post(f"{path}/confirm", {"picture": "p1", "prohibited": False}, status=422, If_Match='"v1"')
    assert unseen["field"] == "/picture"
    browser.upload(path_of_files(kind="camera", subject=made["id"], name="a.png"), picture("PNG"), status=201)
    (seen,) = browser.get(f"/files?kind=camera&subject={made['id']}")["items"]
    confirmed = browser.post(f"{path}/confirm", {"picture": seen["id"], "prohibited": False}, If_Match='"v1"')
    assert confirmed["standing"] == "active"
    refused = browser.post(f"{path}/confirm", {"picture": seen["id"], "prohibited": True}, If_Match='"v2"')
    assert refused["standing"] == "refused"
    assert InspectionLead.objects.get().subject_id == made["id"]
    actions = [one["action"] for one in browser.get(f"{path}/history")["items"]]
    assert actions.count("registry.archive.confirm") == 2
    assert actions[-1] == "registry.archive.enrol"


def test_a_camera_with_a_stream_is_judged_by_its_name(operator: Any) -> None:
    made = operator.post("/cameras", {"name": "女更衣室", "url": "rtsp://10.0.0.1/x"}, status=201)
    assert made["standing"] == "suspended"
    assert [one.enabled for one in build_plan(1).cameras] == [False]
    renamed = operator.patch(f"/cameras/{made['id']}", {"name": "大门"}, If_Match='"v1"')
    assert renamed["standing"] == "active"


def test_codes_are_generated_checked_dated_and_never_reused(city: City) -> None:
    browser = city.browser(BoundRole.MANAGER)
    first, second = enrol(city), enrol(city, name="南门")
    coded = browser.post(f"/cameras/{first['id']}/code", {"industry": "01", "network": "5"}, If_Match='"v1"')
    assert coded["code"] == "37020200011325000001"
    code = read_code(coded["code"])
    assert (code.centre, code.industry, code.kind, code.network, code.serial) == ("37020200", "01", "132", "5", 1)
    path = f"/cameras/{second['id']}"
    for wrong, error in (("1" * 19, "invalid"), ("37020300011325000009", "invalid"), (coded["code"], "code_taken")):
        problem = browser.patch(f"{path}/file", {"code": wrong}, status=422, If_Match='"v1"')
        assert (problem["code"], problem["field"]) == (error, "/code")
    again = browser.post(f"/cameras/{first['id']}/code", {"industry": "01", "network": "5"}, If_Match='"v2"')
    assert again["code"].endswith("000002")
    assert [bool(one["until_date"]) for one in again["codes"]] == [True, False]
    assert browser.patch(f"{path}/file", {"code": coded["code"]}, status=422, If_Match='"v1"')["code"] == "code_taken"
    assert Identifier.objects.count() == 2


def test_duplicates_across_subtrees_say_only_whom_to_ask(city: City) -> None:
    made = enrol(city, position=AT, azimuth_deg=0, view_angle_deg=90, view_distance_m=50, address="湖滨路 1 号")
    same = {"position": AT, "azimuth_deg": 10, "view_angle_deg": 90, "view_distance_m": 50}
    (own,) = city.browser(BoundRole.MANAGER).post("/cameras/duplicates", same)
    assert (own["camera"], own["grounds"]) == (made["id"], ["view"])
    (other,) = city.browser(BoundRole.MANAGER, "west").post("/cameras/duplicates", same)
    assert other == {
        "said": "covered already, contact 湖心商场有限公司", "contact": "湖心商场有限公司", "grounds": [], "camera": None,
        "name": "", "overlap_percent": None, "distance_m": None,
    }  # fmt: skip
    browser = city.browser(BoundRole.MANAGER)
    assert browser.post("/cameras/duplicates", {**same, "azimuth_deg": 180, "view_distance_m": 5})[0]["grounds"] == [
        "position"
    ]
    assert browser.post("/cameras/duplicates", {"address": "湖滨路 1 号"})[0]["grounds"] == ["address"]
    assert browser.post("/cameras/duplicates", {"address": "湖滨路 2 号"}) == []


def test_members_see_cameras_of_their_reach_only(city: City, camera: Any) -> None:
    made = enrol(city, position=AT)
    for role in (BoundRole.MANAGER, BoundRole.OFFICER, BoundRole.GUARD):
        assert [one["id"] for one in city.browser(role).get("/cameras?text=bmrk")["items"]] == [made["id"]]
        stranger = city.browser(role, "west")
        assert stranger.get("/cameras")["items"] == []
        for path in ("", "/file", "/history"):
            stranger.get(f"/cameras/{made['id']}{path}", status=404)
        assert stranger.get("/map/cameras?bbox=120,36,121,37&zoom=10") == {"clusters": [], "cameras": []}
    city.browser(BoundRole.GUARD).patch(f"/cameras/{made['id']}/file", {"address": "x"}, status=403, If_Match='"v1"')
    east = city.browser(BoundRole.MANAGER)
    east.patch(f"/cameras/{made['id']}/file", {"organisation": "market"}, status=403, If_Match='"v1"')


def test_the_map_clusters_on_the_server(city: City) -> None:
    rows = [
        Camera(
            id=f"cam{number}", name=f"c{number}", keep_days=30, planned_from_ns=0, created_ns=0, organisation_id="mall",
            division_id="east", lon_e7=1_204_000_000 + number * 1000, lat_e7=361_000_000,
        )
        for number in range(450)
    ]  # fmt: skip
    Camera.objects.bulk_create(rows)
    Camera.objects.create(
        id="far", name="far", keep_days=30, planned_from_ns=0, created_ns=0, organisation_id="mall",
        division_id="east", lon_e7=1_209_000_000, lat_e7=365_000_000, azimuth_deg=7,
    )  # fmt: skip
    browser = city.browser(BoundRole.OFFICER)
    found = browser.get("/map/cameras?bbox=120,36,121,37&zoom=9")
    assert sum(one["count"] for one in found["clusters"]) == 450
    assert [(one["id"], one["azimuth"]) for one in found["cameras"]] == [("far", 7)]
    for one in found["clusters"]:
        west, south, east, north = one["bbox"]
        assert west <= one["lon"] <= east
        assert south <= one["lat"] <= north
    for zoom in (0, 9, 10, 11, 13, 14, 16):
        seen = browser.get(f"/map/cameras?bbox=120,36,121,37&zoom={zoom}")
        assert sum(one["count"] for one in seen["clusters"]) + len(seen["cameras"]) == 451
    assert len(browser.get("/map/cameras?bbox=120.4,36.1,120.401,36.1&zoom=9")["cameras"]) == 11
    for bad in ("1,2,3", "a,b,c,d", "2,2,1,3", "0,0,nan,1", "0,0,1,91"):
        assert browser.get(f"/map/cameras?bbox={bad}&zoom=9", status=422)["field"] == "/bbox"


def test_a_photo_counts_in_the_file_until_it_is_taken_down(city: City) -> None:
    made = enrol(city)
    browser, path = city.browser(BoundRole.MANAGER), f"/cameras/{made['id']}/file"
    other = path_of_files(kind="camera", subject=made["id"], part="contract", name="a.png")
    browser.upload(other, picture("PNG"), status=201)
    assert "photo" in browser.get(path)["missing"]
    photo = browser.upload(
        path_of_files(kind="camera", subject=made["id"], part="photo", name="a.jpg"), picture("JPEG"), status=201
    )
    seen = browser.get(path)
    assert "photo" not in seen["missing"]
    assert (seen["version"], seen["archive_score"] > made["archive_score"]) == (1, True)
    changed = browser.patch(path, {"contract": "2027-1"}, If_Match='"v1"')  # no scored field
    assert changed["archive_score"] == seen["archive_score"]
    browser.post(f"/files/{photo['id']}/remove", {"reason": "拍错"})
    assert browser.get(path)["archive_score"] == made["archive_score"]
