"""A case of a covered, altered, moved or removed camera (qd204 18.1; sc799 23(2)): found, confirmed, put right, closed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Law
from mingjian.rules.obstruction import NO_ALTERING, NO_COVERING, Act, judge_act
from mingjian.rules.state_table import State, StateTable, Transition


@dataclass(frozen=True, slots=True)
class ObstructionFacts:
    """What was done to the camera, and whether a picture shows that it sees again."""

    act: Act
    picture_after: bool = False


def judge_case(law: Law, act: Act, on: dt.date) -> Judgement:
    """The act under both packs: FAIL when either forbids it."""
    return strictest(judge_act(law, key, act, on) for key in (NO_COVERING, NO_ALTERING))


def _forbidden(law: Law, facts: ObstructionFacts, on: dt.date) -> Judgement:
    said = judge_case(law, facts.act, on)
    if said.verdict is Verdict.FAIL:
        return Judgement(Verdict.PASS, said.clauses, said.reason, said.remedy)
    return Judgement(
        Verdict.BLOCKED,
        said.clauses,
        said.reason,
        Text("不属于禁止行为的，作不属实处理", "what no clause forbids is dismissed"),
    )


def _sees_again(law: Law, facts: ObstructionFacts, on: dt.date) -> Judgement:
    if facts.picture_after:
        return Judgement(Verdict.PASS, (), Text("已核对恢复后的画面", "the picture shows that it sees again"))
    return Judgement(
        Verdict.UNDECIDABLE,
        (),
        Text("没有恢复后的画面，不能认定已恢复", "no picture shows that the camera sees again"),
        Text("附上恢复后的画面", "attach a picture taken afterwards"),
    )


OBSTRUCTION: StateTable[ObstructionFacts] = StateTable(
    name="obstruction",
    title=Text("遮挡妨碍", "Obstruction"),
    initial="found",
    states=(
        State("found", Text("待核实", "found")),
        State("confirmed", Text("已核实", "confirmed")),
        State("notified", Text("已通知恢复", "told to put it right")),
        State("restored", Text("已恢复", "restored")),
        State("closed", Text("已办结", "closed"), final=True),
        State("unfounded", Text("不属实", "unfounded"), final=True),
    ),
    transitions=(
        Transition("found", "confirm", "confirmed", Text("核实", "confirm"), "forbidden", (NO_COVERING, NO_ALTERING)),
        Transition("found", "dismiss", "unfounded", Text("不属实", "dismiss")),
        Transition("found", "restore", "restored", Text("已自行恢复", "it sees again"), "sees_again"),
        Transition(
            "confirmed", "notify", "notified", Text("通知恢复原状", "tell them to put it right"), None, (NO_COVERING,)
        ),
        Transition("confirmed", "restore", "restored", Text("恢复", "it sees again"), "sees_again"),
        Transition("notified", "restore", "restored", Text("恢复", "it sees again"), "sees_again"),
        Transition("restored", "relapse", "confirmed", Text("再次遮挡", "obstructed again")),
        Transition("restored", "close", "closed", Text("办结", "close")),
    ),
    guards={"forbidden": _forbidden, "sees_again": _sees_again},
)
