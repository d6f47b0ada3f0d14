"""A citizen reports, an officer finds it on his page, looks and closes it, and the citizen sees what came of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.client import Api

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.reports.models import PublicReport, ReportCount

REPORT = {"kind": "private_room", "division": "east", "where": "湖心商场三楼试衣间", "text": "天花板上有摄像机"}


@pytest.fixture
def citizen(city: Any) -> Api:
    return Api(address="203.0.113.9", language="zh")


def test_from_report_to_outcome_without_an_account(citizen: Api, city: Any) -> None:
    assert [row["name"] for row in citizen.get("/public/districts")] == ["东湖区", "西山区"]
    receipt = citizen.post("/public/reports", REPORT, status=201)
    officer = city.browser(BoundRole.OFFICER)
    (group,) = [one for one in officer.get("/todo")["groups"] if one["kind"] == "inspections.leads"]
    (item,) = group["items"]
    assert (group["count"], item["urgent"], item["title"]) == (1, True, "私密场所装有摄像机")
    assert city.browser(BoundRole.OFFICER, "west").get("/todo")["groups"] == []
    taken = officer.post(f"/leads/{item['subject_id']}/take", If_Match='"v1"')
    assert ask(citizen, receipt)["said"] == "核查中"
    officer.post(f"/leads/{taken['id']}/close", {"outcome": "case"}, If_Match='"v2"')
    told = ask(citizen, receipt)
    assert (told["status"], told["outcome"]) == ("closed", "转案件办理")


def ask(api: Api, receipt: dict[str, str], status: int = 200) -> Any:
    return api.get(f"/public/reports/{receipt['receipt']}", status=status, X_Receipt_Key=receipt["key"])


def test_nothing_leads_back_to_the_reporter(citizen: Api) -> None:
    citizen.post("/public/reports", REPORT, status=201)
    for entry in AuditEntry.objects.all():
        assert (entry.address, entry.actor_id, entry.request) == ("", "", "")
    report = PublicReport.objects.get()
    values = [str(getattr(report, field.name)) for field in PublicReport._meta.fields]
    assert not any("203.0.113.9" in value for value in values)
    assert "203.0.113.9" not in ReportCount.objects.get().scope


def test_the_number_alone_tells_nothing_and_guessing_is_slowed_down(citizen: Api) -> None:
    receipt = citizen.post("/public/reports", REPORT, status=201)
    wrong = {**receipt, "key": "guess"}
    assert [ask(citizen, wrong, 404)["code"] for _ in range(5)] == ["not_found"] * 5
    assert ask(citizen, {**wrong, "receipt": "JB0000000000"}, 404)["code"] == "not_found"
    answers = [citizen.send("GET", f"/public/reports/{receipt['receipt']}", X_Receipt_Key="x") for _ in range(3)]
    assert answers[-1]["code"] == "too_many_attempts"


def test_five_an_hour_from_one_network(citizen: Api, clock: Any) -> None:
    for _ in range(5):
        citizen.post("/public/reports", REPORT, status=201)
    citizen.post("/public/reports", REPORT, status=429)
    assert int(citizen.last["Retry-After"]) == 3600
    Api(address="203.0.113.10").post("/public/reports", REPORT, status=201)
    clock.advance(3600 * 1_000_000_000)
    citizen.post("/public/reports", REPORT, status=201)


def test_a_report_names_a_district_that_exists(citizen: Api) -> None:
    assert citizen.post("/public/reports", {**REPORT, "division": "nowhere"}, status=422)["field"] == "/division"
    assert not PublicReport.objects.exists()


def test_the_page_is_empty_for_who_has_nothing_to_do(city: Any, viewer: Api) -> None:
    assert viewer.get("/todo") == {"groups": []}
