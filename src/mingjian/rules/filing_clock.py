"""The clocks of filing (qd204 16.1, 16.2, 35; sc799 14.1): when they end, whether a filing is in time, when to remind.

In time means: first submitted in time and corrected in time. The earlier of the packs' last days governs, which
follows from taking the strictest answer. A date that is not exact is judged only where every day it may mean gives the
same answer. A filing is a filing, never an approval.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.day_count import DatedFact, count_days
from mingjian.rules.exemptions import governing
from mingjian.rules.holiday_calendar import HolidayCalendar
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

ACCEPTANCE = "qd204.filing.acceptance"
REMOVAL = "qd204.filing.removal"
ENTRY_INTO_USE = "sc799.filing.entry_into_use"
TRANSITION = "qd204.transition.file_or_remove"
ALERT_DAYS = "policy.filing.alert_days"
OVERDUE_EVERY = "policy.filing.overdue_alert_every_days"


@dataclass(frozen=True, slots=True)
class FilingEvents:
    """What starts a clock; None where it has not happened. `entered_use` includes trial running."""

    accepted: DatedFact | None = None
    entered_use: DatedFact | None = None
    removed: DatedFact | None = None
    listed_in_article_7: bool | None = True


@dataclass(frozen=True, slots=True)
class FilingClock:
    """One clock. The last day lies between `first_last_day` and `latest_last_day`: the same day when the trigger is
    known to the day. `calendar_missing`: a holiday extension was asked for and no calendar of that year is held.
    """

    clause: Clause
    first_last_day: dt.date
    latest_last_day: dt.date
    calendar_missing: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """A one-time notice of what is missing: corrected until `due`, and when it was (None: not yet)."""

    due: dt.date
    corrected_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Submission:
    """What was handed in: the day of the first submission (by postmark for letters), and corrections asked for."""

    first_submitted: dt.date | None = None
    corrections: tuple[Correction, ...] = ()


Extension = tuple[HolidayCalendar, ...] | None


def clocks(law: Law, events: FilingEvents, extend_over: Extension = None) -> tuple[FilingClock | Judgement, ...]:
    """Every clock these events started; a Judgement in place of one that does not run or cannot be told."""
    found: list[FilingClock | Judgement] = []
    if events.accepted is not None:
        found.append(_clock(law, ACCEPTANCE, events.accepted, None, _plain_end, extend_over))
    if events.removed is not None:
        found.append(_clock(law, REMOVAL, events.removed, None, _plain_end, extend_over))
    if events.entered_use is not None:
        listed = events.listed_in_article_7
        found.append(_clock(law, ENTRY_INTO_USE, events.entered_use, listed, _entry_end, extend_over))
    return tuple(found)


def governing_clock(running: tuple[FilingClock | Judgement, ...]) -> FilingClock | None:
    """The clock that ends first: the one to count down to. None where none runs."""
    ends = [clock for clock in running if isinstance(clock, FilingClock)]
    return min(ends, key=lambda clock: (clock.first_last_day, clock.latest_last_day), default=None)


def judge_filing(
    law: Law, events: FilingEvents, submission: Submission, today: dt.date, extend_over: Extension = None
) -> Judgement:
    """PASS in time, DUE while time remains, FAIL late or not done; the strictest over all clocks."""
    running = clocks(law, events, extend_over)
    if not running:
        return Judgement(
            Verdict.NOT_APPLICABLE, (), Text("尚无起算事由，备案期限未开始", "nothing has started a clock of filing")
        )
    return strictest(
        clock if isinstance(clock, Judgement) else judge_clock(clock, submission, today) for clock in running
    )


def judge_clock(clock: FilingClock, submission: Submission, today: dt.date) -> Judgement:
    """One clock against one submission."""
    cited = (clock.clause,)
    end = clock.latest_last_day.isoformat()
    done = submission.first_submitted
    reached = today if done is None else done
    if reached > clock.latest_last_day:
        return judge(
            Verdict.FAIL,
            cited,
            Text(
                f"备案期限于{end}届满，{'逾期未备案' if done is None else '逾期备案'}",
                f"filing was due by {end}: {'not filed' if done is None else 'filed late'}",
            ),
            Text("立即备案；逾期不影响受理，如实记录", "file at once; being late never blocks a filing"),
        )
    if reached > clock.first_last_day:
        return judge(
            Verdict.UNDECIDABLE,
            cited,
            Text("起算日期不够精确，是否逾期不能判定", "the starting date is not precise enough to tell"),
            Text("补充准确的起算日期", "give the exact starting date"),
        )
    if done is None:
        left = (clock.first_last_day - today).days
        return judge(
            Verdict.DUE,
            cited,
            Text(
                f"应于{clock.first_last_day.isoformat()}前（含当日）备案，尚余{left}日",
                f"file by {clock.first_last_day.isoformat()} inclusive, {left} days left",
            ),
            Text("按期备案", "file in time"),
        )
    return _corrections(cited, submission, today)


def _corrections(cited: tuple[Clause, ...], submission: Submission, today: dt.date) -> Judgement:
    late = [one for one in submission.corrections if (one.corrected_on or today) > one.due]
    if late:
        return judge(
            Verdict.FAIL,
            cited,
            Text("首次提交在期限内，但未按期补正", "first submitted in time, but not corrected in time"),
            Text("立即补正", "correct it at once"),
        )
    if any(one.corrected_on is None for one in submission.corrections):
        return judge(
            Verdict.DUE,
            cited,
            Text("首次提交在期限内，待补正", "first submitted in time, a correction is due"),
            Text("按一次性补正告知书补正", "correct what the notice names"),
        )
    return judge(Verdict.PASS, cited, Text("在期限内备案", "filed in time"))


def alert_schedule(law: Law, last_day: dt.date, until: dt.date) -> tuple[dt.date, ...]:
    """The days on which to remind of a filing not done, up to `until`: before the end, the day after, and on."""
    offsets = law.policy(ALERT_DAYS).value
    days = [last_day + dt.timedelta(days=offset) for offset in (offsets if isinstance(offsets, tuple) else (offsets,))]
    step = dt.timedelta(days=law.policy_number(OVERDUE_EVERY))
    after = max(days) + step
    while after <= until:
        days.append(after)
        after += step
    return tuple(sorted(day for day in set(days) if day <= until))


def alert_reached(law: Law, last_day: dt.date, today: dt.date) -> int | None:
    """The latest day to remind on that has come, relative to the last day (negative: before it); None before the first.

    It stays the answer until the next one comes: who was not there to remind on the very day does so afterwards.
    """
    come = alert_schedule(law, last_day, today)
    return (come[-1] - last_day).days if come else None


_End = Callable[[Clause, dt.date, Extension], tuple[dt.date, bool]]


def _clock(
    law: Law, key: str, trigger: DatedFact, listed: bool | None, end: _End, extend_over: Extension
) -> FilingClock | Judgement:
    first, last = trigger.earliest, trigger.latest
    clause = law.clause(key)
    if first is None or last is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("起算日期不明，期限不能判定", "the starting date is not known"),
            Text("补充起算日期", "give the starting date"),
        )
    answers = [_at(law, key, day, listed) for day in (first, last)]
    refused = [answer for answer in answers if isinstance(answer, Judgement)]
    if len(refused) == len(answers):
        return strictest(refused)
    if refused:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("起算日期跨越规定施行前后，不能判定", "the date may lie before or after the law came into force"),
            Text("补充准确日期", "give the exact date"),
        )
    first_end, missing_first = end(clause, first, extend_over)
    last_end, missing_last = end(clause, last, extend_over)
    return FilingClock(clause, first_end, last_end, missing_first or missing_last)


def _at(law: Law, key: str, day: dt.date, listed: bool | None) -> Clause | Judgement:
    """sc799 14 reaches back to what was in use before it; the others speak from their own day of force."""
    if key == ENTRY_INTO_USE:
        clause = law.clause(key)
        return governing(law, key, listed, max(day, clause.day("effective")))
    return governing(law, key, listed, day)


def _plain_end(clause: Clause, day: dt.date, extend_over: Extension) -> tuple[dt.date, bool]:
    counted = count_days(day, clause.number("days"), extend_over)
    return counted.last_day, counted.calendar_missing


def _entry_end(clause: Clause, day: dt.date, extend_over: Extension) -> tuple[dt.date, bool]:
    effective = clause.day("effective")
    if day < effective:
        counted = count_days(effective, clause.number("transition_days"), extend_over)
        return counted.last_day, counted.calendar_missing
    return _plain_end(clause, day, extend_over)
