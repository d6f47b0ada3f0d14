from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import DAY_NS, NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import parse_iso_ns
from mingjian.media.playback.timeline import coalesce, days_with_recordings, month_days_ns, timezone
from mingjian.ports.recording import GapReason, Span, SpanKind


def spans_of(lengths: list[tuple[int, SpanKind, GapReason | None]], start_ns: int = 0) -> list[Span]:
    spans: list[Span] = []
    at = start_ns
    for length, kind, reason in lengths:
        spans.append(Span(kind, at, at + length, reason if kind is SpanKind.GAP else None))
        at += length
    return spans


KINDS = st.tuples(st.integers(1, 10**12), st.sampled_from(SpanKind), st.sampled_from(GapReason))


@given(st.lists(KINDS, min_size=1, max_size=200), st.integers(3, 60))
def test_coalesced_spans_cover_the_same_stretch_and_hide_no_gap(
    lengths: list[tuple[int, SpanKind, GapReason | None]], max_spans: int
) -> None:
    spans = spans_of(lengths)
    shown = coalesce(spans, max_spans)
    assert len(shown) <= max_spans
    assert shown[0].start_ns == spans[0].start_ns
    assert shown[-1].end_ns == spans[-1].end_ns
    assert all(left.end_ns == right.start_ns for left, right in itertools.pairwise(shown))
    assert all(span.end_ns > span.start_ns for span in shown)
    bin_ns = (spans[-1].end_ns - spans[0].start_ns) // max(1, max_spans // 3) + 1
    shown_gaps = [span for span in shown if span.kind is SpanKind.GAP]
    for gap in (span for span in spans if span.kind is SpanKind.GAP):
        near = [s for s in shown_gaps if s.start_ns <= gap.end_ns + bin_ns and s.end_ns >= gap.start_ns - bin_ns]
        assert near, f"the gap {gap} is not shown within a bin of its place"


def test_few_spans_stay_exact_and_equal_neighbours_join() -> None:
    spans = spans_of([(5, SpanKind.RECORDED, None), (5, SpanKind.RECORDED, None), (1, SpanKind.GAP, GapReason.NETWORK)])
    assert coalesce(spans, 10) == [
        Span(SpanKind.RECORDED, 0, 10),
        Span(SpanKind.GAP, 10, 11, GapReason.NETWORK),
    ]


def test_one_missing_second_in_a_month_stays_visible_with_its_reason() -> None:
    minutes = [(60 * NS_PER_S, SpanKind.RECORDED, None), (1, SpanKind.EXPIRED, None)] * (30 * 1440)
    minutes[20_000] = (NS_PER_S, SpanKind.GAP, GapReason.STORAGE)
    shown = coalesce(spans_of(minutes), 300)
    gaps = [span for span in shown if span.kind is SpanKind.GAP]
    assert [gap.reason for gap in gaps] == [GapReason.STORAGE]
    total = shown[-1].end_ns - shown[0].start_ns
    assert gaps[0].end_ns - gaps[0].start_ns >= total // 200


def test_days_follow_the_zone_of_the_person_and_daylight_saving() -> None:
    zone = timezone("Europe/Berlin")
    days = month_days_ns("2026-10", zone)
    assert len(days) == 31
    lengths = {day: (end - start) // (3600 * NS_PER_S) for day, start, end in days}
    assert lengths["2026-10-25"] == 25
    assert lengths["2026-10-24"] == 24
    assert days[0][1] == parse_iso_ns("2026-10-01T00:00:00+02:00")


def test_a_recording_over_midnight_counts_on_both_days_of_the_zone() -> None:
    start_ns = parse_iso_ns("2026-11-23T23:59:59.5+08:00")
    spans = [
        Span(SpanKind.RECORDED, start_ns, start_ns + 3 * NS_PER_S),
        Span(SpanKind.GAP, start_ns + 3 * NS_PER_S, start_ns + DAY_NS, GapReason.NETWORK),
    ]
    found = days_with_recordings(month_days_ns("2026-11", timezone("+08:00")), spans)
    assert [(day.day, day.recorded_s) for day in found] == [("2026-11-23", 1), ("2026-11-24", 2)]
    in_utc = days_with_recordings(month_days_ns("2026-11", timezone("Z")), spans)
    assert [(day.day, day.recorded_s) for day in in_utc] == [("2026-11-23", 3)]


@pytest.mark.parametrize("name", ["Mars/Olympus", "+99:99", "../../etc/passwd", "Asia/ Shanghai"])
def test_unknown_zones_are_refused(name: str) -> None:
    with pytest.raises(MingjianError) as caught:
        timezone(name)
    assert (caught.value.code, caught.value.field) == ("bad_timezone", "tz")


@pytest.mark.parametrize("month", ["2026-13", "2026", "abc", "2026-11-01"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(MingjianError) as caught:
        month_days_ns(month, timezone("Z"))
    assert (caught.value.code, caught.value.field) == ("bad_month", "month")
