"""Places through the API: what is kept, who may, and what each pack makes of a part."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.registry.models import Place

pytestmark = pytest.mark.django_db
MALL = {"name": "湖心购物中心", "division": "east", "organisation": "mall", "kinds": ["shopping_centre"]}


def made(city: City, side: str = "east", **values: Any) -> dict[str, Any]:
    return city.browser(BoundRole.MANAGER, side).post("/places", {**MALL, **values}, status=201)


def cited(action: str) -> set[str]:
    """Clauses of the latest entry of an action."""
    entry = AuditEntry.objects.filter(action=f"registry.place.{action}").latest("id")
    return set(entry.citations.values_list("clause", flat=True))


def test_a_place_is_registered_with_its_position_as_given(city: City) -> None:
    place = made(city, position={"datum": "GCJ-02", "lon": "121.531541859215", "lat": "31.17530398364597"})
    assert (place["lon"], place["lat"]) == pytest.approx((121.5272106, 31.1774276), abs=2e-7)
    assert place["given"] == {"datum": "GCJ-02", "lon": "121.531541859215", "lat": "31.17530398364597"}
    assert [part["part"] for part in place["parts"]] == ["whole"]
    entry = AuditEntry.objects.get(action="registry.place.add")
    assert (entry.object_id, entry.right) == (place["id"], "registry.place.manage")


def test_geometry_gives_the_position(city: City) -> None:
    square = [[[120, 36], [120.1, 36], [120.1, 36.1], [120, 36.1], [120, 36]]]
    place = made(city, geometry={"type": "Polygon", "coordinates": square})
    assert (place["lon"], place["lat"]) == pytest.approx((120.05, 36.05))
    browser = city.browser(BoundRole.MANAGER)
    problem = browser.post("/places", {**MALL, "geometry": {"type": "Point", "coordinates": [1]}}, status=422)
    assert problem["field"] == "/geometry/coordinates"


@pytest.mark.applies("places.categories", "registry.place.add")
@pytest.mark.applies("places.categories", "registry.place.kinds")
@pytest.mark.applies("places.categories", "registry.place.part")
@pytest.mark.applies("places.duty_bearers", "registry.place.add")
@pytest.mark.applies("places.duty_bearers", "registry.place.kinds")
@pytest.mark.applies("places.duty_bearers", "registry.place.part")
@pytest.mark.applies("places.duty_bearers", "registry.place.duty")
def test_several_bearers_kinds_and_rooms_at_parts(city: City) -> None:
    place = made(city, parts=["entrance"])
    listed = {"qd204.place.commerce_culture", "qd204.builder.managing_unit", "sc799.place.manager_built"}
    assert listed <= cited("add")
    browser = city.browser(BoundRole.MANAGER)
    path = f"/places/{place['id']}"
    gate = browser.post(f"{path}/parts", {"part": "entrance", "name": "北门"}, status=201, If_Match='"v1"')
    assert browser.last["ETag"] == '"v2"'
    assert listed <= cited("part")
    for version, organisation in ((2, "mall"), (3, "school")):
        duty = {"part": gate["id"], "organisation": organisation, "role": "using_unit", "since_date": "2021-05"}
        browser.post(f"{path}/duties", duty, status=201, If_Match=f'"v{version}"')
    assert cited("duty") == {"qd204.builder.managing_unit", "sc799.place.manager_built"}
    browser.post(f"{path}/rooms", {"kind": "fitting_room", "name": "试衣间"}, status=201, If_Match='"v4"')
    kinds = [
        {"kind": "shopping_centre"},
        {"kind": "catering", "since_date": "2020", "until_date": "2023-01-01"},
        {"kind": "jewellery_shop", "since_date": "2022-03-01"},
    ]
    whole = browser.put(f"{path}/kinds", {"kinds": kinds}, If_Match='"v5"')
    assert whole["kinds"] == ["jewellery_shop", "shopping_centre"]
    assert listed <= cited("kinds")
    assert sorted(one["organisation"] for one in whole["duties"]) == ["mall", "school"]
    ended = browser.post(f"{path}/duties/{whole['duties'][1]['id']}/end", {}, If_Match='"v6"')
    assert ended["until_date"]
    assert (
        browser.post(f"{path}/parts", {"part": "entrance"}, status=412, If_Match='"v1"')["code"] == "changed_meanwhile"
    )
    wrong = browser.post(f"{path}/rooms", {"kind": "cellar"}, status=422, If_Match='"v7"')
    assert wrong["field"] == "/kind"


@pytest.mark.applies("exemptions.exempt", "registry.place.add")
@pytest.mark.applies("exemptions.exempt", "registry.place.kinds")
def test_what_binds_only_the_places_of_article_7_is_decided_per_place(city: City) -> None:
    compound = made(city, name="东湖花园", kinds=["residential_compound"], parts=["entrance"])
    exempted = {
        "sc799.exemption.other_public_places",
        "sc799.filing.entry_into_use",
        "sc799.retention.thirty_days_then_delete",
    }
    assert exempted <= cited("add")
    assert any("article 14" in one for one in compound["exempt_from"])
    verdicts = AuditEntry.objects.get(action="registry.place.add").citations.values_list("clause", "verdict")
    assert dict(verdicts)["sc799.exemption.other_public_places"] == "not_applicable"
    path = f"/places/{compound['id']}/kinds"
    browser = city.browser(BoundRole.MANAGER)
    unknown = browser.put(path, {"kinds": []}, If_Match='"v1"')
    assert (unknown["exempt_from"], exempted <= cited("kinds")) == ([], True), "what it is has to be decided first"
    mall = browser.put(path, {"kinds": [{"kind": "shopping_centre"}]}, If_Match='"v2"')
    assert (mall["exempt_from"], exempted & cited("kinds")) == ([], set())
    private = made(city, name="仓库", kinds=[], public_place=False)
    assert (private["exempt_from"], cited("add")) == ([], set())


def test_each_part_is_judged_by_both_packs_and_by_date(city: City) -> None:
    place = made(city, parts=["entrance", "private_interior"])
    browser = city.browser(BoundRole.OFFICER)
    entrance, interior = browser.get(f"/places/{place['id']}/judgement")
    assert {key.split(".")[0] for key in entrance["categories"]} == {"qd204", "sc799"}
    assert entrance["judgement"]["verdict"] == "fail"
    assert {bearer["clause"] for bearer in entrance["bearers"]} == {
        "qd204.builder.managing_unit", "sc799.place.manager_built",
    }  # fmt: skip
    assert (interior["categories"], interior["judgement"]["verdict"]) == ([], "not_applicable")
    before, _ = browser.get(f"/places/{place['id']}/judgement?on=2024-01-01")
    assert {key.split(".")[0] for key in before["categories"]} == {"qd204"}
    old, _ = browser.get(f"/places/{place['id']}/judgement?on=2015-01-01")
    assert old["judgement"]["verdict"] == "undetermined"
    assert browser.get(f"/places/{place['id']}/judgement?on=soon", status=422)["field"] == "/on"


def test_search_by_part_of_the_name_and_by_initials(city: City) -> None:
    made(city)
    made(city, name="星光广场", kinds=[])
    browser = city.browser(BoundRole.OFFICER)
    for text in ("购物", "hxgw", "HXGWZX"):
        assert [one["name"] for one in browser.get(f"/places?text={text}")["items"]] == ["湖心购物中心"]
    assert len(browser.get("/places?kind=shopping_centre")["items"]) == 1
    assert len(browser.get("/places?division=city")["items"]) == 2


def test_another_subtree_is_neither_seen_nor_changed(city: City) -> None:
    place = made(city)
    stranger = city.browser(BoundRole.MANAGER, "west")
    assert stranger.get("/places")["items"] == []
    path = f"/places/{place['id']}"
    stranger.get(path, status=404)
    stranger.patch(path, {"name": "x"}, status=404, If_Match='"v1"')
    stranger.post("/places", MALL, status=403)
    city.browser(BoundRole.MANAGER).patch(path, {"organisation": "market"}, status=403, If_Match='"v1"')
    west = city.browser(BoundRole.OFFICER, "west")
    assert west.get("/places")["items"] == []
    city.browser(BoundRole.OFFICER).get(path)


def test_a_vehicle_has_no_point_and_removing_keeps_the_row(city: City) -> None:
    place = made(city, name="鲁B·12345 营运客车", kinds=["bus"], movable=True)
    assert (place["movable"], place["lon"]) == (True, None)
    browser = city.browser(BoundRole.MANAGER)
    assert [one["id"] for one in browser.get("/places?movable=true")["items"]] == [place["id"]]
    browser.delete(f"/places/{place['id']}", {"reason": "车辆报废"}, If_Match='"v1"')
    assert browser.get("/places")["items"] == []
    assert Place.objects.get().removed_ns is not None
    browser.patch(f"/places/{place['id']}", {"name": "x"}, status=409, If_Match='"v2"')
