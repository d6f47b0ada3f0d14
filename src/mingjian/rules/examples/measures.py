"""Examples: measures against abuse and leaks, taken together (sc799 16.2)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.measures import MEASURES, NAMES, judge_measures

_ALL = dict.fromkeys(NAMES, True)

EXAMPLES: tuple[Example, ...] = (
    passing(
        MEASURES, Text("四项措施均已落实", "all four in place"), lambda law: judge_measures(law, _ALL, BOTH).verdict,
        Verdict.PASS,
    ),
    *(
        failing(
            MEASURES, Text(f"缺少{text.zh}", f"without {text.en}"),
            lambda law, name=name: judge_measures(law, {**_ALL, name: False}, BOTH).verdict, Verdict.FAIL,
        )
        for name, text in NAMES.items()
    ),
    boundary(
        MEASURES, Text("未提及的措施视为未落实", "what nobody speaks of is not in place"),
        lambda law: judge_measures(law, {}, BOTH).verdict, Verdict.FAIL,
    ),
    boundary(
        MEASURES, Text("条例施行前一日", "the day before the regulation"),
        lambda law: judge_measures(law, {}, LAST_MUNICIPAL_ONLY).verdict, Verdict.NOT_APPLICABLE,
    ),
)  # fmt: skip
