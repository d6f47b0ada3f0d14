"""Counting days as administrative law does: calendar days in Shanghai, the first day not counted, ending at 24:00.

Asia/Shanghai has been UTC+8 without summer time since 1991-09-15; every date judged here is later, so a fixed offset
is exact and no time zone data are read. A deadline is extended over public holidays only when the operator turns that
on, with a dated calendar; where no calendar of the year is held the deadline is left unextended and says so.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.clock import NS_PER_S
from mingjian.rules.holiday_calendar import HolidayCalendar

SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
_OFFSET_S = 8 * 3600
_EPOCH = dt.date(1970, 1, 1)


def shanghai_day(now_ns: int) -> dt.date:
    """The day in Shanghai of an instant (UTC nanoseconds since 1970)."""
    return _EPOCH + dt.timedelta(days=(now_ns // NS_PER_S + _OFFSET_S) // 86_400)


def end_of_day_ns(day: dt.date) -> int:
    """24:00 of `day` in Shanghai, in UTC nanoseconds: the first instant that is too late."""
    return (((day - _EPOCH).days + 1) * 86_400 - _OFFSET_S) * NS_PER_S


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A date as the papers give it. `day` is any day of the month or year meant; None when unknown.

    Raises ValueError when a precision other than unknown comes without a day, or unknown with one.
    """

    day: dt.date | None
    precision: Precision = Precision.DAY

    def __post_init__(self) -> None:
        if (self.day is None) != (self.precision is Precision.UNKNOWN):
            raise ValueError("a date is given exactly when its precision is not unknown")

    @property
    def earliest(self) -> dt.date | None:
        """The first day it may mean, None when unknown."""
        if self.day is None or self.precision is Precision.DAY:
            return self.day
        return self.day.replace(day=1) if self.precision is Precision.MONTH else self.day.replace(month=1, day=1)

    @property
    def latest(self) -> dt.date | None:
        """The last day it may mean, None when unknown."""
        if self.day is None or self.precision is Precision.DAY:
            return self.day
        if self.precision is Precision.YEAR:
            return self.day.replace(month=12, day=31)
        return self.day.replace(day=monthrange(self.day.year, self.day.month)[1])


def on_day(year: int, month: int, day: int) -> DatedFact:
    """A date known to the day."""
    return DatedFact(dt.date(year, month, day))


UNKNOWN_DATE = DatedFact(None, Precision.UNKNOWN)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """The last day of a period. `extended_by` counts the days a holiday added; `calendar_missing` says that the
    extension was asked for but no calendar of that year is held.
    """

    last_day: dt.date
    extended_by: int = 0
    calendar_missing: bool = False


def count_days(start: dt.date, days: int, extend_over: tuple[HolidayCalendar, ...] | None = None) -> CountedDay:
    """The last day of a period of `days` after `start`; 2025-04-01 and 90 days give 2025-06-30.

    With `extend_over`, a period that would end on a day off ends on the next working day instead. Raises ValueError
    for a negative number of days.
    """
    if days < 0:
        raise ValueError("a period has no negative days")
    last = start + dt.timedelta(days=days)
    if extend_over is None:
        return CountedDay(last)
    by_year = {calendar.year: calendar for calendar in extend_over}
    day = last
    while True:
        calendar = by_year.get(day.year)
        if calendar is None:
            return CountedDay(last, 0, calendar_missing=True)
        if not calendar.is_day_off(day):
            return CountedDay(day, (day - last).days)
        day += dt.timedelta(days=1)


def submission_day(channel: str, received: dt.date, postmark: dt.date | None = None) -> dt.date:
    """The day a document counts as submitted: a letter by its postmark, anything else by its receipt.

    A letter without a legible postmark counts by its receipt. Raises ValueError for a postmark after the receipt.
    """
    if channel != "letter" or postmark is None:
        return received
    if postmark > received:
        raise ValueError("a letter is not received before it is posted")
    return postmark
