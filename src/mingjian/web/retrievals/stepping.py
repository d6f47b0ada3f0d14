"""One step of a retrieval: the table, its guard, the row, the history, a leaf of the ledger, the audit record.

All in the caller's transaction: there is no state without its leaf, and no leaf without its state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from mingjian.ledger.leaf import RetrievalChange
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, strictest
from mingjian.rules.library import current_law
from mingjian.rules.state_table import step
from mingjian.rules.states.retrieval import RETRIEVAL
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject
from mingjian.web.authority.policy import Policy
from mingjian.web.ledger.actions import append_leaf, person_of
from mingjian.web.retrievals import names
from mingjian.web.retrievals.access import OPENING
from mingjian.web.retrievals.facts import facts_of, plain
from mingjian.web.retrievals.models import Retrieval, RetrievalStep
from mingjian.web.retrievals.signals import retrieval_shut

FINAL = frozenset(state.name for state in RETRIEVAL.states if state.final)


def today() -> dt.date:
    """The day in Shanghai."""
    return shanghai_day(wiring.clock().now_ns())


def move(
    actor: Actor, row: Retrieval, event: str, policy: Policy | None, *, reason: str = "", document: str | None = None,
    said: Iterable[Judgement] = (),
) -> Judgement:  # fmt: skip
    """Take the step and save the row. `document`: SHA-256 (hex) of the paper it rests on; `said`: what was asked before.

    Raises RuledOut `conflict` with reason and remedy when the table holds it; nothing may be kept of the attempt then.
    """
    law, on, facts = current_law(), today(), facts_of(row, reason)
    taken = step(RETRIEVAL, row.state, event, law, facts, on)
    subject = Subject("retrieval", row.id, row.case)
    if not taken.moved:
        raise RuledOut(
            "conflict", taken.judgement, actor=actor, action=names.OF_EVENT[event], field="event", subject=subject
        )
    said = [taken.judgement, *said, *_asked(row, event, on)]
    before, row.state = row.state, taken.state
    now_ns = wiring.clock().now_ns()
    leaf = append_leaf(
        RetrievalChange(
            at_ns=now_ns, retrieval=row.id, before=before, after=row.state, person=person_of(actor),
            reason=reason or None, document=document,
        )
    )  # fmt: skip
    RetrievalStep.objects.create(
        retrieval=row, number=row.steps.count() + 1, event=event, before=before, after=row.state, by=actor.user,
        by_name=actor.name[:64], by_unit=actor.unit[:128], at_ns=now_ns, reason=reason,
        judgement=strictest(said).document(), leaf=leaf,
    )  # fmt: skip
    row.version += 1
    row.save()
    record(
        actor, names.OF_EVENT[event], kind="retrieval", object_id=row.id, name=row.case, before={"state": before},
        after=plain(row), policy=policy, judgements=said, reason=reason,
    )  # fmt: skip
    if before in OPENING and row.state not in OPENING:
        retrieval_shut.send(Retrieval, retrieval=row.id)
    if row.state in FINAL:
        from mingjian.web.retrievals.holds import release_of  # holds step nothing; this is the one way back

        release_of(actor, row, RETRIEVAL.label(row.state).zh)
    return taken.judgement


def _asked(row: Retrieval, event: str, on: dt.date) -> Iterable[Judgement]:
    """The rules the step rests on, each asked by name, so that the record cites them one by one."""
    law, facts = current_law(), facts_of(row)
    request, now_s = facts.request, facts.now_s
    organs = row.way != "person_concerned"
    if event in ("submit", "resubmit") and organs:
        yield names.judge_state_organ(law, request, on)
    elif event == "approve":
        yield names.judge_way(law, request, on, now_s)
        if row.way == "public_security":
            yield names.judge_approval(law, request, on, now_s)
        elif row.way == "department":
            yield names.judge_department(law, request, on)
        elif not organs:
            yield names.judge_person_concerned(law, request, on)
    elif event == "declare":
        yield names.judge_emergency(law, request, on, now_s)
    elif event == "present" and organs:
        yield names.judge_two_staff(law, request, on)
        yield names.judge_papers(law, request, on)
    elif event == "register" and organs:
        yield names.judge_registration(law, request, on)
        yield names.judge_confidentiality(law, request, on)
    elif event == "execute":
        yield names.executable(law, request, on, now_s)
        if organs:
            yield names.judge_conditions(law, request, on)
