from __future__ import annotations

import json

import pytest
from tests.web.client import Api
from tests.web.conftest import BASE, NOW_NS, PASSWORD

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.ports.revocation import Revocation, revocations_from_json
from mingjian.ports.ticket import open_ticket, sign_ticket
from mingjian.web.audit.models import AuditEntry
from mingjian.web.viewing.custody import end_looks
from mingjian.web.viewing.models import IssuedTicket, Look, RevocationRow
from mingjian.web.viewing.revocations import take_back, write_file

pytestmark = pytest.mark.django_db

NOW_MS = NOW_NS // 1_000_000
LIVE = {"streams": ["main", "sub"], "rights": ["live", "snapshot"], "purpose": "duty watch"}
HOUR = {"from": "2027-01-15T06:00:00Z", "to": "2027-01-15T07:00:00Z"}
PUBLIC = BASE.ticket_key.public_key()


@pytest.fixture(autouse=True)
def _no_file():
    BASE.revocations_file.unlink(missing_ok=True)


def ask(api: Api, camera, status: int = 201, **changes):
    return api.post("/tickets", {"camera": camera.id, **LIVE, **changes}, status=status)


def in_file() -> tuple[Revocation, ...]:
    """What the edges read."""
    if not BASE.revocations_file.exists():
        return ()
    return revocations_from_json(json.loads(BASE.revocations_file.read_text()))


def taken_back(text: str) -> bool:
    ticket = open_ticket(text, PUBLIC, NOW_MS, "edge")
    return any(entry.covers(ticket) for entry in in_file())


def test_a_ticket_says_who_what_and_why(viewer: Api, camera) -> None:
    issued = ask(viewer, camera)
    assert (issued["edge"], issued["watermark"]) == ("edge", "Vera Watch")
    assert issued["expires_at"] == "2027-01-15T08:05:00Z"
    ticket = open_ticket(issued["ticket"], PUBLIC, NOW_MS, "edge")
    assert (ticket.id, ticket.camera, ticket.streams, ticket.rights) == (
        issued["id"], camera.id, ("main", "sub"), ("live", "snapshot"),
    )  # fmt: skip
    assert (ticket.purpose, ticket.viewer_name, ticket.from_ms, ticket.to_ms) == ("duty watch", "Vera Watch", 0, 0)
    assert ticket.expires_ms - ticket.issued_ms == 300_000
    assert viewer.client.cookies["mingjian"].value not in repr(ticket)
    entry = AuditEntry.objects.get(action="viewing.look")
    assert (entry.actor_name, entry.object_name, entry.after["purpose"]) == ("Vera", "Crossing 1", "duty watch")


def test_playback_names_its_time(viewer: Api, camera) -> None:
    issued = ask(viewer, camera, rights=["playback"], **HOUR)
    ticket = open_ticket(issued["ticket"], PUBLIC, NOW_MS, "edge")
    assert (ticket.to_ms - ticket.from_ms, ticket.from_ms) == (3_600_000, NOW_MS - 7_200_000)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": ""}, "/purpose"),
        ({"rights": []}, "/rights"),
        ({"rights": ["stare"]}, "/rights/0"),
        ({"streams": ["third"]}, "/streams/0"),
        ({"rights": ["playback"]}, "/from"),
        ({"rights": ["playback"], "from": HOUR["from"]}, "/to"),
        ({"rights": ["playback"], "from": HOUR["to"], "to": HOUR["from"]}, "/to"),
        ({"rights": ["playback"], "from": "2020-01-01T00:00:00Z", "to": HOUR["to"]}, "/to"),
        ({"rights": ["playback"], "from": "yesterday", "to": HOUR["to"]}, "/from"),
    ],
)
def test_what_is_not_accepted(viewer: Api, camera, changes, field) -> None:
    assert ask(viewer, camera, 422, **changes)["field"] == field
    assert not Look.objects.exists()


def test_rights_are_checked_one_by_one(viewer: Api, operator: Api, camera) -> None:
    assert ask(viewer, camera, 403, rights=["playback", "export"], **HOUR)["code"] == "forbidden"
    assert AuditEntry.objects.get(outcome="denied").right == "viewing.export"
    ask(operator, camera, 201, rights=["playback", "export"], **HOUR)


def test_a_camera_that_is_not_there_or_was_removed(viewer: Api, operator: Api, camera) -> None:
    viewer.post("/tickets", {"camera": "0" * 26, **LIVE}, status=404)
    operator.delete(f"/cameras/{camera.id}", {"reason": "scrapped"}, If_Match='"v1"')
    assert ask(viewer, camera, 409)["field"] == "/camera"
    ask(viewer, camera, 201, rights=["playback"], **HOUR)


