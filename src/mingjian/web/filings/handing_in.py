"""Moving a filing along its state table, and handing it in: day, snapshot, recipients, acceptance slip."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.day_count import shanghai_day, submission_day
from mingjian.rules.judgement import Judgement
from mingjian.rules.library import current_law
from mingjian.rules.state_table import Step, step
from mingjian.rules.states.filing import FILING
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.filings.deadlines import refresh_deadline
from mingjian.web.filings.facts import divisions_of, facts_of
from mingjian.web.filings.judging import state_facts
from mingjian.web.filings.models import Filing, FilingRecipient, FilingVersion
from mingjian.web.filings.papers import issue_slip
from mingjian.web.organisations.organs import district_of, districts_of, organ_of

WAYS = {
    "web": "网上填报",
    "api": "接口报送",
    "letter": "信函",
    "cable": "电传",
    "fax": "传真",
    "email": "电子邮件",
    "edi": "电子数据交换",
}


def today() -> dt.date:
    """Today in Shanghai, by the program's clock."""
    return shanghai_day(wiring.clock().now_ns())


def move(
    actor: Actor,
    filing: Filing,
    event: str,
    name: str,
    policy: Policy | None,
    *,
    reason: str = "",
    said: Iterable[Judgement] = (),
) -> Judgement:
    """Take the step of the state table, save, and record it with the clauses it rests on and those of `said`.

    Raises MingjianError conflict, with the judgement's reason and remedy, when the table does not let it through.
    """
    before, taken = filing.state, require_step(filing, event)
    filing.state = taken.state
    filing.version += 1
    filing.save()
    record(
        actor, name, kind="filing", object_id=filing.id, name=filing.system.name, before={"state": before},
        after={"state": filing.state, "number": filing.number}, policy=policy,
        judgements=[taken.judgement, *said], reason=reason,
    )  # fmt: skip
    return taken.judgement


def require_step(filing: Filing, event: str) -> Step:
    """What the state table makes of the event, before anything else is done. Raises MingjianError conflict."""
    law, on = current_law(), today()
    taken = step(FILING, filing.state, event, law, state_facts(law, filing, on), on)
    if not taken.moved:
        raise MingjianError(
            "conflict", taken.judgement.reason, fault=Fault.USER, field="state", remedy=taken.judgement.remedy
        )
    return taken


def hand_in(actor: Actor, filing: Filing, event: str, name: str, policy: Policy) -> None:
    """Submit, resubmit or submit a change: as of today, a letter as of its postmark. Within a transaction."""
    day = _day_of(filing)
    filing.facts = {**filing.facts, **facts_of(filing.system)}
    if event == "submit":
        filing.first_submitted_date = day.isoformat()
        _address(filing)
    elif event == "resubmit":
        filing.corrected_date = day.isoformat()
    else:
        filing.returned_once = False
        filing.changed_date, filing.changed_parts = "", []
    move(actor, filing, event, name, policy)
    FilingVersion.objects.create(
        filing=filing,
        number=filing.versions.count() + 1,
        event=event,
        submitted_date=day.isoformat(),
        facts=filing.facts,
        given=filing.given,
        by_name=actor.name[:64],
        at_ns=wiring.clock().now_ns(),
    )
    issue_slip(filing, WAYS.get(filing.channel, filing.channel), day)
    refresh_deadline(filing.system)


def _day_of(filing: Filing) -> dt.date:
    if not filing.received_date or filing.first_submitted_date:
        return today()
    postmark = dt.date.fromisoformat(filing.postmark_date) if filing.postmark_date else None
    try:
        return submission_day(filing.channel, dt.date.fromisoformat(filing.received_date), postmark)
    except ValueError:
        raise MingjianError(
            "invalid",
            Text("邮戳日期不得晚于收到日期", "a letter is not received before it is posted"),
            fault=Fault.USER,
            field="postmark",
        ) from None


def _address(filing: Filing) -> None:
    """Each district concerned gets its copy; the one the system is registered in leads."""
    leading = district_of(filing.division_id)
    filing.organ = organ_of(leading)
    for division in districts_of(divisions_of(filing.system) | {filing.division_id}):
        FilingRecipient.objects.get_or_create(
            filing=filing, division_id=division,
            defaults={"organisation": organ_of(division), "leading": division == leading},
        )  # fmt: skip
