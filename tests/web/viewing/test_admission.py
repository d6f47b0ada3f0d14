"""Who is let in: the unit's own staff, who executes a retrieval, who holds a grant of grade, who declared an emergency."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City
from tests.web.client import Api
from tests.web.conftest import BASE
from tests.web.retrievals.conftest import HOUR, Town, go
from tests.web.retrievals.conftest import town as town  # the fixture
from tests.web.retrievals.test_other_ways import declaration
from tests.web.retrievals.test_theft import Theft

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.ledger.leaf import AccessOpening, decode
from mingjian.ports.ticket import open_ticket
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.ledger.models import PendingLeaf
from mingjian.web.monitoring.models import StaffRecord
from mingjian.web.organisations.models import Grant
from mingjian.web.registry.models import Camera, Stream, System
from mingjian.web.retrievals.duties import do_duties
from mingjian.web.viewing.models import Look
from mingjian.web.viewing.revocations import in_force


@pytest.fixture
def gate(town: Town) -> Camera:
    """The mall's camera with a stream."""
    for name in ("gate", "hall"):
        Stream.objects.create(
            camera_id=name, name="main", url_sealed="", host="h", has_credentials=False, transport="tcp"
        )
    return Camera.objects.get(pk="gate")


def ask(api: Api, town: Town, status: int = 201, **changes: Any) -> Any:
    """The last two hours of the gate, for playback."""
    body = {"camera": "gate", "streams": ["main"], "rights": ["playback"], "purpose": "查找盗窃嫌疑人", **changes}
    if set(body["rights"]) != {"live"}:
        body = {"from": iso(town.now_s - 2 * HOUR), "to": iso(town.now_s), **body}
    return api.post("/tickets", body, status=status)


def iso(second: int) -> str:
    return format_iso_ns(second * NS_PER_S)


def leaves() -> list[AccessOpening]:
    found = [decode(bytes(one.data)) for one in PendingLeaf.objects.order_by("id")]
    return [one for one in found if isinstance(one, AccessOpening)]


@pytest.mark.applies("monitoring.judge_staff", "monitoring.staff.refused")
def test_own_staff_without_training_get_no_ticket(town: Town, gate: Camera, city: City) -> None:
    guard = city.browser(BoundRole.GUARD)
    StaffRecord.objects.all().delete()
    assert ask(guard, town, 403, rights=["live"])["code"] == "not_trained"
    assert leaves()[-1].act == "denied"


@pytest.mark.applies("looking.judge_own_right", "viewing.look")
@pytest.mark.applies("looking.judge_opening", "viewing.look")
@pytest.mark.applies("looking.judge_purpose", "viewing.look")
@pytest.mark.applies("looking.judge_copy", "viewing.look")
@pytest.mark.applies("looking.judge_register", "viewing.look")
@pytest.mark.applies("measures.judge_measures", "viewing.look")
def test_the_units_own_staff_look_by_their_role(town: Town, gate: Camera, city: City) -> None:
    guard = city.browser(BoundRole.GUARD)
    assert ask(guard, town, rights=["live", "playback"])["rights"] == ["live", "playback"]
    entry = AuditEntry.objects.get(action="viewing.look")
    assert entry.citations.get(clause="sc799.use.measures").verdict == "pass"
    ask(city.browser(BoundRole.CUSTODIAN), town, rights=["export"])
    assert leaves()[-1].unit == city.organisation["mall"].name
    refused = ask(guard, town, 403, rights=["export"])
    assert refused["code"] == "forbidden"
    assert "16" in refused["detail"] or "十六" in refused["detail"]
    assert city.user(BoundRole.CUSTODIAN).name in refused["remedy"]
    assert (leaves()[-1].act, leaves()[-1].camera) == ("denied", "gate")
    assert ask(guard, town, rights=["playback", "export"], narrow=True)["rights"] == ["playback"]
    keeper = city.browser(BoundRole.MAINTAINER)
    ask(keeper, town, rights=["live"])
    ask(keeper, town, 403)
    ask(guard, town, 403, purpose="  查  ")


def test_nobody_else_sees_what_was_recorded_or_is_told_of_a_camera_out_of_sight(
    town: Town, gate: Camera, city: City, operator: Api
) -> None:
    officer = city.browser(BoundRole.OFFICER)
    for api in (operator, officer):
        refused = ask(api, town, 403)
        assert refused["code"] == "retrieval_needed"
        assert "20" in refused["detail"] or "二十" in refused["detail"]
        assert "ask for a retrieval" in refused["remedy"]
        assert ask(api, town, 403, rights=["live"])["code"] == "forbidden"
    assert [leaf.act for leaf in leaves()] == ["denied"] * 4
    assert AuditEntry.objects.filter(action="viewing.look", outcome="denied").count() == 4
    west = city.browser(BoundRole.GUARD, "west")
    hidden, none = ask(west, town, 404), ask(west, town, 404, camera="nowhere")
    assert (hidden["code"], hidden["detail"]) == (none["code"], none["detail"])
    assert len(leaves()) == 5
    assert not Look.objects.exists()


