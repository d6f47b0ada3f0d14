"""Divisions and organisations: dated names and codes, merger and split, what one sees and finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.city import City
from tests.web.client import Api

from mingjian.kernel.errors import MingjianError
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.organisations.codes import check_credit_code, credit_check_character
from mingjian.web.organisations.initials import initials
from mingjian.web.organisations.models import Division, DivisionReach, Organisation, OrganisationReach, RoleBinding
from mingjian.web.organisations.organs import district_of
from mingjian.web.registry.models import Place

# Issued to the Tencent and Huawei companies; public in their company records.
REAL_CODES = ("9144030071526726XG", "914403001922038216")

EAST = {"east-government", "east-police", "east-station", "east-department", "east-regulator", "mall", "school"}
SEEN = {
    BoundRole.ORGANISATION_ADMIN: {"mall", "mall-branch"},
    BoundRole.MANAGER: {"mall", "mall-branch"},
    BoundRole.GUARD: {"mall", "mall-branch"},
    BoundRole.CUSTODIAN: {"mall", "mall-branch"},
    BoundRole.MAINTAINER: {"mall", "mall-branch"},
    BoundRole.REGULATOR: {"east-regulator", "school"},
}


@pytest.mark.parametrize("code", REAL_CODES)
def test_real_credit_codes_pass(code: str) -> None:
    assert check_credit_code(code.lower()) == code


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17), st.integers(0, 16), st.data())
def test_one_wrong_character_is_found(body: str, place: int, data: st.DataObject) -> None:
    code = body + credit_check_character(body)
    assert check_credit_code(code) == code
    other = data.draw(st.sampled_from([char for char in "0123456789ABCDEFGHJKLMNPQRTUWXY" if char != code[place]]))
    with pytest.raises(MingjianError):
        check_credit_code(code[:place] + other + code[place + 1 :])


def test_initials_are_the_readings_first_letters() -> None:
    assert initials("湖心商场有限公司") == "hxscyxgs"
    assert initials("7天 Inn（东湖）") == "7tinndh"


@pytest.mark.parametrize("role", BoundRole)
def test_each_role_sees_its_reach_and_cannot_tell_the_rest_from_nothing(role: BoundRole, city: City) -> None:
    browser, seen = city.browser(role), SEEN.get(role, EAST)
    assert {item["id"] for item in browser.get("/organisations?limit=1000")["items"]} == seen
    missing = browser.get("/organisations/nowhere", status=404)
    for organisation in city.organisation.values():
        if organisation.id in seen:
            assert browser.get(f"/organisations/{organisation.id}")["name"] == organisation.name
            continue
        refused = browser.get(f"/organisations/{organisation.id}", status=404)
        assert {**refused, "request": ""} == {**missing, "request": ""}
        for text in (organisation.name, organisation.initials):
            found = browser.get(f"/organisations?text={text}")["items"]
            assert organisation.id not in {item["id"] for item in found}
        assert browser.get(f"/qualifications?organisation={organisation.id}")["items"] == []
        browser.get(f"/posts/holders?organisation={organisation.id}&kind=organ_head", status=404)


def test_search_by_part_of_the_name_initials_past_name_and_credit_code(admin: Api, city: City) -> None:
    made = {"kind": "managing_unit", "name": "东湖宾馆", "division": "east", "credit_code": REAL_CODES[0]}
    hotel = admin.post("/organisations", made, status=201)["id"]
    again = admin.post("/organisations", {**made, "name": "Another"}, status=409)
    assert again["field"] == "/credit_code"
    version = {"If_Match": admin.get(f"/organisations/{hotel}") and admin.last["ETag"]}
    admin.post(f"/organisations/{hotel}/rename", {"name": "湖光大酒店", "on_date": "2026-01-01"}, **version)
    for text in ("湖光", "hgdjd", "gdj", "东湖宾馆", REAL_CODES[0][4:12]):
        assert hotel in {item["id"] for item in admin.get(f"/organisations?text={text}")["items"]}, text
    names = admin.get(f"/organisations/{hotel}")["names"]
    assert [(name["name"], name["until_date"]) for name in names] == [("东湖宾馆", "2026-01-01"), ("湖光大酒店", "")]


def test_pages_follow_each_other_without_loss_or_repeat(admin: Api, city: City) -> None:
    found: list[str] = []
    cursor = ""
    while True:
        page = admin.get(f"/organisations?limit=3{cursor}")
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(found) == len(set(found))
    assert set(found) == set(city.organisation)


def test_an_organisations_administrator_keeps_his_own_tree_only(city: City) -> None:
    browser = city.browser(BoundRole.ORGANISATION_ADMIN)
    browser.get("/organisations/mall")
    tag = browser.last["ETag"]
    assert browser.patch("/organisations/mall", {"telephone": "0532-1"}, If_Match=tag)["version"] == 2
    browser.patch("/organisations/mall", {"telephone": "0532-2"}, If_Match=tag, status=412)
    browser.patch("/organisations/mall", {"sector": "finance"}, If_Match='"v2"', status=403)
    browser.patch("/organisations/market", {"telephone": "1"}, If_Match=tag, status=404)
    branch = {"kind": "managing_unit", "name": "湖心商场南店", "division": "west", "parent": "mall"}
    made = browser.post("/organisations", branch, status=201)["id"]
    assert {("mall", made), (made, made)} == set(
        OrganisationReach.objects.filter(descendant_id=made).values_list("ancestor_id", "descendant_id")
    )
    browser.post("/organisations", {**branch, "kind": "public_security"}, status=403)
    browser.post("/organisations", {**branch, "parent": None}, status=403)
    browser.post("/organisations", {**branch, "parent": "market"}, status=404)


def test_an_authoritys_administrator_administers_no_unit_of_its_division(city: City) -> None:
    user = city.new_user("police-admin", "east-police")
    city.bind(user, "east-police", BoundRole.ORGANISATION_ADMIN)
    browser = Api(user)
    browser.get("/organisations/mall")  # seen: it lies in the district
    browser.patch("/organisations/mall", {"telephone": "1"}, If_Match='"v1"', status=403)
    browser.patch("/organisations/east-station", {"telephone": "1"}, If_Match='"v1"')


def test_a_division_gets_a_new_name_and_code_on_a_day(admin: Api, city: City) -> None:
    county = {"name": "即墨市", "code": "370282", "level": "district", "parent": "city", "since_date": "1989"}
    jimo = admin.post("/divisions", county, status=201)["id"]
    renamed = {"name": "即墨区", "code": "370215", "on_date": "2017-10-30"}
    admin.post(f"/divisions/{jimo}/rename", renamed, If_Match='"v1"')
    admin.post(f"/divisions/{jimo}/rename", renamed, If_Match='"v1"', status=412)
    admin.post(f"/divisions/{jimo}/rename", {**renamed, "code": "370202"}, If_Match='"v2"', status=409)
    assert [(name["code"], name["since_date"], name["until_date"]) for name in admin.get(f"/divisions/{jimo}")["names"]] == [
        ("370282", "1989", "2017-10-30"), ("370215", "2017-10-30", ""),
    ]  # fmt: skip
    assert [item["id"] for item in admin.get("/divisions?text=即墨市")["items"]] == [jimo]


def test_a_merged_division_hands_over_parts_and_organisations(admin: Api, city: City) -> None:
    Place.objects.create(id="stalls", name="西山农贸市场", division_id="west", organisation_id="market", created_ns=0)
    admin.post("/divisions/west/merge", {"into": "east", "on_date": "2026-10-01"}, If_Match='"v1"')
    assert Division.objects.get(pk="west-zone").parent_id == "east"
    assert DivisionReach.objects.filter(ancestor_id="east", descendant_id="west-zone").count() == 1
    assert Organisation.objects.get(pk="market").division_id == "east"
    officer = city.browser(BoundRole.OFFICER)
    assert "market" in {item["id"] for item in officer.get("/organisations")["items"]}
    assert [item["id"] for item in officer.get("/places")["items"]] == ["stalls"]
    assert district_of("west") == district_of("west-zone") == "east"
    admin.post("/divisions/east/merge", {"into": "east-street", "on_date": "2026-10-01"}, If_Match='"v1"', status=422)


def test_a_table_of_divisions_is_loaded_whole_or_not_at_all(admin: Api) -> None:
    table = "code,name,level,parent,since\n370000,山东省,province,,\n370200,青岛市,city,370000,\n"
    assert admin.post("/divisions/load", {"table": table}) == {"made": 2}
    more = table + "370202,市南区,district,370200,\n370271,高新区,functional_zone,370200,2020-01\n"
    assert admin.post("/divisions/load", {"table": "\ufeff" + more}) == {"made": 2}
    problem = admin.post("/divisions/load", {"table": more + "370203,市北区,district,999999,\n"}, status=422)
    assert "line 6" in problem["detail"]
    assert Division.objects.count() == 4
    assert DivisionReach.objects.count() == 1 + 2 + 3 + 3


def test_a_merger_ends_the_merged_and_what_was_bound_to_them(admin: Api, city: City) -> None:
    guard = city.browser(BoundRole.GUARD, "west")
    guard.get("/me")
    merger = {"kind": "merger", "predecessors": ["market"], "successors": ["school"], "on_date": "2026-10-01"}
    (row,) = admin.post("/organisations/succession", {**merger, "duties": "全部"}, status=201)
    assert (row["predecessor_id"], row["successor_id"]) == ("market", "school")
    assert Organisation.objects.get(pk="market").dissolved_date == "2026-10-01"
    assert not RoleBinding.objects.filter(organisation_id="market", ended_ns__isnull=True).exists()
    guard.get("/me", status=401)
    assert AuditEntry.objects.filter(action="organisations.succeed", object_id="market").count() == 1
    admin.post("/organisations/succession", merger, status=409)


def test_a_split_keeps_what_is_left_of_the_first(admin: Api, city: City) -> None:
    split = {"kind": "split", "predecessors": ["school"], "successors": ["school", "market"], "on_date": "2026-10-01"}
    assert len(admin.post("/organisations/succession", split, status=201)) == 1
    assert Organisation.objects.get(pk="school").dissolved_date == ""
    one = {**split, "successors": ["market"]}
    admin.post("/organisations/succession", one, status=422)


def test_what_has_something_below_it_is_not_dissolved(admin: Api, city: City) -> None:
    admin.post(
        "/organisations/mall/dissolve", {"on_date": "2026-10-01", "reason": "closed"}, If_Match='"v1"', status=409
    )
    moved = admin.post("/organisations/mall-branch/move", {"parent": None}, If_Match='"v1"')
    assert moved["parent_id"] is None
    admin.post("/organisations/mall/dissolve", {"on_date": "2026-10-01", "reason": "closed"}, If_Match='"v1"')
    assert "mall" not in {item["id"] for item in admin.get("/organisations")["items"]}
    assert [item["id"] for item in admin.get("/organisations?dissolved=true")["items"]] == ["mall"]
    circle: Any = {"parent": "mall-branch"}
    admin.post("/organisations/mall-branch/move", circle, If_Match='"v2"', status=422)
