"""A lead held against both packs: what is shown, what is recorded, and that nothing is decided."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.client import Api

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole, nobody
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.inspections.models import InspectionLead


@pytest.fixture
def officer(city: Any) -> Api:
    return city.browser(BoundRole.OFFICER)


@pytest.fixture
def lead(city: Any) -> InspectionLead:
    new = NewLead(origin="enrolment", title="试衣间装有摄像机", division_id="east-street", about_id="mall", urgent=True)
    return open_lead(nobody(), new)


def judge(officer: Api, lead: InspectionLead, version: int = 1, status: int = 200, **facts: Any) -> Any:
    body = {"conduct": "prohibited_place", "offender": "unit", "act_date": "2026-12-01", **facts}
    return officer.post(f"/leads/{lead.id}/judge", body, status=status, If_Match=f'"v{version}"')


@pytest.mark.applies("penalties.penalties", "inspections.lead.judge")
@pytest.mark.applies("coordination.may_supervise", "inspections.lead.judge")
def test_both_packs_are_shown_with_the_rule_of_conflict(lead: InspectionLead, officer: Api) -> None:
    made = judge(officer, lead, business_use=True, text="营业员指认")
    shown = made["shown"]
    fines = {row["clause"]: row["fine_yuan"] for row in shown["at_act"]}
    assert fines == {
        "qd204.penalty.unauthorised_or_prohibited": [10_000, 30_000], "sc799.penalty.prohibited_place": [10_000, 20_000],
    }  # fmt: skip
    assert shown["prevailing"]["clause"] == "sc799.penalty.prohibited_place"
    assert any("《立法法》第九十九条" in rule["zh"] for rule in shown["conflicts"])
    assert "不是处罚决定" in shown["statement"]["zh"]
    entry = AuditEntry.objects.get(action="inspections.lead.judge")
    cited = set(entry.citations.values_list("clause", flat=True))
    assert {"sc799.penalty.prohibited_place", "qd204.prohibited.rooms"} <= cited
    assert entry.citations.get(clause="qd204.coordination.public_security").verdict == "pass"
    lead.refresh_from_db()
    assert (lead.status, lead.outcome) == ("open", "")  # judging decides nothing


@pytest.mark.parametrize(
    ("conduct", "refused", "clause", "fine"),
    [
        ("not_filed", False, "sc799.penalty.no_filing", None),
        ("not_filed", True, "sc799.penalty.no_filing", [0, 10_000]),
        ("not_installed", False, "qd204.penalty.not_installed", [500, 1000]),
        ("no_sign", False, "sc799.sign.position_and_sign", None),
        ("obstruction", False, "qd204.penalty.obstruction", [500, 1000]),
        ("altered_moved_removed", True, "sc799.penalty.altering", [5000, 10_000]),
        ("no_consent_near_classified_unit", False, "sc799.penalty.no_consent", [10_000, 20_000]),
    ],
)
def test_each_conduct_by_its_clause(
    lead: InspectionLead, officer: Api, conduct: str, refused: bool, clause: str, fine: Any
) -> None:
    shown = judge(officer, lead, conduct=conduct, refused_or_serious=refused)["shown"]
    assert (shown["prevailing"]["clause"], shown["prevailing"]["fine_yuan"]) == (clause, fine)


def test_a_departments_gap_is_a_coordination_task_and_no_fine(lead: InspectionLead, officer: Api) -> None:
    shown = judge(officer, lead, conduct="not_installed", government_duty=True)["shown"]
    assert (shown["coordination_task"], shown["at_act"], shown["prevailing"]) == (True, [], None)


def test_an_act_under_a_text_that_is_not_held_stays_undetermined(lead: InspectionLead, officer: Api) -> None:
    assert judge(officer, lead, act_date="2015-01-01")["shown"]["undetermined"]


@pytest.mark.applies("transition.judge_transition", "inspections.lead.judge")
@pytest.mark.parametrize(
    ("built", "done", "verdict"),
    [("2009-05-01", "2010-04-30", "pass"), ("2009-05-01", "2010-05-01", "fail"), ("2010", "", "undecidable"),
     ("2010-03-01", "", "not_applicable"), ("2010-02-28", "", "fail")],
)  # fmt: skip
def test_a_system_built_before_the_regulation_had_sixty_days(
    lead: InspectionLead, officer: Api, built: str, done: str, verdict: str
) -> None:
    shown = judge(officer, lead, conduct="not_filed", built=built, done=done)["shown"]
    assert shown["transition"]["verdict"] == verdict


def test_each_judging_is_kept_and_a_closed_lead_is_judged_no_more(lead: InspectionLead, officer: Api) -> None:
    judge(officer, lead)
    judge(officer, lead, version=1, status=412)
    judge(officer, lead, version=2, conduct="spying_or_eavesdropping")
    kept = officer.get(f"/leads/{lead.id}/judgements")
    assert [(one["number"], one["facts"]["conduct"]) for one in kept] == [
        (1, "prohibited_place"), (2, "spying_or_eavesdropping"),
    ]  # fmt: skip
    officer.post(f"/leads/{lead.id}/close", {"outcome": "case"}, If_Match='"v3"')
    judge(officer, lead, version=4, status=409)


def test_bad_facts_name_their_field_and_others_see_nothing(lead: InspectionLead, officer: Api, city: Any) -> None:
    assert judge(officer, lead, status=422, conduct="whatever")["field"] == "/conduct"
    assert judge(officer, lead, status=422, act_date="2030-01-01")["field"] == "/act_date"
    assert judge(officer, lead, status=422, built="early")["field"] == "/built"
    judge(city.browser(BoundRole.OFFICER, "west"), lead, status=404)
    city.browser(BoundRole.OFFICER, "west").get(f"/leads/{lead.id}/judgements", status=404)
