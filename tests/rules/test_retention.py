"""Retention: the strictest of packs and overlays, through the whole of day D+30, never less."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.isotime import parse_iso_ns
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.rules.retention import (
    MUNICIPAL,
    NATIONAL,
    deletion_due,
    judge_deletion,
    judge_setting,
    keep_until_ns,
    retention_minimum,
)

LAW = current_law()
KINDS = ["shopping_centre", "guard_company", "entertainment_venue", "counter_terrorism_target", "residential_compound"]
LISTED = st.sampled_from([True, False, None])
DAYS = st.dates(dt.date(2020, 8, 23), dt.date(2060, 1, 1))


def test_a_recording_is_kept_through_the_whole_of_day_thirty() -> None:
    assert keep_until_ns(dt.date(2025, 6, 1), 30) == parse_iso_ns("2025-07-02T00:00:00+08:00")


@given(st.frozensets(st.sampled_from(KINDS)), LISTED, DAYS, st.integers(0, 120))
def test_the_minimum_is_never_weaker_than_any_pack_or_overlay(
    kinds: frozenset[str], listed: bool | None, on: dt.date, keep: int
) -> None:
    minimum = retention_minimum(LAW, kinds, listed, on)
    assert minimum.days >= 30
    for clause in minimum.clauses:
        assert minimum.days >= clause.number("days")
    for overlay in minimum.overlays:
        assert minimum.days >= overlay.days
    setting = judge_setting(LAW, keep, kinds, listed, on).verdict
    if keep < minimum.days:
        assert setting.strictness >= Verdict.UNDECIDABLE.strictness
    if setting is Verdict.PASS:
        assert keep >= minimum.days


@given(DAYS, st.frozensets(st.sampled_from(KINDS)), LISTED, st.integers(0, 100 * 24))
def test_nothing_may_go_within_the_minimum(
    recorded: dt.date, kinds: frozenset[str], listed: bool | None, hours: int
) -> None:
    days = retention_minimum(LAW, kinds, listed, recorded).days
    start_ns = keep_until_ns(recorded, 0) - 24 * 3600 * 10**9
    now_ns = start_ns + hours * 3600 * 10**9
    allowed = judge_deletion(LAW, recorded, kinds, listed, now_ns).verdict is Verdict.PASS
    assert allowed == (now_ns >= keep_until_ns(recorded, days))


def test_a_stricter_pack_lifts_the_minimum() -> None:
    def stricter(key: str) -> Law:
        return LAW.with_parameter(key, "days", 60)

    on = dt.date(2025, 6, 2)
    for key in (MUNICIPAL, NATIONAL):
        assert retention_minimum(stricter(key), frozenset(), True, on).days == 60
        assert judge_setting(stricter(key), 59, frozenset(), True, on).verdict is Verdict.BLOCKED


def test_overlays_say_what_else_they_ask() -> None:
    on = dt.date(2025, 6, 2)
    venue = retention_minimum(LAW, frozenset({"entertainment_venue"}), True, on)
    assert venue.continuous_in_opening_hours
    target = retention_minimum(LAW, frozenset({"counter_terrorism_target"}), True, on)
    assert target.days == 90
    assert target.confirm_before_use == ("overlay.counter_terrorism_targets",)
    refused = judge_setting(LAW, 89, frozenset({"counter_terrorism_target"}), True, on)
    assert refused.verdict is Verdict.BLOCKED
    assert "《中华人民共和国反恐怖主义法》" in refused.reason.zh
    assert not retention_minimum(LAW, frozenset({"shopping_centre"}), True, on).overlays


def test_without_a_held_text_nothing_may_be_deleted() -> None:
    far = parse_iso_ns("2030-01-01T00:00:00Z")
    assert judge_deletion(LAW, dt.date(2015, 1, 1), frozenset(), True, far).verdict is Verdict.UNDETERMINED
    assert judge_deletion(LAW, dt.date(2005, 1, 1), frozenset(), True, far).verdict is Verdict.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("achieved", "verdict"), [(True, Verdict.DUE), (False, Verdict.PASS), (None, Verdict.UNDECIDABLE)]
)
def test_after_the_period_what_achieved_its_purpose_is_deleted(achieved: bool | None, verdict: Verdict) -> None:
    now_ns = keep_until_ns(dt.date(2025, 6, 1), 30)
    assert deletion_due(LAW, dt.date(2025, 6, 1), achieved, True, now_ns).verdict is verdict
    assert deletion_due(LAW, dt.date(2025, 6, 1), achieved, True, now_ns - 1).verdict is Verdict.PASS
