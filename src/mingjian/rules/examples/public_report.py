"""Examples: reports from the public (sc799 24(2))."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, FIRST_BOTH, LAST_MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.public_report import REPORTS_FROM_PUBLIC, judge_report

EXAMPLES: tuple[Example, ...] = (
    *(
        failing(
            REPORTS_FROM_PUBLIC, Text(zh, en), lambda law, kind=kind: judge_report(law, kind, BOTH).verdict, Verdict.DUE
        )
        for zh, en, kind in (
            ("试衣间内有摄像机", "a camera in a changing room", "private_room"),
            ("有人擅自安装摄像机", "somebody put up a camera without authority", "unlawful"),
        )
    ),
    *(
        passing(
            REPORTS_FROM_PUBLIC, Text(f"不属于本款：{kind}", f"another matter: {kind}"),
            lambda law, kind=kind: judge_report(law, kind, BOTH).verdict, Verdict.NOT_APPLICABLE,
        )
        for kind in ("no_sign", "obstruction", "leak", "other")
    ),
    boundary(
        REPORTS_FROM_PUBLIC, Text("条例施行当日", "the regulation's first day"),
        lambda law: judge_report(law, "unlawful", FIRST_BOTH).verdict, Verdict.DUE,
    ),
    boundary(
        REPORTS_FROM_PUBLIC, Text("条例施行前一日", "the day before"),
        lambda law: judge_report(law, "unlawful", LAST_MUNICIPAL_ONLY).verdict, Verdict.NOT_APPLICABLE,
    ),
)  # fmt: skip
