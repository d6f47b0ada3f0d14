"""Who sees a camera, and by what (qd204 20(5), 22; sc799 16.1, 16.2(2), 16.2(3), 23(1)).

The using unit's own staff look by a right recorded for them. Everybody else needs something that the law knows: what was
recorded is opened by a retrieval or an emergency only, the present by a grade or an emergency. A copy leaves only by a
right of the unit's own staff to take it, or by a retrieval, as a sealed package.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

NO_SPREADING = "qd204.use.no_spreading"
NO_COPYING = "qd204.use.no_interference"
LAWFUL_USE = "sc799.use.lawful"
ACCESS_CONTROL = "sc799.use.access_control"
REGISTER_OF_LOOKS = "sc799.use.register_of_looks"
NO_ILLEGAL_GIVING = "sc799.use.no_illegal_spreading"

_COLUMNS = {
    "reason": Text("事由", "reason"),
    "content": Text("内容", "content"),
    "unit": Text("单位", "unit"),
    "name": Text("姓名", "name"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """A wish to see one camera. `inside`: by staff of the using unit; `recorded`: footage, not the present.

    `opened_by`: own_right, grade, retrieval, emergency, or empty when nothing opens it.
    """

    inside: bool
    recorded: bool
    opened_by: str
    purpose: str


def judge_opening(law: Law, look: Look, on: dt.date) -> Judgement:
    """Footage given to somebody outside the using unit: BLOCKED unless a way of the law opens it (20(5), 23(1))."""
    answers = []
    for key in (NO_SPREADING, NO_ILLEGAL_GIVING):
        clause = law.ask(key, on)
        answers.append(clause if isinstance(clause, Judgement) else _opening(clause, look))
    return strictest(answers)


def judge_own_right(law: Law, look: Look, on: dt.date) -> Judgement:
    """Staff of the using unit itself look by a right recorded for them, or as strangers would (16.2(2))."""
    clause = law.ask(ACCESS_CONTROL, on)
    if isinstance(clause, Judgement):
        return clause
    if look.inside and look.opened_by not in clause.names("opened_by"):
        return judge(
            Verdict.BLOCKED, (clause,), Text("未授予本单位人员此项查阅权限", "this right was not given to that member of staff"),
            Text("由本单位管理员授权", "have the unit's administrator give it"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("查阅权限已授予", "the right is recorded"))


def judge_purpose(law: Law, look: Look, on: dt.date) -> Judgement:
    """A look without a stated purpose cannot be told from abuse (16.1)."""
    clause = law.ask(LAWFUL_USE, on)
    if isinstance(clause, Judgement):
        return clause
    if len(look.purpose.strip()) < clause.number("purpose_characters"):
        return judge(
            Verdict.BLOCKED,
            (clause,),
            Text("未说明查阅目的", "no purpose is stated"),
            Text("说明目的", "state the purpose"),
        )
    return judge(Verdict.PASS, (clause,), Text("已说明查阅目的", "the purpose is stated"))


def judge_copy(law: Law, look: Look, on: dt.date) -> Judgement:
    """Taking footage away: by the staff's own right, or by a retrieval; else it is illegal copying (22)."""
    clause = law.ask(NO_COPYING, on)
    if isinstance(clause, Judgement):
        return clause
    if look.opened_by not in clause.names("copies_opened_by"):
        return judge(
            Verdict.BLOCKED, (clause,), Text("复制录像没有依据", "nothing permits to copy this footage"),
            Text("经批准调取后，由资料管理员以证据包交付", "have it retrieved: the custodian hands over a sealed package"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("复制有依据", "the copy is permitted"))


def judge_register(law: Law, columns: dict[str, str], on: dt.date) -> Judgement:
    """The entry of the register of looks: reason, content, unit and name, each filled (16.2(3)). FAIL names the empty."""
    clause = law.ask(REGISTER_OF_LOOKS, on)
    if isinstance(clause, Judgement):
        return clause
    missing = [name for name in clause.names("columns") if not columns.get(name, "").strip()]
    if missing:
        named = listed(_COLUMNS[name] for name in missing)
        return judge(
            Verdict.FAIL, (clause,), Text(f"调用登记缺少{named.zh}", f"the register lacks: {named.en}"),
            Text(f"补充{named.zh}", f"add: {named.en}"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("已登记事由、内容、单位和姓名", "the entry is complete"))


def _opening(clause: Clause, look: Look) -> Judgement:
    if look.inside:
        return judge(Verdict.PASS, (clause,), Text("使用单位人员查阅本单位录像", "the using unit's own staff"))
    allowed = clause.names("recorded_opened_by" if look.recorded else "live_opened_by")
    if look.opened_by in allowed:
        return judge(
            Verdict.PASS, (clause,), Text("依规定向单位外人员提供", "given outside the unit as the law allows")
        )
    if look.recorded:
        return judge(
            Verdict.BLOCKED, (clause,),
            Text("使用单位以外的人员查阅录像，应当经批准调取", "recorded footage seen from outside the using unit needs a retrieval"),
            Text("提出调取申请", "ask for a retrieval"),
        )  # fmt: skip
    return judge(
        Verdict.BLOCKED, (clause,),
        Text("使用单位以外的人员未获分级接入授权", "no grant by grade opens this camera to people outside the using unit"),
        Text("申请分级接入授权，或者调取录像", "ask for a grant by grade, or for a retrieval"),
    )  # fmt: skip
