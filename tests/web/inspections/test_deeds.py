"""What somebody seems to have done becomes a lead with each head it falls under; what no clause lists does not."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.city import City

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.inspections.models import InspectionLead

DEED = {"act": "tampered", "doer": "monitoring_staff", "act_date": "2027-01-10", "division": "east-street",
        "about": "mall", "text": "值班员删除了当晚的录像"}  # fmt: skip
PATH = "/leads"


@pytest.mark.applies("misconduct.judge_deed", "inspections.lead.deed")
def test_an_act_is_recorded_under_every_head_and_judged_by_its_clause(city: City) -> None:
    officer = city.browser(BoundRole.OFFICER)
    lead = officer.post(PATH, DEED, status=201)
    heads = [
        "qd204.use.prohibited",
        "qd204.use.no_tampering",
        "sc799.use.prohibited_acts",
        "sc799.use.no_data_tampering",
    ]
    assert (lead["clauses"], lead["origin"], lead["organ"], lead["about"]) == (heads, "conduct", "east-police", "mall")
    entry = AuditEntry.objects.get(action="inspections.lead.deed")
    assert [one.clause for one in entry.citations.order_by("pk")] == heads
    facts = {"conduct": "use", "offender": "unit", "act_date": "2027-01-10"}
    shown = officer.post(f"/leads/{lead['id']}/judge", facts, If_Match='"v1"')["shown"]
    assert shown["prevailing"]["fine_yuan"] == [1000, 3000]


def test_an_officials_breach_of_the_rules_of_retrieval_is_a_case_without_a_fine(city: City) -> None:
    officer = city.browser(BoundRole.INSPECTOR)
    words = officer.get("/leads/acts")
    assert {"name": "state_organ", "label": "staff of a state organ"} in words["doers"]
    deed = {**DEED, "act": "retrieved_without_approval", "doer": "state_organ", "about": "east-police"}
    lead = officer.post(PATH, deed, status=201)
    assert lead["clauses"] == ["qd204.retrieval.public_security", "sc799.retrieval.state_organs"]
    facts = {"conduct": "retrieval_by_officials", "offender": "police_official", "act_date": "2027-01-10"}
    rows = officer.post(f"/leads/{lead['id']}/judge", facts, If_Match='"v1"')["shown"]["at_act"]
    assert [(one["clause"], one["fine_yuan"]) for one in rows] == [
        ("qd204.penalty.officials_retrieval", None), ("sc799.penalty.police_officials", None),
    ]  # fmt: skip
    spread = {"conduct": "given_or_spread", "offender": "individual", "act_date": "2027-01-10"}
    rows = officer.post(f"/leads/{lead['id']}/judge", spread, If_Match='"v2"')["shown"]["at_act"]
    assert [(one["clause"], one["fine_yuan"]) for one in rows] == [
        ("qd204.penalty.use", [1000, 3000]), ("qd204.penalty.infringement_in_use", None), ("sc799.penalty.data_laws", None),
    ]  # fmt: skip
    mandated = {"conduct": "brand_mandated", "offender": "official", "act_date": "2027-01-10"}
    rows = officer.post(f"/leads/{lead['id']}/judge", mandated, If_Match='"v3"')["shown"]["at_act"]
    assert [(one["clause"], one["fine_yuan"]) for one in rows] == [("qd204.penalty.dereliction", None)]
    assert officer.post(f"/leads/{lead['id']}/close", {"outcome": "case"}, If_Match='"v4"')["outcome"] == "case"


def test_what_no_clause_lists_for_who_did_it_and_what_names_no_law_is_no_lead(city: City) -> None:
    officer = city.browser(BoundRole.OFFICER)
    assert officer.post(PATH, {**DEED, "act": "untrained_staff", "doer": "anyone"}, status=422)["code"] == "no_head"
    other: dict[str, Any] = {**DEED, "act": "other", "doer": "using_unit"}
    refused = officer.post(PATH, other, status=422)
    assert (refused["code"], refused["field"]) == ("no_head", "/other_law")
    denied = AuditEntry.objects.filter(action="inspections.lead.deed", outcome="denied")
    assert {one.clause for one in denied} == {"qd204.use.prohibited"}
    made = officer.post(PATH, {**other, "other_law": "反恐怖主义法第三十二条"}, status=201)
    assert made["clauses"] == ["qd204.use.prohibited", "qd204.use.other_violations"]
    assert "反恐怖主义法" in made["detail"]
    for field, value in (("act", "sang"), ("doer", "nobody"), ("act_date", "2030-01-01"), ("division", "moon")):
        assert officer.post(PATH, {**DEED, field: value}, status=422)["field"] == f"/{field}"
    assert InspectionLead.objects.count() == 1


def test_nobody_records_outside_his_division_and_a_unit_records_nothing(city: City) -> None:
    city.browser(BoundRole.OFFICER, "west").post(PATH, DEED, status=404)
    city.browser(BoundRole.MANAGER).post(PATH, DEED, status=403)
    assert not InspectionLead.objects.exists()
