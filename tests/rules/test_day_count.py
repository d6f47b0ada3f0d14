"""Counting days: the first day not counted, Shanghai midnight, holidays as a labelled parameter, imprecise dates."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.isotime import parse_iso_ns
from mingjian.rules.day_count import (
    UNKNOWN_DATE,
    CountedDay,
    DatedFact,
    Precision,
    count_days,
    end_of_day_ns,
    shanghai_day,
    submission_day,
)
from mingjian.rules.library import current_law

CALENDARS = current_law().calendars
DAYS = st.dates(dt.date(1992, 1, 1), dt.date(2090, 1, 1))


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2025-04-01", 90, "2025-06-30"),  # the check value of the requirements
        ("2010-03-01", 60, "2010-04-30"),
        ("2024-01-31", 30, "2024-03-01"),  # through a leap February
        ("2025-01-30", 30, "2025-03-01"),
        ("2025-05-01", 0, "2025-05-01"),
    ],
)
def test_counts_calendar_days_without_the_first(start: str, days: int, last: str) -> None:
    assert count_days(dt.date.fromisoformat(start), days) == CountedDay(dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("end", "extended"),
    [
        ("2025-01-28", "2025-02-05"),  # spring festival
        ("2025-10-01", "2025-10-09"),
        ("2025-10-11", "2025-10-11"),  # a Saturday worked in exchange
        ("2025-09-28", "2025-09-28"),  # a Sunday worked in exchange
        ("2025-06-28", "2025-06-30"),  # an ordinary Saturday
        ("2025-06-30", "2025-06-30"),
        ("2026-02-14", "2026-02-14"),
        ("2026-02-15", "2026-02-24"),
        ("2026-01-01", "2026-01-04"),  # a Sunday worked in exchange
    ],
)
def test_extends_over_days_off_only_when_asked(end: str, extended: str) -> None:
    last = dt.date.fromisoformat(end)
    start = last - dt.timedelta(days=30)
    assert count_days(start, 30).last_day == last
    counted = count_days(start, 30, CALENDARS)
    assert counted.last_day == dt.date.fromisoformat(extended)
    assert counted.extended_by == (counted.last_day - last).days


def test_a_year_without_a_calendar_is_not_extended_and_says_so() -> None:
    assert count_days(dt.date(2031, 1, 1), 30, CALENDARS) == CountedDay(dt.date(2031, 1, 31), 0, calendar_missing=True)


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    late = parse_iso_ns("2025-06-30T23:59:59.999999999+08:00")
    assert shanghai_day(late) == dt.date(2025, 6, 30)
    assert end_of_day_ns(dt.date(2025, 6, 30)) == late + 1
    assert shanghai_day(late + 1) == dt.date(2025, 7, 1)
    assert parse_iso_ns("2025-06-30T16:00:00Z") == late + 1


def test_a_letter_counts_by_its_postmark() -> None:
    received, posted = dt.date(2025, 7, 3), dt.date(2025, 6, 30)
    assert submission_day("letter", received, posted) == posted
    assert submission_day("letter", received) == received
    assert submission_day("fax", received, posted) == received
    with pytest.raises(ValueError, match="posted"):
        submission_day("letter", posted, received)


@pytest.mark.parametrize(
    ("fact", "earliest", "latest"),
    [
        (DatedFact(dt.date(2024, 2, 10)), "2024-02-10", "2024-02-10"),
        (DatedFact(dt.date(2024, 2, 10), Precision.MONTH), "2024-02-01", "2024-02-29"),
        (DatedFact(dt.date(2024, 2, 10), Precision.YEAR), "2024-01-01", "2024-12-31"),
    ],
)
def test_an_imprecise_date_means_a_span(fact: DatedFact, earliest: str, latest: str) -> None:
    assert fact.earliest == dt.date.fromisoformat(earliest)
    assert fact.latest == dt.date.fromisoformat(latest)


def test_an_unknown_date_has_no_day() -> None:
    assert UNKNOWN_DATE.earliest is None
    assert UNKNOWN_DATE.latest is None
    with pytest.raises(ValueError):
        DatedFact(None)
    with pytest.raises(ValueError):
        DatedFact(dt.date(2024, 1, 1), Precision.UNKNOWN)


def test_negative_periods_are_refused() -> None:
    with pytest.raises(ValueError):
        count_days(dt.date(2025, 1, 1), -1)


@given(DAYS, st.integers(0, 400), st.integers(0, 400), st.booleans())
def test_deadlines_are_monotone(start: dt.date, days: int, more: int, extend: bool) -> None:
    calendars = CALENDARS if extend else None
    first = count_days(start, days, calendars).last_day
    assert count_days(start, days + more, None).last_day >= count_days(start, days, None).last_day
    assert count_days(start + dt.timedelta(days=more), days, None).last_day >= start + dt.timedelta(days=days)
    assert first >= start + dt.timedelta(days=days)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2026, 11, 30)), st.integers(0, 60))
def test_extension_is_monotone_and_ends_on_a_working_day(day: dt.date, more: int) -> None:
    counted = count_days(day, 0, CALENDARS)
    later = count_days(day + dt.timedelta(days=more), 0, CALENDARS)
    if not counted.calendar_missing:
        calendar = next(calendar for calendar in CALENDARS if calendar.year == counted.last_day.year)
        assert not calendar.is_day_off(counted.last_day)
    if not (counted.calendar_missing or later.calendar_missing):
        assert later.last_day >= counted.last_day


@given(DAYS)
def test_shanghai_days_meet_without_a_gap(day: dt.date) -> None:
    end = end_of_day_ns(day)
    assert shanghai_day(end - 1) == day
    assert shanghai_day(end) == day + dt.timedelta(days=1)
