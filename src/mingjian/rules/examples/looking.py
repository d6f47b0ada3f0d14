"""Examples: looking at cameras (qd204 20(5), 22; sc799 16, 23(1))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from mingjian.kernel.text import Text
from mingjian.rules import looking as r
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law

OWN = r.Look(True, True, "own_right", "交接班复核")
RETRIEVED = r.Look(False, True, "retrieval", "查找走失儿童")
GRADED = r.Look(False, False, "grade", "防汛值守")
FULL = {"reason": "交接班复核", "content": "大门 12:00—12:10", "unit": "湖心商场", "name": "王强"}
BEFORE = dt.date(2025, 3, 31)


def _ask(
    rule: Callable[[Law, r.Look, dt.date], Judgement], look: r.Look, on: dt.date = BOTH
) -> Callable[[Law], object]:
    return lambda law: rule(law, look, on).verdict


def _of(key: str, look: r.Look) -> Callable[[Law], object]:
    """The verdict, and whether this clause is among those cited."""

    def run(law: Law) -> object:
        said = r.judge_opening(law, look, BOTH)
        return said.verdict, key in said.keys

    return run


def _register(columns: dict[str, str]) -> Callable[[Law], object]:
    return lambda law: r.judge_register(law, columns, BOTH).verdict


def _opening(key: str) -> tuple[Example, ...]:
    emergency = Text("突发事件声明有效", "a declaration of emergency is in force")
    return (
        passing(key, Text("使用单位人员回看本单位录像", "the unit's own staff play back"), _of(key, OWN), (Verdict.PASS, True)),
        passing(key, Text("经批准调取", "by an approved retrieval"), _of(key, RETRIEVED), (Verdict.PASS, True)),
        passing(key, emergency, _of(key, replace(RETRIEVED, opened_by="emergency")), (Verdict.PASS, True)),
        passing(key, Text("实时画面经分级接入授权", "live by a grant of grade"), _of(key, GRADED), (Verdict.PASS, True)),
        passing(key, emergency, _of(key, replace(GRADED, opened_by="emergency")), (Verdict.PASS, True)),
        failing(
            key, Text("单位外人员未经调取查看录像", "recorded footage without a retrieval"),
            _of(key, replace(RETRIEVED, opened_by="")), (Verdict.BLOCKED, True),
        ),
        failing(
            key, Text("单位外人员未获授权观看实时画面", "live without a grant"),
            _of(key, replace(GRADED, opened_by="")), (Verdict.BLOCKED, True),
        ),
        boundary(
            key, Text("分级接入授权不及于录像", "a grant of grade does not open what was recorded"),
            _of(key, replace(RETRIEVED, opened_by="grade")), (Verdict.BLOCKED, True),
        ),
        boundary(
            key, Text("调取批准不及于实时画面", "a retrieval does not open the present"),
            _of(key, replace(GRADED, opened_by="retrieval")), (Verdict.BLOCKED, True),
        ),
    )  # fmt: skip


EXAMPLES: tuple[Example, ...] = (
    *_opening(r.NO_SPREADING),
    *_opening(r.NO_ILLEGAL_GIVING),
    passing(r.NO_COPYING, Text("资料管理员导出", "exported by the custodian"), _ask(r.judge_copy, OWN), Verdict.PASS),
    passing(r.NO_COPYING, Text("经批准复制", "by a retrieval"), _ask(r.judge_copy, RETRIEVED), Verdict.PASS),
    failing(
        r.NO_COPYING, Text("没有依据的复制", "nothing permits it"), _ask(r.judge_copy, replace(OWN, opened_by="")),
        Verdict.BLOCKED,
    ),
    boundary(
        r.NO_COPYING, Text("分级接入只可观看", "a grant of grade shows and gives no copy"), _ask(r.judge_copy, GRADED),
        Verdict.BLOCKED,
    ),
    passing(r.LAWFUL_USE, Text("说明目的", "a purpose is stated"), _ask(r.judge_purpose, OWN), Verdict.PASS),
    failing(
        r.LAWFUL_USE, Text("目的为空格", "blanks"), _ask(r.judge_purpose, replace(OWN, purpose="   ")), Verdict.BLOCKED
    ),
    boundary(
        r.LAWFUL_USE, Text("两个字", "two characters"), _ask(r.judge_purpose, replace(OWN, purpose="值班")), Verdict.PASS
    ),
    boundary(
        r.LAWFUL_USE, Text("一个字", "one character"), _ask(r.judge_purpose, replace(OWN, purpose="查")), Verdict.BLOCKED
    ),
    passing(r.ACCESS_CONTROL, Text("已授权", "the right is recorded"), _ask(r.judge_own_right, OWN), Verdict.PASS),
    failing(
        r.ACCESS_CONTROL, Text("本单位人员未授权", "staff without the right"),
        _ask(r.judge_own_right, replace(OWN, opened_by="")), Verdict.BLOCKED,
    ),
    passing(
        r.ACCESS_CONTROL, Text("本单位人员参与调取", "staff who execute a retrieval"),
        _ask(r.judge_own_right, replace(RETRIEVED, inside=True)), Verdict.PASS,
    ),
    passing(
        r.ACCESS_CONTROL, Text("本单位人员处置突发事件", "staff in an emergency"),
        _ask(r.judge_own_right, replace(RETRIEVED, inside=True, opened_by="emergency")), Verdict.PASS,
    ),
    boundary(
        r.ACCESS_CONTROL, Text("单位外人员不在本项之列", "people outside are not meant"),
        _ask(r.judge_own_right, replace(GRADED, opened_by="")), Verdict.PASS,
    ),
    boundary(
        r.ACCESS_CONTROL, Text("条例施行前一日", "the day before the regulation"),
        _ask(r.judge_own_right, replace(OWN, opened_by=""), BEFORE), Verdict.NOT_APPLICABLE,
    ),
    passing(r.REGISTER_OF_LOOKS, Text("四项齐全", "all four"), _register(FULL), Verdict.PASS),
    *(
        failing(
            r.REGISTER_OF_LOOKS, Text(f"缺少{name}", f"without {name}"), _register({**FULL, name: ""}), Verdict.FAIL
        )
        for name in FULL
    ),
    boundary(
        r.REGISTER_OF_LOOKS, Text("只填空格", "blanks are nothing"), _register({**FULL, "unit": "  "}), Verdict.FAIL
    ),
)  # fmt: skip
