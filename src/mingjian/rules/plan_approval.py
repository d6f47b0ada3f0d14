"""A construction plan is drafted by public security with departments, approved, then in force (qd204 6.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

APPROVAL = "qd204.plan.approval"
_BODIES = {
    "public_security": Text("公安机关", "public security"),
    "development_reform": Text("发展改革部门", "development and reform"),
    "big_data": Text("大数据主管部门", "big data"),
    "emergency_management": Text("应急管理部门", "emergency management"),
}


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version: who drafted, the level it plans for, and which government's level approved it (None: nobody)."""

    drafters: frozenset[str]
    level: str
    approved_by_level: str | None


def judge_drafting(law: Law, plan: PlanVersion, on: dt.date) -> Judgement:
    """FAIL without public security in the lead or without a department the clause names."""
    clause = law.ask(APPROVAL, on)
    if isinstance(clause, Judgement):
        return clause
    missing = [body for body in (*clause.names("lead"), *clause.names("joint_drafters")) if body not in plan.drafters]
    if missing:
        named = listed(_BODIES[body] for body in missing)
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(f"编制单位缺少{named.zh}", f"not drafted with {named.en}"),
            Text(f"会同{named.zh}编制", f"draft it with {named.en}"),
        )
    return judge(Verdict.PASS, (clause,), Text("编制主体符合规定", "drafted by those the clause names"))


def judge_plan(law: Law, plan: PlanVersion, on: dt.date) -> Judgement:
    """Whether the plan may be in force: drafted rightly and approved by the government of its own level."""
    drafting = judge_drafting(law, plan, on)
    if drafting.verdict is not Verdict.PASS:
        return drafting
    clause = law.clause(APPROVAL)
    if plan.approved_by_level is None:
        return judge(
            Verdict.DUE,
            (clause,),
            Text("尚未报本级人民政府批准，不得实施", "not yet approved by the government of its level"),
            Text("报本级人民政府批准", "submit it for approval"),
        )
    if "same_level_government" in clause.names("approver") and plan.approved_by_level != plan.level:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("批准机关不是本级人民政府", "approved by a government of another level"),
            Text("报本级人民政府批准", "submit it to the government of its level"),
        )
    return judge(Verdict.PASS, (clause,), Text("经本级人民政府批准，可以实施", "approved: it may be in force"))
