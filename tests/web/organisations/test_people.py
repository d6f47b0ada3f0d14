"""People and posts: who holds which on a day, and who may see and appoint whom."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.city import City
from tests.web.client import Api

from mingjian.web.authority.actor import BoundRole
from mingjian.web.organisations.posts import holders, in_force

DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2023, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_a_date_known_to_a_month_never_says_more_than_the_days_it_may_mean(
    since: dt.date, until: dt.date, day: dt.date
) -> None:
    exact = in_force(since.isoformat(), until.isoformat(), day)
    assert exact == (since <= day < until)
    for cut in (4, 7):
        if in_force(since.isoformat()[:cut], until.isoformat()[:cut], day):
            assert exact
    assert not in_force("", "", day)
    assert in_force(since.isoformat(), "", day) == (since <= day)


@pytest.fixture
def posts(admin: Api, city: City) -> dict[str, str]:
    """The head of the east's police until July 2026, an acting one in August, and the station's chief."""
    found = {}
    for key, organisation, kind in (("head", "east-police", "organ_head"), ("chief", "east-station", "station_chief")):
        made = {"organisation": organisation, "kind": kind, "title": "局长"}
        found[key] = admin.post("/posts", made, status=201)["id"]
    first = {"name": "王立", "post": found["head"], "since_date": "2020-01-01"}
    found["wang"] = admin.post("/people", first, status=201)["id"]
    chief = {"name": "李青", "post": found["chief"], "since_date": "2020-01-01"}
    found["li"] = admin.post("/people", chief, status=201)["id"]
    (post,) = admin.get("/posts?organisation=east-police")["items"]
    held = post["appointments"][0]["id"]
    admin.post(f"/appointments/{held}/end", {"on_date": "2026-07-01"}, If_Match='"v1"')
    acting = {
        "person": found["li"], "since_date": "2026-08-01", "until_date": "2026-09-01", "acting": True,
        "document": "明公任〔2026〕3号",
    }  # fmt: skip
    admin.post(f"/posts/{found['head']}/appointments", acting, status=201)
    return found


@pytest.mark.parametrize(
    ("day", "name", "acting"),
    [
        ("2019-12-31", None, False), ("2020-01-01", "王立", False), ("2026-06-30", "王立", False),
        ("2026-07-01", None, False), ("2026-08-01", "李青", True), ("2026-08-31", "李青", True),
        ("2026-09-01", None, False),
    ],
)  # fmt: skip
def test_who_holds_the_post_on_a_day(
    posts: dict[str, str], admin: Api, day: str, name: str | None, acting: bool
) -> None:
    found = admin.get(f"/posts/holders?organisation=east-police&kind=organ_head&day={day}")
    assert [(one["name"], one["acting"]) for one in found] == ([(name, acting)] if name else [])


def test_a_station_chief_is_no_head_of_the_organ(posts: dict[str, str]) -> None:
    day = dt.date(2026, 5, 1)
    assert [one.name for one in holders("east-police", ["organ_head", "organ_deputy"], day)] == ["王立"]
    assert holders("east-station", ["organ_head", "organ_deputy"], day) == ()


def test_an_abolished_post_is_held_by_nobody(posts: dict[str, str], admin: Api) -> None:
    admin.post(f"/posts/{posts['chief']}/end", {"on_date": "2026-01-01"}, If_Match='"v1"')
    assert [one.name for one in holders("east-station", ["station_chief"], dt.date(2025, 12, 31))] == ["李青"]
    assert holders("east-station", ["station_chief"], dt.date(2026, 1, 1)) == ()


def test_dates_are_checked(posts: dict[str, str], admin: Api) -> None:
    path = f"/posts/{posts['head']}/appointments"
    month = {"person": posts["li"], "since_date": "2026-08"}
    assert admin.post(path, month, status=422)["field"] == "/since_date"
    turned = {"person": posts["li"], "since_date": "2026-08-02", "until_date": "2026-08-01"}
    assert admin.post(path, turned, status=422)["field"] == "/until_date"


def test_people_of_other_units_are_not_there(posts: dict[str, str], city: City) -> None:
    browser = city.browser(BoundRole.ORGANISATION_ADMIN)
    city.user(BoundRole.GUARD, "west")
    assert {item["name"] for item in browser.get("/people")["items"]} == {"organisation_admin.east"}
    browser.get(f"/people/{posts['wang']}", status=404)
    browser.patch(f"/people/{posts['wang']}", {"name": "x"}, If_Match='"v1"', status=404)
    assert browser.get("/people?organisation=market")["items"] == []
    assert browser.get("/posts?organisation=market")["items"] == []
    browser.post(f"/posts/{posts['head']}/end", {"on_date": "2026-01-01"}, If_Match='"v1"', status=404)
    mine = browser.post("/posts", {"organisation": "mall", "kind": "guard", "title": "保安"}, status=201)["id"]
    new = {"name": "赵敏", "post": mine, "since_date": "2026-01-01"}
    person = browser.post("/people", new, status=201)["id"]
    assert [item["id"] for item in browser.get("/people?text=zm")["items"]] == [person]
    browser.post(f"/posts/{mine}/appointments", {"person": posts["wang"], "since_date": "2026-01-01"}, status=404)
    account = {**new, "name": "钱进", "user": city.user(BoundRole.GUARD).id}
    browser.post("/people", account, status=403)
