"""A removal of devices: authority, notice, removal, filing (qd204 16.2; sc799 23(2))."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge
from mingjian.rules.obstruction import NO_ALTERING, Act, judge_act
from mingjian.rules.removal import REMOVAL, RemovalRecord, steps_due
from mingjian.rules.state_table import State, StateTable, Transition

_BEFORE_REMOVAL = ("footage_kept", "holds_kept", "substitute")


def _authorised(law: Law, removal: RemovalRecord, on: dt.date) -> Judgement:
    return judge_act(law, NO_ALTERING, Act("remove", "authority" in removal.steps, removal.listed_in_article_7), on)


def _kept(law: Law, removal: RemovalRecord, on: dt.date) -> Judgement:
    clause = law.ask(REMOVAL, on)
    if isinstance(clause, Judgement):
        return clause
    due = steps_due(removal)
    if any(name in due and name not in removal.steps for name in _BEFORE_REMOVAL):
        return judge(
            Verdict.DUE,
            (clause,),
            Text(
                "拆除前须留存录像、保全资料并落实替代措施",
                "keep footage and holds and set the substitute before removal",
            ),
            Text("完成拆除前事项", "do what comes before the removal"),
        )
    return judge(Verdict.PASS, (clause,), Text("拆除前事项已完成", "what comes before the removal is done"))


REMOVAL_TABLE: StateTable[RemovalRecord] = StateTable(
    name="removal",
    title=Text("拆除", "Removal"),
    initial="planned",
    states=(
        State("planned", Text("拟拆除", "planned")),
        State("authorised", Text("已有依据", "authorised")),
        State("notified", Text("已通知", "notified")),
        State("removed", Text("已拆除", "removed")),
        State("filed", Text("已提交备案", "filed")),
        State("registered", Text("已备案", "registered")),
        State("restored", Text("已恢复", "restored"), final=True),
        State("cancelled", Text("取消", "cancelled"), final=True),
    ),
    transitions=(
        Transition(
            "planned", "authorise", "authorised", Text("取得批准或者决定", "authorise"), "authorised", (NO_ALTERING,)
        ),
        Transition("planned", "cancel", "cancelled", Text("取消", "cancel")),
        Transition("authorised", "notify", "notified", Text("通知有关单位", "notify")),
        Transition("authorised", "cancel", "cancelled", Text("取消", "cancel")),
        Transition("notified", "remove", "removed", Text("拆除", "remove"), "kept", (REMOVAL,)),
        Transition("removed", "file", "filed", Text("向所在地区（市）公安机关备案", "file"), None, (REMOVAL,)),
        Transition("filed", "register", "registered", Text("登记，出具备案回执", "register"), None, (REMOVAL,)),
        Transition("registered", "restore", "restored", Text("恢复设备", "restore")),
    ),
    guards={"authorised": _authorised, "kept": _kept},
)
