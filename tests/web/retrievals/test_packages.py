"""From executing a retrieval to a sealed package in the hands of two: real footage, a real ledger, checked by others."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scripts.build_verifier import build as build_verifier
from tests.media.feeding import camera_on
from tests.recorded import record
from tests.web.client import Api
from tests.web.retrievals.conftest import HOUR, Town, go
from tests.web.retrievals.test_theft import Theft
from typer.testing import CliRunner

from mingjian.app.cli.evidence import evidence_app
from mingjian.app.data_folder import DataFolder
from mingjian.app.evidence_keys import anchor_text, trace_secret
from mingjian.app.evidence_maker import EvidenceMaker
from mingjian.app.evidence_trace import trace_file
from mingjian.kernel.clock import NS_PER_S
from mingjian.ledger.leaf import AccessEnd, AccessOpening, decode
from mingjian.media.custody.engine_log import EngineLog
from mingjian.media.store.store import Store
from mingjian.ports.evidence import CopyWish
from mingjian.web import wiring
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole, local_person
from mingjian.web.ledger.models import PendingLeaf
from mingjian.web.retrievals.copies import PLAYER_COPIES, copies_made, record_trace
from mingjian.web.retrievals.jobs import strip_title
from mingjian.web.retrievals.models import Retrieval, RetrievalCopy, RetrievalPackage
from mingjian.web.retrievals.packaging import PACKAGES

SECONDS = 6


@dataclass
class Shelf:
    """A data folder in which the mall's gate was recorded a while ago, signed by the engine's log."""

    folder: DataFolder
    store: Store
    log: EngineLog
    from_s: int
    to_s: int


@pytest.fixture
def shelf(town: Town, tmp_path: Path, configure: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    clock = town.clock
    done = record(tmp_path / "data", clock, ("gate", "hall"), SECONDS)
    made, store = done.folder, done.store
    configure(data_folder=made.root)
    now = wiring._wiring[0]
    wiring.install(
        wiring.Wiring(engine=now.engine, clock=clock, packages=EvidenceMaker(made, "ed25519", clock))
    )  # fmt: skip
    shelf = Shelf(made, store, done.log, done.from_ns // NS_PER_S, town.now_s)
    town.clock.advance(60 * NS_PER_S)
    yield shelf
    assert store.close()


def span(shelf: Shelf, camera: str = "gate") -> dict[str, Any]:
    return {"camera": camera, "from_s": shelf.from_s, "to_s": shelf.to_s}


def leaves(kind: type) -> list[Any]:
    return [leaf for one in PendingLeaf.objects.order_by("id") if isinstance(leaf := decode(bytes(one.data)), kind)]


@pytest.mark.applies("looking.judge_copy", "retrievals.package")
@pytest.mark.applies("retrieval.executable", "retrievals.package")
@pytest.mark.applies("looking.judge_copy", "retrievals.package_take")
@pytest.mark.applies("retrieval.executable", "retrievals.package_take")
def test_the_two_who_execute_take_a_package_that_passes_elsewhere(town: Town, shelf: Shelf, tmp_path: Path) -> None:
    theft = Theft(town)
    row = go(Api(theft.custodian), theft.registered(spans=[span(shelf), span(shelf, "hall")]), "execute")
    (ordered,) = row["packages"]
    assert ordered["state"] == "wanted"
    before = len(leaves(AccessOpening))
    assert PACKAGES.make_next()
    assert not PACKAGES.make_next()
    opened = leaves(AccessOpening)[before:]
    assert {(leaf.act, leaf.camera, leaf.retrieval) for leaf in opened} == {
        ("export", "gate", row["id"]), ("export", "hall", row["id"])
    }  # fmt: skip
    row = Api(theft.officer).get(f"/retrievals/{row['id']}")
    (ready,) = row["packages"]
    assert (ready["state"], ready["problem"]) == ("ready", "")
    assert row["handed"][0]["digest"] == ready["sha256"]
    address = f"/retrievals/{row['id']}/packages/{ready['id']}"
    outsider = town.person("officer.zhou", "east-station", BoundRole.OFFICER)
    for user, status in ((outsider, 403), (theft.head, 403), (theft.custodian, 403)):
        Api(user).get(f"{address}/content", status=status)
    taken = []
    for user in (theft.officer, theft.partner):
        answer = Api(user).get(f"{address}/content")
        taken.append(b"".join(answer.streaming_content))
        assert answer["Content-Length"] == str(len(taken[-1]))
    assert taken[0] == taken[1]
    assert hashlib.sha256(taken[0]).hexdigest() == ready["sha256"]
    ended = leaves(AccessEnd)
    assert {leaf.access.partition("/")[0] for leaf in ended} == {
        leaf.access.partition("/")[0] for leaf in leaves(AccessOpening)[before:]
    }
    row = go(Api(theft.custodian), row, "seal", {})
    assert row["state"] == "sealed"
    assert row["history"][-1]["event"] == "seal"

    town.clock.advance(25 * HOUR * NS_PER_S)
    Api(theft.officer).get(f"{address}/content", status=409)  # the approval has expired
    assert AuditEntry.objects.filter(action="retrievals.package_take", outcome="denied").count() == 1

    package, anchor = tmp_path / "gate.zip", tmp_path / "anchor.txt"
    package.write_bytes(taken[0])
    anchor.write_text(anchor_text(shelf.folder, "ed25519"))
    verifier = tmp_path / "mingjian-verify.pyz"
    build_verifier(verifier)
    told = subprocess.run(
        [sys.executable, "-I", "-S", verifier, package, "--trust", anchor, "--json"], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout + told.stderr
    by_program = CliRunner().invoke(evidence_app, ["verify", str(package), "--trust", str(anchor), "--json"])
    assert (by_program.exit_code, json.loads(by_program.stdout)["verdict"]) == (0, "PASS")
    bent = bytearray(taken[0])
    bent[len(bent) // 2] ^= 1
    package.write_bytes(bent)
    told = subprocess.run([sys.executable, "-I", "-S", verifier, package, "--trust", anchor], capture_output=True)
    assert told.returncode == 1


@pytest.mark.applies("looking.judge_copy", "retrievals.copy")
@pytest.mark.applies("retrieval.executable", "retrievals.copy")
@pytest.mark.applies("looking.judge_copy", "retrievals.copy_take")
@pytest.mark.applies("retrieval.executable", "retrievals.copy_take")
def test_each_who_executes_takes_his_own_player_copy_and_a_leak_is_laid_to_him(
    town: Town, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    titles: set[str] = set()
    maker = type(wiring.packages())
    make = maker.copy

    def overheard(self: Any, wish: CopyWish, output: Path, watch: Any) -> int:
        titles.add(wish.title)
        return make(self, wish, output, watch)

    monkeypatch.setattr(maker, "copy", overheard)
    theft = Theft(town)
    desk = Api(theft.custodian)
    row = go(desk, theft.registered(spans=[span(shelf)]), "execute")
    order = f"/retrievals/{row['id']}/packages/{row['packages'][0]['id']}/copies"
    desk.post(order, status=409)  # of what is not sealed there is no copy
    assert PACKAGES.make_next()
    Api(theft.officer).post(order, status=403)
    assert {one["state"] for one in desk.post(order, status=201)} == {"wanted"}
    desk.post(order, status=409)  # each has one
    address = f"/retrievals/{row['id']}/copies"
    PLAYER_COPIES.folder().write_bytes(b"")  # nothing can be written into this
    assert PLAYER_COPIES.make_next()
    assert [one["problem"] for one in desk.get(address) if one["state"] == "failed"] == [
        "the player copy cannot be written: File exists"
    ]
    PLAYER_COPIES.folder().unlink()
    assert len(desk.post(order, status=201)) == 3
    assert PLAYER_COPIES.make_next()
    (left,) = [one for one in desk.get(address) if one["state"] == "wanted"]
    desk.post(f"{address}/{left['id']}/cancel")
    assert not PLAYER_COPIES.make_next()
    assert len(desk.post(order, status=201)) == 4
    assert PLAYER_COPIES.make_next()
    desk.post(f"{address}/{left['id']}/cancel", status=409)
    told = desk.get(address)
    assert sorted(one["state"] for one in told) == ["cancelled", "failed", "ready", "ready"]
    assert titles == {"调取 湖刑立〔2027〕12号 副本"}, "the strip names the case as people do"
    assert strip_title(Retrieval(id="r1"), "副本") == "调取 r1 副本"
    assert {(one["done_ms"] > 0, one["takes"]) for one in told if one["state"] == "ready"} == {(True, False)}
    before = len(leaves(AccessOpening))
    films = {}
    for user, other in ((theft.officer, theft.partner), (theft.partner, theft.officer)):
        (his,) = [one for one in Api(user).get(address) if one["takes"]]
        Api(other).get(f"{address}/{his['id']}/content", status=403)
        answer = Api(user).get(f"{address}/{his['id']}/content")
        films[his["recipient"]] = b"".join(answer.streaming_content)
        assert hashlib.sha256(films[his["recipient"]]).hexdigest() == his["sha256"]
    opened = leaves(AccessOpening)[before:]
    assert [(leaf.act, leaf.camera, leaf.retrieval) for leaf in opened] == [("export", "gate", row["id"])] * 2
    assert {leaf.access for leaf in leaves(AccessEnd)} >= {leaf.access for leaf in opened}
    assert AuditEntry.objects.filter(action="retrievals.copy_take", outcome="done").count() == 2

    secret = trace_secret(shelf.folder)
    for recipient, film in films.items():
        (tmp_path / "copy.mp4").write_bytes(film)
        half = ["-vf", "scale=iw/2:-2", "-b:v", "1M", "-y", str(tmp_path / "leak.mp4")]
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(tmp_path / "copy.mp4"), *half], check=True)
        traced = trace_file(tmp_path / "leak.mp4", secret, copies_made())
        assert [one.recipient for one, _ in traced.found] == [recipient]
    record_trace(local_person("root"), traced.file_sha256, [one for one, _ in traced.found])
    assert AuditEntry.objects.filter(action="retrievals.trace", object_id=row["id"]).count() == 1

    assert PLAYER_COPIES.sweep() == 0
    RetrievalCopy.objects.filter(pk=left["id"]).update(state="making", cancel=False)  # its maker died
    assert PLAYER_COPIES.adopt() == 1
    row = go(desk, desk.get(f"/retrievals/{row['id']}"), "seal", {})
    town.clock.advance(25 * HOUR * NS_PER_S)
    Api(theft.officer).get(f"{address}/{his['id']}/content", status=403)
    Api(theft.partner).get(f"{address}/{his['id']}/content", status=409)  # the approval has expired
    Retrieval.objects.filter(pk=row["id"]).update(state="destroyed")
    assert PLAYER_COPIES.sweep() == 2
    Api(theft.partner).get(f"{address}/{his['id']}/content", status=409)
    assert len(copies_made()) == 2, "whose a copy was is known for ever"


def test_called_off_or_killed_nothing_is_left_and_another_is_made(
    town: Town, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    theft = Theft(town)
    desk = Api(theft.custodian)
    row = go(desk, theft.registered(spans=[span(shelf)]), "execute")
    address = f"/retrievals/{row['id']}/packages"
    PACKAGES.folder().write_bytes(b"")  # nothing can be written into this
    assert PACKAGES.make_next()
    (failed,) = desk.get(address)
    assert (failed["state"], failed["problem"]) == ("failed", "the package cannot be written: File exists")
    PACKAGES.folder().unlink()
    RetrievalPackage.objects.update(state="wanted")
    maker = wiring.packages()
    make = type(maker).make

    def called_off(self: Any, wish: Any, output: Path, watch: Any) -> Any:
        desk.post(f"{address}/{wish.package}/cancel")
        return make(self, wish, output, watch)

    with monkeypatch.context() as patch:
        patch.setattr(type(maker), "make", called_off)
        assert PACKAGES.make_next()
    assert [one["state"] for one in desk.get(address)] == ["cancelled"]
    assert list(PACKAGES.folder().iterdir()) == []
    assert leaves(AccessEnd)[-1].start_ns is None, "nothing was taken"

    town.clock.advance(NS_PER_S)
    again = desk.post(address, status=201, If_Match=f'"v{desk.get("/retrievals/" + row["id"])["version"]}"')

    class Killed(BaseException):
        pass

    def killed(self: Any, wish: Any, output: Path, watch: Any) -> Any:
        make(self, wish, output, watch)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(maker), "make", killed)
        with pytest.raises(Killed):
            PACKAGES.make_next()
    assert RetrievalPackage.objects.get(pk=again["id"]).state == "failed"
    RetrievalPackage.objects.filter(pk=again["id"]).update(state="making")  # as after a real death: nobody said so
    (PACKAGES.folder() / f"{again['id']}.zip").write_bytes(b"half")
    assert PACKAGES.adopt() == 1
    assert list(PACKAGES.folder().iterdir()) == []
    assert PACKAGES.make_next()
    assert desk.get(address)[0]["state"] == "ready"
    desk.post(f"{address}/{again['id']}/cancel", status=409)
    assert PACKAGES.adopt() == 0
    assert len(list(PACKAGES.folder().iterdir())) == 1


def test_footage_that_is_not_sealed_yet_is_waited_for_and_what_was_never_recorded_fails(
    town: Town, shelf: Shelf
) -> None:
    theft = Theft(town)
    feed = camera_on(shelf.store, town.clock, name="gate").connect()
    feed.send(2)
    row = theft.registered(spans=[{"camera": "gate", "from_s": shelf.from_s, "to_s": town.now_s}])
    row = go(Api(theft.custodian), row, "execute")
    address = f"/retrievals/{row['id']}/packages"
    assert shelf.store.flush()
    assert PACKAGES.make_next()
    assert not PACKAGES.make_next(), "not before a while"
    (waiting,) = Api(theft.custodian).get(address)
    assert (waiting["state"], "not sealed" in waiting["problem"]) == ("wanted", True)
    feed.stop()
    assert shelf.store.flush()
    assert shelf.store.flush()
    assert shelf.log.checkpoint()
    town.clock.advance(15 * NS_PER_S)
    assert PACKAGES.make_next()
    assert Api(theft.custodian).get(address)[0]["state"] == "ready"
