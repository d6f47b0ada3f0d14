"""Staff fit for the screens, the room's list and log, changes by two, views audited, bulk looking found."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City, as_actor

from mingjian.kernel.clock import DAY_NS, NS_PER_MS, NS_PER_S, ManualClock
from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.authority.applying import RuledOut
from mingjian.web.monitoring.conduct import camera_minutes, find_bulk_looking
from mingjian.web.monitoring.models import BulkAlarm, StaffRecord
from mingjian.web.monitoring.staff import require_fit
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera
from mingjian.web.viewing.models import Look
from mingjian.web.viewing.policies import is_own_staff


@pytest.fixture
def camera(city: City) -> Camera:
    return Camera.objects.create(
        id="mall-camera", name="mall gate", keep_days=30, planned_from_ns=0, organisation_id="mall", division_id="east",
        created_ns=0,
    )  # fmt: skip


@pytest.mark.applies("monitoring.judge_staff", "monitoring.staff")
def test_own_staff_need_training_and_vetting_for_a_look_and_strangers_are_not_asked(city: City, camera: Camera) -> None:
    manager, guard = city.browser(BoundRole.MANAGER), city.user(BoundRole.GUARD)
    StaffRecord.objects.all().delete()
    with pytest.raises(RuledOut) as refusal:
        require_fit(city.actor(BoundRole.GUARD), camera)
    assert "qd204.operation.training" in refusal.value.judgement.keys
    require_fit(city.actor(BoundRole.OFFICER), camera)  # a retrieval or a grade is asked of him, no training here
    path = f"/monitoring/staff/{guard.id}"
    record = {"organisation": "mall", "skills_until": "2027-12-31", "confidentiality_until": "2027-12-31"}
    first = manager.put(path, record)
    assert first["judgement"]["verdict"] == "blocked"  # not vetted: sc799 16.2(1)
    with pytest.raises(RuledOut, match="vetting"):
        require_fit(city.actor(BoundRole.GUARD), camera)
    fit = manager.put(path, {**record, "vetted_date": "2026-05-01"}, If_Match='"v1"')
    assert fit["judgement"]["verdict"] == "pass"
    require_fit(city.actor(BoundRole.GUARD), camera)
    manager.put(path, {**record, "skills_until": "2027-01-14", "vetted_date": "2026-05-01"}, If_Match='"v2"')
    with pytest.raises(RuledOut, match="skills"):
        require_fit(city.actor(BoundRole.GUARD), camera)  # valid until yesterday
    stranger = city.user(BoundRole.GUARD, "west")
    manager.put(f"/monitoring/staff/{stranger.id}", record, status=422)
    city.browser(BoundRole.MANAGER, "west").put(path, record, status=403)
    assert [one["user"] for one in manager.get("/monitoring/staff")["items"]] == [guard.id]
    west = city.browser(BoundRole.MANAGER, "west").get("/monitoring/staff")["items"]
    assert guard.id not in [one["user"] for one in west]


@pytest.mark.applies("monitoring.judge_entry", "monitoring.room.enter")
def test_the_room_has_a_list_and_a_log_and_a_stranger_alone_stays_out(city: City) -> None:
    manager, guard = city.browser(BoundRole.MANAGER), city.browser(BoundRole.GUARD)
    room = manager.post("/monitoring/rooms", {"organisation": "mall", "name": "监控室"}, status=201)
    access = manager.post(
        f"/monitoring/rooms/{room['id']}/access", {"person_name": "王明", "reason": "值班"}, status=201
    )
    path = f"/monitoring/rooms/{room['id']}/entries"
    entry = guard.post(path, {"access": access["id"], "reason": "早班"}, status=201)
    assert (entry["left_s"], guard.get("/monitoring/rooms")["items"][0]["name"]) == (None, "监控室")
    left = guard.post(f"{path}/{entry['id']}/leave")
    assert left["left_s"] >= entry["entered_s"]
    assert guard.post(f"{path}/{entry['id']}/leave") == left
    guard.post(f"{path}/nobody/leave", status=404)
    assert AuditEntry.objects.filter(action="monitoring.room.leave").count() == 1
    refused = guard.post(path, {"person_name": "李四", "reason": "参观"}, status=422)
    assert (refused["code"], refused["field"]) == ("entry_forbidden", "/access")
    guard.post(path, {"person_name": "李四", "unit": "维保公司", "escort": access["id"], "reason": "检修"}, status=201)
    manager.post(f"/monitoring/rooms/{room['id']}/access/{access['id']}/end", {"reason": "离职"})
    guard.post(path, {"access": access["id"], "reason": "早班"}, status=422)
    log = manager.get(path)["items"]
    assert {(one["person_name"], one["listed"], one["escort"]) for one in log} == {
        ("王明", True, ""), ("李四", False, "王明"),
    }  # fmt: skip
    denied = AuditEntry.objects.filter(action="monitoring.room.enter", outcome="denied")
    assert [one.clause for one in denied] == ["qd204.operation.monitoring_room"]
    west = city.browser(BoundRole.MANAGER, "west")
    west.get(path, status=404)
    west.post(path, {"access": access["id"], "reason": "早班"}, status=404)
    west.post(f"{path}/{entry['id']}/leave", status=404)


@pytest.mark.applies("monitoring.judge_change", "monitoring.change.ask")
@pytest.mark.applies("monitoring.judge_change", "monitoring.change.decide")
@pytest.mark.applies("monitoring.judge_field_of_view", "monitoring.view.audit")
def test_a_change_of_use_needs_another_person_and_a_view_is_audited(city: City, camera: Camera) -> None:
    manager, head = city.browser(BoundRole.MANAGER), city.browser(BoundRole.ORGANISATION_ADMIN)
    asked = {"camera": "mall-camera", "kind": "re_aiming", "change": "转向西侧停车场", "reason": "盗窃多发"}
    row = manager.post("/monitoring/changes", asked, status=201)
    decision = {"approve": True, "answer": "同意"}
    path = f"/monitoring/changes/{row['id']}/decide"
    own = manager.post(path, decision, If_Match='"v1"', status=409)
    assert "approves" in own["detail"]
    assert [one["count"] for one in head.get("/todo")["groups"] if one["kind"] == "monitoring.changes"] == [1]
    assert [one for one in manager.get("/todo")["groups"] if one["kind"] == "monitoring.changes"] == []
    city.browser(BoundRole.MANAGER, "west").post(path, decision, If_Match='"v1"', status=404)
    assert head.post(path, decision, If_Match='"v1"')["state"] == "approved"
    head.post(path, decision, If_Match='"v2"', status=409)
    audit = manager.post(
        "/monitoring/view-audits", {"camera": "mall-camera", "seen": ["privacy"], "note": "可见六楼窗内"}, status=201
    )
    assert audit["verdict"] == "fail"
    assert manager.post("/monitoring/view-audits", {"camera": "mall-camera"}, status=201)["verdict"] == "pass"
    assert len(manager.get("/monitoring/view-audits")["items"]) == 2
    assert [one["state"] for one in manager.get("/monitoring/changes")["items"]] == ["approved"]


@pytest.mark.applies("monitoring.judge_change", "registry.archive.change")
def test_a_camera_in_use_is_turned_once_for_each_approval(city: City, camera: Camera) -> None:
    guard, manager = city.browser(BoundRole.GUARD), city.browser(BoundRole.MANAGER)
    path = "/cameras/mall-camera/file"

    def turn(degrees: int, status: int = 200) -> Any:
        tag = f'"v{Camera.objects.get(pk=camera.pk).version}"'
        return manager.patch(
            path, {"azimuth_deg": degrees}, If_Match=tag, **({} if status is None else {"status": status})
        )

    turn(10)  # stated for the first time
    refused = turn(90, 422)
    assert refused["code"] == "change_needed"
    assert "20" in refused["detail"] or "二十" in refused["detail"]
    wish = {"camera": camera.id, "kind": "re_aiming", "change": "转向东门", "reason": "东门改建"}
    asked = guard.post("/monitoring/changes", wish, status=201)
    turn(90, 422)  # asked is not approved
    manager.post(f"/monitoring/changes/{asked['id']}/decide", {"approve": True, "answer": "同意"}, If_Match='"v1"')
    turn(90)
    entry = AuditEntry.objects.filter(action="registry.archive.change", outcome="done").latest("pk")
    assert entry.citations.get(clause="qd204.use.no_change_of_purpose").verdict == "pass"
    turn(180, 422)  # the approval is used up
    assert Camera.objects.get(pk=camera.pk).azimuth_deg == 90


def test_who_runs_the_installation_is_asked_for_training_by_nobody_and_sees_no_units_camera(
    city: City, camera: Camera, make_user: Any
) -> None:
    """Decision 0059: records are a unit's; a camera of no unit has none to keep them."""
    operator = as_actor(make_user("olga", "operator"))
    nobodys = Camera.objects.create(id="bare", name="bare", keep_days=30, planned_from_ns=0, created_ns=0)
    assert require_fit(operator, nobodys)
    assert is_own_staff(operator, nobodys)
    assert not is_own_staff(operator, camera)


