"""Masks: set by one, taken off by two, confirmed after a move; lifts: asked by one, granted by another, over by themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.web.city import City, as_actor
from tests.web.client import Api
from tests.web.conftest import BASE
from tests.web.retrievals.conftest import HOUR, Town, go
from tests.web.retrievals.conftest import town as town  # the fixture

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns
from mingjian.ledger.leaf import AccessOpening, ConfigurationChange, decode
from mingjian.ports.masks import CameraMasks, masks_from_json, masks_path
from mingjian.ports.ticket import Ticket, open_ticket
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole, local_person
from mingjian.web.ledger.models import PendingLeaf
from mingjian.web.masks.publishing import keep_file, write_file
from mingjian.web.registry.archive.actions import change_archive
from mingjian.web.registry.models import Camera, CameraArchive, Stream
from mingjian.web.viewing.exports import begin_export
from mingjian.web.viewing.models import Look
from mingjian.web.viewing.revocations import in_force

WINDOW = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]
BOWTIE = [[0, 0], [1, 1], [1, 0], [0, 1]]


@pytest.fixture
def gate(town: Town) -> Camera:
    for name in ("main", "sub"):
        Stream.objects.create(
            camera_id="gate", name=name, url_sealed="", host="h", has_credentials=False, transport="tcp"
        )
    CameraArchive.objects.create(camera_id="gate", may_infringe_privacy=True)
    return Camera.objects.get(pk="gate")


def file() -> dict[str, CameraMasks]:
    write_file()
    assert BASE.data_folder is not None
    return masks_from_json(json.loads(masks_path(BASE.data_folder).read_text()))


def draw(api: Api, status: int = 201, **changes: Any) -> Any:
    return api.post("/masks", {"camera": "gate", "points": WINDOW, "reason": "对面住宅窗户", **changes}, status=status)


def ticket(api: Api, town: Town, **changes: Any) -> tuple[dict[str, Any], Ticket]:
    """A ticket for the last hour of the gate, or the present, and its claims."""
    body = {"camera": "gate", "streams": ["main"], "rights": ["playback", "snapshot"], "purpose": "巡查", **changes}
    if body["rights"] != ["live"]:
        body |= {"from": iso(town.now_s - HOUR), "to": iso(town.now_s)}
    told = api.post("/tickets", body, status=201)
    claims = open_ticket(told["ticket"], BASE.ticket_key.public_key(), town.clock.now_ns() // 10**6, BASE.edge)
    return told, claims


def iso(second: int) -> str:
    return format_iso_ns(second * NS_PER_S)


def leaves(kind: type) -> list[Any]:
    found = [decode(bytes(one.data)) for one in PendingLeaf.objects.order_by("id")]
    return [one for one in found if isinstance(one, kind)]


def todo(api: Api, kind: str) -> list[Any]:
    return [item for one in api.get("/todo")["groups"] if one["kind"] == kind for item in one["items"]]


@pytest.mark.applies("privacy.judge_privacy", "masks.draw")
def test_one_sets_a_mask_and_two_take_it_off(town: Town, gate: Camera, city: City, commits: Any) -> None:
    manager, custodian = city.browser(BoundRole.MANAGER), city.browser(BoundRole.CUSTODIAN)
    draw(city.browser(BoundRole.GUARD), 403)
    draw(city.browser(BoundRole.MANAGER, "west"), 404)
    for wrong in (BOWTIE, [[0, 0], [1, 1], [0.5, 0.5]]):
        assert draw(manager, 422, points=wrong)["field"].endswith("points")
    draw(manager, 422, points=[[0, 0], [1.2, 0], [1, 1]])
    assert not ticket(manager, town)[0]["masked"]
    with commits():
        mask = draw(manager)
    assert file()["gate"].live == "sub"
    assert file()["gate"].now(0) == (((2500, 2500), (7500, 2500), (7500, 7500), (2500, 7500)),)
    assert CameraArchive.objects.get(camera="gate").masked is True
    assert leaves(ConfigurationChange)[-1].setting == "mask"
    told, claims = ticket(manager, town)
    assert told["masked"]
    assert "unmasked" not in claims.rights  # whoever set it looks under it, too
    assert told["rights"] == ["playback", "snapshot"]

    asked = go(manager, mask, "withdraw", {"reason": "窗户已封"}, under="masks")
    assert file()["gate"].now(0)
    code = town.code(city.user(BoundRole.MANAGER))
    alone = go(manager, asked, "withdraw/confirm", {"code": code}, 409, under="masks")
    assert alone["code"] == "conflict"
    assert todo(manager, "masks.withdrawals") == []
    assert todo(custodian, "masks.withdrawals")[0]["subject_id"] == "gate"
    town.code(city.user(BoundRole.CUSTODIAN))  # he has a second factor
    go(custodian, asked, "withdraw/confirm", {"code": "000000"}, 401, under="masks")
    kept = go(custodian, asked, "withdraw/drop", {"reason": "尚未封"}, under="masks")
    again = go(manager, kept, "withdraw", {"reason": "现已封"}, under="masks")
    assert go(
        custodian, mask, "withdraw/confirm", {"code": town.code(city.user(BoundRole.CUSTODIAN))}, 412, under="masks"
    )
    town.clock.advance(HOUR * NS_PER_S)
    code = town.code(city.user(BoundRole.CUSTODIAN))
    assert go(custodian, again, "withdraw/confirm", {"code": code}, under="masks")["withdrawn_at"]

    gone = file()["gate"]
    at_ns = town.clock.now_ns()
    assert gone.now(0) == ()
    assert gone.over(at_ns - HOUR * NS_PER_S // 2, at_ns)  # what was recorded under it stays under it
    assert ticket(manager, town)[0]["masked"]
    assert not ticket(manager, town, rights=["live"])[0]["masked"]
    assert manager.get("/masks?camera=gate") == []
    assert manager.get("/masks?camera=gate&withdrawn=true")[0]["withdrawn_by"] == "custodian.east"
    city.browser(BoundRole.OFFICER, "west").get("/masks?camera=gate", status=404)


@pytest.mark.applies("privacy.judge_privacy", "masks.confirm")
def test_after_a_move_nobody_else_sees_the_camera_before_its_masks_are_confirmed(
    town: Town, gate: Camera, city: City
) -> None:
    manager = city.browser(BoundRole.MANAGER)
    mask = draw(manager)
    assert file()["gate"].held_from_ms is None
    town.clock.advance(NS_PER_S)
    change_archive(city.actor(BoundRole.MANAGER), "gate", {"azimuth_deg": 90}, gate.version)
    assert keep_file() == 1  # the worker notices
    held = file()["gate"]
    assert held.held_from_ms == town.clock.now_ns() // 10**6
    assert held.held(None)
    assert todo(manager, "masks.unconfirmed")[0]["subject_id"] == "gate"
    assert "mask_check" in ticket(manager, town, rights=["live"])[1].rights
    assert "mask_check" not in ticket(city.browser(BoundRole.GUARD), town, rights=["live"])[1].rights
    assert not manager.get("/masks?camera=gate")[0]["confirmed"]
    town.clock.advance(NS_PER_S)
    assert go(manager, mask, "confirm", under="masks")["confirmed"]
    assert file()["gate"].held_from_ms is None
    assert todo(manager, "masks.unconfirmed") == []
    assert keep_file() == 0


@pytest.mark.applies("privacy.judge_lift", "masks.lift.ask")
@pytest.mark.applies("privacy.judge_lift", "masks.lift.grant")
def test_a_lift_takes_two_and_ends_by_itself(town: Town, gate: Camera, city: City) -> None:
    manager, custodian, guard = (
        city.browser(role) for role in (BoundRole.MANAGER, BoundRole.CUSTODIAN, BoundRole.GUARD)
    )
    draw(manager)
    body = {
        "cameras": ["gate"], "purpose": "核实高空抛物", "live": True, "from": iso(town.now_s - 2 * HOUR),
        "to": iso(town.now_s + HOUR), "expires_at": iso(town.now_s + 2 * HOUR),
    }  # fmt: skip
    assert (
        guard.post("/mask-lifts", {**body, "expires_at": iso(town.now_s + 30 * HOUR)}, status=422)["field"]
        == "/expires_at"
    )
    guard.post("/mask-lifts", {**body, "live": False, "from": None, "to": None}, status=422)
    city.browser(BoundRole.GUARD, "west").post("/mask-lifts", body, status=404)
    own = custodian.post("/mask-lifts", body, status=201)
    code = town.code(city.user(BoundRole.CUSTODIAN))
    assert go(custodian, own, "grant", {"code": code}, 409, under="mask-lifts")["code"] == "conflict"  # himself: never
    assert todo(custodian, "masks.lifts") == []
    go(city.browser(BoundRole.GUARD), own, "grant", {"code": code}, 403, under="mask-lifts")
    go(manager, own, "refuse", {"reason": "目的不足"}, under="mask-lifts")

    asked = guard.post("/mask-lifts", body, status=201)
    assert ticket(guard, town)[0]["masked"]
    assert todo(manager, "masks.lifts")[0]["subject_id"] == asked["id"]
    code = town.code(city.user(BoundRole.MANAGER))
    go(manager, asked, "grant", {"code": "000000"}, 401, under="mask-lifts")
    granted = go(manager, asked, "grant", {"code": code}, under="mask-lifts")
    assert granted["state"] == "granted"
    told, claims = ticket(guard, town)
    assert (told["unmasked_from"], told["unmasked_to"]) == (told["footage_from"], told["footage_to"])
    assert "unmasked" in claims.rights
    assert not claims.unmasked_live
    assert {one.act for one in leaves(AccessOpening) if one.access == Look.objects.latest("issued_ms").id} == {
        "playback", "snapshot", "mask_lift",
    }  # fmt: skip
    assert ticket(custodian, town)[0]["unmasked_to"] is None  # it is the asker's alone
    assert ticket(guard, town, rights=["live"])[1].unmasked_live
    wider = {"from": iso(town.now_s - 9 * HOUR), "to": iso(town.now_s)}
    beyond = {"camera": "gate", "streams": ["main"], "rights": ["playback"], "purpose": "巡查", **wider}
    assert guard.post("/tickets", beyond, status=201)["unmasked_from"] == body["from"]  # the rest stays under masks

    renewed = guard.post("/tickets/renew", {"ticket": told["ticket"]})
    assert "unmasked" in renewed["rights"]
    town.clock.advance(2 * HOUR * NS_PER_S - 240 * NS_PER_S)
    _, last = ticket(guard, town, rights=["live"])
    assert last.expires_ms == parse_iso_ns(granted["expires_at"], "") // 10**6
    left_ns = parse_iso_ns(granted["expires_at"], "") - town.clock.now_ns()
    town.clock.advance(left_ns - 50 * NS_PER_S)
    assert not ticket(guard, town, rights=["live"])[1].unmasked_live
    assert guard.get("/mask-lifts")["items"][0]["state"] == "granted"
    town.clock.advance(60 * NS_PER_S)
    assert guard.get("/mask-lifts")["items"][0]["state"] == "over"


def test_a_lift_that_is_ended_takes_its_tickets_with_it(town: Town, gate: Camera, city: City, commits: Any) -> None:
    manager, guard = city.browser(BoundRole.MANAGER), city.browser(BoundRole.GUARD)
    draw(manager)
    body = {"cameras": ["gate"], "purpose": "核实", "live": True, "expires_at": iso(town.now_s + HOUR)}
    asked = guard.post("/mask-lifts", body, status=201)
    before, _ = ticket(guard, town, rights=["live"])
    granted = go(manager, asked, "grant", {"code": town.code(city.user(BoundRole.MANAGER))}, under="mask-lifts")
    widened = guard.post("/tickets/renew", {"ticket": before["ticket"]})  # granted while he looks
    assert "unmasked" in widened["rights"]
    assert leaves(AccessOpening)[-1].act == "mask_lift"
    assert manager.get("/mask-lifts?state=granted")["items"][0]["id"] == asked["id"]
    city.browser(BoundRole.MANAGER, "west").get("/mask-lifts")
    assert city.browser(BoundRole.MANAGER, "west").get("/mask-lifts")["items"] == []
    with commits():
        go(manager, granted, "end", {"reason": "已看完"}, under="mask-lifts")
    guard.post("/tickets/renew", {"ticket": widened["ticket"]}, status=422)
    assert any(entry.camera == "gate" for entry in in_force())
    town.clock.advance(NS_PER_S)
    assert not ticket(guard, town, rights=["live"])[1].unmasked_live
    assert AuditEntry.objects.filter(action="masks.lift.end").count() == 1


def test_originals_under_masks_do_not_leave_by_the_command_line(
    town: Town, gate: Camera, city: City, configure: Any
) -> None:
    configure(demo=True)
    person = local_person("root")
    span = ("gate", "main", (town.now_s - HOUR) * NS_PER_S, town.now_s * NS_PER_S, "核查")
    begin_export(person, *span)
    draw(city.browser(BoundRole.MANAGER))
    with pytest.raises(MingjianError) as caught:
        begin_export(person, *span)
    assert caught.value.code == "masked_footage"
    assert leaves(AccessOpening)[-1].act == "denied"
    assert as_actor(city.user(BoundRole.MANAGER)).user
