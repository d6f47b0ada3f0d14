from __future__ import annotations

from typing import Any

import pytest
from tests.web.client import Api
from tests.web.conftest import NOW_NS
from tests.web.retrievals.conftest import Town, go
from tests.web.retrievals.conftest import town as town  # the fixture
from tests.web.retrievals.test_theft import Theft

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.ledger.leaf import AccessOpening, decode
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.authority.applying import RuledOut
from mingjian.web.authority.policy import Refused
from mingjian.web.ledger.models import PendingLeaf
from mingjian.web.viewing.exports import begin_export

pytestmark = pytest.mark.django_db


def test_an_export_is_recorded_before_it_begins(camera, admin: Api, configure: Any) -> None:
    configure(demo=True)
    begin_export(local_person("ops"), camera.id, "main", NOW_NS, NOW_NS + 10**9, "case 7")
    newest = admin.get("/audit?action=viewing.export")["items"][0]
    assert (newest["actor_name"], newest["reason"], newest["title"]) == ("ops", "case 7", "exported footage")
    assert newest["after"]["from"] == "2027-01-15T08:00:00Z"


def test_without_reason_or_right_nothing_is_recorded(camera, configure: Any) -> None:
    configure(demo=True)
    with pytest.raises(MingjianError, match="reason") as raised:
        begin_export(local_person("ops"), camera.id, "main", 0, 1, " ")
    assert raised.value.field == "reason"
    with pytest.raises(Refused):
        begin_export(Actor("v" * 26, "Vera", "", "viewer"), camera.id, "main", 0, 1, "case 7")
    with pytest.raises(MingjianError, match="no such camera"):
        begin_export(local_person("ops"), "none", "main", 0, 1, "case 7")
    assert not AuditEntry.objects.filter(action="viewing.export").exists()


@pytest.mark.applies("looking.judge_opening", "viewing.export")
@pytest.mark.applies("looking.judge_copy", "viewing.export")
@pytest.mark.applies("retrieval.executable", "viewing.export")
def test_outside_a_demo_it_needs_a_retrieval_in_force_that_names_camera_and_span(town: Town) -> None:
    theft, ops = Theft(town), local_person("ops")
    row = theft.registered()
    begins_ns, ends_ns = (row["granted"][0][key] * NS_PER_S for key in ("from_s", "to_s"))

    def refused(retrieval: str, camera: str = "gate", from_ns: int = begins_ns) -> RuledOut:
        with pytest.raises(RuledOut) as raised:
            begin_export(ops, camera, "main", from_ns, ends_ns, "case 7", retrieval)
        assert raised.value.code == "retrieval_needed"
        denied = [decode(bytes(one.data)) for one in PendingLeaf.objects.order_by("id")][-1]
        assert isinstance(denied, AccessOpening)
        assert denied.act == "denied"
        return raised.value

    assert "第二十条第(五)项" in refused("").message.zh
    assert "--retrieval" in str(refused("").remedy)
    refused(row["id"])  # approved and registered, but not executed
    row = go(Api(theft.custodian), row, "execute")
    refused(row["id"], camera="hall")
    refused(row["id"], from_ns=begins_ns - 1)
    access = begin_export(ops, "gate", "main", begins_ns, ends_ns, "case 7", row["id"])
    (opened,) = [
        leaf for one in PendingLeaf.objects.all()
        if isinstance(leaf := decode(bytes(one.data)), AccessOpening) and leaf.access == access
    ]  # fmt: skip
    assert (opened.retrieval, opened.act) == (row["id"], "export")
    town.clock.advance((row["expires_s"] - town.now_s) * NS_PER_S)
    assert "expired" in refused(row["id"]).message.en
    assert AuditEntry.objects.filter(action="viewing.export", outcome="denied").count() == 6
