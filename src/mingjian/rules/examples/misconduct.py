"""Examples: under which head an act falls (qd204 19, 20; sc799 23)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY, OLD_TEXT
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Law
from mingjian.rules.misconduct import (
    DUTIES,
    NO_DATA_TAMPERING,
    NO_DATA_THEFT,
    NO_INTRUSION,
    NO_OTHER_HARM,
    OTHER_VIOLATIONS,
    PROHIBITED,
    PROHIBITED_ACTS,
    Deed,
    judge_deed,
)

_ITEMS = {
    NO_INTRUSION: ("intruded", "took_control"),
    NO_DATA_THEFT: ("took_data",),
    NO_DATA_TAMPERING: ("tampered", "hid", "destroyed", "added_data", "changed_program"),
    NO_OTHER_HARM: ("hindered_system", "endangered_network", "endangered_data", "endangered_personal_information"),
}


def _keys(law: Law, act: str, doer: str, on: dt.date, other_law: str = "") -> tuple[str, ...]:
    """What is cited for a breach; nothing where none is found."""
    said = judge_deed(law, Deed(act, doer, other_law), on)
    return said.keys if said.verdict is Verdict.FAIL else ()


def _of_items() -> tuple[Example, ...]:
    found: list[Example] = []
    for key, acts in _ITEMS.items():
        found += [
            failing(
                key,
                Text(f"外部人员：{act}", f"a stranger: {act}"),
                lambda law, act=act, key=key: _keys(law, act, "anyone", BOTH)[-2:] == (PROHIBITED_ACTS, key),
                True,
            )
            for act in acts
        ]
        found += [
            passing(
                key,
                Text("调取未登记不属于本项", "a retrieval not registered is another matter"),
                lambda law, key=key: key in _keys(law, "retrieved_unregistered", "state_organ", BOTH),
                False,
            ),
            boundary(
                key,
                Text("条例施行前一日", "the day before the regulation"),
                lambda law, key=key, act=acts[0]: key in _keys(law, act, "anyone", LAST_MUNICIPAL_ONLY),
                False,
            ),
        ]
    return tuple(found)


EXAMPLES: tuple[Example, ...] = (
    *_of_items(),
    failing(
        DUTIES,
        Text("使用单位录像保存不足期限", "a using unit keeps too short"),
        lambda law: _keys(law, "kept_too_short", "using_unit", MUNICIPAL_ONLY),
        (DUTIES, "qd204.retention.thirty_days"),
    ),
    passing(
        DUTIES,
        Text("义务主体不是其他人", "the duty is nobody else's"),
        lambda law: _keys(law, "kept_too_short", "anyone", MUNICIPAL_ONLY),
        (),
    ),
    boundary(
        DUTIES,
        Text("监看人员个人不承担单位义务", "nor that of a guard himself"),
        lambda law: _keys(law, "untrained_staff", "monitoring_staff", MUNICIPAL_ONLY),
        (),
    ),
    *(
        failing(
            PROHIBITED,
            Text(f"{doer}拒绝依法使用", f"{doer} refuses lawful use"),
            lambda law, doer=doer: _keys(law, "refused_authority", doer, MUNICIPAL_ONLY),
            (PROHIBITED, "qd204.use.no_refusal"),
        )
        for doer in ("using_unit", "monitoring_staff", "managing_staff")
    ),
    passing(
        PROHIBITED,
        Text("外部人员不在本条之列", "a stranger is not meant by this article"),
        lambda law: _keys(law, "refused_authority", "anyone", MUNICIPAL_ONLY),
        (),
    ),
    boundary(
        PROHIBITED,
        Text("外部人员删改录像适用条例", "a stranger's tampering falls under the national regulation alone"),
        lambda law: _keys(law, "tampered", "anyone", BOTH),
        (PROHIBITED_ACTS, NO_DATA_TAMPERING),
    ),
    boundary(
        PROHIBITED,
        Text("本单位人员删改录像两部规定并引", "its own staff's under both"),
        lambda law: _keys(law, "tampered", "monitoring_staff", BOTH),
        (PROHIBITED, "qd204.use.no_tampering", PROHIBITED_ACTS, NO_DATA_TAMPERING),
    ),
    boundary(
        PROHIBITED,
        Text("修订前的行为不作推定", "an act under the text that is not held"),
        lambda law: judge_deed(law, Deed("tampered", "using_unit"), OLD_TEXT).verdict,
        Verdict.UNDETERMINED,
    ),
    failing(
        OTHER_VIOLATIONS,
        Text("写明违反的法律", "the law broken is named"),
        lambda law: _keys(law, "other", "using_unit", MUNICIPAL_ONLY, "反恐怖主义法第三十二条"),
        (PROHIBITED, OTHER_VIOLATIONS),
    ),
    boundary(
        OTHER_VIOLATIONS,
        Text("未写明违反的法律，不能认定", "no law named: nothing to hold it against"),
        lambda law: judge_deed(law, Deed("other", "using_unit", " "), MUNICIPAL_ONLY).verdict,
        Verdict.UNDECIDABLE,
    ),
    passing(
        OTHER_VIOLATIONS,
        Text("所列行为不适用兜底项", "a listed act is not an other one"),
        lambda law: OTHER_VIOLATIONS in _keys(law, "changed_purpose", "using_unit", MUNICIPAL_ONLY),
        False,
    ),
    failing(
        PROHIBITED_ACTS,
        Text("外部人员非法获取数据", "a stranger takes data"),
        lambda law: PROHIBITED_ACTS in _keys(law, "took_data", "anyone", BOTH),
        True,
    ),
    passing(
        PROHIBITED_ACTS,
        Text("培训不足不属于本条", "a want of training is another matter"),
        lambda law: PROHIBITED_ACTS in _keys(law, "untrained_staff", "using_unit", BOTH),
        False,
    ),
    boundary(
        PROHIBITED_ACTS,
        Text("擅自改动设备也引本条", "altering a device falls under it, too"),
        lambda law: _keys(law, "altered_device", "anyone", BOTH),
        (PROHIBITED_ACTS, "sc799.obstruction.no_altering_or_covering"),
    ),
    boundary(
        PROHIBITED_ACTS,
        Text("违法传播三处并引", "spreading is cited under all three"),
        lambda law: _keys(law, "gave_or_spread", "anyone", BOTH),
        ("qd204.use.no_interference", PROHIBITED_ACTS, "sc799.use.no_illegal_spreading"),
    ),
)  # fmt: skip
