"""Filing clocks: the earlier of both packs, alerts, corrections, imprecise dates; a filing is never blocked."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.rules.day_count import DatedFact, Precision, on_day
from mingjian.rules.filing_clock import (
    Correction,
    FilingClock,
    FilingEvents,
    Submission,
    alert_reached,
    alert_schedule,
    clocks,
    governing_clock,
    judge_filing,
)
from mingjian.rules.filing_contents import (
    Filing,
    judge_contents,
    judge_filer,
    judge_recipient,
    parts_to_ask,
    register,
)
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law

LAW = current_law()
DAY = dt.timedelta(days=1)
DAYS = st.dates(dt.date(2020, 8, 23), dt.date(2040, 1, 1))


def test_the_check_value_of_the_transition() -> None:
    running = clocks(LAW, FilingEvents(entered_use=on_day(2023, 1, 1)))
    clock = governing_clock(running)
    assert clock is not None
    assert clock.clause.key == "sc799.filing.entry_into_use"
    assert clock.first_last_day == clock.latest_last_day == dt.date(2025, 6, 30)


def test_the_earlier_of_both_packs_governs() -> None:
    events = FilingEvents(accepted=on_day(2025, 6, 20), entered_use=on_day(2025, 6, 1))  # trial running came first
    clock = governing_clock(clocks(LAW, events))
    assert clock is not None
    assert (clock.clause.key, clock.first_last_day) == ("sc799.filing.entry_into_use", dt.date(2025, 7, 1))
    late_for_one = judge_filing(LAW, events, Submission(dt.date(2025, 7, 2)), dt.date(2025, 7, 3))
    assert late_for_one.verdict is Verdict.FAIL
    assert late_for_one.keys == ("sc799.filing.entry_into_use",)
    assert judge_filing(LAW, events, Submission(dt.date(2025, 7, 1)), dt.date(2025, 7, 3)).verdict is Verdict.PASS


@given(DAYS, DAYS, DAYS)
def test_the_stricter_of_two_is_never_weaker_than_either(accepted: dt.date, entered: dt.date, filed: dt.date) -> None:
    today = max(filed, accepted, entered)
    both = FilingEvents(DatedFact(accepted), DatedFact(entered))
    whole = judge_filing(LAW, both, Submission(filed), today).verdict
    for part in (FilingEvents(accepted=DatedFact(accepted)), FilingEvents(entered_use=DatedFact(entered))):
        assert whole.strictness >= judge_filing(LAW, part, Submission(filed), today).verdict.strictness


@given(st.dates(dt.date(2025, 4, 1), dt.date(2040, 1, 1)), st.integers(0, 500))
def test_deadlines_are_monotone_in_the_event(entered: dt.date, later: int) -> None:
    first, second = (
        governing_clock(clocks(LAW, FilingEvents(entered_use=DatedFact(day))))
        for day in (entered, entered + dt.timedelta(days=later))
    )
    assert first is not None
    assert second is not None
    assert second.first_last_day - first.first_last_day == dt.timedelta(days=later)


@given(DAYS, st.integers(0, 80))
def test_once_late_always_late(accepted: dt.date, wait: int) -> None:
    events = FilingEvents(accepted=DatedFact(accepted))
    now = judge_filing(LAW, events, Submission(), accepted + dt.timedelta(days=wait)).verdict
    next_day = judge_filing(LAW, events, Submission(), accepted + dt.timedelta(days=wait + 1)).verdict
    assert now is (Verdict.FAIL if wait > 30 else Verdict.DUE)
    assert next_day.strictness >= now.strictness


@given(st.dates(dt.date(2021, 1, 1), dt.date(2040, 1, 1)), st.sampled_from([Precision.MONTH, Precision.YEAR]), DAYS)
def test_an_imprecise_date_is_decided_only_where_every_day_it_may_mean_agrees(
    day: dt.date, precision: Precision, filed: dt.date
) -> None:
    fact = DatedFact(day, precision)
    verdict = judge_filing(LAW, FilingEvents(accepted=fact), Submission(filed), filed).verdict
    assert fact.earliest is not None
    assert fact.latest is not None
    exact = {
        judge_filing(LAW, FilingEvents(accepted=DatedFact(one)), Submission(filed), filed).verdict
        for one in (fact.earliest, fact.latest)
    }
    assert verdict is (exact.pop() if len(exact) == 1 else Verdict.UNDECIDABLE)


@pytest.mark.parametrize(
    ("precision", "day", "verdict"),
    [
        (Precision.YEAR, dt.date(2020, 5, 1), Verdict.UNDECIDABLE),  # before or after the revision
        (Precision.YEAR, dt.date(2010, 5, 1), Verdict.UNDETERMINED),  # some of the year is the old text's
        (Precision.YEAR, dt.date(2005, 5, 1), Verdict.NOT_APPLICABLE),
    ],
)
def test_a_year_that_spans_two_texts(precision: Precision, day: dt.date, verdict: Verdict) -> None:
    events = FilingEvents(accepted=DatedFact(day, precision))
    assert judge_filing(LAW, events, Submission(), dt.date(2026, 1, 1)).verdict is verdict


@pytest.mark.parametrize(
    ("corrections", "verdict"),
    [
        ((Correction(dt.date(2025, 7, 10), dt.date(2025, 7, 10)),), Verdict.PASS),
        ((Correction(dt.date(2025, 7, 10), dt.date(2025, 7, 11)),), Verdict.FAIL),
        ((Correction(dt.date(2025, 7, 20), None),), Verdict.DUE),
        ((Correction(dt.date(2025, 7, 14), None),), Verdict.FAIL),
    ],
)
def test_in_time_means_submitted_and_corrected_in_time(corrections: tuple[Correction, ...], verdict: Verdict) -> None:
    submission = Submission(dt.date(2025, 6, 30), corrections)
    assert (
        judge_filing(LAW, FilingEvents(entered_use=on_day(2025, 6, 1)), submission, dt.date(2025, 7, 15)).verdict
        is verdict
    )


def test_alerts_at_the_named_days_and_weekly_after() -> None:
    end = dt.date(2025, 6, 30)
    offsets = [(day - end).days for day in alert_schedule(LAW, end, dt.date(2025, 7, 20))]
    assert offsets == [-15, -7, -3, -1, 1, 8, 15]
    assert alert_reached(LAW, end, dt.date(2025, 6, 14)) is None
    assert alert_reached(LAW, end, dt.date(2025, 6, 15)) == -15
    assert alert_reached(LAW, end, dt.date(2025, 6, 29)) == -1
    assert alert_reached(LAW, end, end) == -1
    assert alert_reached(LAW, end, dt.date(2025, 7, 8)) == 8
    assert alert_reached(LAW, end, dt.date(2025, 7, 14)) == 8
    assert alert_reached(LAW.with_policy("policy.filing.alert_days", (0,)), end, end) == 0


def test_a_holiday_extension_is_a_labelled_parameter() -> None:
    events = FilingEvents(entered_use=on_day(2025, 9, 1))  # day 30 is 2025-10-01
    plain, extended = (governing_clock(clocks(LAW, events, over)) for over in (None, LAW.calendars))
    assert plain is not None
    assert extended is not None
    assert plain.first_last_day == dt.date(2025, 10, 1)
    assert extended.first_last_day == dt.date(2025, 10, 9)
    beyond = governing_clock(clocks(LAW, FilingEvents(entered_use=on_day(2031, 9, 1)), LAW.calendars))
    assert beyond is not None
    assert beyond.calendar_missing


def test_unknown_dates_and_exempt_places_give_judgements_not_clocks() -> None:
    (unknown,) = clocks(LAW, FilingEvents(entered_use=DatedFact(None, Precision.UNKNOWN)))
    (exempt,) = clocks(LAW, FilingEvents(entered_use=on_day(2025, 5, 1), listed_in_article_7=False))
    (open_question,) = clocks(LAW, FilingEvents(entered_use=on_day(2025, 5, 1), listed_in_article_7=None))
    assert isinstance(unknown, Judgement)
    assert isinstance(exempt, Judgement)
    assert isinstance(open_question, Judgement)
    assert [one.verdict for one in (unknown, exempt, open_question)] == [
        Verdict.UNDECIDABLE,
        Verdict.NOT_APPLICABLE,
        Verdict.UNDECIDABLE,
    ]
    assert governing_clock((unknown,)) is None
    assert judge_filing(LAW, FilingEvents(), Submission(), dt.date(2025, 5, 1)).verdict is Verdict.NOT_APPLICABLE


def test_a_filing_is_registered_whatever_is_missing_or_late() -> None:
    events = FilingEvents(accepted=on_day(2024, 1, 1), entered_use=on_day(2024, 1, 1))
    late = judge_filing(LAW, events, Submission(dt.date(2025, 9, 1)), dt.date(2025, 9, 1))
    empty = judge_contents(LAW, Filing("both", frozenset({"managing_unit"}), frozenset()), dt.date(2025, 9, 1))
    filer = judge_filer(LAW, Filing("both", frozenset({"managing_unit"}), frozenset()), dt.date(2025, 9, 1))
    registration = register((late, empty, filer))
    assert registration.registered
    assert [one.verdict for one in registration.findings] == [Verdict.FAIL, Verdict.DUE, Verdict.FAIL]
    assert filer.keys == ("qd204.filing.acceptance",)  # the building unit files under the municipal pack


def test_one_form_serves_both_packs_and_asks_nothing_twice() -> None:
    form = Filing("both", frozenset({"building_unit", "managing_unit"}), frozenset(), frozenset({"unit", "location"}))
    asked = parts_to_ask(LAW, form, dt.date(2025, 6, 2))
    assert asked == (
        "drawings",
        "devices_number",
        "devices_kind",
        "storage_period",
        "unified_social_credit_code",
        "authorisation_letter",
        "person_handling",
        "seal",
    )
    assert "unit" not in parts_to_ask(LAW, form, dt.date(2025, 3, 31))  # the national parts are not yet law
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize(
    ("organ", "division", "verdict"),
    [
        ("district_public_security", "370202", Verdict.PASS),
        ("district_public_security", "370203", Verdict.PASS),
        ("district_public_security", "370211", Verdict.FAIL),
        ("police_station", "370202005", Verdict.DUE),
        ("municipal_public_security", "370200", Verdict.FAIL),
    ],
)
def test_every_district_concerned_is_a_recipient_a_station_only_takes_in(
    organ: str, division: str, verdict: Verdict
) -> None:
    concerned = frozenset({"370202", "370203"})
    assert judge_recipient(LAW, organ, division, concerned, dt.date(2025, 6, 2)).verdict is verdict
    assert judge_recipient(LAW, organ, division, concerned, dt.date(2012, 6, 2)).verdict is Verdict.UNDETERMINED


def test_words_say_filing_never_approval() -> None:
    for filed in (None, dt.date(2025, 6, 2), dt.date(2026, 6, 2)):
        answer = judge_filing(LAW, FilingEvents(entered_use=on_day(2025, 6, 1)), Submission(filed), dt.date(2026, 6, 3))
        said = answer.reason.zh + (answer.remedy.zh if answer.remedy else "")
        assert "备案" in said
        assert "批准" not in said
        assert "审批" not in said


def test_a_clock_ends_on_the_same_day_for_a_day_known() -> None:
    (clock,) = clocks(LAW, FilingEvents(removed=on_day(2024, 1, 31)))
    assert isinstance(clock, FilingClock)
    assert clock.first_last_day == clock.latest_last_day == dt.date(2024, 3, 1)
