"""Where capture may infringe privacy measures are due (qd204 9.2); a mask is confirmed again after every move."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

MEASURES = "qd204.privacy.measures"
LIFT_PEOPLE = "policy.mask_lift.people"
LIFT_HOURS = "policy.mask_lift.most_hours"


@dataclass(frozen=True, slots=True)
class PrivacyAssessment:
    """The assessment of one camera. `may_infringe` None means not assessed; `measures` of mask, limited_angle,
    relocated; the mask's last confirmation and the camera's last move or re-aiming, as instants (UTC ns).
    """

    may_infringe: bool | None
    measures: frozenset[str] = frozenset()
    mask_confirmed_ns: int | None = None
    last_moved_ns: int | None = None


def judge_privacy(law: Law, assessment: PrivacyAssessment, on: dt.date) -> Judgement:
    """PASS nothing to infringe, or a measure that holds; SUSPENDED while a mask awaits confirmation."""
    clause = law.ask(MEASURES, on)
    if isinstance(clause, Judgement):
        return clause
    if assessment.may_infringe is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("未作视场隐私评估", "the field of view is not assessed for privacy"),
            Text("完成视场隐私评估", "assess the field of view"),
        )
    if not assessment.may_infringe:
        return judge(Verdict.PASS, (clause,), Text("经评估不涉及个人隐私", "assessed: no privacy concerned"))
    taken = assessment.measures & set(clause.names("measures"))
    if not taken:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("可能侵犯个人隐私而未采取措施", "privacy may be infringed and no measure is taken"),
            Text("设置隐私遮蔽、限制角度或者调整位置", "mask, limit the angle or move the camera"),
        )
    if taken == {"mask"} and not _mask_holds(assessment):
        return judge(
            Verdict.SUSPENDED,
            (clause,),
            Text("摄像机移动或者转动后，隐私遮蔽未重新确认", "the mask is not confirmed since the camera last moved"),
            Text("对照现有画面重新确认遮蔽区域", "confirm the mask against the present picture"),
        )
    return judge(
        Verdict.PASS, (clause,), Text("已采取防止侵犯个人隐私的措施", "measures against infringement are taken")
    )


def judge_lift(law: Law, people: frozenset[str], hours: float, on: dt.date) -> Judgement:
    """Whether somebody may see through masks for so many hours, `people` being who asked and who said yes.

    The article asks for the mask; that an exception needs a second person, and how long it lasts, is the operator's policy.
    """
    clause = law.ask(MEASURES, on)
    if isinstance(clause, Judgement):
        return clause
    if hours > law.policy_number(LIFT_HOURS):
        return judge(
            Verdict.BLOCKED, (clause,),
            Text(f"解除遮蔽查看最长{law.policy_number(LIFT_HOURS)}小时", f"for at most {law.policy_number(LIFT_HOURS)} hours"),
            Text("缩短时间，到期后可以再次申请", "ask for less; it can be asked again"), policies=(LIFT_HOURS,),
        )  # fmt: skip
    if len(people) < law.policy_number(LIFT_PEOPLE):
        return judge(
            Verdict.SUSPENDED, (clause,),
            Text("解除隐私遮蔽须由另一人批准", "seeing through privacy masks needs a second person's yes"),
            Text("由本单位另一名有权人员批准", "have another entitled person of the unit say yes"),
            policies=(LIFT_PEOPLE,),
        )  # fmt: skip
    return judge(
        Verdict.PASS, (clause,), Text("经两人同意，限时解除遮蔽查看", "two people agreed, for a limited time"),
        policies=(LIFT_PEOPLE, LIFT_HOURS),
    )  # fmt: skip


def _mask_holds(assessment: PrivacyAssessment) -> bool:
    confirmed, moved = assessment.mask_confirmed_ns, assessment.last_moved_ns
    return confirmed is not None and (moved is None or confirmed > moved)
