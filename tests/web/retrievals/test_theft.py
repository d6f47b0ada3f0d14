"""A theft at the mall: station officer, head of the district organ, partner, custodian; each as himself."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.client import Api
from tests.web.fakes import FakeEngine
from tests.web.retrievals.conftest import HOUR, Town, go

from mingjian.ledger.leaf import RetrievalChange, decode
from mingjian.web.accounts.models import User
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.ledger.models import PendingLeaf
from mingjian.web.registry.models import CameraArchive
from mingjian.web.retrievals.duties import do_duties
from mingjian.web.retrievals.models import EvidenceHold, RetrievalExecutor


class Theft:
    """The people of the story."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.officer = town.person("officer.li", "east-station", BoundRole.OFFICER, "officer")
        self.partner = town.person("officer.wang", "east-station", BoundRole.OFFICER, "officer")
        self.chief = town.person("station.chief", "east-station", BoundRole.APPROVER, "station_chief")
        self.head = town.person("head.zhao", "east-police", BoundRole.APPROVER, "organ_head")
        self.custodian = town.city.user(BoundRole.CUSTODIAN)

    def submitted(self, **values: Any) -> dict[str, Any]:
        row = Api(self.officer).post("/retrievals", self.town.request(**values), status=201)
        return go(Api(self.officer), row, "submit")  # type: ignore[no-any-return]

    def approved(self, **values: Any) -> dict[str, Any]:
        row = self.submitted(**values)
        return go(Api(self.head), row, "approve", self.grant(self.head, 24))  # type: ignore[no-any-return]

    def grant(self, head: User, hours: int = 1, **values: Any) -> dict[str, Any]:
        """A body for approve, with a code of his."""
        return {"expires_s": self.town.now_s + hours * HOUR, "code": self.town.code(head), **values}

    def come(self, user: User, row: dict[str, Any], number: str, status: int = 200) -> Any:
        return go(Api(user), row, "executors", {"code": self.town.code(user), "number": number}, status)

    def registered(self, **values: Any) -> dict[str, Any]:
        row = self.come(self.officer, self.approved(**values), "鲁B0001")
        row = self.come(self.partner, row, "鲁B0002")
        row = go(Api(self.custodian), row, "present", {"papers": ["credentials", "approval_document"]})
        for user in (self.officer, self.partner):
            row = go(Api(user), row, "undertaking")
        return go(Api(self.custodian), row, "register")  # type: ignore[no-any-return]


@pytest.fixture
def theft(town: Town) -> Theft:
    return Theft(town)


@pytest.mark.applies("retrieval.judge_state_organ", "retrievals.submit")
@pytest.mark.applies("retrieval.judge_way", "retrievals.approve")
@pytest.mark.applies("retrieval.judge_approval", "retrievals.approve")
@pytest.mark.applies("retrieval.judge_two_staff", "retrievals.present")
@pytest.mark.applies("retrieval.judge_papers", "retrievals.present")
@pytest.mark.applies("retrieval.judge_registration", "retrievals.register")
@pytest.mark.applies("retrieval.judge_confidentiality", "retrievals.register")
@pytest.mark.applies("retrieval.judge_conditions", "retrievals.execute")
@pytest.mark.applies("retrieval.executable", "retrievals.execute")
def test_from_the_request_to_destruction_with_proof(theft: Theft, town: Town) -> None:
    row = theft.registered()
    desk = Api(theft.custodian)
    row = go(desk, row, "execute")
    handed = {"name": "gate.mjev", "size_bytes": 10, "digest": "cd" * 32}
    row = go(desk, row, "seal", {"files": [handed]})
    go(Api(theft.officer), row, "end", {"event": "destroy", "file": town.file("market")}, status=422)
    proof = {"event": "destroy", "file": town.file("east-station")}
    row = go(Api(theft.officer), row, "end", proof)
    assert row["state"] == "sealed", "one person's word is not enough"
    row = go(Api(theft.officer), row, "end", proof)
    assert row["state"] == "sealed", "nor twice the same person's"
    row = go(desk, row, "end", proof)
    assert row["state"] == "destroyed"
    assert [one["event"] for one in row["history"]] == [
        "submit", "approve", "present", "register", "execute", "seal", "destroy"
    ]  # fmt: skip
    leaves = [decode(bytes(one.data)) for one in PendingLeaf.objects.order_by("id")]
    changes = [leaf for leaf in leaves if isinstance(leaf, RetrievalChange)]
    assert [leaf.after for leaf in changes] == [one["after"] for one in row["history"]]
    names = {one.name for one in PendingLeaf.objects.all()}
    assert {one["leaf"] for one in row["history"]} <= names
    kept = RetrievalExecutor.objects.get(name="officer.li")
    assert "0001" not in kept.number_sealed
    assert "鲁B0001" not in str(list(AuditEntry.objects.values()))


