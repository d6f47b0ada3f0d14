"""What an organisation holds goes over to its heir in a merger or split, dated; nothing is left with one that is gone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.filings.changes import check_all_changes
from mingjian.web.filings.facts import facts_of
from mingjian.web.filings.models import Filing
from mingjian.web.organisations.models import Agreement
from mingjian.web.registry.models import Camera, Device, Duty, Place, PlaceKind, PlacePart, System, SystemParty
from mingjian.web.signs.models import Sign

OWN = {"division_id": "west", "organisation_id": "market", "created_ns": 0}


@pytest.fixture
def stalls(city: City) -> System:
    """The market's place, system, camera, device, duty, capacity, sign, filing and agreement."""
    place = Place.objects.create(id="place", name="西山农贸市场", **OWN)
    PlaceKind.objects.create(place=place, kind="shopping_centre")
    part = PlacePart.objects.create(id="part", place=place, part="entrance")
    Duty.objects.create(id="duty", part=part, organisation_id="market", role="managing_unit", since_date="2021-03")
    system = System.objects.create(id="system", name="市场视频系统", place=place, standing="in_use", **OWN)
    SystemParty.objects.create(id="party", system=system, organisation_id="market", capacity="builder")
    Camera.objects.create(id="camera", name="北门", keep_days=30, planned_from_ns=0, system=system, place=place, **OWN)
    Camera.objects.create(id="gone", name="旧北门", keep_days=30, planned_from_ns=0, removed_ns=1, system=system, **OWN)
    Device.objects.create(id="device", name="录像机", kind="recorder", organisation_id="market", created_ns=0)
    Sign.objects.create(id="sign", place=place, **OWN)
    Filing.objects.create(id="filing", kind="both", state="registered", system=system, facts=facts_of(system), **OWN)
    Agreement.objects.create(
        id="agreement", client_id="market", contractor_id="contractor", work="maintenance", since_date="2025-01-01",
        until_date="2028-01-01",
    )  # fmt: skip
    return system


def merger(admin: Api, **values: Any) -> Any:
    body = {"kind": "merger", "predecessors": ["market"], "successors": ["school"], "on_date": "2026-10-01"}
    return admin.post("/organisations/succession", {**body, **values}, status=201)


def test_in_a_merger_all_that_it_held_is_its_heirs_and_the_unit_filed_is_to_be_changed(
    admin: Api, city: City, stalls: System
) -> None:
    user = city.new_user("heir", "school")
    city.bind(user, "school", BoundRole.MANAGER)
    heir = Api(user)
    heir.get("/systems/system", status=404)
    merger(admin)
    assert heir.get("/systems/system")["organisation"] == "school"
    assert [one["id"] for one in heir.get("/cameras")["items"]] == ["camera"]
    for kind, model in (("place", Place), ("device", Device), ("sign", Sign), ("filing", Filing), ("camera", Camera)):
        assert set(model.objects.values_list("organisation_id", flat=True)) == {"school"}, kind
        assert AuditEntry.objects.filter(action="organisations.succeed", object_kind=kind).exists(), kind
    for rows in (Duty.objects.all(), SystemParty.objects.all()):
        spans = rows.order_by("since_date").values_list("organisation_id", "since_date", "until_date")
        assert [(who, until) for who, _, until in spans] == [("market", "2026-10-01"), ("school", "")]
    assert Agreement.objects.get().client_id == "school"
    assert check_all_changes() == 1
    assert Filing.objects.get().changed_parts == ["unit"]


def test_in_a_split_the_first_named_takes_over_unless_what_was_split_goes_on(
    admin: Api, city: City, stalls: System
) -> None:
    split = {"kind": "split", "predecessors": ["market"], "successors": ["market", "school"], "on_date": "2026-10-01"}
    admin.post("/organisations/succession", split, status=201)
    assert admin.post("/organisations/succession", split, status=409)["field"] == "/on_date"
    assert System.objects.get().organisation_id == "market"
    merger(admin, kind="split", successors=["school", "mall"], on_date="2026-11-01")
    assert System.objects.get().organisation_id == "school"


def test_what_somebody_has_to_answer_for_is_in_the_way_of_dissolving(admin: Api, city: City, stalls: System) -> None:
    body = {"on_date": "2026-10-01", "reason": "停业"}
    refused = admin.post("/organisations/market/dissolve", body, status=409, If_Match='"v1"')
    assert "places, systems, cameras" in refused["detail"]
    assert refused["remedy"]
    merger(admin)
    assert Place.objects.get().organisation_id == "school"
