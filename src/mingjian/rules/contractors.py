"""Legal conditions of contractors, by kind of work and on the day of the work (qd204 14).

Only conditions held with their statutory basis are demanded. Abolished certificates and those of associations never.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.day_count import DatedFact
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import ContractorCondition, Law, judge

CONDITIONS = "qd204.contractor.legal_conditions"


@dataclass(frozen=True, slots=True)
class Credential:
    """A paper the contractor holds, valid from and to (the last day; None: no end)."""

    kind: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class ContractedWork:
    """A work of a kind (design, construction, maintenance), its day, and whether it is building engineering."""

    kind: str
    day: DatedFact
    building_engineering: bool | None
    credentials: tuple[Credential, ...]


def conditions_on(law: Law, work: str, building_engineering: bool, day: dt.date) -> tuple[ContractorCondition, ...]:
    """What the law asked for this kind of work on that day."""
    return tuple(
        condition
        for condition in law.contractor_conditions
        if work in condition.works
        and condition.valid_from <= day
        and (condition.valid_to is None or day <= condition.valid_to)
        and (building_engineering or not condition.only_building_engineering)
    )


def judge_contractor(law: Law, work: ContractedWork, on: dt.date) -> Judgement:
    """Judged on the day of the work, not of today. `on` picks the version of the regulation."""
    clause = law.ask(CONDITIONS, on)
    if isinstance(clause, Judgement):
        return clause
    if work.kind not in clause.names("works"):
        return judge(
            Verdict.NOT_APPLICABLE,
            (clause,),
            Text("不属于设计、施工、维护工作", "no design, construction or maintenance"),
        )
    first, last = work.day.earliest, work.day.latest
    if first is None or last is None or work.building_engineering is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("施工日期或者工程性质不明", "the day or the nature of the work is not known"),
            Text("补充工作日期和是否属于建设工程", "give the day and whether it is building engineering"),
        )
    answers = {_missing(law, work, work.building_engineering, day) for day in (first, last)}
    if len(answers) > 1:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("工作日期不够精确，条件是否具备不能判定", "the day is not precise enough to tell"),
            Text("补充准确日期", "give the exact day"),
        )
    missing = answers.pop()
    if missing:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(
                f"工作当日不具备:{'、'.join(f'{one.label.zh}({one.basis.zh})' for one in missing)}",
                f"on the day of the work these were missing: {', '.join(one.label.en for one in missing)}",
            ),
            Text("补充当日有效的证照", "give credentials valid on that day"),
        )
    return judge(Verdict.PASS, (clause,), Text("工作当日具备法定条件", "the legal conditions were met on that day"))


def may_demand(law: Law, credential: str, on: dt.date) -> Judgement:
    """Whether a form may ask a contractor for this paper: only what a statute demands."""
    clause = law.ask(CONDITIONS, on)
    if isinstance(clause, Judgement):
        return clause
    for refused in law.never_demanded:
        if refused.credential == credential:
            return judge(
                Verdict.BLOCKED,
                (clause,),
                Text(f"不得要求提供{refused.label.zh}：{refused.why.zh}", f"{refused.label.en}: {refused.why.en}"),
                Text("从要求提供的材料中删去", "take it out of what is demanded"),
            )
    if any(condition.credential == credential for condition in law.contractor_conditions):
        return judge(Verdict.PASS, (clause,), Text("有法定依据", "a statute demands it"))
    return judge(
        Verdict.BLOCKED, (clause,), Text("未收录其法定依据，不得要求提供", "no statutory basis is held for it")
    )


def _missing(
    law: Law, work: ContractedWork, building_engineering: bool, day: dt.date
) -> tuple[ContractorCondition, ...]:
    held = {
        credential.kind
        for credential in work.credentials
        if credential.valid_from <= day and (credential.valid_to is None or day <= credential.valid_to)
    }
    wanted = conditions_on(law, work.kind, building_engineering, day)
    return tuple(condition for condition in wanted if condition.credential not in held)
