"""What the law says of a filing: each rule this slice asks, asked here and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from mingjian.rules import change_filing, filing_channels, filing_clock, filing_contents
from mingjian.rules.filing_clock import Correction, FilingEvents, Submission
from mingjian.rules.filing_contents import Filing as FilingValue
from mingjian.rules.filing_contents import judge_contents, judge_recipient
from mingjian.rules.judgement import Judgement
from mingjian.rules.law import Law
from mingjian.rules.states.filing import FilingFacts
from mingjian.web.authority.applying import applying
from mingjian.web.dates import dated_fact
from mingjian.web.filings.facts import events_of, listed_in_article_7
from mingjian.web.filings.models import Filing
from mingjian.web.filings.names import CHANGE_DUE, REGISTERED, RETURNED, VERIFIED
from mingjian.web.organisations.organs import level_of

judge_filing = applying(filing_clock.judge_filing, by=REGISTERED)
judge_filer = applying(filing_contents.judge_filer, by=REGISTERED)
judge_channel = applying(filing_channels.judge_channel, by=REGISTERED)
parts_to_ask = applying(filing_contents.parts_to_ask, by=RETURNED)
judge_asking = applying(filing_contents.judge_asking, by=RETURNED)
judge_truth = applying(filing_contents.judge_truth, by=VERIFIED)
judge_change = applying(change_filing.judge_change, by=CHANGE_DUE)


def value_of(law: Law, filing: Filing, on: dt.date) -> FilingValue:
    """The filing as the rules take it: parts given by hand, and those the register itself holds."""
    return FilingValue(
        filing.kind,
        frozenset(filing.filer_roles),
        frozenset(filing.given) | frozenset(filing.facts),
        frozenset(filing.shared),
        listed_in_article_7(law, filing.system, on),
    )


def state_facts(law: Law, filing: Filing, on: dt.date) -> FilingFacts:
    """What the guards of the state table ask."""
    return FilingFacts(value_of(law, filing, on), filing.returned_once)


def still_to_ask(law: Law, filing: Filing, on: dt.date) -> tuple[str, ...]:
    """The parts the form still asks for; what departments share is not among them."""
    value = value_of(law, filing, on)
    return tuple(part for part in parts_to_ask(law, value, on) if part not in value.given)


def asking(law: Law, filing: Filing, parts: Iterable[str], on: dt.date) -> list[Judgement]:
    """Whether the organ may ask the filer for each part: not for what departments share (sc799 14.3)."""
    return [judge_asking(law, part, part in filing.shared, on) for part in parts]


def truth(law: Law, filing: Filing, observed: Mapping[str, str], on: dt.date) -> Judgement:
    """What was filed against what somebody found, part by part (sc799 14.2)."""
    return judge_truth(law, filing.facts, observed, listed_in_article_7(law, filing.system, on), on)


def contents(law: Law, filing: Filing, on: dt.date) -> Judgement:
    """Everything that is missing, named at once."""
    return judge_contents(law, value_of(law, filing, on), on)


def submission_of(filing: Filing) -> Submission:
    """What was handed in when, and what was to be corrected until when."""
    corrections: tuple[Correction, ...] = ()
    if filing.correction_due_date:
        corrected = _day(filing.corrected_date)
        corrections = (Correction(dt.date.fromisoformat(filing.correction_due_date), corrected),)
    return Submission(_day(filing.first_submitted_date), corrections)


def timeliness(law: Law, filing: Filing, today: dt.date) -> Judgement:
    """In time, late, or not to be told: over the clocks of the filing's kind."""
    return judge_filing(law, _events(law, filing, today), submission_of(filing), today)


def judged(law: Law, filing: Filing, today: dt.date) -> tuple[Judgement, ...]:
    """All that the law says of a filing when it is registered. Nothing of it blocks the registration."""
    value = value_of(law, filing, today)
    organ = filing.organ
    district = filing.recipients.get(leading=True).division_id
    answers = [
        judge_contents(law, value, today),
        judge_filer(law, value, today),
        judge_channel(law, filing.channel, today),
        timeliness(law, filing, today),
    ]
    if organ is not None:
        organ_kind = "police_station" if level_of(organ.division_id) in ("street", "community") else (
            "district_public_security"
        )  # fmt: skip
        concerned = frozenset(filing.recipients.values_list("division_id", flat=True))
        answers.append(judge_recipient(law, organ_kind, district, concerned, today))
    return tuple(answers)


def change(law: Law, filing: Filing, now: dict[str, str], changed_on: dt.date, today: dt.date) -> Judgement:
    """Whether a change filing is due."""
    listed = listed_in_article_7(law, filing.system, today)
    return judge_change(law, filing.facts, now, changed_on, None, today, listed)


def _events(law: Law, filing: Filing, today: dt.date) -> FilingEvents:
    events = events_of(law, filing.system, today)
    if filing.kind == "removal":
        removed = filing.removals.values_list("removed_date", flat=True).first() or filing.system.removed_date
        return FilingEvents(removed=dated_fact(removed))
    if filing.kind == "acceptance":
        return FilingEvents(accepted=events.accepted, listed_in_article_7=events.listed_in_article_7)
    if filing.kind == "entry_into_use":
        return FilingEvents(entered_use=events.entered_use, listed_in_article_7=events.listed_in_article_7)
    return events


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
