"""Signs, and position, angle and range of cameras (qd204 17; sc799 13)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Clause, Law, judge

MUNICIPAL_SIGN = "qd204.sign.conspicuous"
NATIONAL_SIGN = "sc799.sign.position_and_sign"
_ELEMENTS = {
    "photo": Text("现场照片", "photo"),
    "position": Text("设置位置", "position"),
    "text": Text("标识文字", "text"),
}
_JUSTIFIED = {
    "position": Text("安装位置", "position"),
    "angle": Text("角度", "angle"),
    "range": Text("采集范围", "range"),
}


@dataclass(frozen=True, slots=True)
class SignRecord:
    """What is recorded of a sign (photo, position, text) and when somebody last saw it standing."""

    elements: frozenset[str]
    last_seen: dt.date | None


def judge_sign(law: Law, key: str, in_public_place: bool | None, sign: SignRecord | None, on: dt.date) -> Judgement:
    """Under MUNICIPAL_SIGN or NATIONAL_SIGN: FAIL no sign, UNDECIDABLE a record that proves none, PASS."""
    clause = law.ask(key, on)
    if isinstance(clause, Judgement):
        return clause
    if in_public_place is False:
        return judge(Verdict.NOT_APPLICABLE, (clause,), Text("非公共场所", "no public place"))
    if sign is None:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("未设置标识", "there is no sign"),
            Text("设置显著标识并登记", "set up a conspicuous sign and register it"),
        )
    return _record(clause, sign, on)


def _record(clause: Clause, sign: SignRecord, on: dt.date) -> Judgement:
    missing = [name for name in clause.names("elements") if name not in sign.elements]
    if missing or sign.last_seen is None or sign.last_seen > on:
        zh = "、".join([_ELEMENTS[name].zh for name in missing] or ["最近查看日期"])
        en = ", ".join([_ELEMENTS[name].en for name in missing] or ["a day it was last seen"])
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text(f"标识登记缺少{zh}，不能证明已设置", f"the record lacks {en}: it proves no sign"),
            Text(f"补充{zh}", f"add {en}"),
        )
    return judge(Verdict.PASS, (clause,), Text("已设置明显标识", "a conspicuous sign is there"))


def judge_aim(law: Law, justified: frozenset[str], on: dt.date) -> Judgement:
    """sc799 13: position, angle and range each justified for this camera."""
    clause = law.ask(NATIONAL_SIGN, on)
    if isinstance(clause, Judgement):
        return clause
    missing = [name for name in clause.names("justified") if name not in justified]
    if missing:
        named = listed(_JUSTIFIED[name] for name in missing)
        return judge(
            Verdict.DUE,
            (clause,),
            Text(f"未说明{named.zh}的必要性和合理性", f"not justified: {named.en}"),
            Text("逐个摄像机说明理由", "give reasons for each camera"),
        )
    return judge(Verdict.PASS, (clause,), Text("位置、角度、范围合理", "position, angle and range are justified"))
