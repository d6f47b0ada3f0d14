"""What the public reports to public security (sc799 24(2)): cameras put up where or by whom they may not be."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

REPORTS_FROM_PUBLIC = "sc799.inspection.reports_from_public"


def judge_report(law: Law, kind: str, on: dt.date) -> Judgement:
    """What follows from a report of this kind, received that day.

    DUE: it says that articles 7(3), 8(1) or 9(1) were broken, so public security has to deal with it in time. Other
    reports are dealt with as well, but not by this clause: NOT_APPLICABLE.
    """
    clause = law.ask(REPORTS_FROM_PUBLIC, on)
    if isinstance(clause, Judgement):
        return clause
    if kind not in clause.names("reports"):
        return judge(
            Verdict.NOT_APPLICABLE, (clause,), Text("不属于违法安装的举报", "no report of a camera put up unlawfully")
        )
    return judge(
        Verdict.DUE, (clause,), Text("举报违法安装，公安机关应当依法及时处理", "a camera put up unlawfully is reported"),
        Text("领取线索并及时处理", "take the lead and deal with it in time"),
    )  # fmt: skip
