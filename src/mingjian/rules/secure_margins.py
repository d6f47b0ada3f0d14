"""Around military and classified units (qd204 7.3 consultation; sc799 10 prior consent).

A missing or negative reply blocks. Where a zone lies may itself be secret: no reason or remedy given here tells which
zone, how far or in which direction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

CONSULTATION = "qd204.margin.military_consultation"
CONSENT = "sc799.margin.prior_consent"
MARGIN = "policy.margin.metres"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the unit answered: `positive` None while it has not answered; `attached` whether its paper is on file."""

    positive: bool | None
    attached: bool
    given_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Nearby:
    """A zone near the site: `zone` is military_forbidden, military_administrative or classified_unit."""

    zone: str
    distance_metres: int


def judge_margin(
    law: Law, nearby: tuple[Nearby, ...], reply: Reply | None, installed_on: dt.date | None, on: dt.date
) -> Judgement:
    """Whether the site may be built as far as these zones go. `installed_on` None means not yet installed."""
    near = frozenset(zone.zone for zone in nearby if zone.distance_metres <= law.policy_number(MARGIN))
    return strictest(
        (
            _reply_under(law, CONSULTATION, near, reply, None, on),
            _reply_under(law, CONSENT, near, reply, installed_on, on),
        )
    )


def _reply_under(
    law: Law, key: str, near: frozenset[str], reply: Reply | None, installed_on: dt.date | None, on: dt.date
) -> Judgement:
    clause = law.ask(key, on)
    if isinstance(clause, Judgement):
        return clause
    if not near & set(clause.names("zones")):
        return judge(
            Verdict.PASS, (clause,), Text("无须征求意见或者征得同意", "no reply is needed here"), policies=(MARGIN,)
        )
    paper = Text("同意文件", "consent") if key == CONSENT else Text("意见", "opinion")
    if reply is None or reply.positive is None or not reply.attached:
        return _blocked(
            clause,
            Text(
                f"依法须取得有关单位{paper.zh}，尚未取得", f"the {paper.en} of the unit concerned is needed and missing"
            ),
            Text(f"取得并上传有关单位的书面{paper.zh}", f"obtain and attach the written {paper.en}"),
        )
    if not reply.positive:
        return _blocked(
            clause,
            Text(f"有关单位的{paper.zh}为否定", f"the {paper.en} of the unit concerned is negative"),
            Text("调整点位后重新征求", "move the point and ask again"),
        )
    if installed_on is not None and (reply.given_on is None or reply.given_on > installed_on):
        return _blocked(
            clause,
            Text("未事先征得同意即已安装", "it was installed before consent was given"),
            Text("停止使用并报告公安机关处理", "stop using it and report to public security"),
        )
    return judge(
        Verdict.PASS, (clause,), Text(f"已取得有关单位{paper.zh}", f"the {paper.en} is on file"), policies=(MARGIN,)
    )


def _blocked(clause: Clause, reason: Text, remedy: Text) -> Judgement:
    return judge(Verdict.BLOCKED, (clause,), reason, remedy, (MARGIN,))
