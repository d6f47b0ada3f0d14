"""Web's log: leaves inside transactions, their order, the fence, checkpoints, and looks from opening to end."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from tests.ledger.logs import SIGNERS
from tests.web.client import Api
from tests.web.conftest import BASE, NOW_NS

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S, ManualClock
from mingjian.kernel.errors import MingjianError
from mingjian.ledger.checkpoint import open_checkpoint
from mingjian.ledger.leaf import Restore, decode
from mingjian.ledger.merkle import leaf_hash, tree_root, verify_inclusion
from mingjian.ports.ledger import LedgerStatus, LogStatus, StampStatus, status_path, status_to_json
from mingjian.ports.seen import EdgeWord, Seen, seen_path, word_to_json
from mingjian.web.authority.actor import local_person
from mingjian.web.ledger import queries
from mingjian.web.ledger.actions import append_leaf, begin, sequence, settings_seen, sign_checkpoint
from mingjian.web.ledger.models import LedgerCheckpoint, LedgerLeaf, PendingLeaf
from mingjian.web.registry.actions import change_camera, remove_camera
from mingjian.web.viewing.custody import end_looks
from mingjian.web.viewing.exports import begin_export, end_export
from mingjian.web.viewing.models import IssuedTicket

pytestmark = pytest.mark.django_db

ORIGIN = "mingjian/instance-1/web"
LIVE = {"streams": ["main"], "rights": ["live", "snapshot"], "purpose": "duty watch"}


def restore_leaf(number: int) -> Restore:
    return Restore(at_ns=NOW_NS, backup_at_ns=number, person="t", reason="r")


def sign(suite: str = "ed25519") -> str:
    sequence("sha256")
    return sign_checkpoint(ORIGIN, "sha256", lambda: SIGNERS[suite])


def told(kind: str) -> list:
    sequence("sha256")
    return [leaf for leaf in map(decode, queries.leaves()) if kind == leaf.KIND]


def test_leaves_get_their_places_in_order_and_every_one_is_proved() -> None:
    names = [append_leaf(restore_leaf(number)) for number in range(23)]
    assert queries.proof_of(names[3]) is None
    signed = sign()
    said = open_checkpoint(signed, SIGNERS["ed25519"].public)
    stored = list(queries.leaves())
    assert [decode(data).backup_at_ns for data in stored] == list(range(23))
    assert (said.origin, said.size) == (ORIGIN, 23)
    assert said.root == tree_root("sha256", [leaf_hash("sha256", (data,)) for data in stored])
    for index, name in enumerate(names):
        proof = queries.proof_of(name)
        assert proof is not None
        assert (proof.index, proof.note) == (index, signed)
        assert verify_inclusion("sha256", leaf_hash("sha256", (proof.leaf,)), index, 23, proof.path, said.root)


def test_a_leaf_goes_with_the_transaction_it_belongs_to() -> None:
    with transaction.atomic():
        append_leaf(restore_leaf(1))
        transaction.set_rollback(True)
    assert not PendingLeaf.objects.exists()


def test_checkpoints_are_a_chain_and_never_go_back() -> None:
    append_leaf(restore_leaf(1))
    first = open_checkpoint(sign(), SIGNERS["ed25519"].public)
    append_leaf(restore_leaf(2))
    second = open_checkpoint(sign(), SIGNERS["ed25519"].public)
    assert (second.previous, second.size) == (first.hash(), 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_leaf SET name = 'x'",
        "DELETE FROM ledger_leaf",
        "UPDATE ledger_checkpoint SET size = 0",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_pending SET name = 'x'",
        "DELETE FROM ledger_pending",
    ],
)
def test_the_database_refuses_to_change_or_delete(statement: str) -> None:
    append_leaf(restore_leaf(1))
    sign()
    append_leaf(restore_leaf(2))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    for model in (LedgerLeaf, LedgerCheckpoint):
        with pytest.raises(MingjianError, match="neither changed nor deleted"):
            model.objects.all().delete()


def test_a_row_that_is_gone_stops_the_signing() -> None:
    from mingjian.web.ledger import fence

    for number in range(5):
        append_leaf(restore_leaf(number))
    sign()
    with connection.cursor() as cursor:
        fence_off = fence._SQLITE_UNDO if connection.vendor == "sqlite" else fence._POSTGRESQL_UNDO
        for statement in fence_off:
            cursor.execute(statement)
        cursor.execute("DELETE FROM ledger_leaf WHERE index = 4" if connection.vendor != "sqlite"
                       else 'DELETE FROM ledger_leaf WHERE "index" = 4')  # fmt: skip
        for statement in fence._SQLITE if connection.vendor == "sqlite" else fence._POSTGRESQL:
            cursor.execute(statement)
    with pytest.raises(MingjianError) as caught:
        sign()
    assert caught.value.code == "ledger_contradicts"


def test_a_look_is_a_leaf_before_its_ticket_leaves_and_its_end_is_one(viewer: Api, camera, clock: ManualClock) -> None:
    issued = viewer.post("/tickets", {"camera": camera.id, **LIVE}, status=201)
    opened = told("access")
    assert [leaf.act for leaf in opened] == ["view", "snapshot"]
    assert {(leaf.camera, leaf.stream, leaf.purpose, leaf.unit) for leaf in opened} == {
        (camera.id, "main", "duty watch", "Watch")
    }
    assert all(leaf.person.startswith("Vera (") for leaf in opened)
    assert end_looks() == 0
    clock.advance(60 * NS_PER_S)
    viewer.post("/tickets/renew", {"ticket": issued["ticket"]})
    clock.advance(301 * NS_PER_S)
    assert end_looks() == 1
    assert end_looks() == 0
    (ended,) = told("access_end")
    assert (ended.access, ended.duration_ns, ended.start_ns) == (opened[0].access, 360 * NS_PER_S, None)
    assert len(told("access")) == 2


def test_taking_a_ticket_back_ends_the_look_then(
    viewer: Api, operator: Api, camera, clock: ManualClock, commits
) -> None:
    issued = viewer.post("/tickets", {"camera": camera.id, **LIVE}, status=201)
    clock.advance(30 * NS_PER_S)
    with commits():
        operator.post("/tickets/revoke", {"ticket": issued["id"], "reason": "enough"}, status=204)
    clock.advance(5 * NS_PER_S)
    assert end_looks() == 1
    assert told("access_end")[0].duration_ns == 30 * NS_PER_S


def test_footage_asked_for_is_in_the_leaf_and_in_its_end(viewer: Api, camera, clock: ManualClock) -> None:
    span = {"from": "2027-01-15T06:00:00Z", "to": "2027-01-15T07:00:00Z"}
    viewer.post("/tickets", {"camera": camera.id, **LIVE, "rights": ["playback"], **span}, status=201)
    (opened,) = told("access")
    assert (opened.act, opened.end_ns - opened.start_ns) == ("playback", 3600 * NS_PER_S)
    clock.advance(301 * NS_PER_S)
    end_looks()
    (ended,) = told("access_end")
    assert (ended.start_ns, ended.end_ns) == (opened.start_ns, opened.end_ns)


def test_the_end_says_what_really_left_when_the_edge_can_tell(viewer: Api, camera, clock: ManualClock) -> None:
    span = {"from": "2027-01-15T06:00:00Z", "to": "2027-01-15T07:00:00Z"}
    wish = {"camera": camera.id, **LIVE, "rights": ["playback"], **span}
    seen, unseen, cut, later = (viewer.post("/tickets", wish, status=201)["id"] for _ in range(4))
    issued_ms = clock.now_ns() // NS_PER_MS
    clock.advance(301 * NS_PER_S)
    over_ms = issued_ms + 300_000
    path = seen_path(BASE.data_folder, "edge")
    path.parent.mkdir(exist_ok=True)
    told_of = {
        seen: Seen(NOW_NS - 7000 * NS_PER_S, NOW_NS - 6000 * NS_PER_S, over_ms),
        cut: Seen(NOW_NS - 7000 * NS_PER_S, NOW_NS - 6000 * NS_PER_S, over_ms, cut=True),
    }
    try:
        path.write_text(json.dumps(word_to_json(EdgeWord(issued_ms, over_ms, told_of))))
        assert end_looks() == 0, "the edge has not said yet what left at the end"
        path.write_text(json.dumps(word_to_json(EdgeWord(issued_ms, over_ms + 1000, told_of))))
        assert end_looks() == 4
    finally:
        path.unlink()
    look_of = {one.id: one.look_id for one in IssuedTicket.objects.all()}
    ends = {leaf.access: (leaf.start_ns, leaf.end_ns) for leaf in told("access_end")}
    whole = (NOW_NS - 7200 * NS_PER_S, NOW_NS - 3600 * NS_PER_S)
    assert ends[look_of[seen]] == (NOW_NS - 7000 * NS_PER_S, NOW_NS - 6000 * NS_PER_S)
    assert ends[look_of[unseen]] == ends[look_of[later]] == (None, None)
    assert ends[look_of[cut]] == whole


def test_a_refused_look_is_a_leaf_too(viewer: Api, camera) -> None:
    span = {"from": "2027-01-15T06:00:00Z", "to": "2027-01-15T07:00:00Z"}
    viewer.post("/tickets", {"camera": camera.id, **LIVE, "rights": ["export"], **span}, status=403)
    (denied,) = told("access")
    assert (denied.act, denied.camera, denied.person.split(" (")[0]) == ("denied", camera.id, "Vera")


def test_an_export_at_the_command_line_opens_and_ends(camera, clock: ManualClock, configure) -> None:
    configure(demo=True)
    access = begin_export(local_person("root"), camera.id, "main", NOW_NS, NOW_NS + NS_PER_S, "case 7")
    began_ns = clock.now_ns()
    clock.advance(3 * NS_PER_S)
    end_export(access, NOW_NS, NOW_NS + NS_PER_S, began_ns)
    (opened,), (ended,) = told("access"), told("access_end")
    assert (opened.act, opened.person, opened.access) == ("export", "root", ended.access)
    assert ended.duration_ns == 3 * NS_PER_S


def test_changes_that_touch_evidence_are_leaves(camera) -> None:
    change_camera(local_person("root"), camera.id, {"keep_days": 60, "note": "x"}, None)
    remove_camera(local_person("root"), camera.id, "scrapped")
    changed = [(leaf.setting, leaf.before, leaf.after) for leaf in told("configuration")]
    assert changed[0] == ("keep_days", "30", "60")
    assert [setting for setting, _, _ in changed] == ["keep_days", "removed_at"]


def test_settings_outside_the_database_are_leaves_when_they_change() -> None:
    begin("sha256")
    assert settings_seen({"storage.keep_days": "30", "storage.volumes": "[]"}) == 2
    assert settings_seen({"storage.keep_days": "30", "storage.volumes": "[]"}) == 0
    assert settings_seen({"storage.keep_days": "30", "storage.volumes": "['/mnt']"}) == 1
    first, *_, last = told("configuration")
    assert (first.setting, last.setting, last.before, last.after) == ("begun", "storage.volumes", "[]", "['/mnt']")


def test_the_screens_are_told_what_is_exposed(admin: Api) -> None:
    path = status_path(BASE.data_folder)
    path.parent.mkdir(exist_ok=True)
    log = LogStatus("engine", "o", 10, 8, NOW_NS, witnessed_size=7, witnessed_ns=NOW_NS - 42 * NS_PER_S)
    stamp = StampStatus("https://tsa.example", "2026-11-25", NOW_NS, "CN=tsa", NOW_NS + NS_PER_S)
    alarm = {"code": "ledger_export_overdue", "severity": "2", "way": "mail", "zh": "未送出", "en": "not sent"}
    path.write_text(status_to_json(LedgerStatus(NOW_NS, "https://w", "key", (log,), (), stamp, (alarm,))))
    try:
        said = admin.get("/ledger/status")
        assert (said["exposure_s"], said["logs"][0]["exposed_leaves"], said["witness"]) == (42, 3, "https://w")
        assert (said["time_stamp"]["authority"], said["time_stamp"]["day"], said["alarms"]) == (
            "CN=tsa", "2026-11-25", [alarm],
        )  # fmt: skip
        assert alarm in admin.get("/system/status")["alarms"]
        path.write_text(json.dumps("broken"))
        assert admin.get("/ledger/status")["exposure_s"] is None
    finally:
        path.unlink()
