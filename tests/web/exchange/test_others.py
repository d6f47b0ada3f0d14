"""Imports of places, systems and organisations: new, compared, changed, refused, taken back."""

from __future__ import annotations

import pytest
from tests.web.city import City
from tests.web.client import Api
from tests.web.exchange.sheets import bring_in, counts, preview, problems, workbook

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole, local_person
from mingjian.web.exchange.batches import undo_batch
from mingjian.web.organisations.codes import credit_check_character
from mingjian.web.organisations.models import Organisation, OrganisationReach
from mingjian.web.registry.models import Camera, Place, PlaceSearch, System
from mingjian.web.registry.places.actions import add_place

pytestmark = pytest.mark.django_db
PLACE = {
    "name": "湖心商场", "division": "东湖区", "organisation": "湖心商场有限公司", "kinds": "商贸中心、餐饮服务单位",
    "parts": "出入口,公共区域", "public_place": "是", "datum": "GCJ-02", "lon": "120.382901", "lat": "36.064402",
}  # fmt: skip


@pytest.mark.parametrize("part", ["重点（重要）部位", "重点(重要)部位"])
def test_a_choice_is_known_with_brackets_of_either_width(city: City, part: str) -> None:
    bring_in(city.actor(BoundRole.MANAGER), workbook("places", [{**PLACE, "parts": part}]), "places")
    assert [one.part for one in Place.objects.get(name=PLACE["name"]).parts.all()] == ["key_part"]


def test_places_come_with_kinds_and_parts_and_are_compared_by_name_and_division(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    bring_in(
        manager,
        workbook("places", [PLACE, {"name": "湖心停车场", "division": "370202", "organisation": "湖心商场有限公司"}]),
        "places",
    )
    place = Place.objects.get(name="湖心商场")
    assert sorted(place.kinds.values_list("kind", flat=True)) == ["catering", "shopping_centre"]
    assert sorted(place.parts.values_list("part", flat=True)) == ["entrance", "public_area"]
    assert place.given == {"datum": "GCJ-02", "lon": "120.382901", "lat": "36.064402"}
    assert PlaceSearch.objects.get(pk=place.pk).text.startswith("湖心商场\nhxsc")
    assert [part.part for part in Place.objects.get(name="湖心停车场").parts.all()] == ["whole"]
    entry = AuditEntry.objects.get(action="registry.place.add", object_id=place.id)
    assert (entry.organisation_id, entry.after["kinds"]) == ("mall", ["catering", "shopping_centre"])
    single = add_place(manager, {"name": "二", "division": "east", "organisation": "mall", "kinds": ["catering", "shopping_centre"],
                                 "parts": ["entrance", "public_area"], "public_place": True})  # fmt: skip
    cited = [
        sorted(one.citations.values_list("clause", "verdict"))
        for one in (entry, AuditEntry.objects.get(object_id=single.id))
    ]
    assert cited[0] == cited[1]
    again = preview(manager, workbook("places", [PLACE]), "places")
    assert counts(again) == (0, 0, 1, 0)
    changed = bring_in(
        manager, workbook("places", [{**PLACE, "kinds": "商贸中心、会展中心", "address": "山路 1 号"}]), "places"
    )
    place.refresh_from_db()
    assert (place.address, place.version) == ("山路 1 号", 2)
    still = place.kinds.filter(until_date="").values_list("kind", flat=True)
    assert sorted(still) == ["exhibition_centre", "shopping_centre"]
    assert undo_batch(manager, changed.id, "导错了", None, wait=True).rows_left == 0
    place.refresh_from_db()
    assert (place.address, sorted(place.kinds.filter(until_date="").values_list("kind", flat=True))) == (
        "", ["catering", "shopping_centre"],
    )  # fmt: skip


def test_a_place_with_cameras_stays_when_its_import_is_taken_back(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    batch = bring_in(manager, workbook("places", [PLACE, {**PLACE, "name": "湖心停车场"}]), "places")
    place = Place.objects.get(name="湖心商场")
    Camera.objects.create(id="c", name="x", keep_days=30, planned_from_ns=0, created_ns=0, place=place)
    done = undo_batch(manager, batch.id, "导错了", None, wait=True)
    assert done.rows_left == 1
    assert done.rows.get(number=2).left["code"] == "conflict"
    assert list(Place.objects.filter(removed_ns=None)) == [place]


def test_systems_name_their_place_and_what_is_wrong_is_told(city: City) -> None:
    manager = city.actor(BoundRole.MANAGER)
    bring_in(manager, workbook("places", [PLACE]), "places")
    row = {
        "name": "湖心商场视频系统", "organisation": "湖心商场有限公司", "division": "东湖区", "place": "湖心商场",
        "funding": "自筹", "security_grade": "2级", "functions": "采集、显示、存储", "keep_days": "30",
    }  # fmt: skip
    bring_in(manager, workbook("systems", [row]), "systems")
    system = System.objects.get()
    assert (system.place_id, system.security_grade, system.functions) == (
        Place.objects.get().id, 2, ["collect", "display", "store"],
    )  # fmt: skip
    wrong = [
        {**row, "place": "没有的场所"}, {**row, "name": "二", "security_grade": "9"}, {**row, "name": "三", "keep_days": "0"},
        {**row, "name": "四"}, {**row, "name": "四"}, {**row, "name": "五", "organisation": "西山农贸市场有限公司"},
    ]  # fmt: skip
    batch = preview(manager, workbook("systems", wrong), "systems")
    assert problems(batch) == {
        2: ["place"], 3: ["security_grade"], 4: ["keep_days"], 6: ["name"], 7: ["organisation"],
    }  # fmt: skip


def test_organisations_stand_below_rows_above_them_and_end_when_taken_back(city: City, admin: Api) -> None:
    code = "91370202MA3ABCDE1"
    head = {
        "name": "云溪集团",
        "kind": "管理、使用单位",
        "division": "东湖区",
        "credit_code": code + credit_check_character(code),
    }
    below = {"name": "云溪集团西山分公司", "kind": "管理、使用单位", "division": "西山区", "parent": "云溪集团"}
    local = local_person("test")
    batch = bring_in(local, workbook("organisations", [head, below]), "organisations")
    row = Organisation.objects.get(name="云溪集团西山分公司")
    assert row.parent is not None
    assert OrganisationReach.objects.filter(ancestor=row.parent, descendant=row).exists()
    changed = bring_in(
        local, workbook("organisations", [{**head, "name": "云溪控股集团", "contact": "王强"}]), "organisations"
    )
    assert counts(changed) == (0, 1, 0, 0)
    assert undo_batch(local, changed.id, "导错了", None, wait=True).rows_left == 0
    assert Organisation.objects.get(contact="", name="云溪集团").dissolved_date == ""
    refused = preview(
        city.actor(BoundRole.ORGANISATION_ADMIN),
        workbook("organisations", [below, {**head, "name": "x"}]),
        "organisations",
    )
    assert problems(refused) == {2: ["parent", "parent"], 3: ["credit_code", "parent"]}
    assert undo_batch(local, batch.id, "导错了", None, wait=True).rows_left == 1  # renamed and renamed back: touched
    assert Organisation.objects.get(name="云溪集团西山分公司").dissolved_date
    above = {"name": "青石集团", "kind": "管理、使用单位", "division": "东湖区"}
    whole = bring_in(
        local,
        workbook("organisations", [above, {**below, "name": "青石二公司", "parent": "青石集团"}]),
        "organisations",
    )
    assert undo_batch(local, whole.id, "导错了", None, wait=True).rows_left == 0  # what stands below goes first
