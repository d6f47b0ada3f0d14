"""The manager inspects prohibited areas, reports what he finds, and is told when it is due again (sc799 8.2)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.web.client import Api

from mingjian.kernel.clock import DAY_NS, ManualClock
from mingjian.web.authority.actor import BoundRole
from mingjian.web.inspections.areas import prohibited_kinds
from mingjian.web.registry.models import Place, Room

TODAY = "2027-01-15"


@pytest.fixture
def place(city: Any) -> Place:
    made = Place.objects.create(
        id="mall-place",
        name="湖心商场",
        division_id="east-street",
        organisation_id="mall",
        public_place=True,
        created_ns=0,
    )
    Room.objects.create(id="fitting", place=made, kind="fitting_room", name="女装试衣间")
    return made


@pytest.fixture
def manager(city: Any) -> Api:
    return city.browser(BoundRole.MANAGER)


def due(api: Api) -> list[str]:
    return [one["place"] for one in api.get("/area-inspections/due")["items"]]


@pytest.mark.applies("manager_inspection.judge_inspection", "inspections.area")
def test_it_is_due_until_inspected_and_again_after_the_cycle(place: Place, manager: Api, clock: ManualClock) -> None:
    assert due(manager) == ["mall-place"]
    assert [group["kind"] for group in manager.get("/todo")["groups"]] == ["inspections.areas"]
    made = manager.post("/area-inspections", {"place": "mall-place", "date": TODAY}, status=201)
    assert made["judgement"]["verdict"] == "pass"
    assert due(manager) == []
    clock.step(30 * DAY_NS)
    assert due(manager) == []
    clock.step(DAY_NS)
    assert due(manager) == ["mall-place"]
    (kept,) = manager.get("/area-inspections?place=mall-place")["items"]
    assert kept["judgement"]["verdict"] == "due"


def test_a_find_is_reported_at_once_as_an_urgent_lead(place: Place, manager: Api, city: Any) -> None:
    body = {"place": "mall-place", "date": TODAY, "found_device": True, "finding": "镜后有针孔摄像头"}
    kept_back = manager.post("/area-inspections", body, status=201)
    assert kept_back["judgement"]["verdict"] == "fail"
    officer = city.browser(BoundRole.OFFICER)
    assert officer.get("/leads")["items"] == []
    told = manager.post("/area-inspections", {**body, "reported": True}, status=201)
    assert (told["judgement"]["verdict"], told["reported"]) == ("pass", TODAY)
    (lead,) = officer.get("/leads")["items"]
    assert (lead["urgent"], lead["place"], lead["clauses"]) == (
        True, "mall-place", ["sc799.prohibited.manager_inspects"],
    )  # fmt: skip


def test_a_place_without_such_rooms_is_not_asked_and_nobody_inspects_for_others(
    place: Place, manager: Api, city: Any
) -> None:
    west = city.browser(BoundRole.MANAGER, "west")
    assert due(west) == []
    west.post("/area-inspections", {"place": "mall-place", "date": TODAY}, status=404)
    west.get("/area-inspections?place=mall-place", status=404)
    late = {"place": "mall-place", "date": "2027-01-16"}
    assert manager.post("/area-inspections", late, status=422)["field"] == "/date"
    Room.objects.update(kind="office")
    assert due(manager) == []


def test_which_rooms_they_are_is_the_rules_word() -> None:
    kinds = set(prohibited_kinds(dt.date(2027, 1, 15)))
    assert {"fitting_room", "toilet", "dining_private_room", "hotel_guest_room"} <= kinds
    assert not {"office", "lobby", "outdoors", "corridor"} & kinds
