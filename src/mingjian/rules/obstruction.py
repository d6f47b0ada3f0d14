"""Covering, altering and works nearby (qd204 18; sc799 23(2))."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

NO_COVERING = "qd204.obstruction.no_covering"
NO_ALTERING = "sc799.obstruction.no_altering_or_covering"
WORKS_NEARBY = "qd204.obstruction.works_nearby"
NEARBY_METRES = "policy.works.nearby_metres"


@dataclass(frozen=True, slots=True)
class Act:
    """Something done to a lawfully installed camera: cover, spray, alter, move or remove; with authority or not."""

    kind: str
    authorised: bool
    listed_in_article_7: bool | None = True


@dataclass(frozen=True, slots=True)
class Works:
    """Works near a camera: outdoor_advertising, pipeline or other_facility; `hinders` None while not looked at."""

    kind: str
    distance_metres: int
    hinders: bool | None


def judge_act(law: Law, key: str, act: Act, on: dt.date) -> Judgement:
    """One act under NO_COVERING or NO_ALTERING. FAIL opens an obstruction case."""
    clause = law.ask(key, on)
    if isinstance(clause, Judgement):
        return clause
    if act.kind not in clause.names("acts"):
        return judge(Verdict.NOT_APPLICABLE, (clause,), Text("不属于本条禁止的行为", "no act this clause forbids"))
    if act.authorised:
        return judge(Verdict.PASS, (clause,), Text("依法经批准实施", "done with authority"))
    if key == NO_ALTERING and act.listed_in_article_7 is not True:
        verdict = Verdict.UNDECIDABLE if act.listed_in_article_7 is None else Verdict.NOT_APPLICABLE
        return judge(
            verdict,
            (clause,),
            Text("本项仅及于依据第七条安装的设备", "this item protects cameras installed under article 7"),
        )
    return judge(
        Verdict.FAIL,
        (clause,),
        Text("擅自改动或者遮挡妨碍图像采集设备", "a camera is altered, moved, removed, covered or hindered"),
        Text("恢复原状，转为遮挡妨碍案件", "restore it; an obstruction case is opened"),
    )


def judge_works(law: Law, works: Works, on: dt.date) -> Judgement:
    """Works nearby against the fields of view: FAIL hinders, UNDECIDABLE near and not looked at, PASS otherwise."""
    clause = law.ask(WORKS_NEARBY, on)
    if isinstance(clause, Judgement):
        return clause
    if works.kind not in clause.names("works"):
        return judge(Verdict.NOT_APPLICABLE, (clause,), Text("不属于本款所列设施", "no works this clause names"))
    if works.hinders:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("设施妨碍已建系统正常运行", "the works hinder an existing system"),
            Text("调整设施位置或者另设替代采集点", "move the works or set a substitute camera"),
            (NEARBY_METRES,),
        )
    if works.hinders is None and works.distance_metres <= law.policy_number(NEARBY_METRES):
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("设施邻近采集设备，尚未核对视场", "near a camera, and not yet checked against its field of view"),
            Text("核对周边视场", "check the fields of view nearby"),
            (NEARBY_METRES,),
        )
    return judge(
        Verdict.PASS, (clause,), Text("不妨碍已建系统", "no existing system is hindered"), policies=(NEARBY_METRES,)
    )
