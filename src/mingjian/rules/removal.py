"""Removing devices (qd204 16.2; sc799 23(2)): with authority, notice, substitute, footage and holds kept, a new gap
check. Partial, temporary or total, per device.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Law, judge
from mingjian.rules.obstruction import NO_ALTERING, Act, judge_act

REMOVAL = "qd204.filing.removal"
SCOPES = {
    "partial": Text("部分拆除", "partial"),
    "temporary": Text("临时拆除", "temporary"),
    "total": Text("全部拆除", "total"),
}
_STEPS = {
    "authority": Text("批准或者决定依据", "authority"),
    "notice": Text("通知有关单位", "notice"),
    "footage_kept": Text("保存期限内录像留存", "footage kept"),
    "holds_kept": Text("调取保全的录像留存", "holds kept"),
    "gap_check": Text("重新核查覆盖空白", "gap check"),
    "substitute": Text("替代采集措施", "substitute"),
    "return_day": Text("恢复日期", "day of return"),
}


@dataclass(frozen=True, slots=True)
class RemovalRecord:
    """The record of a removal: its scope, devices, and the steps done (names of the steps above)."""

    scope: str
    devices: tuple[str, ...]
    steps: frozenset[str]
    listed_in_article_7: bool | None = True


def steps_due(removal: RemovalRecord) -> tuple[str, ...]:
    """The steps this scope needs: a temporary one a substitute and a day of return, a partial one a substitute."""
    extra = {"partial": ("substitute",), "temporary": ("substitute", "return_day"), "total": ()}[removal.scope]
    return ("authority", "notice", "footage_kept", "holds_kept", "gap_check", *extra)


def judge_removal(law: Law, removal: RemovalRecord, on: dt.date) -> Judgement:
    """FAIL without authority at a place of sc799 7; DUE with steps open; PASS complete. Filing has its own clock."""
    clause = law.ask(REMOVAL, on)
    if isinstance(clause, Judgement):
        return clause
    missing = [step for step in steps_due(removal) if step not in removal.steps]
    named = listed(_STEPS[step] for step in missing)
    record = (
        judge(
            Verdict.DUE,
            (clause,),
            Text(
                f"{SCOPES[removal.scope].zh}记录缺少：{named.zh}",
                f"{SCOPES[removal.scope].en} removal lacks: {named.en}",
            ),
            Text(f"补充{named.zh}", f"add: {named.en}"),
        )
        if missing
        else judge(Verdict.PASS, (clause,), Text("拆除记录完整", "the record of removal is complete"))
    )
    act = Act("remove", "authority" in removal.steps, removal.listed_in_article_7)
    return strictest((record, judge_act(law, NO_ALTERING, act, on)))
