"""Examples: who may install (qd204 8; sc799 7.3, 9)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.builders import (
    NATIONAL_NO_OTHER,
    NATIONAL_OTHER_PLACES,
    NO_OTHER,
    Installation,
    may_install,
    national_answer,
)
from mingjian.rules.coordination import gap_outcome
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY
from mingjian.rules.exemptions import EXEMPTION, exempt
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Law
from mingjian.rules.places import GOVERNMENT_BUILDS, UNIT_BUILDS, PlacePart

_GOVERNMENT_KINDS = ("arterial_road", "key_crossing", "bridge", "tunnel", "key_area")


def _judged(law: Law, kind: str, role: str, part: str = "public_area", on: object = MUNICIPAL_ONLY) -> Verdict:
    day = BOTH if on is BOTH else MUNICIPAL_ONLY
    roles = frozenset({role}) if role else frozenset()
    return may_install(law, Installation(PlacePart(frozenset({kind}), part), roles), day).verdict


def _national_only(law: Law, role: str) -> Verdict:
    """The national answer alone, at a place nobody is obliged to cover."""
    return national_answer(
        law, Installation(PlacePart(frozenset({"other"}), "public_area"), frozenset({role})), BOTH
    ).verdict


EXAMPLES: tuple[Example, ...] = (
    *(
        passing(
            GOVERNMENT_BUILDS,
            Text(f"政府部门在{kind}建设", f"government builds on {kind}"),
            lambda law, kind=kind: _judged(law, kind, "government_department"),
            Verdict.PASS,
        )
        for kind in _GOVERNMENT_KINDS
    ),
    *(
        failing(
            GOVERNMENT_BUILDS,
            Text(f"管理单位自行在{kind}建设", f"a managing unit builds on {kind}"),
            lambda law, kind=kind: _judged(law, kind, "managing_unit"),
            Verdict.BLOCKED,
        )
        for kind in _GOVERNMENT_KINDS
    ),
    boundary(
        GOVERNMENT_BUILDS,
        Text("桥梁空白形成协调任务，不罚款", "a gap on a bridge is a task, never a fine"),
        lambda law: gap_outcome(law, PlacePart(frozenset({"bridge"})), MUNICIPAL_ONLY).verdict,
        Verdict.DUE,
    ),
    passing(
        UNIT_BUILDS,
        Text("商场管理单位建设", "the mall's managing unit builds"),
        lambda law: _judged(law, "shopping_centre", "managing_unit"),
        Verdict.PASS,
    ),
    passing(
        UNIT_BUILDS,
        Text("使用单位建设", "the using unit builds"),
        lambda law: _judged(law, "shopping_centre", "using_unit"),
        Verdict.PASS,
    ),
    failing(
        UNIT_BUILDS,
        Text("商场空白由管理、使用单位负责", "a mall without a system"),
        lambda law: gap_outcome(law, PlacePart(frozenset({"shopping_centre"})), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        UNIT_BUILDS,
        Text("主干道不属于本款", "an arterial road is not under 8.2"),
        lambda law: gap_outcome(law, PlacePart(frozenset({"arterial_road"})), MUNICIPAL_ONLY).verdict,
        Verdict.DUE,
    ),
    passing(
        NO_OTHER,
        Text("管理单位在自管场所建设", "the managing unit in its own place"),
        lambda law: _judged(law, "shopping_centre", "managing_unit"),
        Verdict.PASS,
    ),
    failing(
        NO_OTHER,
        Text("个人在商场擅自安装", "anyone else in a mall"),
        lambda law: _judged(law, "shopping_centre", ""),
        Verdict.BLOCKED,
    ),
    boundary(
        NO_OTHER,
        Text("个人在自家院内：非公共场所", "one's own yard is no public place"),
        lambda law: (
            may_install(
                law, Installation(PlacePart(frozenset({"home"})), frozenset(), public_place=False), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.NOT_APPLICABLE,
    ),
    boundary(
        NO_OTHER,
        Text("是否公共场所未说明", "not stated whether it is public"),
        lambda law: (
            may_install(
                law, Installation(PlacePart(frozenset({"home"})), frozenset(), public_place=None), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.UNDECIDABLE,
    ),
    passing(
        NATIONAL_NO_OTHER,
        Text("管理单位在商场安装", "the managing unit in a mall"),
        lambda law: (
            NATIONAL_NO_OTHER
            in may_install(
                law, Installation(PlacePart(frozenset({"shopping_centre"})), frozenset({"managing_unit"})), BOTH
            ).keys
        ),
        True,
    ),
    passing(
        NATIONAL_NO_OTHER,
        Text("政府部门在桥梁安装", "a department on a bridge"),
        lambda law: _judged(law, "bridge", "government_department", on=BOTH),
        Verdict.PASS,
    ),
    passing(
        NATIONAL_NO_OTHER,
        Text("管理单位安装符合规定", "the managing unit may"),
        lambda law: _judged(law, "shopping_centre", "managing_unit", on=BOTH),
        Verdict.PASS,
    ),
    failing(
        NATIONAL_NO_OTHER,
        Text("非维护公共安全所必需", "not necessary for public safety"),
        lambda law: (
            may_install(
                law,
                Installation(PlacePart(frozenset({"shopping_centre"})), frozenset({"managing_unit"}), True, False),
                BOTH,
            ).verdict
        ),
        Verdict.BLOCKED,
    ),
    boundary(
        NATIONAL_NO_OTHER,
        Text("使用单位不是负有经营管理责任的单位", "a using unit that does not manage"),
        lambda law: _judged(law, "shopping_centre", "using_unit", on=BOTH),
        Verdict.BLOCKED,
    ),
    passing(
        NATIONAL_OTHER_PLACES,
        Text("负有安全防范义务者在其他公共场所安装", "a holder of a security duty"),
        lambda law: _national_only(law, "security_duty_holder"),
        Verdict.PASS,
    ),
    passing(
        NATIONAL_OTHER_PLACES,
        Text("政府部门在其他公共场所安装", "a government department"),
        lambda law: _national_only(law, "government_department"),
        Verdict.PASS,
    ),
    passing(
        NATIONAL_OTHER_PLACES,
        Text("管理单位在其他公共场所安装", "a managing unit"),
        lambda law: _national_only(law, "managing_unit"),
        Verdict.PASS,
    ),
    passing(
        NATIONAL_OTHER_PLACES,
        Text("使用单位在其他公共场所安装", "a using unit"),
        lambda law: _national_only(law, "using_unit"),
        Verdict.PASS,
    ),
    failing(
        NATIONAL_OTHER_PLACES,
        Text("无安全防范义务者安装", "nobody's duty"),
        lambda law: _national_only(law, "passer_by"),
        Verdict.BLOCKED,
    ),
    boundary(
        NATIONAL_OTHER_PLACES,
        Text("必要性未说明", "necessity not stated"),
        lambda law: (
            may_install(
                law,
                Installation(PlacePart(frozenset({"catering"}), "entrance"), frozenset({"managing_unit"}), True, None),
                BOTH,
            ).verdict
        ),
        Verdict.UNDECIDABLE,
    ),
    *(
        passing(
            EXEMPTION,
            Text(f"小区不适用{key}", f"a compound is exempt from {key}"),
            lambda law, key=key: exempt(law, key, False, BOTH).verdict,
            Verdict.NOT_APPLICABLE,
        )
        for key in (
            "sc799.project.archives",
            "sc799.filing.entry_into_use",
            "sc799.operation.security_programme",
            "sc799.use.measures",
            "sc799.retention.thirty_days_then_delete",
        )
    ),
    failing(
        EXEMPTION,
        Text("小区仍适用标识条款", "a compound still needs its sign"),
        lambda law: exempt(law, "sc799.sign.position_and_sign", False, BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        EXEMPTION,
        Text("第十六条第一款仍适用", "16.1 is not exempted, only 16.2"),
        lambda law: exempt(law, "sc799.use.lawful", False, BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        EXEMPTION,
        Text("商场不豁免", "a mall is not exempt"),
        lambda law: exempt(law, "sc799.filing.entry_into_use", True, BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        EXEMPTION,
        Text("市级规定不受豁免影响", "the municipal duty stays"),
        lambda law: exempt(law, "qd204.filing.acceptance", False, LAST_MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
)
