"""How long recordings are kept (qd204 19(7); sc799 17; overlays of other laws): the strictest of all, never less.

A recording of day D is kept through the whole of day D+days, until 24:00 in Shanghai. After that sc799 17 asks for
deletion once the purpose is achieved. The one exception before is a deletion decision of public security
(sc799 26-28), which is custody's to execute, not this module's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.day_count import count_days, end_of_day_ns
from mingjian.rules.exemptions import governing
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, RetentionOverlay, judge

MUNICIPAL = "qd204.retention.thirty_days"
NATIONAL = "sc799.retention.thirty_days_then_delete"


@dataclass(frozen=True, slots=True)
class RetentionMinimum:
    """The least days to keep (0: nothing governs), the clauses and overlays in force, and whether recording may
    pause in opening hours.
    """

    days: int
    clauses: tuple[Clause, ...]
    overlays: tuple[RetentionOverlay, ...]

    @property
    def continuous_in_opening_hours(self) -> bool:
        """Whether an overlay forbids interruption in opening hours."""
        return any(overlay.continuous_in_opening_hours for overlay in self.overlays)

    @property
    def confirm_before_use(self) -> tuple[str, ...]:
        """The overlays legal review must confirm before a decision rests on them."""
        return tuple(overlay.key for overlay in self.overlays if overlay.confirm_before_use)


def retention_minimum(
    law: Law, kinds: frozenset[str], listed_in_article_7: bool | None, on: dt.date
) -> RetentionMinimum:
    """The strictest of packs and overlays for a place of these kinds. Not knowing the list keeps the safe side."""
    answers = [law.ask(MUNICIPAL, on), governing(law, NATIONAL, listed_in_article_7 is not False, on)]
    clauses = tuple(answer for answer in answers if isinstance(answer, Clause))
    overlays = tuple(
        overlay
        for overlay in law.overlays
        if kinds & set(overlay.kinds)
        and overlay.valid_from <= on
        and (overlay.valid_to is None or on <= overlay.valid_to)
    )
    days = max([clause.number("days") for clause in clauses] + [overlay.days for overlay in overlays], default=0)
    return RetentionMinimum(days, clauses, overlays)


def keep_until_ns(recorded_on: dt.date, days: int) -> int:
    """The first instant (UTC ns) at which a recording of that Shanghai day may go: 24:00 of day D+days."""
    return end_of_day_ns(count_days(recorded_on, days).last_day)


def judge_setting(
    law: Law, keep_days: int, kinds: frozenset[str], listed_in_article_7: bool | None, on: dt.date
) -> Judgement:
    """Whether a camera may be set to keep `keep_days`: BLOCKED when less than any pack or overlay asks."""
    return strictest(
        [_setting(law, key, keep_days, listed_in_article_7, on) for key in (MUNICIPAL, NATIONAL)]
        + [_overlay(law, overlay, keep_days, on) for overlay in retention_minimum(law, kinds, None, on).overlays]
    )


def _setting(law: Law, key: str, keep_days: int, listed_in_article_7: bool | None, on: dt.date) -> Judgement:
    clause = governing(law, key, listed_in_article_7, on)
    if isinstance(clause, Judgement):
        return clause
    return _enough(clause, keep_days, clause.number("days"), Text("存储时间不得少于", "recordings are kept at least"))


def _overlay(law: Law, overlay: RetentionOverlay, keep_days: int, on: dt.date) -> Judgement:
    clause = law.ask(MUNICIPAL, on)
    if isinstance(clause, Judgement):
        return clause
    return _enough(clause, keep_days, overlay.days, Text(f"{overlay.basis.zh}规定不少于", f"{overlay.basis.en}:"))


def _enough(clause: Clause, keep_days: int, least: int, ground: Text) -> Judgement:
    if keep_days >= least:
        return judge(Verdict.PASS, (clause,), Text(f"保存{keep_days}日，符合规定", f"{keep_days} days is enough"))
    return judge(
        Verdict.BLOCKED,
        (clause,),
        Text(f"{ground.zh}{least}日，不能设为{keep_days}日", f"{ground.en} {least} days; {keep_days} is refused"),
        Text(f"设为{least}日以上（含本数）", f"set at least {least} days"),
    )


def judge_deletion(
    law: Law, recorded_on: dt.date, kinds: frozenset[str], listed_in_article_7: bool | None, now_ns: int
) -> Judgement:
    """Whether a recording may be deleted now. The law is that of the recording's own day.

    Without any held law of that day nothing may be deleted: UNDETERMINED or NOT_APPLICABLE, never PASS.
    """
    answers = [law.ask(MUNICIPAL, recorded_on), governing(law, NATIONAL, listed_in_article_7 is not False, recorded_on)]
    clauses = [answer for answer in answers if isinstance(answer, Clause)]
    if not clauses:
        return strictest(answer for answer in answers if isinstance(answer, Judgement))
    days = retention_minimum(law, kinds, listed_in_article_7, recorded_on).days
    if now_ns < keep_until_ns(recorded_on, days):
        end = count_days(recorded_on, days).last_day.isoformat()
        return judge(
            Verdict.BLOCKED,
            clauses,
            Text(f"保存期限至{end}24时，不得删除", f"kept through the whole of {end}: it may not be deleted"),
            Text("期满后删除", "delete it after that day"),
        )
    return judge(Verdict.PASS, clauses, Text("已满保存期限", "the period is over"))


def deletion_due(
    law: Law, recorded_on: dt.date, purpose_achieved: bool | None, listed_in_article_7: bool | None, now_ns: int
) -> Judgement:
    """sc799 17: after the period, what has achieved its purpose shall be deleted. DUE to delete, PASS keep on."""
    clause = governing(law, NATIONAL, listed_in_article_7, recorded_on)
    if isinstance(clause, Judgement):
        return clause
    if now_ns < keep_until_ns(recorded_on, clause.number("days")):
        return judge(Verdict.PASS, (clause,), Text("尚在保存期限内", "still within the period"))
    if purpose_achieved is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("未说明处理目的是否实现", "whether the purpose is achieved is not stated"),
            Text("说明继续保存的目的", "state the purpose of keeping on"),
        )
    if purpose_achieved:
        return judge(
            Verdict.DUE,
            (clause,),
            Text("已满保存期限且处理目的已实现，应当删除", "the period is over and the purpose achieved: delete"),
            Text("删除并出具删除记录", "delete it with a receipt"),
        )
    return judge(Verdict.PASS, (clause,), Text("处理目的尚未实现，可以继续保存", "the purpose is not yet achieved"))
