"""What somebody did with a system or its footage, and under which head it falls (qd204 19, 20, 22-24; sc799 20, 23).

Articles 19 and 20 of the municipal regulation speak to the using unit and its staff, 23 and 24 to those who retrieve,
22 and article 23 of the national regulation to everybody. The same act may fall under heads of both: each is cited,
the article's head before its item. Whether it was done is for a person to find out: this only sorts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

DUTIES = "qd204.operation.duties"
PROHIBITED = "qd204.use.prohibited"
OTHER_VIOLATIONS = "qd204.use.other_violations"
PROHIBITED_ACTS = "sc799.use.prohibited_acts"
NO_INTRUSION = "sc799.use.no_intrusion"
NO_DATA_THEFT = "sc799.use.no_data_theft"
NO_DATA_TAMPERING = "sc799.use.no_data_tampering"
NO_OTHER_HARM = "sc799.use.no_other_harm"
STATE_ORGAN = "state_organ"

DOERS: Mapping[str, Text] = {
    "using_unit": Text("使用单位", "the using unit"),
    "monitoring_staff": Text("使用单位的监看人员", "its monitoring staff"),
    "managing_staff": Text("使用单位的管理人员", "its managing staff"),
    STATE_ORGAN: Text("国家机关工作人员", "staff of a state organ"),
    "anyone": Text("其他单位或者个人", "anybody else"),
}
ACTS: Mapping[str, Text] = {
    "untrained_staff": Text("监看、管理人员未经培训上岗", "staff before the screens without training"),
    "stranger_in_room": Text("无关人员进入监看场所", "a stranger in the monitoring room"),
    "stored_quality_low": Text("录像存储质量不符合标准", "stored quality below the standards"),
    "kept_too_short": Text("录像保存不足规定期限", "footage kept too short"),
    "changed_purpose": Text("擅自改变系统用途", "the purpose was changed without authority"),
    "captured_secrets": Text("采集秘密或者个人隐私", "secrets or privacy were captured"),
    "tampered": Text("删除、修改录像或者数据", "footage or data were deleted or altered"),
    "hid": Text("隐匿录像或者数据", "footage or data were hidden"),
    "destroyed": Text("毁坏原始记录", "original records were destroyed"),
    "refused_authority": Text("拒绝、阻碍有关部门依法使用", "lawful use by an authority was refused or hindered"),
    "gave_or_spread": Text("擅自提供、传播录像", "footage was given away or spread"),
    "traded_or_copied": Text("买卖、非法复制录像", "footage was traded or copied illegally"),
    "altered_device": Text("擅自改动、迁移、拆除、遮挡设备", "a device was altered, moved, removed or covered"),
    "intruded": Text("非法侵入系统", "the system was intruded into"),
    "took_control": Text("非法控制系统", "control of the system was seized"),
    "took_data": Text("非法获取系统数据", "data were taken"),
    "added_data": Text("非法增加数据", "data were added"),
    "changed_program": Text("非法修改应用程序", "a program was changed"),
    "hindered_system": Text("妨碍系统正常运行", "the system's running was hindered"),
    "endangered_network": Text("危害网络安全", "network security was endangered"),
    "endangered_data": Text("危害数据安全", "data security was endangered"),
    "endangered_personal_information": Text("危害个人信息安全", "personal information was endangered"),
    "retrieved_without_approval": Text("未经负责人批准调取", "retrieved without approval by the person in charge"),
    "retrieved_without_coordination": Text("未经协调调取", "retrieved without coordination"),
    "retrieved_alone": Text("不足两人调取", "retrieved by fewer than two people"),
    "retrieved_without_papers": Text("未出示证件、批准文件", "retrieved without showing papers"),
    "retrieved_unregistered": Text("未履行登记手续", "retrieved without registration"),
    "broke_confidence": Text("违反使用、保密制度", "rules of use and secrecy were broken"),
    "exceeded_need": Text("超出履行职责必需的范围", "retrieved beyond what the duty needs"),
    "other": Text("其他违反法律法规的行为", "another breach of law"),
}

_DUTIES = {
    "untrained_staff": "qd204.operation.training",
    "stranger_in_room": "qd204.operation.monitoring_room",
    "stored_quality_low": "qd204.operation.stored_quality",
    "kept_too_short": "qd204.retention.thirty_days",
}
_PROHIBITED = {
    "changed_purpose": "qd204.use.no_change_of_purpose",
    "captured_secrets": "qd204.use.no_secret_capture",
    "tampered": "qd204.use.no_tampering",
    "hid": "qd204.use.no_tampering",
    "destroyed": "qd204.use.no_tampering",
    "refused_authority": "qd204.use.no_refusal",
    "gave_or_spread": "qd204.use.no_spreading",
    "other": OTHER_VIOLATIONS,
}
_EVERYBODY = {
    "traded_or_copied": "qd204.use.no_interference",
    "gave_or_spread": "qd204.use.no_interference",
    "hindered_system": "qd204.use.no_interference",
}
_RETRIEVAL = {
    "retrieved_without_approval": ("qd204.retrieval.public_security", "sc799.retrieval.state_organs"),
    "retrieved_without_coordination": ("qd204.retrieval.departments", "sc799.retrieval.state_organs"),
    "retrieved_alone": ("qd204.retrieval.conditions", "qd204.retrieval.two_staff", "sc799.retrieval.state_organs"),
    "retrieved_without_papers": ("qd204.retrieval.conditions", "qd204.retrieval.papers"),
    "retrieved_unregistered": ("qd204.retrieval.conditions", "qd204.retrieval.registration"),
    "broke_confidence": (
        "qd204.retrieval.conditions",
        "qd204.retrieval.confidentiality",
        "sc799.retrieval.state_organs",
    ),
    "exceeded_need": ("sc799.retrieval.state_organs",),
}
_NATIONAL = {
    "gave_or_spread": "sc799.use.no_illegal_spreading",
    "altered_device": "sc799.obstruction.no_altering_or_covering",
}
_NATIONAL_BY_ACTS = (NO_INTRUSION, NO_DATA_THEFT, NO_DATA_TAMPERING, NO_OTHER_HARM)


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, one of ACTS, and by whom, one of DOERS. `other_law`: of an "other" act the law that it breaks."""

    act: str
    doer: str
    other_law: str = ""


