"""Examples: how long recordings are kept (qd204 19(7); sc799 17; overlays)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.day_count import end_of_day_ns
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, MUNICIPAL_ONLY, OLD_TEXT
from mingjian.rules.judgement import Verdict
from mingjian.rules.retention import (
    MUNICIPAL,
    NATIONAL,
    deletion_due,
    judge_deletion,
    judge_setting,
    retention_minimum,
)

_MALL = frozenset({"shopping_centre"})
_D30 = end_of_day_ns(dt.date(2021, 7, 1))  # 24:00 of day D+30 for a recording of 2021-06-01
_N30 = end_of_day_ns(dt.date(2025, 7, 2))

EXAMPLES: tuple[Example, ...] = (
    passing(
        MUNICIPAL,
        Text("设为30日", "set to 30 days"),
        lambda law: judge_setting(law, 30, _MALL, False, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        MUNICIPAL,
        Text("设为29日", "set to 29 days"),
        lambda law: judge_setting(law, 29, _MALL, False, MUNICIPAL_ONLY).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        MUNICIPAL,
        Text("第三十日24时前一瞬不得删除", "the last instant of day D+30"),
        lambda law: judge_deletion(law, MUNICIPAL_ONLY, _MALL, False, _D30 - 1).verdict,
        Verdict.BLOCKED,
    ),
    boundary(
        MUNICIPAL,
        Text("第三十日24时起可以删除", "from 24:00 of day D+30"),
        lambda law: judge_deletion(law, MUNICIPAL_ONLY, _MALL, False, _D30).verdict,
        Verdict.PASS,
    ),
    boundary(
        MUNICIPAL,
        Text("未收录文本之日的录像不得推定可删", "no text held: nothing may go"),
        lambda law: judge_deletion(law, OLD_TEXT, _MALL, False, _N30).verdict,
        Verdict.UNDETERMINED,
    ),
    boundary(
        MUNICIPAL,
        Text("反恐重点目标90日", "a counter-terrorism target: 90 days"),
        lambda law: retention_minimum(law, frozenset({"counter_terrorism_target"}), False, MUNICIPAL_ONLY).days,
        90,
    ),
    passing(
        NATIONAL,
        Text("30日内保存", "kept within 30 days"),
        lambda law: deletion_due(law, BOTH, True, True, _N30 - 1).verdict,
        Verdict.PASS,
    ),
    failing(
        NATIONAL,
        Text("期满且目的已实现未删除", "over, achieved and not deleted"),
        lambda law: deletion_due(law, BOTH, True, True, _N30).verdict,
        Verdict.DUE,
    ),
    boundary(
        NATIONAL,
        Text("期满目的未实现可以续存", "over, not yet achieved"),
        lambda law: deletion_due(law, BOTH, False, True, _N30).verdict,
        Verdict.PASS,
    ),
    boundary(
        NATIONAL,
        Text("29日不符合两部规定", "29 days breaks both packs"),
        lambda law: NATIONAL in judge_setting(law, 29, _MALL, True, BOTH).keys,
        True,
    ),
    boundary(
        NATIONAL,
        Text("30日符合条例", "30 days keeps the regulation"),
        lambda law: judge_setting(law, 30, _MALL, True, BOTH).verdict,
        Verdict.PASS,
    ),
    boundary(
        NATIONAL,
        Text("第七条以外场所不适用", "outside article 7"),
        lambda law: deletion_due(law, BOTH, True, False, _N30).verdict,
        Verdict.NOT_APPLICABLE,
    ),
)
