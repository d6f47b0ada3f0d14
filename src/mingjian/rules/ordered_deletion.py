"""The one exception to keeping (requirement of qd204 19(7); sc799 26, 27.1, 28): public security orders that footage
collected by an unlawful installation be deleted.

That two people enter it and that evidence is preserved first is the operator's policy: the law speaks of the order only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

UNAUTHORISED = "sc799.penalty.unauthorised"
PROHIBITED_PLACE = "sc799.penalty.prohibited_place"
NO_CONSENT = "sc799.penalty.no_consent"
GROUNDS = (UNAUTHORISED, PROHIBITED_PLACE, NO_CONSENT)
PEOPLE = "policy.deletion_order.people"


@dataclass(frozen=True, slots=True)
class DeletionOrder:
    """A decision as entered. `ground`: one of GROUNDS; `number`: of the written decision; `people`: who entered it."""

    ground: str
    by_public_security: bool
    number: str
    people: frozenset[str]
    evidence_preserved: bool


def judge_order(law: Law, order: DeletionOrder, on: dt.date) -> Judgement:
    """Whether footage inside the period may be deleted by this decision now. BLOCKED says what is missing."""
    clause = law.ask(order.ground, on)
    if isinstance(clause, Judgement):
        return clause
    if not order.by_public_security or not order.number.strip():
        return judge(
            Verdict.BLOCKED, (clause,),
            Text("只有公安机关的书面决定可以责令删除", "only a written decision of public security orders deletion"),
            Text("由公安机关录入决定及文号", "have public security enter its decision with its number"),
        )  # fmt: skip
    if len(order.people) < law.policy_number(PEOPLE):
        return judge(
            Verdict.SUSPENDED, (clause,),
            Text("须由另一人复核录入", "a second person has to confirm it"),
            Text("由同一机关的另一名民警复核", "have another officer of the organ confirm it"), policies=(PEOPLE,),
        )  # fmt: skip
    if not order.evidence_preserved:
        return judge(
            Verdict.SUSPENDED, (clause,),
            Text("删除前须先固定证据", "evidence is preserved before anything is deleted"),
            Text("登记证据包的摘要", "give the digest of the evidence package"),
        )  # fmt: skip
    return judge(
        Verdict.PASS, (clause,), Text("依公安机关决定删除", "deleted by the decision of public security"),
        policies=(PEOPLE,),
    )  # fmt: skip
