"""Planned points meet duplicates, landscape and secure margins before anything is built."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.web.authority.actor import BoundRole, local_person
from mingjian.web.organisations.models import Organisation
from mingjian.web.planning.models import PlannedPoint
from mingjian.web.planning.points import point_built
from mingjian.web.registry.models import CameraArchive
from mingjian.web.zones.actions import add_zone

from .conftest import LAT_E7, LON_E7

POINT = {"name": "路口北", "lon_e7": LON_E7, "lat_e7": LAT_E7, "azimuth_deg": 0, "landscape_note": "与路灯合杆"}


@pytest.fixture
def planner(city: City) -> Api:
    return city.browser(BoundRole.PLANNER)


@pytest.fixture
def plan(planner: Api) -> Any:
    return planner.post(
        "/plans", {"division": "east", "organisation": "east-police", "title": "东湖区建设规划"}, status=201
    )


def add(planner: Api, plan: Any, **values: Any) -> Any:
    return planner.post(f"/plans/{plan['id']}/points", POINT | values, status=201)


@pytest.mark.applies("duplicate_coverage.judge_new_point", "planning.point.add")
@pytest.mark.applies("landscape.judge_landscape", "planning.point.add")
@pytest.mark.applies("secure_margins.judge_margin", "planning.point.add")
def test_a_free_site_passes_and_without_a_landscape_note_is_advised(planner: Api, plan: Any) -> None:
    assert add(planner, plan)["judgement"]["verdict"] == "pass"
    advised = add(planner, plan, landscape_note="")["judgement"]
    assert advised["verdict"] == "advised"
    assert [one["key"] for one in advised["clauses"]] == ["qd204.plan.landscape"]


def test_what_another_unit_covers_is_said_without_saying_more(
    planner: Api, plan: Any, make_camera: Any, city: City
) -> None:
    Organisation.objects.filter(pk="market").update(telephone="0532-1234")
    make_camera("西山农贸市场财务室", organisation="market", division_id="west")
    judgement = add(planner, plan)["judgement"]
    assert judgement["verdict"] == "suspended"
    assert "西山农贸市场有限公司 0532-1234" in judgement["reason"]
    assert "财务室" not in judgement["reason"]
    assert add(planner, plan, reason_to_build="对向车道无覆盖")["judgement"]["verdict"] == "pass"


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"azimuth_deg": 180}, "suspended"),  # the same pole, looking away
        ({"azimuth_deg": 180, "lat_e7": LAT_E7 + 1000}, "pass"),  # 11 m away, looking away
        ({"lat_e7": LAT_E7 + 1000, "view_angle_deg": 80}, "suspended"),  # 11 m away, overlapping by more than half
        ({"removed_ns": 1}, "pass"),
        ({"standing": "refused"}, "pass"),
    ],
)
def test_overlap_and_pole_decide(planner: Api, plan: Any, make_camera: Any, values: Any, verdict: str) -> None:
    make_camera(**values)
    assert add(planner, plan)["judgement"]["verdict"] == verdict


def test_the_number_of_the_pole_and_a_network_at_hand_count_too(planner: Api, plan: Any, make_camera: Any) -> None:
    """The pole by its number however far its position is registered; a network by the cameras that use it."""
    away = make_camera(lat_e7=LAT_E7 + 8000, azimuth_deg=0)  # 89 m to the north, looking away: no overlap
    CameraArchive.objects.create(camera=away, pole="HB-0012", network="区视频专网")
    Organisation.objects.filter(pk="mall").update(telephone="0532-1234")
    covered = add(planner, plan, pole="HB-0012", network="区视频专网")["judgement"]
    assert (covered["verdict"], "covered already" in covered["reason"]) == ("suspended", True)
    unused = add(planner, plan, pole="HB-0013")["judgement"]
    assert unused["verdict"] == "suspended"
    assert unused["reason"] == "an existing network is at hand and not used, contact 湖心商场有限公司 0532-1234"
    assert "区视频专网" not in str(unused)
    assert add(planner, plan, network="区视频专网")["judgement"]["verdict"] == "pass"
    assert add(planner, plan, reason_to_build="涉密专网不得共用")["judgement"]["verdict"] == "pass"
    kept = add(planner, plan, pole="HB-0013", network="区视频专网")
    assert (kept["pole"], kept["network"]) == ("HB-0013", "区视频专网")


def test_near_a_zone_it_is_blocked_and_nothing_tells_where(planner: Api, plan: Any, city: City) -> None:
    lon, lat = LON_E7 / 1e7, LAT_E7 / 1e7
    ring = [[lon, lat], [lon + 0.001, lat], [lon + 0.001, lat + 0.001], [lon, lat]]
    add_zone(local_person("t"), "classified_unit", "机要局", {"type": "Polygon", "coordinates": [ring]}, "government")
    judgement = planner.post("/planning/check", POINT)
    assert judgement["verdict"] == "blocked"
    assert "机要局" not in str(judgement)
    assert PlannedPoint.objects.count() == 0


def test_a_change_is_judged_again_and_a_submitted_plans_points_stay(planner: Api, plan: Any, make_camera: Any) -> None:
    point = add(planner, plan)
    make_camera()
    path = f"/plans/{plan['id']}/points/{point['id']}"
    changed = planner.patch(path, {"cost_fen": 100}, If_Match='"v1"')
    assert (changed["judgement"]["verdict"], changed["cost_fen"], changed["version"]) == ("suspended", 100, 2)
    planner.patch(path, {"cost_fen": 200}, status=412, If_Match='"v1"')
    planner.post(f"/plans/{plan['id']}/step", {"event": "withdraw"}, If_Match='"v1"')
    planner.patch(path, {"cost_fen": 300}, status=409, If_Match='"v2"')


def test_a_dropped_point_stays_readable_and_a_built_one_knows_its_camera(
    planner: Api, plan: Any, make_camera: Any
) -> None:
    dropped, built = add(planner, plan), add(planner, plan)
    path = f"/plans/{plan['id']}/points/{dropped['id']}/drop"
    assert planner.post(path, {"reason": "征地未成"}, If_Match='"v1"')["dropped"]
    camera = make_camera()
    point_built(local_person("t"), built["id"], camera)
    point_built(local_person("t"), dropped["id"], camera)
    items = {one["id"]: one for one in planner.get(f"/plans/{plan['id']}/points")["items"]}
    assert (items[built["id"]]["camera"], items[dropped["id"]]["camera"]) == (camera.id, None)


def test_a_part_that_is_not_there_names_its_field(planner: Api, plan: Any) -> None:
    assert planner.post(f"/plans/{plan['id']}/points", POINT | {"part": "nowhere"}, status=422)["field"] == "/part"
