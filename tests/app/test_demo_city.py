"""The demo's register as rows: the same city from the same seed, of the promised size, with nothing twice."""

from __future__ import annotations

from itertools import islice

import pytest

from mingjian.app import demo
from mingjian.app.demo_city import sheets
from mingjian.app.demo_city.people import PEOPLE
from mingjian.app.demo_facts import DemoFacts
from mingjian.web.authority.actor import BoundRole
from mingjian.wire.gb_code import check_camera_code


def test_it_has_the_promised_size_and_names_nothing_twice() -> None:
    organisations = [row["name"] for row in sheets.organisation_rows()]
    places = {row["name"]: row for row in sheets.place_rows()}
    systems = list(sheets.system_rows())
    assert (len(sheets.DISTRICTS), len(organisations), len(places), len(systems)) == (12, 400, 3000, 1200)
    assert len(set(organisations)) == 400
    assert len({row["name"] for row in systems}) == len({row["place"] for row in systems}) == 1200
    assert {row["organisation"] for row in places.values()} <= set(organisations)
    assert sheets.MALL_WITHOUT_SYSTEM in places
    assert sheets.MALL_WITHOUT_SYSTEM not in {row["place"] for row in systems}
    assert all(120.16 < float(row["lon"]) < 120.60 and 35.92 < float(row["lat"]) < 36.20 for row in places.values())


def test_cameras_have_codes_of_their_own_and_are_the_same_each_time() -> None:
    cameras = list(sheets.camera_rows(9))
    assert len(cameras) == 19_991
    assert len({row["code"] for row in cameras}) == len({row["name"] for row in cameras}) == 19_991
    for row in islice(cameras, 0, None, 997):
        check_camera_code(row["code"], row["division"])
    assert list(islice(sheets.camera_rows(9), 50)) == cameras[:50]


def test_there_is_an_account_for_each_role_in_an_organisation_of_the_city() -> None:
    assert set(PEOPLE) == set(BoundRole)
    names = {row["name"] for row in sheets.organisation_rows()}
    assert {home for *_, home in PEOPLE.values()} - names == {"UNIT"}
    assert len({account for account, *_ in PEOPLE.values()}) == len(BoundRole)


def test_every_account_of_the_city_is_told_with_its_password_and_role(capsys: pytest.CaptureFixture[str]) -> None:
    passwords = {account: f"word-of-{account}" for account, *_ in PEOPLE.values()}
    demo._tell_people(DemoFacts(farm_port=1, control_port=2, cameras=9, passwords=passwords))
    told = capsys.readouterr().err.splitlines()
    rows = [line.split()[:3] for line in told]
    assert [[account, word, role.split("(")[0]] for account, word, role in rows] == [
        [account, passwords[account], role.value] for role, (account, *_) in PEOPLE.items()
    ]
