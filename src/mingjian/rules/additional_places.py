"""Places beyond the list, only with the municipal government's recorded approval (qd204 7.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

ADDITIONAL = "qd204.place.additional"


@dataclass(frozen=True, slots=True)
class PlaceApproval:
    """The approval of an additional place: by whom, its number, and from when."""

    approver: str
    number: str
    given_on: dt.date


def judge_additional(law: Law, approval: PlaceApproval | None, on: dt.date) -> Judgement:
    """PASS the place is obliged from its approval on; DUE not yet approved; FAIL approved by somebody else."""
    clause = law.ask(ADDITIONAL, on)
    if isinstance(clause, Judgement):
        return clause
    if approval is None or not approval.number.strip():
        return judge(
            Verdict.DUE,
            (clause,),
            Text(
                "增列场所尚未报市政府批准，不产生建设义务",
                "not approved by the municipal government: nobody is obliged",
            ),
            Text("报市政府批准并登记批准文号", "submit it and register the number of the approval"),
        )
    if approval.approver not in clause.names("approver"):
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("批准机关不是市政府", "not approved by the municipal government"),
            Text("报市政府批准", "submit it to the municipal government"),
        )
    if approval.given_on > on:
        return judge(
            Verdict.NOT_APPLICABLE,
            (clause,),
            Text("当日尚未批准，不产生建设义务", "on that day it was not yet approved"),
        )
    return judge(Verdict.PASS, (clause,), Text("经市政府批准列为应当安装的场所", "approved as an obliged place"))
