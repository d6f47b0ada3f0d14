"""A construction plan: drafted with departments, approved by the government of its level, then in force (qd204 6)."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.plan_approval import APPROVAL, PlanVersion, judge_drafting, judge_plan
from mingjian.rules.state_table import State, StateTable, Transition

PLAN: StateTable[PlanVersion] = StateTable(
    name="plan",
    title=Text("建设规划", "Construction plan"),
    initial="draft",
    states=(
        State("draft", Text("编制", "draft")),
        State("submitted", Text("报批", "submitted")),
        State("approved", Text("已批准", "approved")),
        State("in_force", Text("实施", "in force")),
        State("superseded", Text("已被新版本替代", "superseded"), final=True),
        State("withdrawn", Text("撤回", "withdrawn"), final=True),
    ),
    transitions=(
        Transition(
            "draft", "submit", "submitted", Text("会同有关部门编制完成并报批", "submit"), "drafted", (APPROVAL,)
        ),
        Transition("draft", "withdraw", "withdrawn", Text("撤回", "withdraw")),
        Transition("submitted", "return", "draft", Text("退回修改", "return for revision")),
        Transition("submitted", "approve", "approved", Text("本级人民政府批准", "approve"), "approved", (APPROVAL,)),
        Transition("approved", "publish", "in_force", Text("公布实施", "put into force"), "approved", (APPROVAL,)),
        Transition("in_force", "supersede", "superseded", Text("新版本实施", "a new version takes effect")),
    ),
    guards={"drafted": judge_drafting, "approved": judge_plan},
)