@pytest.mark.applies("declared_use.strictest_flag", "retrievals.seal")
@pytest.mark.applies("declared_use.judge_inherited", "retrievals.seal")
def test_what_is_handed_over_carries_the_strictest_mark_of_its_sources(theft: Theft, town: Town) -> None:
    spans = [{"camera": one, "from_s": town.now_s - HOUR, "to_s": town.now_s} for one in ("gate", "hall")]
    CameraArchive.objects.create(camera_id="gate", flag="privacy")
    CameraArchive.objects.create(camera_id="hall", flag="trade_secret")
    desk = Api(theft.custodian)
    row = go(desk, theft.registered(spans=spans), "execute")
    handed = {"name": "gate.mjev", "size_bytes": 10, "digest": "cd" * 32}
    weaker = go(desk, row, "seal", {"files": [handed, {**handed, "flag": "privacy"}]}, status=422)
    assert weaker["code"] == "weaker_flag"
    row = go(desk, row, "seal", {"files": [handed, {**handed, "name": "list.pdf", "flag": "state_secret"}]})
    assert [one["flag"] for one in row["handed"]] == ["trade_secret", "state_secret"]
    entry = AuditEntry.objects.get(action="retrievals.seal", outcome="done")
    assert entry.citations.get(clause="qd204.principles.no_leak").verdict == "pass"


def test_before_sending_the_form_says_what_applies_and_what_is_missing(theft: Theft, town: Town) -> None:
    body = town.request(legal_basis="")
    said = Api(theft.officer).post("/retrievals/check", body)
    cited = {clause["key"] for one in said["judgements"] for clause in one["clauses"]}
    assert {"qd204.retrieval.public_security", "qd204.retrieval.two_staff", "sc799.retrieval.state_organs"} <= cited
    assert "sc799.retrieval.state_organs" in str(said["missing"])
    assert said["holder"] == "mall"
    row = Api(theft.officer).post("/retrievals", body, status=201)
    assert go(Api(theft.officer), row, "submit", status=409)["code"] == "conflict"
    assert not EvidenceHold.objects.exists()


def test_submitting_holds_the_footage_also_while_the_engine_is_away(
    theft: Theft, engine: FakeEngine, commits: Any
) -> None:
    engine.away = True
    with commits():
        theft.submitted()
    hold = EvidenceHold.objects.get()
    assert (hold.engine, hold.provisional) == ("wanted", True)
    assert do_duties() == 0
    engine.away = False
    assert do_duties() == 1
    assert engine.holds == {hold.id: ("gate", hold.from_ns, hold.to_ns)}
    assert do_duties() == 0


def test_a_station_chief_does_not_approve(theft: Theft) -> None:
    row = theft.submitted()
    problem = go(Api(theft.chief), row, "approve", theft.grant(theft.chief), status=409)
    assert "23" in problem["detail"] or "二十三" in problem["detail"]
    assert AuditEntry.objects.filter(action="retrievals.approve", outcome="denied").exists()


