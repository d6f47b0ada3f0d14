"""Designed, built and put into use together with the main works (qd204 10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.day_count import DatedFact
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

THREE_SIMULTANEOUS = "qd204.project.three_simultaneous"
STAGES = {
    "design": Text("设计", "design"),
    "construction": Text("施工", "construction"),
    "commissioning": Text("投入使用", "commissioning"),
}


@dataclass(frozen=True, slots=True)
class StageDates:
    """When the main works and the system reached a stage; None while not reached."""

    main_works: DatedFact | None
    system: DatedFact | None


def judge_three_simultaneous(
    law: Law, project_kind: str, system_obliged: bool, stages: Mapping[str, StageDates], on: dt.date
) -> Judgement:
    """The strictest over the stages. `project_kind`: new, rebuilt, extended, or anything else."""
    clause = law.ask(THREE_SIMULTANEOUS, on)
    if isinstance(clause, Judgement):
        return clause
    if not system_obliged or project_kind not in clause.names("project_kinds"):
        return judge(
            Verdict.NOT_APPLICABLE,
            (clause,),
            Text(
                "不属于应当安装系统的新建、改建、扩建项目",
                "no new, rebuilt or extended project that must have a system",
            ),
        )
    empty = StageDates(None, None)
    return strictest(_stage(clause, name, stages.get(name, empty)) for name in clause.names("stages"))


def _stage(clause: Clause, name: str, dates: StageDates) -> Judgement:
    stage = STAGES[name]
    if dates.main_works is None:
        return judge(
            Verdict.PASS, (clause,), Text(f"主体工程尚未{stage.zh}", f"the main works have not reached {stage.en}")
        )
    if dates.system is None:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(
                f"主体工程已{stage.zh}，系统未同时{stage.zh}", f"the main works reached {stage.en}, the system did not"
            ),
            Text(f"补做系统{stage.zh}", f"bring the system to {stage.en}"),
        )
    main_first, main_last = dates.main_works.earliest, dates.main_works.latest
    own_first, own_last = dates.system.earliest, dates.system.latest
    if main_first is not None and own_last is not None and own_last <= main_first:
        return judge(Verdict.PASS, (clause,), Text(f"系统与主体工程同时{stage.zh}", f"{stage.en} together"))
    if main_last is not None and own_first is not None and own_first > main_last:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(f"系统{stage.zh}晚于主体工程", f"the system's {stage.en} came after that of the main works"),
            Text("写明原因，由有权机关认定", "state why; the competent organ decides"),
        )
    return judge(
        Verdict.UNDECIDABLE,
        (clause,),
        Text(f"{stage.zh}日期不够精确，不能判定", f"the dates of {stage.en} are not precise enough"),
        Text("补充准确日期", "give the exact dates"),
    )
