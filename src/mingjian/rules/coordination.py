"""Who coordinates what (qd204 3): the mechanism, public security's tasks, the departments' tasks; gaps under 8.1.

A gap that a government department is to close becomes a coordination task; it is never fined under article 26.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge
from mingjian.rules.places import GOVERNMENT_BUILDS, PlacePart, duty_bearers

MECHANISM = "qd204.coordination.mechanism"
PUBLIC_SECURITY = "qd204.coordination.public_security"
DEPARTMENTS = "qd204.coordination.departments"
_INCLUDED = {
    "urban_rural_planning": Text("城乡规划", "urban-rural planning"),
    "smart_city": Text("智慧城市建设", "the smart city"),
}


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A government's cross-department mechanism: its level, whether it exists, and where systems are included."""

    level: str
    exists: bool
    included_in: frozenset[str]


def judge_mechanism(law: Law, mechanism: Mechanism, on: dt.date) -> Judgement:
    """PASS when the mechanism exists and systems are part of every programme the clause names."""
    clause = law.ask(MECHANISM, on)
    if isinstance(clause, Judgement):
        return clause
    if mechanism.level not in clause.names("levels"):
        return judge(
            Verdict.NOT_APPLICABLE, (clause,), Text("不是市、区（市）人民政府", "no government of these levels")
        )
    if not mechanism.exists:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("未建立跨部门工作协调机制", "there is no cross-department mechanism"),
            Text("建立协调机制并登记成员单位", "set it up and register its members"),
        )
    missing = [name for name in clause.names("included_in") if name not in mechanism.included_in]
    if missing:
        named = listed(_INCLUDED[name] for name in missing)
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(f"未纳入{named.zh}", f"not included in {named.en}"),
            Text(f"纳入{named.zh}", f"include it in {named.en}"),
        )
    return judge(Verdict.PASS, (clause,), Text("协调机制已建立并纳入规划", "the mechanism stands and is included"))


def may_supervise(law: Law, body: str, body_division: str, task: str, system_division: str, on: dt.date) -> Judgement:
    """Whether this body guides, supervises or manages a system there. Divisions are GB/T 2260 codes or prefixes."""
    clause = law.ask(PUBLIC_SECURITY, on)
    if isinstance(clause, Judgement):
        return clause
    if body not in clause.names("bodies") or task not in clause.names("tasks"):
        return judge(
            Verdict.BLOCKED,
            (clause,),
            Text("不是公安机关指导、监督、管理的职权", "no task of public security under this clause"),
            Text("由公安机关在其职权内办理", "public security does it, within its tasks"),
        )
    if not system_division.startswith(body_division):
        return judge(
            Verdict.BLOCKED,
            (clause,),
            Text("系统不在本行政区域内", "the system lies outside its division"),
            Text("移送有管辖权的公安机关", "pass it to the competent organ"),
        )
    return judge(Verdict.PASS, (clause,), Text("属于本机关职权", "within the organ's powers"))


def may_be_tasked(law: Law, department: str, on: dt.date) -> Judgement:
    """Whether a coordination task may be addressed to this department on the ground of 3.3."""
    clause = law.ask(DEPARTMENTS, on)
    if isinstance(clause, Judgement):
        return clause
    if department in clause.names("departments"):
        return judge(
            Verdict.PASS, (clause,), Text("属于承担职责的部门，可以派发协调任务", "a department with duties here")
        )
    return judge(
        Verdict.UNDECIDABLE,
        (clause,),
        Text("不在列举的部门之内，需说明其职责依据", "not among the departments named: its duty must be shown"),
        Text("补充该部门的职责依据", "give the basis of its duty"),
    )


def gap_outcome(law: Law, place: PlacePart, on: dt.date) -> Judgement:
    """What follows from a coverage gap: DUE a coordination task (8.1), or FAIL for the managing or using unit (8.2)."""
    bearers = duty_bearers(law, place, on)
    municipal = [bearer for bearer in bearers if bearer.clause.startswith("qd204.")]
    if not municipal:
        clause = law.ask(GOVERNMENT_BUILDS, on)
        if isinstance(clause, Judgement):
            return clause
        return judge(Verdict.NOT_APPLICABLE, (clause,), Text("不在应当建设之列", "nobody is obliged here"))
    clause = law.clause(municipal[0].clause)
    if clause.key == GOVERNMENT_BUILDS:
        return judge(
            Verdict.DUE,
            (clause,),
            Text(
                "由政府有关部门组织建设，形成协调任务，不适用第二十六条罚款",
                "a coordination task for the government department; never an article 26 fine",
            ),
            Text("派发协调任务并跟踪", "send the task and follow it"),
        )
    return judge(
        Verdict.FAIL,
        (clause,),
        Text("管理、使用单位应当建设而未建设", "the managing or using unit must build and has not"),
        Text("限期建设", "build within a time set"),
    )
