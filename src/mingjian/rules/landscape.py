"""Harmony with the landscape (qd204 6.3): encouraged, so that it advises and never fails."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

LANDSCAPE = "qd204.plan.landscape"


def judge_landscape(law: Law, note: str, on: dt.date) -> Judgement:
    """PASS with a landscape note of the site; ADVISED without (FAIL only if the clause were binding)."""
    clause = law.ask(LANDSCAPE, on)
    if isinstance(clause, Judgement):
        return clause
    if note.strip():
        return judge(Verdict.PASS, (clause,), Text("已说明与景观环境协调情况", "the site has a landscape note"))
    verdict = Verdict.FAIL if clause.flag("binding") else Verdict.ADVISED
    return judge(
        verdict,
        (clause,),
        Text("鼓励与景观环境协调一致，建议补充说明", "harmony with the landscape is encouraged: a note is advised"),
        Text("补充景观协调说明", "add a landscape note"),
    )
