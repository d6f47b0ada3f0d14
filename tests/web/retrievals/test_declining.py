"""A holder that does not hand over: for want of something it goes back, against a complete request it goes up."""

from __future__ import annotations

import pytest
from tests.web.client import Api
from tests.web.retrievals.conftest import HOUR, Town, go
from tests.web.retrievals.test_theft import Theft, theft

from mingjian.web.audit.models import AuditEntry
from mingjian.web.authority.actor import BoundRole
from mingjian.web.inspections.models import InspectionLead

__all__ = ["theft"]  # a fixture
NO_REFUSAL = "qd204.use.no_refusal"


@pytest.mark.applies("refusal.judge_refusal", "retrievals.decline")
def test_the_desk_sends_back_what_is_incomplete_and_public_security_hears_of_the_rest(theft: Theft) -> None:
    desk, officer = Api(theft.custodian), theft.town.city.browser(BoundRole.OFFICER)
    row = theft.come(theft.officer, theft.approved(), "鲁B0001")
    assert go(desk, row, "decline", {"reason": ""}, status=422)["field"] == "/reason"
    row = go(desk, row, "decline", {"reason": "只来了一人"})
    assert (row["state"], row["history"][-1]["judgement"]["verdict"]) == ("approved", "pass")
    assert "两名工作人员" in row["history"][-1]["judgement"]["remedy"]["zh"]
    assert not InspectionLead.objects.exists()
    row = theft.come(theft.partner, row, "鲁B0002")
    row = go(desk, row, "present", {"papers": ["credentials", "approval_document"]})
    for user in (theft.officer, theft.partner):
        row = go(Api(user), row, "undertaking")
    row = go(desk, row, "decline", {"reason": "领导不在，改日再来"})
    assert (row["state"], row["history"][-1]["judgement"]["verdict"]) == ("presented", "fail")
    (lead,) = officer.get("/leads?urgent=true")["items"]
    assert (lead["clauses"], lead["about"], lead["subject_id"]) == ([NO_REFUSAL], "mall", row["id"])
    assert AuditEntry.objects.filter(action="retrievals.decline").latest("at_ns").clause == NO_REFUSAL
    row = go(desk, go(desk, row, "register"), "execute")  # it can still do what the law asks of it
    go(desk, row, "decline", {"reason": "反悔"}, status=409)


@pytest.mark.applies("refusal.judge_refusal", "retrievals.return")
@pytest.mark.applies("refusal.judge_refusal", "retrievals.refuse")
def test_a_holder_that_decides_returns_what_is_incomplete_and_refuses_the_complete_on_record(town: Town) -> None:
    asks, desk = town.city.browser(BoundRole.DEPARTMENT_OFFICER), town.city.browser(BoundRole.CUSTODIAN)
    body = town.request(way="department", organisation="east-department")
    row = go(asks, asks.post("/retrievals", body, status=201), "submit")
    row = go(desk, row, "return", {"reason": "缺少本部门批准文件"})
    assert row["state"] == "returned"
    assert AuditEntry.objects.get(action="retrievals.return").citations.get(clause=NO_REFUSAL).verdict == "pass"
    tag = f'"v{row["version"]}"'
    row = asks.patch(f"/retrievals/{row['id']}", {"own_approval_file": town.file("east-department")}, If_Match=tag)
    row = go(town.city.browser(BoundRole.OFFICER), go(asks, row, "submit"), "coordinate", {"reason": "已协调"})
    row = go(desk, row, "refuse", {"reason": "涉及商业秘密"})
    assert row["state"] == "refused"
    assert AuditEntry.objects.get(action="retrievals.refuse").citations.get(clause=NO_REFUSAL).verdict == "fail"
    assert InspectionLead.objects.get().about_id == "mall"
    row = go(asks, row, "escalate", {"reason": "手续齐全"})
    assert (
        go(town.city.browser(BoundRole.OFFICER), row, "approve", {"expires_s": town.now_s + HOUR})["state"]
        == "approved"
    )
