"""Who sits before the screens, and what he may change (qd204 19(2), 19(4), 20(1), 20(2); sc799 16.2(1), 16.2(4))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from mingjian.kernel.text import Text, listed
from mingjian.rules.exemptions import governing
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

TRAINING = "qd204.operation.training"
VETTING = "sc799.use.vetting_and_training"
MONITORING_ROOM = "qd204.operation.monitoring_room"
NO_CHANGE_OF_PURPOSE = "qd204.use.no_change_of_purpose"
NO_PRIVATE_CAPTURE = "qd204.use.no_secret_capture"
OTHER_MEASURES = "sc799.use.other_measures"
BULK_TIMES = "policy.bulk_looking.times"
BULK_LEAST_MINUTES = "policy.bulk_looking.least_minutes"
CHANGES = ("new_consumer", "re_aiming", "change_of_purpose")

_RECORDS = {
    "skills": Text("岗位技能培训", "training in skills"),
    "confidentiality": Text("保密培训", "confidentiality training"),
    "vetting": Text("入职审查", "vetting"),
}


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """The last day each training is valid, and the day of vetting; None: there is none."""

    skills_until: dt.date | None = None
    confidentiality_until: dt.date | None = None
    vetted_on: dt.date | None = None


def judge_staff(law: Law, record: StaffRecord, listed_in_article_7: bool | None, on: dt.date) -> Judgement:
    """Whether a member of the unit's own staff may sit before the screens on that day. BLOCKED names what is missing."""
    answers = [
        (law.ask(TRAINING, on), True),
        (governing(law, VETTING, listed_in_article_7 is not False, on), False),
    ]
    return strictest(
        clause if isinstance(clause, Judgement) else _staff(clause, record, on, trainings_only=trainings)
        for clause, trainings in answers
    )


def _staff(clause: Clause, record: StaffRecord, on: dt.date, *, trainings_only: bool) -> Judgement:
    held = {
        "skills": record.skills_until is not None and record.skills_until >= on,
        "confidentiality": record.confidentiality_until is not None and record.confidentiality_until >= on,
        "vetting": record.vetted_on is not None and record.vetted_on <= on,
    }
    missing = [_RECORDS[name] for name in clause.names("records") if not held[name]]
    if missing:
        named = listed(missing)
        return judge(
            Verdict.BLOCKED, (clause,), Text(f"缺少有效的{named.zh}", f"no valid {named.en}"),
            Text("由本单位管理员登记有效的培训和审查", "have the unit's administrator record it"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("培训和审查有效", "training and vetting are valid"))


def judge_entry(law: Law, listed: bool, accompanied: bool, on: dt.date) -> Judgement:
    """Whether somebody may enter the monitoring room: on its list, or on business and accompanied by one who is."""
    clause = law.ask(MONITORING_ROOM, on)
    if isinstance(clause, Judgement):
        return clause
    if listed or accompanied:
        return judge(Verdict.PASS, (clause,), Text("准予进入监看场所", "may enter the monitoring room"))
    return judge(
        Verdict.BLOCKED, (clause,),
        Text("不在准入名单，且无人陪同", "not on the access list, and accompanied by nobody on it"),
        Text("列入准入名单，或由名单内人员陪同", "put him on the list, or have him accompanied"),
    )  # fmt: skip


def judge_change(law: Law, kind: str, requester: str, approver: str | None, on: dt.date) -> Judgement:
    """A new consumer, re-aiming or change of purpose: SUSPENDED until another person than who asks approves it."""
    clause = law.ask(NO_CHANGE_OF_PURPOSE, on)
    if isinstance(clause, Judgement):
        return clause
    if kind not in clause.names("changes"):
        return judge(Verdict.PASS, (clause,), Text("不属于用途变更", "no change of purpose"))
    if approver is None:
        return judge(
            Verdict.SUSPENDED, (clause,), Text("未经批准不得变更用途", "not before it is approved"),
            Text("由本单位另一负责人批准", "have another person in charge approve it"),
        )  # fmt: skip
    if approver == requester:
        return judge(
            Verdict.BLOCKED, (clause,), Text("申请人不能批准自己的申请", "nobody approves what he asks for"),
            Text("由另一负责人批准", "have another person approve it"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("用途变更已经批准", "the change is approved"))


def judge_field_of_view(law: Law, seen: frozenset[str], mask_fails: bool, on: dt.date) -> Judgement:
    """An audit of what a camera sees. FAIL for secrets or privacy in view, or a masked zone that shows."""
    clause = law.ask(NO_PRIVATE_CAPTURE, on)
    if isinstance(clause, Judgement):
        return clause
    if mask_fails or seen & set(clause.names("never_seen")):
        return judge(
            Verdict.FAIL, (clause,),
            Text("画面中可见涉密或者隐私内容", "secrets or privacy are in view"),
            Text("调整角度或设置遮挡，并复核", "re-aim or mask the camera, then look again"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("画面中没有涉密和隐私内容", "neither secrets nor privacy are in view"))


def bulk_threshold(law: Law, daily_minutes: Sequence[int]) -> int:
    """Above how many camera-minutes a day is bulk looking: so many times the median of one's own days with looks (of
    the last 30), never below the policy's least. Who has no such day is judged by the least alone.
    """
    looked = [minutes for minutes in daily_minutes if minutes > 0]
    usual = median(looked) if looked else 0
    return max(int(usual * law.policy_number(BULK_TIMES)), law.policy_number(BULK_LEAST_MINUTES))


def judge_bulk(law: Law, minutes: int, daily_minutes: Sequence[int], on: dt.date) -> Judgement:
    """DUE to ask why, when somebody looks far more than he does; looking much is no breach by itself."""
    clause = law.ask(OTHER_MEASURES, on)
    if isinstance(clause, Judgement):
        return clause
    if minutes > bulk_threshold(law, daily_minutes):
        return judge(
            Verdict.DUE, (clause,),
            Text(f"当日观看{minutes}路·分钟，远超本人平时", f"{minutes} camera-minutes, far beyond his own days"),
            Text("核实原因", "ask why"), policies=(BULK_TIMES, BULK_LEAST_MINUTES),
        )  # fmt: skip
    return judge(
        Verdict.PASS, (clause,), Text("观看量与平时相当", "as on other days"), policies=(BULK_TIMES, BULK_LEAST_MINUTES)
    )
