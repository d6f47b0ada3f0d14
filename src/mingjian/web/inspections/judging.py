"""Judging a lead: a person records what was done, the software shows both packs and the rule of conflict.

Nothing is decided here. What is shown is kept as a draft beside the lead; whoever decides does so after legal review.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules import penalties, transition
from mingjian.rules.day_count import DatedFact, shanghai_day
from mingjian.rules.judgement import Judgement
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.rules.penalties import CONDUCTS, Offence, PenaltyRow, PenaltyView, breaches_of
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying
from mingjian.web.dates import check_date, dated_fact
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.inspections.leads import lead_by_id
from mingjian.web.inspections.models import InspectionLead, LeadJudgement
from mingjian.web.inspections.names import JUDGED
from mingjian.web.inspections.policies import WORK
from mingjian.web.inspections.powers import require_powers

show_penalties = applying(penalties.penalties, by=JUDGED)
judge_transition = applying(transition.judge_transition, by=JUDGED)

DRAFT = Text(
    "本页由系统对照条款生成，供办案参考，不是处罚决定；是否处罚、如何处罚由有权机关经法制审核后决定",
    "made by the program from the clauses, for those who work on the lead; it decides nothing: the organ does, after "
    "legal review",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the person recorded. `built` and `done`: of a system built before the regulation (qd204 35), else ""."""

    conduct: str
    offender: str
    act_date: str
    business_use: bool = False
    refused_or_serious: bool = False
    government_duty: bool = False
    built: str = ""
    done: str = ""
    text: str = ""


def judge_lead(actor: Actor, lead_id: str, facts: Facts, expected: int | None) -> LeadJudgement:
    """Record the facts and what both packs say of them, as of the day of the act and of today.

    Raises MingjianError not_found, conflict for a closed lead, changed_meanwhile, invalid naming the field.
    """
    with transaction.atomic():
        lead = lead_by_id(actor, lead_id, lock=True)
        WORK.require(actor, lead)
        require_version(lead.version, expected)
        if lead.status == "closed":
            raise MingjianError("conflict", Text("线索已办结", "the lead is closed already"), fault=Fault.USER)
        powers = require_powers(actor, lead, JUDGED)
        law, today = current_law(), shanghai_day(wiring.clock().now_ns())
        view = show_penalties(law, _offence(facts, today), today)
        old = _transition(law, facts, today)
        shown = {
            **_view(view),
            "transition": None if old is None else old.document(),
            "statement": {"zh": DRAFT.zh, "en": DRAFT.en},
        }
        lead.version += 1
        lead.save()
        made = LeadJudgement.objects.create(
            lead=lead, number=lead.judgements.count() + 1, facts=_facts(facts), shown=shown, by_name=actor.name[:64],
            at_ns=wiring.clock().now_ns(),
        )  # fmt: skip
        rows = (*view.at_act, *view.at_decision)
        record(
            actor, JUDGED, kind="lead", object_id=lead.id, name=lead.title, after=_facts(facts), policy=WORK,
            judgements=powers if old is None else [*powers, old],
            clauses=tuple(dict.fromkeys((*breaches_of(facts.conduct), *(row.clause.key for row in rows)))),
            reason=facts.text[:500],
        )  # fmt: skip
    return made


def judgements_of(lead: InspectionLead) -> list[LeadJudgement]:
    """Every judging of the lead, in order."""
    return list(lead.judgements.order_by("number"))


def _offence(facts: Facts, today: dt.date) -> Offence:
    if facts.conduct not in CONDUCTS:
        raise refused("conduct", "没有这种违法情形", "no such conduct")
    day = dt.date.fromisoformat(check_date(facts.act_date, "act_date", exact=True))
    if day > today:
        raise refused("act_date", "行为发生日期不得晚于今日", "it cannot have been done after today")
    return Offence(
        facts.conduct, facts.offender, facts.business_use, day, facts.refused_or_serious, facts.government_duty
    )


def _transition(law: Law, facts: Facts, today: dt.date) -> Judgement | None:
    if not facts.built:
        return None
    built: DatedFact = dated_fact(check_date(facts.built, "built"))
    done = dt.date.fromisoformat(check_date(facts.done, "done", exact=True)) if facts.done else None
    return judge_transition(law, built, frozenset(breaches_of(facts.conduct)), done, today)


def _view(view: PenaltyView) -> dict[str, Any]:
    return {
        "at_act": [_row(row) for row in view.at_act],
        "at_decision": [_row(row) for row in view.at_decision],
        "prevailing": None if view.prevailing is None else _row(view.prevailing),
        "conflicts": [{"zh": text.zh, "en": text.en} for text in view.conflicts],
        "undetermined": view.undetermined,
        "coordination_task": view.coordination_task,
    }


def _row(row: PenaltyRow) -> dict[str, Any]:
    cited = row.clause.cite()
    return {
        "clause": row.clause.key,
        "pack": row.clause.pack,
        "printed": {"zh": cited.printed("zh"), "en": cited.printed("en")},
        "measure": {"zh": row.measure.zh, "en": row.measure.en},
        "fine_yuan": None if row.fine_yuan is None else list(row.fine_yuan),
        "order_first": row.order_first,
    }


def _facts(facts: Facts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in Facts.__slots__}