def test_who_asks_does_not_approve_though_he_is_in_charge(theft: Theft, town: Town) -> None:
    town.city.bind(theft.head, "east-police", BoundRole.OFFICER)
    row = Api(theft.head).post("/retrievals", town.request(organisation="east-police"), status=201)
    row = go(Api(theft.head), row, "submit")
    go(Api(theft.head), row, "approve", theft.grant(theft.head), status=403)


def test_an_approval_narrows_and_never_widens(theft: Theft, town: Town) -> None:
    row = theft.submitted()
    span = row["asked"][0]
    span.pop("camera_name")
    wide = [{**span, "to_s": span["to_s"] + 1}]
    head = Api(theft.head)
    go(head, row, "approve", theft.grant(theft.head, spans=wide), status=409)
    go(head, row, "approve", theft.grant(theft.head, spans=[{**span, "camera": "hall"}]), status=422)
    narrow = [{**span, "from_s": span["from_s"] + 60}]
    body = theft.grant(theft.head, spans=narrow)
    assert go(head, row, "approve", {**body, "code": "000000"}, status=401)["code"] == "wrong_second_factor"
    assert go(head, row, "approve", body)["granted"] == [{**narrow[0], "camera_name": "gate"}]


def test_papers_missing_returns_and_a_refusal_escalates_to_somebody_else(theft: Theft, town: Town) -> None:
    row = go(Api(theft.head), theft.submitted(), "return", {"reason": "缺立案文书"})
    row = go(Api(theft.officer), row, "submit")
    assert row["decide_policy"] == "policy.retrieval.decide_hours"
    assert EvidenceHold.objects.filter(released_ns__isnull=True).count() == 1
    row = go(Api(theft.head), row, "refuse", {"reason": "与案件无关"})
    row = go(Api(theft.officer), row, "escalate", {"reason": "材料齐全,请复核"})
    go(Api(theft.head), row, "approve", theft.grant(theft.head), status=403)
    upper = town.person("bureau.head", "bureau", BoundRole.APPROVER, "organ_head")
    assert go(Api(upper), row, "approve", theft.grant(upper))["state"] == "approved"


def test_one_comes_alone_or_twice_under_one_credential(theft: Theft) -> None:
    row = theft.come(theft.officer, theft.approved(), "鲁B0001")
    assert [one["user"] for one in row["executors"]] == [theft.officer.id]  # two may have the same name
    papers = {"papers": ["credentials", "approval_document"]}
    go(Api(theft.custodian), row, "present", papers, status=409)
    for none in ("", "    "):
        theft.come(theft.partner, row, none, status=422)
    theft.come(theft.officer, row, "鲁B0009", status=409)
    theft.come(theft.partner, row, " 鲁b0001", status=409)
    theft.come(theft.head, row, "鲁B0003", status=403)
    wrong = {"code": "000000", "number": "鲁B0002"}
    go(Api(theft.partner), row, "executors", wrong, status=401)


def test_an_approval_that_expired_opens_nothing_and_frees_the_hold(theft: Theft, town: Town) -> None:
    row = theft.registered()
    town.clock.advance(25 * HOUR * 10**9)
    go(Api(theft.custodian), row, "execute", status=409)
    do_duties()
    assert Api(theft.officer).get(f"/retrievals/{row['id']}")["state"] == "expired"
    assert not EvidenceHold.objects.filter(released_ns__isnull=True).exists()


def test_who_saw_an_older_version_is_told(theft: Theft) -> None:
    row = theft.submitted()
    go(Api(theft.head), row, "return", {"reason": "缺文书"})
    go(Api(theft.head), row, "refuse", {"reason": "缺文书"}, status=412)


def test_others_do_not_see_it(theft: Theft, town: Town) -> None:
    row = theft.submitted()
    west = town.city.browser(BoundRole.OFFICER, "west")
    west.get(f"/retrievals/{row['id']}", status=404)
    assert west.get("/retrievals")["items"] == []
    assert [one["id"] for one in Api(theft.custodian).get("/retrievals")["items"]] == [row["id"]]
