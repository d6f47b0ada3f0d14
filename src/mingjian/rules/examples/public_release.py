"""Examples: showing footage to the public (sc799 22)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

from dataclasses import replace

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.public_release import PUBLIC_RELEASE, SHOWN, Release, judge_release

_ALL = frozenset(SHOWN)
_CHECKED = Release("寻人启事，家属书面同意", _ALL, _ALL, True, frozenset({"甲", "乙"}))

EXAMPLES: tuple[Example, ...] = (
    passing(
        PUBLIC_RELEASE, Text("均已遮蔽并经第二人核验", "all protected, checked by another"),
        lambda law: judge_release(law, _CHECKED, BOTH).verdict, Verdict.PASS,
    ),
    *(
        failing(
            PUBLIC_RELEASE, Text(f"{text.zh}未遮蔽", f"not protected: {text.en}"),
            lambda law, name=name: judge_release(law, replace(_CHECKED, protected=_ALL - {name}), BOTH).verdict,
            Verdict.BLOCKED,
        )
        for name, text in SHOWN.items()
    ),
    failing(
        PUBLIC_RELEASE, Text("没有依据", "no basis"),
        lambda law: judge_release(law, replace(_CHECKED, legal_basis=" "), BOTH).verdict, Verdict.BLOCKED,
    ),
    failing(
        PUBLIC_RELEASE, Text("只说已遮蔽，没有遮蔽后的文件", "said to be protected, but there is no such copy"),
        lambda law: judge_release(law, replace(_CHECKED, redacted=False), BOTH).verdict, Verdict.BLOCKED,
    ),
    boundary(
        PUBLIC_RELEASE, Text("申请人自己核验不算", "who asks does not check it himself"),
        lambda law: judge_release(law, replace(_CHECKED, people=frozenset({"甲"})), BOTH).verdict, Verdict.SUSPENDED,
    ),
    boundary(
        PUBLIC_RELEASE, Text("画面中没有需要保护的内容", "nothing in it has to be protected"),
        lambda law: judge_release(
            law, replace(_CHECKED, shown=frozenset(), protected=frozenset(), redacted=False), BOTH
        ).verdict,
        Verdict.PASS,
    ),
    boundary(
        PUBLIC_RELEASE, Text("条例施行前一日", "the day before the regulation"),
        lambda law: judge_release(law, replace(_CHECKED, protected=frozenset()), LAST_MUNICIPAL_ONLY).verdict,
        Verdict.NOT_APPLICABLE,
    ),
)  # fmt: skip
