"""The manager of prohibited areas inspects and reports what is found (sc799 8.2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

MANAGER_INSPECTS = "sc799.prohibited.manager_inspects"
EVERY_DAYS = "policy.manager_inspection.every_days"


@dataclass(frozen=True, slots=True)
class AreaInspection:
    """The last inspection of a prohibited area. `reported_on` None while a find is not reported."""

    inspected_on: dt.date | None
    found_device: bool = False
    reported_on: dt.date | None = None


def judge_inspection(law: Law, inspection: AreaInspection, today: dt.date) -> Judgement:
    """FAIL never inspected, or a find not reported; DUE the cycle of the policy is over; PASS."""
    clause = law.ask(MANAGER_INSPECTS, today)
    if isinstance(clause, Judgement):
        return clause
    steps = clause.names("steps")
    if "report" in steps and inspection.found_device and inspection.reported_on is None:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("发现违规安装的设备未立即报告公安机关", "a device was found and not reported at once"),
            Text("立即报告所在地公安机关，保护现场", "report to public security at once and leave it as found"),
        )
    if "inspection" not in steps:
        return judge(Verdict.PASS, (clause,), Text("无检查义务", "no inspection is asked"))
    if inspection.inspected_on is None:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("没有日常检查记录", "there is no record of inspection"),
            Text("开展检查并记录", "inspect and record it"),
        )
    if (today - inspection.inspected_on).days > law.policy_number(EVERY_DAYS):
        return judge(
            Verdict.DUE,
            (clause,),
            Text("已超过内部检查周期，应当再次检查", "the internal cycle is over: inspect again"),
            Text("开展检查并记录", "inspect and record it"),
            (EVERY_DAYS,),
        )
    return judge(Verdict.PASS, (clause,), Text("按周期检查", "inspected within the cycle"), policies=(EVERY_DAYS,))
