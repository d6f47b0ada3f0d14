"""Examples: filing clocks, contents, truth, channels, removal, transition (qd204 16, 35; sc799 14)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.change_filing import judge_change
from mingjian.rules.day_count import UNKNOWN_DATE, DatedFact, Precision, on_day
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, MUNICIPAL_ONLY
from mingjian.rules.filing_channels import CHANNELS, judge_channel
from mingjian.rules.filing_clock import (
    ACCEPTANCE,
    ENTRY_INTO_USE,
    REMOVAL,
    Correction,
    FilingEvents,
    Submission,
    judge_filing,
)
from mingjian.rules.filing_contents import (
    ASKED_ONCE,
    TRUTHFUL,
    Filing,
    judge_asking,
    judge_contents,
    judge_filer,
    judge_truth,
    parts_to_ask,
)
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Law
from mingjian.rules.transition import TRANSITION, judge_transition

_PARTS = ("unit", "location", "devices_number", "devices_kind", "storage_period")
_SHAREABLE = ("unified_social_credit_code", "unit", "location", "business_licence")
_FACTS = {part: "甲" for part in _PARTS}
_LATER = dt.date(2022, 1, 1)


def _filed(law: Law, events: FilingEvents, filed: dt.date | None, today: dt.date = _LATER) -> Verdict:
    return judge_filing(law, events, Submission(filed), today).verdict


_ACCEPTED = FilingEvents(accepted=on_day(2021, 5, 1))
_REMOVED = FilingEvents(removed=on_day(2021, 5, 1))
_ENTERED = FilingEvents(entered_use=on_day(2025, 5, 1))
_IN_USE_BEFORE = FilingEvents(entered_use=on_day(2021, 5, 1))
_OLD = on_day(2009, 6, 1)
_PROHIBITED = frozenset({"qd204.prohibited.rooms"})

EXAMPLES: tuple[Example, ...] = (
    passing(
        ACCEPTANCE,
        Text("验收次日备案", "filed the day after acceptance"),
        lambda law: _filed(law, _ACCEPTED, dt.date(2021, 5, 2)),
        Verdict.PASS,
    ),
    passing(
        ACCEPTANCE,
        Text("建设单位备案", "the building unit files"),
        lambda law: (
            judge_filer(law, Filing("acceptance", frozenset({"building_unit"}), frozenset()), MUNICIPAL_ONLY).verdict
        ),
        Verdict.PASS,
    ),
    failing(
        ACCEPTANCE,
        Text("施工单位备案", "the contractor files"),
        lambda law: (
            judge_filer(law, Filing("acceptance", frozenset({"contractor"}), frozenset()), MUNICIPAL_ONLY).verdict
        ),
        Verdict.FAIL,
    ),
    failing(
        ACCEPTANCE,
        Text("缺少图纸等资料", "no drawings"),
        lambda law: (
            "drawings"
            in parts_to_ask(law, Filing("acceptance", frozenset({"building_unit"}), frozenset()), MUNICIPAL_ONLY)
        ),
        True,
    ),
    boundary(
        ACCEPTANCE,
        Text("第三十日备案", "filed on day 30"),
        lambda law: _filed(law, _ACCEPTED, dt.date(2021, 5, 31)),
        Verdict.PASS,
    ),
    boundary(
        ACCEPTANCE,
        Text("第三十一日备案", "filed on day 31"),
        lambda law: _filed(law, _ACCEPTED, dt.date(2021, 6, 1)),
        Verdict.FAIL,
    ),
    boundary(
        ACCEPTANCE,
        Text("期内提交、逾期补正", "submitted in time, corrected late"),
        lambda law: (
            judge_filing(
                law,
                _ACCEPTED,
                Submission(dt.date(2021, 5, 31), (Correction(dt.date(2021, 6, 10), dt.date(2021, 6, 11)),)),
                _LATER,
            ).verdict
        ),
        Verdict.FAIL,
    ),
    boundary(
        ACCEPTANCE,
        Text("验收日期不明", "the day of acceptance is unknown"),
        lambda law: _filed(law, FilingEvents(accepted=UNKNOWN_DATE), dt.date(2021, 5, 2)),
        Verdict.UNDECIDABLE,
    ),
    boundary(
        ACCEPTANCE,
        Text("只知验收月份，月中备案不能判定", "known to the month"),
        lambda law: _filed(
            law, FilingEvents(accepted=DatedFact(dt.date(2021, 5, 1), Precision.MONTH)), dt.date(2021, 6, 10)
        ),
        Verdict.UNDECIDABLE,
    ),
    boundary(
        ACCEPTANCE,
        Text("2015年验收，不作推定", "accepted in 2015: not guessed"),
        lambda law: _filed(law, FilingEvents(accepted=on_day(2015, 5, 1)), None),
        Verdict.UNDETERMINED,
    ),
    passing(
        REMOVAL,
        Text("拆除后一周备案", "filed a week after removal"),
        lambda law: _filed(law, _REMOVED, dt.date(2021, 5, 8)),
        Verdict.PASS,
    ),
    failing(REMOVAL, Text("拆除后未备案", "never filed"), lambda law: _filed(law, _REMOVED, None), Verdict.FAIL),
    failing(
        REMOVAL,
        Text("由建设单位备案", "the building unit files a removal"),
        lambda law: (
            judge_filer(law, Filing("removal", frozenset({"building_unit"}), frozenset()), MUNICIPAL_ONLY).verdict
        ),
        Verdict.FAIL,
    ),
    passing(
        REMOVAL,
        Text("由使用单位备案", "the using unit files"),
        lambda law: judge_filer(law, Filing("removal", frozenset({"using_unit"}), frozenset()), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        REMOVAL, Text("第三十日", "day 30"), lambda law: _filed(law, _REMOVED, dt.date(2021, 5, 31)), Verdict.PASS
    ),
    boundary(
        REMOVAL, Text("第三十一日", "day 31"), lambda law: _filed(law, _REMOVED, dt.date(2021, 6, 1)), Verdict.FAIL
    ),
    *(
        passing(
            CHANNELS,
            Text(f"以{channel}提出", f"by {channel}"),
            lambda law, channel=channel: judge_channel(law, channel, MUNICIPAL_ONLY).verdict,
            Verdict.PASS,
        )
        for channel in ("letter", "cable", "fax", "edi", "email")
    ),
    failing(
        CHANNELS,
        Text("口头提出", "by word of mouth"),
        lambda law: judge_channel(law, "oral", MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        CHANNELS,
        Text("网上填报属于“等形式”", "the web form is like those named"),
        lambda law: judge_channel(law, "web", MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    passing(
        ENTRY_INTO_USE,
        Text("投入使用一周内备案", "filed within a week"),
        lambda law: _filed(law, _ENTERED, dt.date(2025, 5, 8), BOTH),
        Verdict.PASS,
    ),
    passing(
        ENTRY_INTO_USE,
        Text("管理单位备案", "the managing unit files"),
        lambda law: judge_filer(law, Filing("entry_into_use", frozenset({"managing_unit"}), frozenset()), BOTH).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            ENTRY_INTO_USE,
            Text(f"备案信息缺少{part}", f"without {part}"),
            lambda law, part=part: part in parts_to_ask(law, Filing("entry_into_use", frozenset(), frozenset()), BOTH),
            True,
        )
        for part in _PARTS
    ),
    failing(
        ENTRY_INTO_USE,
        Text("设备数量变化未变更备案", "a change not filed"),
        lambda law: judge_change(law, _FACTS, {**_FACTS, "devices_number": "乙"}, BOTH, None, BOTH).verdict,
        Verdict.DUE,
    ),
    boundary(
        ENTRY_INTO_USE,
        Text("第三十日", "day 30"),
        lambda law: _filed(law, _ENTERED, dt.date(2025, 5, 31), BOTH),
        Verdict.PASS,
    ),
    boundary(
        ENTRY_INTO_USE,
        Text("第三十一日", "day 31"),
        lambda law: _filed(law, _ENTERED, dt.date(2025, 6, 1), BOTH),
        Verdict.FAIL,
    ),
    boundary(
        ENTRY_INTO_USE,
        Text("施行前已启用,2025年6月30日备案", "in use before: day 90"),
        lambda law: _filed(law, _IN_USE_BEFORE, dt.date(2025, 6, 30), dt.date(2025, 7, 9)),
        Verdict.PASS,
    ),
    boundary(
        ENTRY_INTO_USE,
        Text("施行前已启用,2025年7月1日备案", "in use before: day 91"),
        lambda law: _filed(law, _IN_USE_BEFORE, dt.date(2025, 7, 1), dt.date(2025, 7, 9)),
        Verdict.FAIL,
    ),
    boundary(
        ENTRY_INTO_USE,
        Text("施行当日投入使用，适用30日", "entered use on the first day: 30 days"),
        lambda law: _filed(law, FilingEvents(entered_use=on_day(2025, 4, 1)), dt.date(2025, 5, 2), dt.date(2025, 5, 9)),
        Verdict.FAIL,
    ),
    boundary(
        ENTRY_INTO_USE,
        Text("第七条以外场所免予备案", "outside article 7"),
        lambda law: _filed(law, FilingEvents(entered_use=on_day(2025, 5, 1), listed_in_article_7=False), None, BOTH),
        Verdict.NOT_APPLICABLE,
    ),
    *(
        failing(
            TRUTHFUL,
            Text(f"{part}与实际不符", f"{part} is false"),
            lambda law, part=part: judge_truth(law, _FACTS, {part: "乙"}, True, BOTH).verdict,
            Verdict.FAIL,
        )
        for part in _PARTS
    ),
    passing(
        TRUTHFUL,
        Text("核对属实", "checked and true"),
        lambda law: judge_truth(law, _FACTS, _FACTS, True, BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        TRUTHFUL,
        Text("尚未核对，不推定属实", "not checked: not presumed true"),
        lambda law: judge_truth(law, _FACTS, {}, True, BOTH).verdict,
        Verdict.UNDECIDABLE,
    ),
    *(
        failing(
            ASKED_ONCE,
            Text(f"已共享的{part}仍要求提供", f"{part} is shared and asked again"),
            lambda law, part=part: judge_asking(law, part, True, BOTH).verdict,
            Verdict.BLOCKED,
        )
        for part in _SHAREABLE
    ),
    passing(
        ASKED_ONCE,
        Text("不能共享的可以要求提供", "what is not shared may be asked"),
        lambda law: judge_asking(law, "unit", False, BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        ASKED_ONCE,
        Text("共享后不再列入补正", "what sharing gives is not missing"),
        lambda law: (
            "unit" in parts_to_ask(law, Filing("entry_into_use", frozenset(), frozenset(), frozenset({"unit"})), BOTH)
        ),
        False,
    ),
    boundary(
        ACCEPTANCE,
        Text("只缺材料时补正，不拒绝", "what is missing is asked for, never refused"),
        lambda law: (
            judge_contents(
                law, Filing("acceptance", frozenset({"building_unit"}), frozenset({"drawings"})), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.DUE,
    ),
    passing(
        TRANSITION,
        Text("2010年4月30日备案", "filed on 2010-04-30"),
        lambda law: judge_transition(law, _OLD, frozenset(), dt.date(2010, 4, 30), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        TRANSITION,
        Text("至今未备案", "never filed"),
        lambda law: judge_transition(law, _OLD, frozenset(), None, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        TRANSITION,
        Text("2010年5月1日备案", "filed on 2010-05-01"),
        lambda law: judge_transition(law, _OLD, frozenset(), dt.date(2010, 5, 1), MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        TRANSITION,
        Text("施行前一日建成", "built the day before"),
        lambda law: judge_transition(law, on_day(2010, 2, 28), frozenset(), None, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        TRANSITION,
        Text("施行当日建成不适用", "built on the day"),
        lambda law: judge_transition(law, on_day(2010, 3, 1), frozenset(), None, MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
    *(
        failing(
            TRANSITION,
            Text(f"违反{key}的应当拆除", f"a breach of {key} means removal"),
            lambda law, key=key: (
                "拆除" in judge_transition(law, _OLD, frozenset({key}), None, MUNICIPAL_ONLY).reason.zh
            ),
            True,
        )
        for key in ("qd204.builder.no_other", "qd204.prohibited.rooms", "qd204.privacy.measures")
    ),
)
