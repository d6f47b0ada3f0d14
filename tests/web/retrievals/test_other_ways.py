"""A department, a court, the parent of a missing child, and a flood; each through the API."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.client import Api
from tests.web.files import samples
from tests.web.retrievals.conftest import HOUR, Town, go

from mingjian.web.authority.actor import BoundRole
from mingjian.web.organisations.models import Organisation
from mingjian.web.retrievals.duties import do_duties
from mingjian.web.retrievals.emergencies import close_what_is_over
from mingjian.web.retrievals.models import EvidenceHold, Retrieval

AREA = {
    "type": "Polygon",
    "coordinates": [[[120.37, 36.05], [120.39, 36.05], [120.39, 36.07], [120.37, 36.07], [120.37, 36.05]]],
}


@pytest.mark.applies("retrieval.judge_department", "retrievals.approve")
def test_a_department_needs_its_own_approval_and_the_coordination_record(town: Town) -> None:
    asks = town.city.browser(BoundRole.DEPARTMENT_OFFICER)
    desk = town.city.browser(BoundRole.CUSTODIAN)
    body = town.request(way="department", organisation="east-department")
    row = go(asks, asks.post("/retrievals", body, status=201), "submit")
    grant = {"expires_s": town.now_s + HOUR}
    go(desk, row, "approve", grant, status=409)
    row = asks.patch(
        f"/retrievals/{row['id']}", {"own_approval_file": town.file("east-department")}, If_Match=f'"v{row["version"]}"'
    )
    go(desk, row, "approve", grant, status=409)
    go(town.city.browser(BoundRole.OFFICER, "west"), row, "coordinate", {"reason": "已协调"}, status=404)
    row = go(town.city.browser(BoundRole.OFFICER), row, "coordinate", {"reason": "已协调"})
    span = {key: row["asked"][0][key] for key in ("camera", "from_s", "to_s")}
    for change in (
        {"to_s": span["to_s"] + 1},
        {"from_s": span["from_s"] - 1},
        {"camera": "hall"},
        {"to_s": span["from_s"]},
    ):
        wide = go(desk, row, "approve", {**grant, "spans": [{**span, **change}]}, status=422)
        assert wide["field"] == "/spans", "the holder narrows and never widens"
    row = go(desk, row, "approve", {**grant, "spans": [{**span, "from_s": span["from_s"] + 60}]})
    assert row["state"] == "approved"
    town.clock.advance(HOUR * 10**9)
    do_duties()
    assert asks.get(f"/retrievals/{row['id']}")["state"] == "expired"


def test_who_sees_the_request_reads_its_papers_and_nothing_else_by_naming_it(town: Town) -> None:
    asks, desk = town.city.browser(BoundRole.DEPARTMENT_OFFICER), town.city.browser(BoundRole.CUSTODIAN)
    (body,) = asks.get("/retrievals/bodies")
    assert (body["id"], body["ways"], body["may_declare"]) == ("east-department", ["department"], False)
    assert desk.get("/retrievals/bodies")[0]["ways"] == ["other_organ", "person_concerned"]
    path = "/files?kind=retrieval&organisation=east-department&name=approval.pdf"
    file = asks.upload(path, samples.PDF, status=201)["id"]
    request = town.request(way="department", organisation="east-department")
    row = asks.post("/retrievals", {**request, "own_approval_file": file}, status=201)
    assert [one["part"] for one in row["attachments"]] == ["own_approval"]
    shown = desk.get(f"/retrievals/{row['id']}/attachments/own_approval")
    assert b"".join(shown.streaming_content) == samples.PDF
    desk.get(f"/retrievals/{row['id']}/attachments/identity", status=404)
    desk.get(f"/files/{file}", status=404)
    foreign = {
        "of another kind": town.file("east-department", "sign"),
        "of a third body": town.file("school"),
        "of the holder, who did not show it": town.file("mall"),
        "not there": "nowhere",
    }
    for what, named in foreign.items():
        problem = asks.post("/retrievals", {**request, "own_approval_file": named}, status=422)
        assert (problem["field"], problem["detail"]) == ("/own_approval_file", "there is no such file"), what
        tag = f'"v{row["version"]}"'
        asks.patch(f"/retrievals/{row['id']}", {"own_approval_file": named}, status=422, If_Match=tag)


def test_a_court_comes_on_its_own_basis_with_visitors(town: Town) -> None:
    city = town.city
    Organisation.objects.create(
        id="court", kind="judicial_organ", name="东湖区人民法院", division_id="east", created_ns=0
    )
    desk, manager = city.browser(BoundRole.CUSTODIAN), city.browser(BoundRole.MANAGER)
    body = town.request(way="other_organ", organisation="court", own_approval_file=town.file())
    row = go(desk, desk.post("/retrievals", body, status=201), "submit")
    go(desk, row, "approve", {"expires_s": town.now_s + HOUR}, status=403)
    other = town.person("custodian.two", "mall", BoundRole.CUSTODIAN, "custodian")
    row = go(Api(other), row, "approve", {"expires_s": town.now_s + HOUR})
    for name, number in (("法官甲", "FY-1001"), ("书记员乙", "FY-1002")):
        visitor = {"name": name, "number": number, "approval_file": town.file(), "signature_file": town.file()}
        for lacking in ("approval_file", "signature_file"):
            for named in ("nowhere", town.file("market")):
                refused = go(desk, row, "visitors", {**visitor, lacking: named}, status=422)
                assert refused["field"] == f"/{lacking}", "what was never handed in is no paper"
        row = go(desk, row, "visitors", visitor)
    row = go(desk, row, "present", {"papers": ["credentials", "approval_document"]})
    go(desk, row, "register", status=409)
    for number in ("FY-1001", "FY-1002"):
        row = go(desk, row, "visitors/undertaking", {"number": number, "signature_file": town.file()})
    row = go(desk, row, "register")
    assert go(desk, row, "execute")["state"] == "executed"
    first = manager.get(f"/retrievals/{row['id']}")["executors"][0]
    assert (first["number_end"], first["visitor"], first["user"]) == ("1001", True, None)


@pytest.mark.applies("retrieval.judge_person_concerned", "retrievals.approve")
def test_the_parent_of_a_missing_child_views_attended_and_gets_no_copy(town: Town) -> None:
    city = town.city
    desk, manager = city.browser(BoundRole.CUSTODIAN), city.browser(BoundRole.MANAGER)
    body: dict[str, Any] = town.request(
        way="person_concerned", organisation="mall", form="view", relation="close_relative", protects="life_health",
        identity_file=town.file(), person_name="张三", person_number="370202198001010011",
    )  # fmt: skip
    row = desk.post("/retrievals", body, status=201)
    go(desk, row, "submit", status=409)  # kinship is not proved yet
    tag = f'"v{row["version"]}"'
    row = desk.patch(f"/retrievals/{row['id']}", {"relation_file": town.file(), "form": "copy"}, If_Match=tag)
    go(desk, row, "submit", status=409)  # no copy
    row = desk.patch(f"/retrievals/{row['id']}", {"form": "view"}, If_Match=f'"v{row["version"]}"')
    row = go(desk, row, "submit")
    grant = {"expires_s": town.now_s + HOUR, "supervisor": city.user(BoundRole.GUARD).id}
    go(desk, row, "approve", grant, status=403)
    go(manager, row, "approve", {**grant, "supervisor": city.user(BoundRole.GUARD, "west").id}, status=422)
    go(manager, row, "approve", {**grant, "supervisor": city.user(BoundRole.CUSTODIAN).id}, status=422)
    row = go(manager, row, "approve", grant)
    for verb, given in (("present", {"papers": []}), ("register", None), ("execute", None)):
        row = go(desk, row, verb, given)
    go(desk, row, "seal", {"files": []}, status=409)
    assert go(desk, row, "finish")["state"] == "closed"
    assert "张三" not in Retrieval.objects.get().person_sealed
    assert not EvidenceHold.objects.filter(released_ns__isnull=True).exists()


def declaration(town: Town) -> dict[str, Any]:
    return {
        "organisation": "east-government", "kind": "natural_disaster", "authority": "区防汛应急预案第十二条",
        "purpose": "查看积水点位", "area": AREA, "from_s": town.now_s - HOUR, "expires_s": town.now_s + 4 * HOUR,
    }  # fmt: skip


@pytest.mark.applies("retrieval.judge_emergency", "retrievals.declare")
def test_a_flood_opens_at_once_and_closes_unless_a_second_person_confirms(town: Town) -> None:
    town.camera("far", lon=121.0)
    town.camera("west-gate", "market")
    commander = town.city.browser(BoundRole.EMERGENCY_COMMANDER)
    row = commander.post("/emergencies", declaration(town), status=201)
    assert row["state"] == "emergency"
    assert [one["camera"] for one in row["granted"]] == ["gate", "hall"]
    guard, beside = (town.city.new_user(f"guard.{at}", at) for at in ("mall", "market"))
    for user, at in ((guard, "mall"), (beside, "market")):
        town.city.bind(user, at, BoundRole.GUARD)
    known = {
        "kind": "natural_disaster", "area": AREA, "cameras": 2, "names": ["gate", "hall"],
        "since_s": town.now_s, "until_s": town.now_s + 30 * 60,
    }  # fmt: skip
    assert Api(guard).get("/emergencies/open") == [known], "nothing of who declared it and why"
    assert Api(beside).get("/emergencies/open") == [], "no camera of theirs is open"
    first = town.city.user(BoundRole.EMERGENCY_COMMANDER)
    body = {"code": town.code(first)}
    assert go(commander, row, "confirm", body, status=409, under="emergencies")["code"] == "conflict"
    assert close_what_is_over() == 0
    town.clock.advance(1800 * 10**9)
    assert Api(guard).get("/emergencies/open") == [], "over by its time, before anybody wrote it down"
    do_duties()
    row = commander.get(f"/retrievals/{row['id']}")
    assert row["state"] == "lapsed"
    row = go(commander, row, "report", {"reason": "查看两处积水,未复制"}, under="emergencies")
    assert row["state"] == "closed"


def test_a_confirmed_declaration_lasts_to_its_expiry_and_no_longer(town: Town) -> None:
    commander = town.city.browser(BoundRole.EMERGENCY_COMMANDER)
    row = commander.post("/emergencies", declaration(town), status=201)
    second = town.person("commander.two", "east-government", BoundRole.EMERGENCY_COMMANDER)
    row = go(Api(second), row, "confirm", {"code": town.code(second)}, under="emergencies")
    assert row["confirmed"]
    town.clock.advance(2 * HOUR * 10**9)
    do_duties()
    assert commander.get(f"/retrievals/{row['id']}")["state"] == "confirmed"
    town.clock.advance(2 * HOUR * 10**9)
    do_duties()
    assert commander.get(f"/retrievals/{row['id']}")["state"] == "lapsed"


def test_nobody_declares_for_another_body_or_without_an_area(town: Town) -> None:
    commander = town.city.browser(BoundRole.EMERGENCY_COMMANDER)
    for organisation, status in (("west-government", 403), ("east-police", 422)):
        commander.post("/emergencies", {**declaration(town), "organisation": organisation}, status=status)
    commander.post("/emergencies", {**declaration(town), "area": {"type": "Point", "coordinates": [1, 1]}}, status=422)