def look(city: City, user: Any, camera: str, days_ago: int, at_minute: int, minutes: int) -> None:
    """A look on that day, so many minutes after 10:00 in Shanghai."""
    day_ns = 1_799_971_200 * NS_PER_S - days_ago * DAY_NS  # 2027-01-15 08:00 UTC+8
    begin_ms = (day_ns + (120 + at_minute) * 60 * NS_PER_S) // NS_PER_MS
    Look.objects.create(
        id=f"{user.id[-6:]}{camera}{days_ago}-{at_minute}"[:26], viewer=user, viewer_name=user.name, session="s",
        camera=camera, camera_name=camera, streams=["main"], rights=["live"], purpose="watch", from_ms=0, to_ms=0,
        issued_ms=begin_ms, expires_ms=begin_ms + minutes * 60_000,
    )  # fmt: skip


@pytest.mark.applies("monitoring.judge_bulk", "monitoring.bulk")
def test_more_than_three_times_ones_own_median_raises_an_alarm(city: City, clock: ManualClock) -> None:
    guard = city.user(BoundRole.GUARD)
    for days_ago, minutes in ((1, 90), (2, 110), (3, 100), (31, 9_000)):  # the last one is too long ago to count
        look(city, guard, "a", days_ago, 0, minutes)
    look(city, guard, "a", 0, 0, 60)
    look(city, guard, "a", 0, 30, 60)  # half of it at the same time at the same camera: 90 minutes together
    look(city, guard, "b", 0, 0, 110)
    by_day = camera_minutes(guard.id, today(), clock.now_ns())
    assert sorted(by_day.values()) == [90, 100, 110, 200]
    assert find_bulk_looking() == 0  # 200, and three times the median of 100 is 300
    look(city, guard, "c", 0, 120, 100)
    assert find_bulk_looking() == 0  # 300 is not more than 300
    look(city, guard, "d", 0, 300, 1)
    assert find_bulk_looking() == 1
    assert find_bulk_looking() == 0  # once a day
    alarm = BulkAlarm.objects.get()
    assert (alarm.minutes, alarm.threshold, alarm.organisation_id) == (301, 300, "mall")
    manager = city.browser(BoundRole.MANAGER)
    assert [one["minutes"] for one in manager.get("/monitoring/bulk-alarms")["items"]] == [301]
    assert any(one["kind"] == "monitoring.bulk" for one in manager.get("/todo")["groups"])
    assert city.browser(BoundRole.MANAGER, "west").get("/monitoring/bulk-alarms")["items"] == []