def judge_deed(law: Law, deed: Deed, on: dt.date) -> Judgement:
    """Under which heads it falls, as of the day it was done. FAIL cites them all; NOT_APPLICABLE: under none.

    UNDECIDABLE: an "other" act of a using unit whose law is not named, or a text of that day that is not held.
    """
    answers = list(_answers(law, deed, on))
    unsure = [one for one in answers if isinstance(one, Judgement) and one.verdict is Verdict.UNDETERMINED]
    clauses = tuple(dict.fromkeys(clause for one in answers if not isinstance(one, Judgement) for clause in one))
    if deed.act == "other" and any(clause.key == OTHER_VIOLATIONS for clause in clauses) and not deed.other_law.strip():
        return judge(
            Verdict.UNDECIDABLE, clauses,
            Text("未写明违反的法律法规", "the law that it breaks is not named"),
            Text("写明违反的法律法规及条款", "name the law and its article"),
        )  # fmt: skip
    if clauses:
        what = ACTS[deed.act]
        return judge(Verdict.FAIL, clauses, Text(f"涉嫌{what.zh}", f"to be looked into: {what.en}"))
    if unsure:
        return strictest(unsure)
    heads = (PROHIBITED, PROHIBITED_ACTS)
    return judge(
        Verdict.NOT_APPLICABLE, tuple(law.clause(key) for key in heads),
        Text("不属于两部规定所列的行为", "neither regulation lists it for who did it"),
    )  # fmt: skip


def _answers(law: Law, deed: Deed, on: dt.date) -> Iterator[tuple[Clause, ...] | Judgement]:
    for head, items in ((DUTIES, _DUTIES), (PROHIBITED, _PROHIBITED)):
        if deed.act in items:
            yield _under(law, head, items[deed.act], on, deed.doer)
    if deed.act in _EVERYBODY:
        yield _single(law, _EVERYBODY[deed.act], on)
    if deed.doer == STATE_ORGAN:
        for key in _RETRIEVAL.get(deed.act, ()):
            yield _single(law, key, on)
    if deed.act in _NATIONAL:
        yield _under(law, PROHIBITED_ACTS, _NATIONAL[deed.act], on)
    for key in _NATIONAL_BY_ACTS:
        if deed.act in law.clause(key).names("acts"):
            yield _under(law, PROHIBITED_ACTS, key, on)


def _under(law: Law, head: str, item: str, on: dt.date, doer: str = "") -> tuple[Clause, ...] | Judgement:
    """The head with its item, where both are in force and the head speaks to the doer."""
    clause, below = law.ask(head, on), law.ask(item, on)
    if isinstance(clause, Judgement):
        return clause
    if isinstance(below, Judgement):
        return below
    if doer and doer not in clause.names("doers"):
        return ()
    return (clause, below)


def _single(law: Law, key: str, on: dt.date) -> tuple[Clause, ...] | Judgement:
    clause = law.ask(key, on)
    return clause if isinstance(clause, Judgement) else (clause,)