def test_renewing_goes_on_with_the_same_look(viewer: Api, camera, clock) -> None:
    first = ask(viewer, camera)
    clock.advance(240 * NS_PER_S)
    second = viewer.post("/tickets/renew", {"ticket": first["ticket"]})
    assert second["id"] != first["id"]
    assert second["expires_at"] == "2027-01-15T08:09:00Z"
    look = Look.objects.get()
    assert (look.renewals, look.expires_ms) == (1, NOW_MS + 540_000)
    assert AuditEntry.objects.filter(action="viewing.look").count() == 1


def test_what_is_not_renewed(viewer: Api, operator: Api, make_user, camera, clock) -> None:
    first = ask(viewer, camera)["ticket"]
    assert operator.post("/tickets/renew", {"ticket": first}, status=422)["code"] == "ticket_foreign"
    elsewhere = Api(viewer_user := Look.objects.get().viewer)
    assert elsewhere.post("/tickets/renew", {"ticket": first}, status=422)["code"] == "ticket_foreign"
    assert viewer.post("/tickets/renew", {"ticket": first[:-4]}, status=422)["code"] == "ticket_invalid"
    viewer_user.role = "auditor"
    viewer_user.save()
    assert viewer.post("/tickets/renew", {"ticket": first}, status=403)["code"] == "forbidden"
    viewer_user.role = "viewer"
    viewer_user.save()
    clock.advance(300 * NS_PER_S)
    assert viewer.post("/tickets/renew", {"ticket": first}, status=422)["code"] == "ticket_expired"


def test_a_forged_claim_is_no_ticket(viewer: Api, camera) -> None:
    from dataclasses import replace

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    real = open_ticket(ask(viewer, camera)["ticket"], PUBLIC, NOW_MS, "edge")
    forged = sign_ticket(replace(real, rights=("live", "export")), Ed25519PrivateKey.generate())
    assert viewer.post("/tickets/renew", {"ticket": forged}, status=422)["code"] == "ticket_invalid"


def test_signing_out_takes_this_sessions_tickets_back_and_ends_its_looks(make_user, camera, clock, commits) -> None:
    make_user("vera")
    here, there = Api(), Api()
    for api in (here, there):
        api.post("/auth/login", {"name": "vera", "password": PASSWORD})
    mine, others = ask(here, camera)["ticket"], ask(there, camera)["ticket"]
    with commits():
        here.post("/auth/logout", status=204)
    assert (taken_back(mine), taken_back(others)) == (True, False)
    assert there.post("/tickets/renew", {"ticket": others})["id"]
    assert set(Look.objects.values_list("revoked_ms", flat=True)) == {
        NOW_MS,
        None,
    }  # one each; of one instant, so in no order
    assert set(Look.objects.values_list("over_because", flat=True)) == {"signed_out", ""}
    clock.advance(2 * NS_PER_S)
    assert end_looks() == 1, "its look ends with the session, not when the ticket would have run out"


def test_disabling_a_user_takes_all_his_tickets_back(admin: Api, viewer: Api, operator: Api, camera, commits) -> None:
    ticket, other = ask(viewer, camera)["ticket"], ask(operator, camera)["ticket"]
    with commits():
        admin.post(f"/users/{viewer_id()}/disable", {"reason": "left the unit"})
    assert (taken_back(ticket), taken_back(other)) == (True, False)
    look = Look.objects.get(viewer_name="Vera")
    assert (look.revoked_ms, look.over_because) == (NOW_MS, "account")


def viewer_id() -> str:
    return Look.objects.get(viewer_name="Vera").viewer_id


def test_a_new_ticket_after_a_revocation_is_good(operator: Api, viewer: Api, camera, clock, commits) -> None:
    old = ask(viewer, camera)["ticket"]
    with commits():
        operator.post("/tickets/revoke", {"camera": camera.id, "reason": "privacy"}, status=204)
    assert viewer.post("/tickets/renew", {"ticket": old}, status=422)["code"] == "ticket_revoked"
    clock.advance(1_000_000)
    fresh = ask(viewer, camera)["ticket"]
    assert viewer.post("/tickets/renew", {"ticket": fresh})["id"]
    ticket = open_ticket(fresh, PUBLIC, NOW_MS + 1, "edge")
    assert all(ticket.issued_ms > entry.at_ms for entry in in_file())
    entry = AuditEntry.objects.get(action="viewing.revoke")
    assert (entry.reason, entry.after["camera"]) == ("privacy", camera.id)


