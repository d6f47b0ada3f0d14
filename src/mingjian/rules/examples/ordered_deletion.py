"""Examples: a deletion decision of public security (sc799 26, 27.1, 28)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

from dataclasses import replace

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.ordered_deletion import GROUNDS, DeletionOrder, judge_order

_ORDER = DeletionOrder("", True, "明公(东)责删〔2025〕3号", frozenset({"甲", "乙"}), True)

EXAMPLES: tuple[Example, ...] = tuple(
    example
    for ground in GROUNDS
    for example in (
        passing(
            ground,
            Text("两人录入并已固定证据", "two people, evidence preserved"),
            lambda law, g=ground: judge_order(law, replace(_ORDER, ground=g), BOTH).verdict,
            Verdict.PASS,
        ),
        failing(
            ground,
            Text("没有书面决定", "no written decision"),
            lambda law, g=ground: judge_order(law, replace(_ORDER, ground=g, number=" "), BOTH).verdict,
            Verdict.BLOCKED,
        ),
        boundary(
            ground,
            Text("只有一人录入", "one person only"),
            lambda law, g=ground: judge_order(law, replace(_ORDER, ground=g, people=frozenset({"甲"})), BOTH).verdict,
            Verdict.SUSPENDED,
        ),
        boundary(
            ground,
            Text("尚未固定证据", "evidence not preserved yet"),
            lambda law, g=ground: judge_order(law, replace(_ORDER, ground=g, evidence_preserved=False), BOTH).verdict,
            Verdict.SUSPENDED,
        ),
        boundary(
            ground,
            Text("条例施行前不能据此删除", "not before the regulation was in force"),
            lambda law, g=ground: judge_order(law, replace(_ORDER, ground=g), LAST_MUNICIPAL_ONLY).verdict,
            Verdict.NOT_APPLICABLE,
        ),
    )
)
