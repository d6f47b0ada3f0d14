"""By which ways a filing may arrive (qd204 16.3: letters, cable, fax, EDI, e-mail "and the like")."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

CHANNELS = "qd204.filing.channels"
# "and the like": ways of this system that are data interchange by another name.
LIKE_THE_NAMED = frozenset({"web", "api"})


def judge_channel(law: Law, channel: str, on: dt.date) -> Judgement:
    """PASS a way the clause names or one like it; FAIL a way that leaves nothing to keep."""
    clause = law.ask(CHANNELS, on)
    if isinstance(clause, Judgement):
        return clause
    if channel in clause.names("channels"):
        return judge(Verdict.PASS, (clause,), Text("属于规定的备案形式", "a way the clause names"))
    if channel in LIKE_THE_NAMED:
        return judge(Verdict.PASS, (clause,), Text("属于“等形式”中的电子形式", "an electronic way like those named"))
    return judge(
        Verdict.FAIL,
        (clause,),
        Text("不是规定的备案形式，无法留存", "not a way of filing: nothing is kept"),
        Text(
            "改用信函、电传、传真、电子数据交换、电子邮件或者网上填报",
            "use letter, cable, fax, EDI, e-mail or the web form",
        ),
    )
