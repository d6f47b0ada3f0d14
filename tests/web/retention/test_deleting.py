"""A deletion decision by two people, and footage kept on for a purpose."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.ledger.leaf import ConfigurationChange, decode
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.ledger.models import PendingLeaf
from mingjian.web.registry.models import Camera, Stream
from mingjian.web.retention.deleting import execute_orders, require_not_sealed
from mingjian.web.retention.models import ProvedDay
from mingjian.web.retrievals.holds import tell_engine

DAY_S = 86_400
TO_S = 1_799_942_400  # 2027-01-15 00:00 in Shanghai


@pytest.fixture
def camera(city: City) -> Camera:
    made = Camera.objects.create(
        id="mall-camera", name="mall gate", keep_days=60, planned_from_ns=0, organisation_id="mall", division_id="east",
        created_ns=0,
    )  # fmt: skip
    Stream.objects.create(
        camera=made, name="main", url_sealed="x", host="10.0.0.1", has_credentials=False, transport="tcp"
    )
    return made


@pytest.mark.applies("ordered_deletion.judge_order", "retention.order.enter")
@pytest.mark.applies("ordered_deletion.judge_order", "retention.order.confirm")
def test_two_officers_order_what_is_then_deleted_and_one_alone_never(
    city: City, camera: Camera, engine: Any, commits: Any
) -> None:
    officer, inspector = city.browser(BoundRole.OFFICER), city.browser(BoundRole.INSPECTOR)
    order = {
        "camera": "mall-camera", "from_s": TO_S - 5 * DAY_S, "to_s": TO_S, "ground": "sc799.penalty.prohibited_place",
        "number": "明公(东)责删〔2027〕3号", "decided_date": "2027-01-15",
    }  # fmt: skip
    city.browser(BoundRole.OFFICER, "west").post("/retention/orders", order, status=404)
    city.browser(BoundRole.MANAGER).post("/retention/orders", order, status=403)
    officer.post("/retention/orders", {**order, "to_s": TO_S + 30 * DAY_S}, status=422)
    with commits():
        made = officer.post("/retention/orders", order, status=201)
    span = ((TO_S - DAY_S) * 1000, TO_S * 1000)
    with pytest.raises(MingjianError, match="sealed"):
        require_not_sealed("mall-camera", *span)
    require_not_sealed("mall-camera", 0, 0)  # the present is not footage
    look = {"camera": "mall-camera", "streams": ["main"], "rights": ["playback"], "purpose": "复核现场"}
    times = {"from": "2027-01-14T00:00:00Z", "to": "2027-01-14T01:00:00Z"}
    manager = city.browser(BoundRole.MANAGER)
    assert manager.post("/tickets", {**look, **times}, status=422)["code"] == "sealed_from_view"
    manager.post("/tickets", {**look, "rights": ["live"]}, status=201)
    require_not_sealed("mall-camera", TO_S * 1000, TO_S * 1000 + 1)
    require_not_sealed("other-camera", *span)
    assert len(engine.holds) == 1
    assert execute_orders() == 0
    path, proof = f"/retention/orders/{made['id']}/confirm", {"evidence": "ab" * 32}
    alone = officer.post(path, proof, If_Match='"v1"', status=409)
    assert (alone["code"], alone["remedy"] != "") == ("conflict", True)
    assert [one["kind"] for one in officer.get("/todo")["groups"] if one["kind"] == "retention.orders"] == []
    (group,) = [one for one in inspector.get("/todo")["groups"] if one["kind"] == "retention.orders"]
    assert group["items"][0]["title"] == order["number"]
    inspector.post(path, {"evidence": "zz" * 32}, If_Match='"v1"', status=422)
    confirmed = inspector.post(path, proof, If_Match='"v1"')
    assert (confirmed["state"], confirmed["version"]) == ("confirmed", 2)
    officer.post(f"/retention/orders/{made['id']}/withdraw", {"reason": "too late"}, If_Match='"v2"', status=409)
    assert execute_orders() == 0  # the engine was not told yet that the hold is over
    tell_engine()
    assert execute_orders() == 1
    (told,) = {one[:4] for one in engine.ordered}
    assert told == (made["id"], "mall-camera", (TO_S - 5 * DAY_S) * NS_PER_S, TO_S * NS_PER_S)
    assert len(set(engine.ordered[-1][4])) == 2
    (done,) = officer.get("/retention/orders")["items"]
    assert (done["state"], done["segments"], done["bytes"]) == ("done", 3, 450_000_000)
    with pytest.raises(MingjianError, match="sealed"):
        require_not_sealed("mall-camera", *span)
    leaves = [decode(bytes(one.data)) for one in PendingLeaf.objects.order_by("id")]
    states = [one.after for one in leaves if isinstance(one, ConfigurationChange)]
    assert [str(one).split()[1] for one in states] == ["entered", "confirmed", "done"]
    entry = AuditEntry.objects.get(action="retention.order.confirm", outcome="done")
    assert entry.clause == "sc799.penalty.prohibited_place"


def test_an_order_withdrawn_lets_the_footage_be_seen_again(city: City, camera: Camera) -> None:
    officer = city.browser(BoundRole.OFFICER)
    order = {
        "camera": "mall-camera", "from_s": TO_S - DAY_S, "to_s": TO_S, "ground": "sc799.penalty.no_consent",
        "number": "3号", "decided_date": "2027-01-15",
    }  # fmt: skip
    made = officer.post("/retention/orders", order, status=201)
    officer.post(f"/retention/orders/{made['id']}/withdraw", {"reason": "wrong camera"}, If_Match='"v1"')
    require_not_sealed("mall-camera", (TO_S - DAY_S) * 1000, TO_S * 1000)
    assert execute_orders() == 0


@pytest.mark.applies("retention.deletion_due", "retention.purpose")
@pytest.mark.applies("retention.judge_deletion", "retention.purpose")
def test_footage_beyond_thirty_days_is_due_until_a_purpose_is_stated_and_again_once_it_is_achieved(
    city: City, camera: Camera, engine: Any, commits: Any
) -> None:
    manager = city.browser(BoundRole.MANAGER)
    ProvedDay.objects.create(
        id="p1", camera=camera, day="2027-01-14", window_days=60, made_ns=0, digest="ab" * 32, met=True, recorded_ms=1,
        owed_ms=1, oldest_ns=(TO_S - 60 * DAY_S) * NS_PER_S, decodes=True, altered=0, missing=0, volumes_absent=0,
        sound=True,
    )  # fmt: skip
    (row,) = manager.get("/retention/deletion-due")["items"]
    assert (row["camera"], row["judgement"]["verdict"]) == ("mall-camera", "undecidable")
    assert (row["purpose"], row["purpose_version"]) == ("", None)
    assert any(one["kind"] == "retention.deletion_due" for one in manager.get("/todo")["groups"])
    path = "/retention/purposes/mall-camera"
    manager.put(path, {"purpose": "案件侦办", "review_date": "2027-01-15"}, status=422)
    manager.put(path, {"purpose": "案件侦办", "review_date": "2027-03-01"})
    assert manager.get("/retention/deletion-due")["items"] == []
    city.browser(BoundRole.MANAGER, "west").put(path, {"purpose": "无关", "review_date": "2027-03-01"}, status=404)
    with commits():
        manager.put(path, {"purpose": "案件已结", "achieved": True}, If_Match='"v1"')
    (row,) = manager.get("/retention/deletion-due")["items"]
    assert (row["judgement"]["verdict"], row["keep_days"]) == ("due", 30)
    assert (row["purpose"], row["purpose_version"]) == ("案件已结", 2)
    assert engine.plans[-1].cameras[0].keep_days == 30  # what is older is deleted by age
    entry = AuditEntry.objects.filter(action="retention.purpose").latest("id")
    assert (entry.before["keep_days"], entry.after["keep_days"]) == (60, 30)
