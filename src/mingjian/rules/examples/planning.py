"""Examples: plans, duplicates, landscape (qd204 6), additional places and margins (qd204 7.2, 7.3; sc799 10)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.additional_places import ADDITIONAL, PlaceApproval, judge_additional
from mingjian.rules.duplicate_coverage import NO_DUPLICATION, DuplicateCheck, ExistingCamera, judge_new_point
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, FIRST_BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.landscape import LANDSCAPE, judge_landscape
from mingjian.rules.plan_approval import APPROVAL, PlanVersion, judge_plan
from mingjian.rules.secure_margins import CONSENT, CONSULTATION, Nearby, Reply, judge_margin

_DRAFTERS = frozenset({"public_security", "development_reform", "big_data", "emergency_management"})
_CHECKED = frozenset({"existing_cameras", "existing_networks"})
_YES = Reply(True, True, dt.date(2021, 5, 1))
_NO = Reply(False, True, dt.date(2021, 5, 1))
_MILITARY = ("military_forbidden", "military_administrative")

EXAMPLES: tuple[Example, ...] = (
    passing(
        APPROVAL,
        Text("会同编制并经本级政府批准", "drafted together and approved at its level"),
        lambda law: judge_plan(law, PlanVersion(_DRAFTERS, "municipal", "municipal"), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            APPROVAL,
            Text(f"编制单位缺少{body}", f"drafted without {body}"),
            lambda law, body=body: (
                judge_plan(law, PlanVersion(_DRAFTERS - {body}, "municipal", "municipal"), MUNICIPAL_ONLY).verdict
            ),
            Verdict.FAIL,
        )
        for body in sorted(_DRAFTERS)
    ),
    failing(
        APPROVAL,
        Text("区级规划由市政府批准", "a district plan approved by the city"),
        lambda law: judge_plan(law, PlanVersion(_DRAFTERS, "district", "municipal"), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        APPROVAL,
        Text("尚未批准不得实施", "not in force before approval"),
        lambda law: judge_plan(law, PlanVersion(_DRAFTERS, "municipal", None), MUNICIPAL_ONLY).verdict,
        Verdict.DUE,
    ),
    passing(
        NO_DUPLICATION,
        Text("核查后无重复", "checked, nothing there"),
        lambda law: judge_new_point(law, DuplicateCheck(_CHECKED), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            NO_DUPLICATION,
            Text(f"只核查{name}", f"only {name} checked"),
            lambda law, name=name: judge_new_point(law, DuplicateCheck(frozenset({name})), MUNICIPAL_ONLY).verdict,
            Verdict.UNDECIDABLE,
        )
        for name in sorted(_CHECKED)
    ),
    failing(
        NO_DUPLICATION,
        Text("现有网络可用而另建", "a network at hand is not used"),
        lambda law: judge_new_point(law, DuplicateCheck(_CHECKED, usable_network_at_hand=True), MUNICIPAL_ONLY).verdict,
        Verdict.SUSPENDED,
    ),
    passing(
        NO_DUPLICATION,
        Text("利用现有网络，或者说明了另建的理由", "the network at hand is used, or why not is said"),
        lambda law: {
            judge_new_point(
                law,
                DuplicateCheck(_CHECKED, usable_network_at_hand=True, uses_that_network=used, reason_to_build=reason),
                MUNICIPAL_ONLY,
            ).verdict
            for used, reason in ((True, ""), (False, "涉密专网不得共用"))
        },
        {Verdict.PASS},
    ),
    failing(
        NO_DUPLICATION,
        Text("登记在同一杆体上，位置相差十米", "registered on the same pole, ten metres apart"),
        lambda law: (
            judge_new_point(
                law, DuplicateCheck(_CHECKED, (ExistingCamera(0, 10, "甲单位", same_pole=True),)), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.SUSPENDED,
    ),
    boundary(
        NO_DUPLICATION,
        Text("视场重叠恰为五成", "overlap of exactly half"),
        lambda law: (
            judge_new_point(law, DuplicateCheck(_CHECKED, (ExistingCamera(50, 40, "甲单位"),)), MUNICIPAL_ONLY).verdict
        ),
        Verdict.SUSPENDED,
    ),
    boundary(
        NO_DUPLICATION,
        Text("视场重叠略低于五成", "overlap just below half"),
        lambda law: (
            judge_new_point(law, DuplicateCheck(_CHECKED, (ExistingCamera(49, 40, "甲单位"),)), MUNICIPAL_ONLY).verdict
        ),
        Verdict.PASS,
    ),
    passing(
        LANDSCAPE,
        Text("已说明景观协调", "with a landscape note"),
        lambda law: judge_landscape(law, "立杆与路灯合杆", MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        LANDSCAPE,
        Text("未说明：只作建议", "without: advice only"),
        lambda law: judge_landscape(law, "", MUNICIPAL_ONLY).verdict,
        Verdict.ADVISED,
    ),
    boundary(
        LANDSCAPE,
        Text("只填空格视为未说明", "blanks are no note"),
        lambda law: judge_landscape(law, " ", MUNICIPAL_ONLY).verdict,
        Verdict.ADVISED,
    ),
    passing(
        ADDITIONAL,
        Text("市政府批准增列", "approved by the municipal government"),
        lambda law: (
            judge_additional(
                law, PlaceApproval("municipal_government", "某政字〔2021〕5号", MUNICIPAL_ONLY), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.PASS,
    ),
    failing(
        ADDITIONAL,
        Text("由区政府批准", "approved by a district"),
        lambda law: (
            judge_additional(
                law, PlaceApproval("district_government", "某区政字1号", MUNICIPAL_ONLY), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.FAIL,
    ),
    failing(
        ADDITIONAL,
        Text("没有批准", "no approval"),
        lambda law: judge_additional(law, None, MUNICIPAL_ONLY).verdict,
        Verdict.DUE,
    ),
    boundary(
        ADDITIONAL,
        Text("批准前一日不产生义务", "the day before the approval"),
        lambda law: (
            judge_additional(
                law,
                PlaceApproval("municipal_government", "某政字〔2021〕5号", MUNICIPAL_ONLY),
                MUNICIPAL_ONLY - dt.timedelta(days=1),
            ).verdict
        ),
        Verdict.NOT_APPLICABLE,
    ),
    *(
        passing(
            CONSULTATION,
            Text(f"{zone}周边意见已取得", f"opinion held near {zone}"),
            lambda law, zone=zone: judge_margin(law, (Nearby(zone, 100),), _YES, None, MUNICIPAL_ONLY).verdict,
            Verdict.PASS,
        )
        for zone in _MILITARY
    ),
    *(
        failing(
            CONSULTATION,
            Text(f"{zone}周边未征求意见", f"no opinion near {zone}"),
            lambda law, zone=zone: judge_margin(law, (Nearby(zone, 100),), None, None, MUNICIPAL_ONLY).verdict,
            Verdict.BLOCKED,
        )
        for zone in _MILITARY
    ),
    failing(
        CONSULTATION,
        Text("意见为否定", "a negative opinion"),
        lambda law: judge_margin(law, (Nearby("military_forbidden", 1),), _NO, None, MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        CONSULTATION,
        Text("判定距离上为周边", "at the very margin"),
        lambda law: judge_margin(law, (Nearby("military_forbidden", 500),), None, None, MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        CONSULTATION,
        Text("超出判定距离一米", "one metre beyond"),
        lambda law: judge_margin(law, (Nearby("military_forbidden", 501),), None, None, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    passing(
        CONSENT,
        Text("涉密单位事先同意", "consent came first"),
        lambda law: (
            judge_margin(law, (Nearby("classified_unit", 10),), Reply(True, True, FIRST_BOTH), BOTH, BOTH).verdict
        ),
        Verdict.PASS,
    ),
    *(
        failing(
            CONSENT,
            Text(f"{zone}周边未征得同意", f"no consent near {zone}"),
            lambda law, zone=zone: CONSENT in judge_margin(law, (Nearby(zone, 10),), None, None, BOTH).keys,
            True,
        )
        for zone in (*_MILITARY, "classified_unit")
    ),
    failing(
        CONSENT,
        Text("先安装后同意", "consent came after installing"),
        lambda law: (
            judge_margin(law, (Nearby("classified_unit", 10),), Reply(True, True, BOTH), FIRST_BOTH, BOTH).verdict
        ),
        Verdict.BLOCKED,
    ),
    boundary(
        CONSENT,
        Text("安装当日取得同意", "consent on the day of installing"),
        lambda law: judge_margin(law, (Nearby("classified_unit", 10),), Reply(True, True, BOTH), BOTH, BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        CONSENT,
        Text("条例施行前不及于其他涉密单位", "before the regulation only military zones counted"),
        lambda law: judge_margin(law, (Nearby("classified_unit", 10),), None, None, LAST_MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
)
