"""Devices come down with authority, notice and what is kept; the removal is filed; a temporary one comes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.web.client import Api

from mingjian.web.authority.actor import BoundRole
from mingjian.web.filings.deadlines import sweep
from mingjian.web.filings.models import FilingAlert
from mingjian.web.registry.models import Camera, System

pytestmark = pytest.mark.usefixtures("system")


@pytest.fixture
def manager(city: Any) -> Api:
    return city.browser(BoundRole.MANAGER)


def send(api: Api, row: Any, event: str, status: int = 200, **values: Any) -> Any:
    body = {"event": event, **values}
    return api.post(f"/removals/{row['id']}/step", body, status=status, If_Match=f'"v{row["version"]}"')


def change(api: Api, row: Any, **values: Any) -> Any:
    return api.patch(f"/removals/{row['id']}", values, If_Match=f'"v{row["version"]}"')


def to_file(api: Api) -> list[Any]:
    """What the to-do page says of removals to file."""
    groups = {group["kind"]: group["items"] for group in api.get("/todo")["groups"]}
    return list(groups.get("filings.removals", []))


def planned(manager: Api, scope: str, *cameras: str) -> Any:
    body = {"system": "mall-system", "scope": scope, "cameras": list(cameras), "reason": "道路施工"}
    return manager.post("/removals", body, status=201)


@pytest.mark.applies("removal.judge_removal", "removals.step")
@pytest.mark.applies("obstruction.judge_act", "removals.step")
def test_a_temporary_removal_is_filed_and_the_camera_comes_back(manager: Api, city: Any, commits: Any) -> None:
    row = planned(manager, "temporary", "mall-camera-1")
    assert row["judgement"]["verdict"] == "fail"
    row = send(manager, change(manager, row, authority="区城管局批复"), "authorise")
    row = send(manager, change(manager, row, notice="已函告东湖分局"), "notify")
    assert "before removal" in send(manager, row, "remove", 409)["detail"]
    row = change(manager, row, footage_kept=True, holds_kept=True, substitute="移动布控球", return_date="2025-06-01")
    with commits():
        row = send(manager, row, "remove", date="2025-04-10")
    camera = Camera.objects.get(pk="mall-camera-1")
    assert (camera.standing, camera.enabled) == ("suspended", False)
    assert row["gap_check"]["verdict"] == "pass"
    assert [(one["due"], one["overdue"]) for one in to_file(manager)] == [("2025-05-10", False)]
    with commits():
        row = send(manager, row, "file")
    assert to_file(manager) == []
    officer = city.browser(BoundRole.OFFICER)
    filing = officer.get(f"/filings/{row['filing']}")
    assert (filing["kind"], filing["state"], filing["timeliness"]["verdict"]) == ("removal", "submitted", "pass")
    officer.post(f"/filings/{filing['id']}/register", If_Match=f'"v{filing["version"]}"')
    row = manager.get(f"/removals/{row['id']}")
    assert row["state"] == "registered"
    with commits():
        send(manager, row, "restore")
    assert Camera.objects.get(pk="mall-camera-1").standing == "active"


def test_a_total_removal_leaves_a_gap_and_takes_the_system_down(manager: Api, commits: Any) -> None:
    row = planned(manager, "total")
    assert row["cameras"] == ["mall-camera-1", "mall-camera-2"]
    row = change(manager, row, authority="停业", notice="已告知", footage_kept=True, holds_kept=True)
    row = send(manager, send(manager, row, "authorise"), "notify")
    with commits():
        row = send(manager, row, "remove", date="2025-04-09")
    system = System.objects.get()
    assert (system.standing, system.removed_date) == ("removed", "2025-04-09")
    assert row["gap_check"]["verdict"] == "fail"


def test_a_removal_not_filed_is_called_up_by_its_own_clock_and_told_to_the_organ_once_overdue(
    manager: Api, city: Any, on_day: Any
) -> None:
    """The system's own clock ends on the same day: alerts of both are apart."""
    row = planned(manager, "partial", "mall-camera-1")
    row = change(manager, row, authority="批复", notice="已函告", footage_kept=True, holds_kept=True, substitute="相邻")
    row = send(manager, send(manager, send(manager, row, "authorise"), "notify"), "remove", date="2025-04-10")
    raised = []
    for day in range(40):
        sweep(dt.date(2025, 4, 10) + dt.timedelta(days=day))
        raised.append(FilingAlert.objects.filter(removal_id=row["id"]).count())
    offsets = (
        FilingAlert.objects.filter(removal_id=row["id"]).order_by("offset_days").values_list("offset_days", flat=True)
    )
    assert list(offsets) == [-15, -7, -3, -1, 1, 8]
    assert [raised.index(number) - 30 for number in range(1, 7)] == list(offsets)
    officer = city.browser(BoundRole.OFFICER)
    for day, overdue in (("2025-05-10", 0), ("2025-05-11", 1)):
        on_day(day)
        groups = {group["kind"]: group for group in officer.get("/todo")["groups"]}
        late = groups.get("filings.removals_overdue", {"count": 0, "items": []})
        assert late["count"] == overdue
        assert [one["overdue"] for one in late["items"]] == [True] * overdue
    send(manager, row, "file")
    assert "filings.removals_overdue" not in {group["kind"] for group in officer.get("/todo")["groups"]}


def test_a_total_removal_takes_all_of_the_systems_cameras(manager: Api) -> None:
    body = {"system": "mall-system", "scope": "total", "cameras": ["mall-camera-1"], "reason": "停业"}
    assert manager.post("/removals", body, status=422)["field"] == "/cameras"
    manager.post("/removals", {**body, "cameras": ["mall-camera-1", "mall-camera-2"]}, status=201)


def test_without_authority_nothing_listed_in_article_7_comes_down(manager: Api) -> None:
    row = planned(manager, "partial", "mall-camera-1")
    problem = send(manager, row, "authorise", 409)
    assert problem["code"] == "conflict"


def test_another_unit_neither_sees_nor_plans_it(manager: Api, city: Any) -> None:
    row = planned(manager, "partial", "mall-camera-1")
    other = city.browser(BoundRole.MANAGER, "west")
    other.get(f"/removals/{row['id']}", status=404)
    body = {"system": "mall-system", "scope": "total", "reason": "试探"}
    other.post("/removals", body, status=404)
