"""Examples: signs and aim, obstruction and works nearby (qd204 17, 18; sc799 13, 23(2))."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.obstruction import NO_ALTERING, NO_COVERING, WORKS_NEARBY, Act, Works, judge_act, judge_works
from mingjian.rules.signs import MUNICIPAL_SIGN, NATIONAL_SIGN, SignRecord, judge_aim, judge_sign

_ELEMENTS = frozenset({"photo", "position", "text"})
_AIM = frozenset({"position", "angle", "range"})

EXAMPLES: tuple[Example, ...] = (
    *(
        example
        for key, day in ((MUNICIPAL_SIGN, MUNICIPAL_ONLY), (NATIONAL_SIGN, BOTH))
        for example in (
            passing(
                key,
                Text("已设置并登记", "a sign, registered"),
                lambda law, key=key, day=day: judge_sign(law, key, True, SignRecord(_ELEMENTS, day), day).verdict,
                Verdict.PASS,
            ),
            failing(
                key,
                Text("未设置", "no sign"),
                lambda law, key=key, day=day: judge_sign(law, key, True, None, day).verdict,
                Verdict.FAIL,
            ),
            *(
                failing(
                    key,
                    Text(f"登记缺少{name}", f"the record lacks {name}"),
                    lambda law, key=key, day=day, name=name: (
                        judge_sign(law, key, True, SignRecord(_ELEMENTS - {name}, day), day).verdict
                    ),
                    Verdict.UNDECIDABLE,
                )
                for name in sorted(_ELEMENTS)
            ),
            boundary(
                key,
                Text("非公共场所无须标识", "no public place, no sign"),
                lambda law, key=key, day=day: judge_sign(law, key, False, None, day).verdict,
                Verdict.NOT_APPLICABLE,
            ),
            boundary(
                key,
                Text("查看日期在将来", "last seen tomorrow"),
                lambda law, key=key, day=day: (
                    judge_sign(law, key, True, SignRecord(_ELEMENTS, day + dt.timedelta(days=1)), day).verdict
                ),
                Verdict.UNDECIDABLE,
            ),
        )
    ),
    passing(
        NATIONAL_SIGN,
        Text("位置、角度、范围均说明", "position, angle and range justified"),
        lambda law: judge_aim(law, _AIM, BOTH).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            NATIONAL_SIGN,
            Text(f"未说明{name}", f"{name} not justified"),
            lambda law, name=name: judge_aim(law, _AIM - {name}, BOTH).verdict,
            Verdict.DUE,
        )
        for name in sorted(_AIM)
    ),
    failing(
        NO_COVERING,
        Text("遮挡摄像机", "a camera is covered"),
        lambda law: judge_act(law, NO_COVERING, Act("cover", False), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    passing(
        NO_COVERING,
        Text("检修经批准临时遮挡", "covered with authority"),
        lambda law: judge_act(law, NO_COVERING, Act("cover", True), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        NO_COVERING,
        Text("拆除不属于遮挡", "removing is not covering"),
        lambda law: judge_act(law, NO_COVERING, Act("remove", False), MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    *(
        failing(
            NO_ALTERING,
            Text(f"擅自{act}", f"{act} without authority"),
            lambda law, act=act: judge_act(law, NO_ALTERING, Act(act, False), BOTH).verdict,
            Verdict.FAIL,
        )
        for act in ("alter", "move", "remove", "spray", "cover")
    ),
    passing(
        NO_ALTERING,
        Text("经批准迁移", "moved with authority"),
        lambda law: judge_act(law, NO_ALTERING, Act("move", True), BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        NO_ALTERING,
        Text("仅保护第七条规定的设备", "only cameras of article 7 are protected"),
        lambda law: judge_act(law, NO_ALTERING, Act("move", False, False), BOTH).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    boundary(
        NO_ALTERING,
        Text("施行前一日不适用", "not the day before"),
        lambda law: judge_act(law, NO_ALTERING, Act("move", False), LAST_MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    *(
        failing(
            WORKS_NEARBY,
            Text(f"{kind}妨碍运行", f"{kind} hinders"),
            lambda law, kind=kind: judge_works(law, Works(kind, 20, True), MUNICIPAL_ONLY).verdict,
            Verdict.FAIL,
        )
        for kind in ("outdoor_advertising", "pipeline", "other_facility")
    ),
    passing(
        WORKS_NEARBY,
        Text("核对后不妨碍", "checked, does not hinder"),
        lambda law: judge_works(law, Works("pipeline", 20, False), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        WORKS_NEARBY,
        Text("核查距离上未核对", "at the margin, not checked"),
        lambda law: judge_works(law, Works("pipeline", 50, None), MUNICIPAL_ONLY).verdict,
        Verdict.UNDECIDABLE,
    ),
    boundary(
        WORKS_NEARBY,
        Text("超出核查距离一米", "one metre beyond"),
        lambda law: judge_works(law, Works("pipeline", 51, None), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
)