def test_one_look_is_taken_back_with_its_renewals(admin: Api, operator: Api, viewer: Api, camera, commits) -> None:
    first = ask(viewer, camera)
    second = viewer.post("/tickets/renew", {"ticket": first["ticket"]})
    other = ask(viewer, camera)
    with commits():
        operator.post("/tickets/revoke", {"ticket": first["id"], "reason": "wrong purpose"}, status=204)
    assert [taken_back(issued["ticket"]) for issued in (first, second, other)] == [True, True, False]
    assert sorted(look["over_because"] for look in admin.get("/looks")["items"]) == ["", "revoked"]
    assert viewer.post("/tickets/renew", {"ticket": second["ticket"]}, status=422)["code"] == "ticket_revoked"
    operator.post("/tickets/revoke", {"ticket": "0" * 26, "reason": "none such"}, status=404)
    assert operator.post("/tickets/revoke", {"reason": "nobody"}, status=422)["field"] == "/viewer"


def test_a_viewer_at_one_camera(operator: Api, viewer: Api, camera, commits) -> None:
    ticket, other = ask(viewer, camera)["ticket"], ask(operator, camera)["ticket"]
    body = {"viewer": viewer_id(), "camera": camera.id, "reason": "moved to another post"}
    with commits():
        operator.post("/tickets/revoke", body, status=204)
    assert (taken_back(ticket), taken_back(other)) == (True, False)


def test_removing_a_camera_ends_its_looks(operator: Api, viewer: Api, camera, commits) -> None:
    ticket = ask(viewer, camera)["ticket"]
    with commits():
        operator.delete(f"/cameras/{camera.id}", {"reason": "scrapped"}, If_Match='"v1"')
    assert taken_back(ticket)


def test_revocations_are_forgotten_when_every_ticket_has_expired(clock, commits) -> None:
    with commits():
        take_back(viewer="v" * 26)
    assert in_file() == (Revocation(NOW_MS, viewer="v" * 26),)
    clock.advance(301 * NS_PER_S)
    write_file()
    assert in_file() == ()
    with commits():
        take_back(camera="c" * 26)
    assert RevocationRow.objects.count() == 1
    assert sorted(path.name for path in BASE.revocations_file.parent.glob("revocations*")) == [
        "revocations.json", "revocations.lock",
    ]  # fmt: skip


def test_a_revocation_that_cannot_be_written_says_so(configure, tmp_path, commits) -> None:
    configure(data_folder=tmp_path / "away")
    with pytest.raises(MingjianError, match="edges were not told"), commits():
        take_back(viewer="v" * 26)
    configure(data_folder=BASE.data_folder)
    write_file()
    assert len(in_file()) == 1


def test_expired_tickets_leave_only_the_look(viewer: Api, camera, clock) -> None:
    ask(viewer, camera)
    clock.advance(3600 * NS_PER_S)
    assert end_looks() == 1
    ask(viewer, camera)
    assert (IssuedTicket.objects.count(), Look.objects.count()) == (1, 2)


def test_the_register_of_looks(admin: Api, viewer: Api, camera, clock) -> None:
    ask(viewer, camera)
    clock.advance(NS_PER_S)
    ask(viewer, camera, rights=["playback"], **HOUR)
    newest, oldest = admin.get("/looks")["items"]
    assert (newest["footage_from"], newest["viewer_unit"]) == ("2027-01-15T06:00:00Z", "Watch")
    assert (oldest["began_at"], oldest["ends_at"], oldest["footage_from"]) == (
        "2027-01-15T08:00:00Z", "2027-01-15T08:05:00Z", None,
    )  # fmt: skip
    first = admin.get("/looks?limit=1")
    assert admin.get(f"/looks?limit=1&cursor={first['next']}")["items"][0]["id"] == oldest["id"]
    assert admin.get(f"/looks?viewer={newest['viewer']}&camera={camera.id}")["items"]
    assert admin.get("/looks?camera=none")["items"] == []


def test_who_looked_at_a_minute(admin: Api, viewer: Api, camera, clock) -> None:
    ask(viewer, camera)
    clock.advance(3600 * NS_PER_S)
    ask(viewer, camera, rights=["playback"], purpose="theft", **HOUR)
    watching, footage = "2027-01-15T08:02:00Z", "2027-01-15T06:30:00Z"

    def at(instant: str) -> list[str]:
        return [one["purpose"] for one in admin.get(f"/looks?camera={camera.id}&at={instant}")["items"]]

    assert [at(watching), at(footage)] == [["duty watch"], ["theft"]]
    assert at("2027-01-15T08:05:00Z") == at("2027-01-15T07:00:00Z") == at("2027-01-15T09:01:00Z") == []
