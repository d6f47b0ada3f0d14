"""What a retention proof says under the law: kept long enough (qd204 19(7); sc799 17), original (qd204 20(3); sc799
15.1), good enough (qd204 19(6)).

The facts are those of a certificate (docs/design/retention.md). What was never recorded is not "not kept": that is what
completeness measures, and faults explain.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.exemptions import governing
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge
from mingjian.rules.retention import MUNICIPAL, NATIONAL, retention_minimum

STORED_QUALITY = "qd204.operation.stored_quality"
NO_TAMPERING = "qd204.use.no_tampering"
SECURITY_PROGRAMME = "sc799.operation.security_programme"
LEAST_HEIGHT = "policy.stored_quality.least_height"
LEAST_FRAME_RATE = "policy.stored_quality.least_frames_per_second"


@dataclass(frozen=True, slots=True)
class ProvedFacts:
    """What the certificate of a camera says. `day`: the last day of its window.

    `deleted_until`: the last day inside the window of which footage was deleted by age, None when none was;
    `decodes`: whether the oldest frame does, None when nothing is recorded; `altered`, `missing`: samples that were.
    """

    day: dt.date
    deleted_until: dt.date | None
    decodes: bool | None
    altered: int
    missing: int


@dataclass(frozen=True, slots=True)
class StoredQuality:
    """As measured on stored footage: height in lines, pictures in thousandths a second, bits a second."""

    height: int
    fps_milli: int
    bitrate_bps: int


@dataclass(frozen=True, slots=True)
class QualityProfile:
    """What is asked of a system's footage, and on what basis: a national standard that governs it, or a policy."""

    height: int
    fps_milli: int
    bitrate_bps: int
    basis: str = ""


def default_profile(law: Law) -> QualityProfile:
    """Where nothing was said for a system: the operator's policy."""
    return QualityProfile(law.policy_number(LEAST_HEIGHT), law.policy_number(LEAST_FRAME_RATE) * 1000, 0)


def judge_kept(
    law: Law, facts: ProvedFacts | None, kinds: frozenset[str], listed_in_article_7: bool | None, on: dt.date
) -> Judgement:
    """Whether what was recorded is there for the least time of packs and overlays. FAIL names the day.

    Without a proof of yesterday UNDECIDABLE: nothing is known, which is no PASS.
    """
    answers = [law.ask(MUNICIPAL, on), governing(law, NATIONAL, listed_in_article_7 is not False, on)]
    days = retention_minimum(law, kinds, listed_in_article_7, on).days
    return strictest(answer if isinstance(answer, Judgement) else _kept(answer, facts, days, on) for answer in answers)


def _kept(clause: Clause, facts: ProvedFacts | None, days: int, on: dt.date) -> Judgement:
    if facts is None or facts.day < on - dt.timedelta(days=1):
        return judge(
            Verdict.UNDECIDABLE, (clause,), Text("没有昨日的留存证明", "there is no proof of yesterday"),
            Text("出具留存证明", "have it proved"),
        )  # fmt: skip
    first = facts.day - dt.timedelta(days=max(days, clause.number("days")) - 1)
    if facts.deleted_until is not None and facts.deleted_until >= first:
        return judge(
            Verdict.FAIL, (clause,),
            Text(
                f"{facts.deleted_until.isoformat()}的录像在保存期限内被删除",
                f"footage of {facts.deleted_until.isoformat()} was deleted inside the period",
            ),
            Text("查明原因，按规定期限保存", "find out why, and keep it as long as it must be"),
        )  # fmt: skip
    if facts.decodes is False or facts.missing:
        return judge(
            Verdict.FAIL, (clause,),
            Text("保存期限内的录像缺失或者无法解码", "footage inside the period is missing or does not decode"),
            Text("检查存储并修复", "check the store and repair it"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("保存期限内的录像均在", "what was recorded is there"))


def judge_original(law: Law, facts: ProvedFacts, listed_in_article_7: bool | None, on: dt.date) -> Judgement:
    """Whether samples are byte for byte what was recorded. FAIL is a finding, not yet whose doing it is."""
    answers = [law.ask(NO_TAMPERING, on), governing(law, SECURITY_PROGRAMME, listed_in_article_7 is not False, on)]
    return strictest(
        answer if isinstance(answer, Judgement) else _original(answer, facts.altered) for answer in answers
    )


def _original(clause: Clause, altered: int) -> Judgement:
    if altered:
        return judge(
            Verdict.FAIL, (clause,),
            Text(f"{altered}个抽样片段与记录时的摘要不符", f"{altered} samples are not what was recorded"),
            Text("封存现场，运行账本审计", "leave everything as it is and run the ledger's audit"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("抽样与记录时的摘要一致", "samples are as they were recorded"))


def judge_stored_quality(law: Law, measured: StoredQuality | None, profile: QualityProfile, on: dt.date) -> Judgement:
    """Stored quality as measured against what is asked of the system; the law names national standards, no figures."""
    clause = law.ask(STORED_QUALITY, on)
    if isinstance(clause, Judgement):
        return clause
    policies = () if profile.basis else (LEAST_HEIGHT, LEAST_FRAME_RATE)
    if measured is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("没有可测量的录像", "there is no footage to measure"),
            Text("检查录像是否正常存储", "see whether footage is stored at all"),
            policies=policies,
        )
    low = [
        text
        for text, found, least in (
            (Text("分辨率", "resolution"), measured.height, profile.height),
            (Text("帧率", "frame rate"), measured.fps_milli, profile.fps_milli),
            (Text("码率", "bitrate"), measured.bitrate_bps, profile.bitrate_bps),
        )
        if found < least
    ]
    if low:
        named = listed(low)
        return judge(
            Verdict.FAIL, (clause,),
            Text(f"实测存储质量低于要求：{named.zh}", f"stored quality as measured is too low: {named.en}"),
            Text("调整摄像机或码流设置", "change the camera's or the stream's settings"), policies=policies,
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("实测存储质量符合要求", "stored quality is as asked"), policies=policies)
