"""Whether a system is governed at all (qd204 2; sc799 33). "Out of scope" is a decision with its reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

CITY = "qd204.scope.city"
DEFINITION = "qd204.scope.definition"
NON_PUBLIC = "sc799.scope.non_public_places"


@dataclass(frozen=True, slots=True)
class SystemScope:
    """What is known of a system. `division` is its GB/T 2260 code; `functions` of collect, transmit, display, store."""

    division: str
    functions: frozenset[str]
    concerns_public_safety: bool | None


def in_scope(law: Law, system: SystemScope, on: dt.date) -> Judgement:
    """Whether the municipal regulation governs the system: PASS in scope, NOT_APPLICABLE out of it, with the reason."""
    city = law.ask(CITY, on)
    if isinstance(city, Judgement):
        return city
    definition = law.ask(DEFINITION, on)
    if isinstance(definition, Judgement):
        return definition
    both = (city, definition)
    if not system.division.startswith(city.word("division_prefix")):
        return judge(
            Verdict.NOT_APPLICABLE,
            both,
            Text("系统不在本市行政区域内，不适用本办法", "the system lies outside the city"),
        )
    known = system.functions & set(definition.names("functions"))
    if "collect" not in known or len(known) == 1:
        return judge(
            Verdict.NOT_APPLICABLE,
            both,
            Text(
                "不具备图像采集并传输、显示或者存储的功能，不属于视频图像信息系统",
                "it does not collect pictures and transmit, display or store them",
            ),
        )
    if system.concerns_public_safety is None:
        return judge(
            Verdict.UNDECIDABLE,
            both,
            Text("未说明是否涉及公共安全的场所和区域", "whether it concerns a place of public safety is not stated"),
            Text("补充说明采集区域是否涉及公共安全", "state whether the area concerns public safety"),
        )
    if not system.concerns_public_safety:
        return judge(
            Verdict.NOT_APPLICABLE,
            both,
            Text("采集区域不涉及公共安全，不适用本办法", "the area does not concern public safety"),
        )
    return judge(Verdict.PASS, both, Text("属于本办法所称视频图像信息系统", "it is a system under the regulation"))


def non_public_place(law: Law, kept: frozenset[str], on: dt.date) -> Judgement:
    """A device in a non-public place (sc799 33): no filing, but no harm and no illegal spreading.

    `kept` names the conditions known to be kept.
    """
    clause = law.ask(NON_PUBLIC, on)
    if isinstance(clause, Judgement):
        return clause
    broken = [name for name in clause.names("conditions") if name not in kept]
    if broken:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(
                "非公共场所安装不得危害公共安全、侵犯他人合法权益或者非法提供、传播",
                f"in a non-public place this must be kept: {', '.join(broken)}",
            ),
            Text("停止危害或者传播行为", "stop the harm or the spreading"),
        )
    return judge(
        Verdict.PASS,
        (clause,),
        Text(
            "非公共场所，无需备案；未见危害或者非法传播", "a non-public place: no filing; no harm or illegal spreading"
        ),
    )
