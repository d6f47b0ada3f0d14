"""Sound (sc799 8.1.4, eavesdropping): off unless its basis is recorded, and never where it overhears privacy."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

EAVESDROPPING = "sc799.prohibited.spying_or_eavesdropping"


@dataclass(frozen=True, slots=True)
class Sound:
    """Whether sound is recorded, its legal basis ("" for none), and whether it could overhear others' privacy."""

    enabled: bool
    basis: str = ""
    overhears_privacy: bool | None = None


def judge_sound(law: Law, sound: Sound, on: dt.date) -> Judgement:
    """PASS off, or on with a basis where nothing private is overheard."""
    clause = law.ask(EAVESDROPPING, on)
    if isinstance(clause, Judgement):
        return clause
    if "eavesdrop" not in clause.names("ways"):
        return judge(Verdict.NOT_APPLICABLE, (clause,), Text("本条不涉及窃听", "the clause does not speak of sound"))
    if not sound.enabled:
        return judge(Verdict.PASS, (clause,), Text("未开启音频采集", "sound is off"))
    if sound.overhears_privacy:
        return judge(
            Verdict.BLOCKED,
            (clause,),
            Text("音频采集能够窃听他人隐私，禁止开启", "sound would overhear others' privacy"),
            Text("关闭音频采集", "turn sound off"),
        )
    if not sound.basis.strip():
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("开启音频采集但未登记依据", "sound is on without a recorded basis"),
            Text("关闭音频采集，或者登记法定依据和必要性", "turn sound off, or record its legal basis and necessity"),
        )
    if sound.overhears_privacy is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("未核定音频采集是否及于他人隐私", "whether sound overhears privacy is not assessed"),
            Text("现场核定拾音范围", "assess on the spot what can be heard"),
        )
    return judge(Verdict.PASS, (clause,), Text("音频采集依据已登记，不及于他人隐私", "sound has a recorded basis"))
