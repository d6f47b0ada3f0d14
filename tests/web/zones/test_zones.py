"""Secure zones: judged, never shown; probing is stopped and recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.web.client import Api

from mingjian.rules.secure_margins import Nearby
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.authority.policy import Refused
from mingjian.web.ground import Position
from mingjian.web.organisations.models import Division, DivisionReach, Organisation, OrganisationReach, RoleBinding
from mingjian.web.zones.actions import opened
from mingjian.web.zones.models import SecureZone
from mingjian.web.zones.nearby import QUESTIONS_AN_HOUR, zones_near

LON, LAT = 120.38, 36.06
OUTLINE = {
    "type": "Polygon",
    "coordinates": [[[LON, LAT], [LON + 0.01, LAT], [LON + 0.01, LAT + 0.01], [LON, LAT + 0.01], [LON, LAT]]],
}
INSIDE = Position(round((LON + 0.005) * 1e7), round((LAT + 0.005) * 1e7))
FAR = Position(round((LON + 1) * 1e7), round(LAT * 1e7))


@pytest.fixture
def chief(db: None, make_user: Any) -> Api:
    Division.objects.create(id="city", level="city", code="370200", name="city")
    DivisionReach.objects.create(ancestor_id="city", descendant_id="city")
    for name, kind in (("bureau", "public_security"), ("garrison", "military")):
        Organisation.objects.create(id=name, kind=kind, name=name, division_id="city", created_ns=0)
        OrganisationReach.objects.create(ancestor_id=name, descendant_id=name)
    user = make_user("chief", "member")
    RoleBinding.objects.create(id="b", user=user, role="approver", organisation_id="bureau", since_ns=0)
    return Api(user)


def add(api: Api, **values: Any) -> Any:
    body = {
        "kind": "military_forbidden",
        "name": "北山雷达站",
        "organisation": "garrison",
        "geometry": OUTLINE,
        **values,
    }
    return api.post("/zones", body, status=201)


def test_a_zone_goes_in_and_its_outline_never_comes_out(chief: Api) -> None:
    zone = add(chief)
    said = json.dumps([zone, chief.get("/zones")], ensure_ascii=False)
    assert "北山" not in said
    assert "120.3" not in said
    row = SecureZone.objects.get()
    assert "北山" not in row.sealed
    assert opened(row)["geometry"] == OUTLINE
    entries = json.dumps(list(AuditEntry.objects.values()), ensure_ascii=False, default=str)
    assert "zones.add" in entries
    assert "北山" not in entries
    assert "120.3" not in entries


def test_the_administrator_of_the_installation_does_not_see_zones(chief: Api, admin: Api) -> None:
    add(chief)
    assert admin.send("GET", "/zones", status=403)["code"] == "forbidden"


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point", "coordinates": [LON, LAT]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[200, 0], [201, 0], [201, 1], [200, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
    ],
)
def test_an_outline_that_is_none_names_its_field(chief: Api, geometry: Any) -> None:
    body = {"kind": "classified_unit", "name": "x", "organisation": "garrison", "geometry": geometry}
    assert chief.post("/zones", body, status=422)["field"].endswith("geometry")
    assert not SecureZone.objects.exists()


def test_nearness_is_for_the_rule_and_a_removed_zone_counts_no_more(chief: Api) -> None:
    zone = add(chief)
    person = local_person("t")
    assert zones_near(person, INSIDE) == (Nearby("military_forbidden", 0),)
    assert zones_near(person, FAR) == ()
    chief.post(f"/zones/{zone['id']}/remove", {"reason": "撤销"}, status=428)
    chief.post(f"/zones/{zone['id']}/remove", {"reason": "撤销"}, If_Match='"v1"')
    assert zones_near(person, INSIDE) == ()


def test_probing_for_an_outline_is_stopped_and_ordinary_sites_are_not(chief: Api, clock: Any) -> None:
    add(chief)
    actor = Actor("someone", "Someone", "", "member")
    for _ in range(3 * QUESTIONS_AN_HOUR):
        assert zones_near(actor, FAR) == ()
    for _ in range(QUESTIONS_AN_HOUR):
        assert zones_near(actor, INSIDE)
    with pytest.raises(Refused) as refused:
        zones_near(actor, INSIDE)
    assert refused.value.policy == "zones.probing"
    assert zones_near(Actor("other", "Other", "", "member"), INSIDE)
    clock.advance(3601 * 10**9)
    assert zones_near(actor, INSIDE)
