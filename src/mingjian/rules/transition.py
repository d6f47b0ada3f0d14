"""Systems built before the regulation (qd204 35): removed or filed within 60 days of 2010-03-01."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.day_count import DatedFact, count_days
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Clause, Law, judge

TRANSITION = "qd204.transition.file_or_remove"


def transition_last_day(clause: Clause) -> dt.date:
    """The last day of the transition: 2010-04-30."""
    return count_days(clause.day("effective"), clause.number("days")).last_day


def judge_transition(
    law: Law, built_on: DatedFact, breaches: frozenset[str], done_on: dt.date | None, on: dt.date
) -> Judgement:
    """Whether an old system was removed (where it breaks 8.3 or 9) or filed in time.

    `breaches` are the clauses it breaks; `done_on` the day of removal or filing. `on` is the day of judging.
    """
    clause = law.ask(TRANSITION, on)
    if isinstance(clause, Judgement):
        return clause
    effective = clause.day("effective")
    first, last = built_on.earliest, built_on.latest
    if first is None or last is None or first < effective <= last:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("建成日期不明，是否适用过渡规定不能判定", "the day of building does not tell"),
            Text("补充建成日期", "give the day of building"),
        )
    if first >= effective:
        return judge(
            Verdict.NOT_APPLICABLE,
            (clause,),
            Text("施行后建成，不适用过渡规定", "built after the regulation came into force"),
        )
    remove = bool(breaches & set(clause.names("remove_breaches")))
    duty = Text("自行拆除", "be removed") if remove else Text("备案", "be filed")
    end = transition_last_day(clause)
    if (done_on or on) <= end:
        if done_on is None:
            return judge(
                Verdict.DUE,
                (clause,),
                Text(f"应于{end.isoformat()}前（含当日）{duty.zh}", f"must {duty.en} by {end.isoformat()} inclusive"),
            )
        return judge(Verdict.PASS, (clause,), Text(f"已在过渡期内{duty.zh}", "done within the transition"))
    return judge(
        Verdict.FAIL,
        (clause,),
        Text(f"未在{end.isoformat()}前（含当日）{duty.zh}", f"it was to {duty.en} by {end.isoformat()} inclusive"),
        Text(f"立即{duty.zh}", f"it must {duty.en} at once"),
    )
