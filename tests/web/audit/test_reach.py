"""Who sees which entries: the administrators of organisations and public security those of their reach, no others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole

ADMINISTRATOR, APPROVER = BoundRole.ORGANISATION_ADMIN, BoundRole.APPROVER


@pytest.fixture
def changed(city: City) -> City:
    """One change of the mall by its administrator, one of the market by the market's."""
    for side, unit in (("east", "mall"), ("west", "market")):
        browser = city.browser(ADMINISTRATOR, side)
        browser.patch(f"/organisations/{unit}", {"telephone": f"0532-{side}"}, If_Match='"v1"')
    return city


def about(browser: Api, query: str = "") -> set[str]:
    return {item["object_id"] for item in browser.get(f"/audit?action=organisations.change{query}")["items"]}


def test_an_entry_says_where_its_object_lies_and_copies_the_actors_organisation_and_post(changed: City) -> None:
    entry = AuditEntry.objects.get(action="organisations.change", object_id="mall")
    assert (entry.organisation_id, entry.division_id) == ("mall", "east")
    assert (entry.actor_organisation, entry.actor_post) == ("mall", "other")


def test_each_sees_and_exports_the_entries_of_his_reach(changed: City, admin: Api) -> None:
    assert about(admin) == {"mall", "market"}
    for role in (ADMINISTRATOR, APPROVER, BoundRole.INSPECTOR):
        for side, own in (("east", "mall"), ("west", "market")):
            browser = changed.browser(role, side)
            assert about(browser) == {own}, (role, side)
            exported = browser.get("/audit/export?format=json&action=organisations.change")
            rows = json.loads(b"".join(exported.streaming_content))
            assert {row["object_id"] for row in rows} == {own}
    for role in (BoundRole.MANAGER, BoundRole.GUARD, BoundRole.OFFICER):
        changed.browser(role).get("/audit", status=403)


def test_an_authoritys_administrator_sees_its_own_entries_not_its_divisions(changed: City) -> None:
    user = changed.new_user("police.administrator", "east-police")
    changed.bind(user, "east-police", ADMINISTRATOR)
    assert about(Api(user)) == set()


def test_filters_never_reach_further(changed: City, admin: Api) -> None:
    western = changed.browser(APPROVER, "west")
    for query in ("&organisation=mall", "&object_id=mall", "&actor_organisation=mall", "&text=mall"):
        assert about(western, query) == set()
    assert about(admin, "&organisation=mall") == about(admin, "&actor_organisation=mall") == {"mall"}


def test_entries_without_a_known_place_are_for_whole_roles(city: City, admin: Api) -> None:
    admin.post("/divisions", {"name": "新区", "code": "370299", "level": "district", "parent": "city"}, status=201)
    for role in (ADMINISTRATOR, APPROVER):
        items: list[Any] = city.browser(role).get("/audit?object_kind=division")["items"]
        assert items == []