@pytest.mark.applies("retrieval.executable", "viewing.look")
def test_who_executes_a_retrieval_sees_what_was_granted_until_it_is_over(
    town: Town, gate: Camera, commits: Any
) -> None:
    theft = Theft(town)
    row = theft.registered()
    officer, desk = Api(theft.officer), Api(theft.custodian)
    ask(officer, town, 404)  # nothing is open before it is executed, and the camera is not of his station's street
    row = go(desk, row, "execute")
    span = row["granted"][0]
    issued = ask(officer, town)
    assert (issued["footage_from"], issued["footage_to"]) == (iso(span["from_s"]), iso(span["to_s"]))
    assert issued["retrieval"] == row["id"]
    assert leaves()[-1].retrieval == row["id"]
    ticket = open_ticket(issued["ticket"], BASE.ticket_key.public_key(), town.now_s * 1000, "edge")
    assert (ticket.from_ms, ticket.to_ms) == (span["from_s"] * 1000, span["to_s"] * 1000)
    ask(Api(theft.head), town, 403)
    ask(officer, town, 404, camera="hall")
    ask(officer, town, 403, rights=["export"])
    ask(officer, town, 403, rights=["live"])
    early = {"from": iso(span["from_s"] - HOUR), "to": iso(span["from_s"])}
    assert "granted" in ask(officer, town, 403, **early)["detail"]
    assert ask(desk, town, retrieval=row["id"])["footage_to"] == iso(span["to_s"]), "at the counter it is cut likewise"
    assert ask(desk, town, 422, retrieval=row["id"], camera="hall")["field"] == "/retrieval"
    town.clock.advance((row["expires_s"] - town.now_s - 60) * NS_PER_S)
    assert ask(officer, town, 403, **early)
    last = ask(officer, town, **{"from": iso(span["from_s"]), "to": iso(span["to_s"])})
    assert last["expires_at"] == iso(row["expires_s"])
    town.clock.advance(30 * NS_PER_S)
    with commits():
        go(desk, row, "seal", {"files": [{"name": "gate.zip", "size_bytes": 10, "digest": "cd" * 32}]})
    assert officer.post("/tickets/renew", {"ticket": last["ticket"]}, status=422)["code"] == "ticket_revoked"
    assert {entry.ticket for entry in in_force()} >= {last["id"]}


@pytest.mark.applies("interfaces.judge_access", "viewing.look")
def test_live_from_outside_follows_grade_role_and_purpose(town: Town, gate: Camera, city: City) -> None:
    officer = city.browser(BoundRole.OFFICER)
    system = System.objects.create(
        id="s", name="s", organisation_id="mall", division_id="east", standing="in_use", created_ns=0, security_grade=3
    )
    Camera.objects.filter(pk="gate").update(system=system)
    scope = {"grade": 2, "role": "officer", "purposes": ["防汛值守"]}
    grant = Grant.objects.create(
        id=new_id(city.now_ns), kind="grade", organisation_id="east-police", division_id="east", scope=scope,
        basis="函〔2027〕1号", since_ns=0,
    )  # fmt: skip
    live = {"rights": ["live"], "purpose": "防汛值守"}
    assert "clearance" in ask(officer, town, 403, **live)["detail"]
    Grant.objects.filter(pk=grant.pk).update(scope={**scope, "grade": 3})
    ask(officer, town, **live)
    assert "purpose" in ask(officer, town, 403, rights=["live"], purpose="看看")["detail"]
    assert ask(officer, town, 403, **{**live, "rights": ["playback"]})["code"] == "retrieval_needed"
    both = ask(officer, town, rights=["live", "playback"], purpose="防汛值守", narrow=True)
    assert both["rights"] == ["live"]
    assert Look.objects.latest("issued_ms").opened_by == "grade"


@pytest.mark.applies("retrieval.judge_emergency", "viewing.look")
def test_an_emergency_opens_its_area_at_once_and_ending_it_shuts_it(
    town: Town, gate: Camera, city: City, commits: Any
) -> None:
    commander = city.browser(BoundRole.EMERGENCY_COMMANDER)
    colleague_user = town.person("commander.two", "east-government", BoundRole.EMERGENCY_COMMANDER)
    colleague = Api(colleague_user)
    flood = {"rights": ["live", "playback"], "purpose": "查看积水点位"}
    ask(commander, town, 403, **flood)
    row = commander.post("/emergencies", declaration(town), status=201)
    order = [type(decode(bytes(one.data))).__name__ for one in PendingLeaf.objects.order_by("id")]
    issued = ask(commander, town, **flood)
    assert "RetrievalChange" in order, "the declaration was in the ledger before the first ticket"
    assert issued["footage_from"] == iso(town.now_s - HOUR)
    assert ask(commander, town, 403, camera="gate", rights=["export"])
    ask(colleague, town, 403, **flood)
    town.clock.advance(1798 * NS_PER_S)
    assert ask(commander, town, **flood)["expires_at"] == iso(town.now_s + 2), "one declarant's thirty minutes"
    town.clock.advance(2 * NS_PER_S)
    ask(commander, town, 403, **flood)
    assert do_duties() >= 1

    row = commander.post("/emergencies", declaration(town), status=201)
    row = go(colleague, row, "confirm", {"code": town.code(colleague_user)}, under="emergencies")
    mine, his = ask(commander, town, **flood), ask(colleague, town, **flood)
    with commits():
        row = go(colleague, row, "end", {"reason": "险情解除"}, under="emergencies")
    assert row["state"] == "lapsed"
    assert {mine["id"], his["id"]} <= {entry.ticket for entry in in_force()}
    ask(commander, town, 403, **flood)
    assert set(Look.objects.filter(retrieval=row["id"]).values_list("over_because", flat=True)) == {"retrieval"}
