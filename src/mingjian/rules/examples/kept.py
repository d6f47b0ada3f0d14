"""Examples: what a retention proof says (qd204 19(6), 19(7), 20(3); sc799 15.1, 17)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.kept import (
    NO_TAMPERING,
    SECURITY_PROGRAMME,
    STORED_QUALITY,
    ProvedFacts,
    QualityProfile,
    StoredQuality,
    default_profile,
    judge_kept,
    judge_original,
    judge_stored_quality,
)
from mingjian.rules.retention import MUNICIPAL, NATIONAL

_MALL = frozenset({"shopping_centre"})
_TARGET = frozenset({"counter_terrorism_target"})
_WHOLE = ProvedFacts(MUNICIPAL_ONLY - dt.timedelta(days=1), None, True, 0, 0)
_BOTH = replace(_WHOLE, day=BOTH - dt.timedelta(days=1))
_ALTERED = replace(_WHOLE, altered=1)
_FULL_HD = StoredQuality(1080, 25_000, 4_000_000)


def _deleted(facts: ProvedFacts, days_ago: int) -> ProvedFacts:
    """Footage deleted of the day so many days before the last one of the window."""
    return replace(facts, deleted_until=facts.day - dt.timedelta(days=days_ago))


EXAMPLES: tuple[Example, ...] = (
    passing(
        MUNICIPAL,
        Text("留存证明齐全", "everything recorded is there"),
        lambda law: judge_kept(law, _WHOLE, _MALL, False, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        MUNICIPAL,
        Text("窗口首日的录像被删", "footage of the window's first day was deleted"),
        lambda law: judge_kept(law, _deleted(_WHOLE, 29), _MALL, False, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        MUNICIPAL,
        Text("窗口首日之前的录像可以已删", "the day before the window may be gone"),
        lambda law: judge_kept(law, _deleted(_WHOLE, 30), _MALL, False, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    boundary(
        MUNICIPAL,
        Text("反恐重点目标的窗口为90日", "a counter-terrorism target's window is 90 days"),
        lambda law: judge_kept(law, _deleted(_WHOLE, 89), _TARGET, False, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        MUNICIPAL,
        Text("昨日没有证明", "no proof of yesterday"),
        lambda law: judge_kept(law, None, _MALL, False, MUNICIPAL_ONLY).verdict,
        Verdict.UNDECIDABLE,
    ),
    boundary(
        MUNICIPAL,
        Text("最早一帧无法解码", "the oldest frame does not decode"),
        lambda law: judge_kept(law, replace(_WHOLE, decodes=False), _MALL, False, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    failing(
        NATIONAL,
        Text("窗口首日的录像被删，两部规定均不符合", "both packs are broken"),
        lambda law: NATIONAL in judge_kept(law, _deleted(_BOTH, 29), _MALL, True, BOTH).keys,
        True,
    ),
    boundary(
        NATIONAL,
        Text("第七条以外场所只看办法", "outside article 7 only the municipal rule speaks"),
        lambda law: NATIONAL in judge_kept(law, _deleted(_BOTH, 29), _MALL, False, BOTH).keys,
        False,
    ),
    passing(
        NO_TAMPERING,
        Text("抽样一致", "samples agree"),
        lambda law: judge_original(law, _WHOLE, False, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        NO_TAMPERING,
        Text("一个抽样被改动", "one sample was altered"),
        lambda law: judge_original(law, _ALTERED, False, MUNICIPAL_ONLY).verdict,
        Verdict.FAIL,
    ),
    boundary(
        NO_TAMPERING,
        Text("缺失不等于改动", "missing is not altered"),
        lambda law: judge_original(law, replace(_WHOLE, missing=3), False, MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    passing(
        SECURITY_PROGRAMME,
        Text("原始完整", "original and whole"),
        lambda law: SECURITY_PROGRAMME in judge_original(law, _BOTH, True, BOTH).keys,
        True,
    ),
    failing(
        SECURITY_PROGRAMME,
        Text("抽样被改动", "a sample was altered"),
        lambda law: SECURITY_PROGRAMME in judge_original(law, replace(_BOTH, altered=2), True, BOTH).keys,
        True,
    ),
    boundary(
        SECURITY_PROGRAMME,
        Text("第七条以外场所不适用", "outside article 7"),
        lambda law: judge_original(law, replace(_BOTH, altered=2), False, BOTH).keys,
        (NO_TAMPERING,),
    ),
    passing(
        STORED_QUALITY,
        Text("1080线25帧", "1080 lines, 25 pictures a second"),
        lambda law: judge_stored_quality(law, _FULL_HD, default_profile(law), MUNICIPAL_ONLY).verdict,
        Verdict.PASS,
    ),
    failing(
        STORED_QUALITY,
        Text("实测每秒8帧", "8 pictures a second as measured"),
        lambda law: (
            judge_stored_quality(law, replace(_FULL_HD, fps_milli=8_000), default_profile(law), MUNICIPAL_ONLY).verdict
        ),
        Verdict.FAIL,
    ),
    boundary(
        STORED_QUALITY,
        Text("恰好等于系统要求", "exactly what the system's profile asks"),
        lambda law: (
            judge_stored_quality(
                law, _FULL_HD, QualityProfile(1080, 25_000, 4_000_000, "GB 37300"), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.PASS,
    ),
    boundary(
        STORED_QUALITY,
        Text("差一线", "one line short"),
        lambda law: (
            judge_stored_quality(
                law, replace(_FULL_HD, height=1079), QualityProfile(1080, 25_000, 0, "GB 37300"), MUNICIPAL_ONLY
            ).verdict
        ),
        Verdict.FAIL,
    ),
    boundary(
        STORED_QUALITY,
        Text("没有录像可测", "nothing to measure"),
        lambda law: judge_stored_quality(law, None, default_profile(law), MUNICIPAL_ONLY).verdict,
        Verdict.UNDECIDABLE,
    ),
)
