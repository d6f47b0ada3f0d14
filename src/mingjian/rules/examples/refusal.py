"""Examples: a holder that does not hand over (qd204 20(4))."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

from dataclasses import replace

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH
from mingjian.rules.examples.retrieval import APPROVAL, CONCERNED, DECLARED, DEPARTMENT, NOW_S, POLICE
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Law
from mingjian.rules.refusal import NO_REFUSAL, judge_refusal
from mingjian.rules.retrieval import Request

COURT = replace(POLICE, way="other_organ", approval=None, own_approval=True)
FLOOD = replace(POLICE, way="emergency", approval=None, form="copy", declaration=DECLARED)


def _said(law: Law, request: Request, reason: str = "暂不提供", *, came: bool = True) -> Verdict:
    return judge_refusal(law, request, reason, BOTH, NOW_S, came=came).verdict


EXAMPLES: tuple[Example, ...] = (
    *(
        failing(
            NO_REFUSAL, Text(f"手续齐全仍拒绝：{request.way}", f"complete, and refused: {request.way}"),
            lambda law, request=request: _said(law, request), Verdict.FAIL,
        )
        for request in (POLICE, DEPARTMENT, COURT, FLOOD)
    ),
    *(
        passing(
            NO_REFUSAL, Text(zh, en), lambda law, request=request: _said(law, request), Verdict.PASS
        )
        for zh, en, request in (
            ("只来一人", "one person came", replace(POLICE, executors=POLICE.executors[:1])),
            ("未出示批准文件", "no approval shown", replace(POLICE, papers=frozenset({"credentials"}))),
            ("一人未作保密承诺", "one gave no undertaking", replace(POLICE, undertakings=frozenset({"ann"}))),
            ("批准已过有效期", "the approval has expired", replace(POLICE, approval=replace(APPROVAL, expires_s=NOW_S))),
        )
    ),
    passing(
        NO_REFUSAL, Text("部门尚未协调，受理时退回", "not coordinated yet: sent back before anybody came"),
        lambda law: _said(law, replace(DEPARTMENT, coordinated_with="", executors=()), came=False), Verdict.PASS,
    ),
    failing(
        NO_REFUSAL, Text("受理时手续齐全仍拒绝", "complete before anybody came, and refused"),
        lambda law: _said(law, replace(DEPARTMENT, executors=()), came=False), Verdict.FAIL,
    ),
    boundary(
        NO_REFUSAL, Text("未说明理由", "no reason given"), lambda law: _said(law, POLICE, " 无 "), Verdict.DUE
    ),
    boundary(
        NO_REFUSAL, Text("本人查阅须经管理单位同意", "a person concerned needs the unit's consent anyway"),
        lambda law: _said(law, CONCERNED), Verdict.NOT_APPLICABLE,
    ),
)  # fmt: skip
