"""Evidence holds: placed, told to the engine, released, expired."""

from __future__ import annotations

from typing import Any

from tests.web.fakes import FakeEngine
from tests.web.retrievals.conftest import HOUR, Town

from mingjian.web.authority.actor import BoundRole
from mingjian.web.retrievals.duties import do_duties


def test_a_hold_has_owner_reason_review_and_expiry_and_ends(town: Town, engine: FakeEngine, commits: Any) -> None:
    desk = town.city.browser(BoundRole.CUSTODIAN)
    body = {
        "camera": "gate", "from_s": town.now_s - HOUR, "to_s": town.now_s, "reason": "纠纷取证",
        "review_date": "2027-02-15", "expires_s": town.now_s + HOUR,
    }  # fmt: skip
    with commits():
        made = desk.post("/holds", body, status=201)
    assert made["owner"]
    assert engine.holds[made["id"]] == ("gate", body["from_s"] * 10**9, body["to_s"] * 10**9)
    assert desk.get("/holds")["items"][0]["engine"] == "set"
    desk.post(f"/holds/{made['id']}/release", {"reason": "已和解"}, status=428)
    with commits():
        gone = desk.post(f"/holds/{made['id']}/release", {"reason": "已和解"}, If_Match='"v1"')
    assert gone["released_s"] == town.now_s
    assert engine.holds == {}
    other = desk.post("/holds", body, status=201)
    town.clock.advance(HOUR * 10**9)
    do_duties()
    assert other["id"] not in engine.holds
    assert len(desk.get("/holds?released=true")["items"]) == 2


def test_others_cameras_are_not_held_and_wrong_fields_are_named(town: Town) -> None:
    town.camera("market-gate", "market")
    desk = town.city.browser(BoundRole.CUSTODIAN)
    body = {
        "camera": "gate", "from_s": town.now_s - HOUR, "to_s": town.now_s, "reason": "纠纷取证",
        "review_date": "2027-02-15",
    }  # fmt: skip
    desk.post("/holds", {**body, "camera": "market-gate"}, status=404)
    assert desk.post("/holds", {**body, "to_s": body["from_s"]}, status=422)["field"].endswith("to_s")
    assert desk.post("/holds", {**body, "review_date": "2020-01-01"}, status=422)["field"].endswith("review_date")
    assert desk.post("/holds", {**body, "expires_s": 1}, status=422)["field"].endswith("expires_s")
