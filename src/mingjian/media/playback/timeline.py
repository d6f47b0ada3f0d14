"""What a timeline shows at a zoom: spans made fewer without hiding a gap, and the days of a month with recordings.

Pure: spans in, spans out. Times are UTC nanoseconds.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.recording import GapReason, Span, SpanKind

_SPANS_PER_BIN = 3
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

# Which kind a bin must show when it holds several: what is missing beats what is there.
_SEVERITY = {
    SpanKind.GAP: 5,
    SpanKind.EXPIRED: 4,
    SpanKind.NOT_PLANNED: 3,
    SpanKind.BACKFILLED: 2,
    SpanKind.RECORDED: 1,
    SpanKind.FUTURE: 0,
}


def join_spans(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of the same kind, reason and detail become one span."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.end_ns == span.start_ns
            and (last.kind, last.reason, last.detail) == (span.kind, span.reason, span.detail)
        ):
            joined[-1] = Span(last.kind, last.start_ns, span.end_ns, last.reason, last.detail)
        else:
            joined.append(span)
    return joined


def coalesce(spans: Sequence[Span], max_spans: int) -> list[Span]:
    """At most `max_spans` (at least 3) spans over the same stretch, without hole or overlap.

    When there are more, time is cut into bins. A bin of several kinds shows the worst of them (a gap before all
    others) at the place where it first occurs and at least half a bin wide, so that a missing second stays visible
    in a view of a month; the rest of the bin shows what most of it is.
    """
    joined = join_spans(spans)
    max_spans = max(_SPANS_PER_BIN, max_spans)
    if len(joined) <= max_spans:
        return joined
    start_ns, end_ns = joined[0].start_ns, joined[-1].end_ns
    bins = min(max_spans // _SPANS_PER_BIN, end_ns - start_ns)
    shown: list[Span] = []
    for low_ns, high_ns, inside in _bins(joined, start_ns, end_ns, bins):
        shown.extend(_show_bin(inside, low_ns, high_ns))
    return join_spans(shown)


def _bins(spans: Sequence[Span], start_ns: int, end_ns: int, bins: int) -> Iterator[tuple[int, int, list[Span]]]:
    """Each bin with the spans clipped to it. Walks the spans once."""
    width = end_ns - start_ns
    at = 0
    for index in range(bins):
        low_ns, high_ns = start_ns + width * index // bins, start_ns + width * (index + 1) // bins
        inside: list[Span] = []
        while at < len(spans) and spans[at].start_ns < high_ns:
            span = spans[at]
            clipped = max(span.start_ns, low_ns), min(span.end_ns, high_ns)
            inside.append(Span(span.kind, clipped[0], clipped[1], span.reason, span.detail))
            if span.end_ns > high_ns:
                break
            at += 1
        yield low_ns, high_ns, inside


def _show_bin(inside: Sequence[Span], low_ns: int, high_ns: int) -> Iterator[Span]:
    worst = max((span.kind for span in inside), key=_SEVERITY.__getitem__)
    bad = [span for span in inside if span.kind is worst]
    others = [span for span in inside if span.kind is not worst]
    reason, detail = _main_reason(bad)
    if not others:
        yield Span(worst, low_ns, high_ns, reason, detail)
        return
    shown_ns = max(sum(span.end_ns - span.start_ns for span in bad), (high_ns - low_ns) // 2, 1)
    bad_from_ns = min(bad[0].start_ns, high_ns - shown_ns)
    base = _main_kind(others)
    if bad_from_ns > low_ns:
        yield Span(base, low_ns, bad_from_ns)
    yield Span(worst, bad_from_ns, bad_from_ns + shown_ns, reason, detail)
    if bad_from_ns + shown_ns < high_ns:
        yield Span(base, bad_from_ns + shown_ns, high_ns)


def _main_kind(spans: Sequence[Span]) -> SpanKind:
    totals: dict[SpanKind, int] = {}
    for span in spans:
        totals[span.kind] = totals.get(span.kind, 0) + span.end_ns - span.start_ns
    return max(totals, key=lambda kind: (totals[kind], _SEVERITY[kind]))


def _main_reason(spans: Sequence[Span]) -> tuple[GapReason | None, str | None]:
    """The reason that explains most of these spans; its detail only when there is nothing else to tell."""
    totals: dict[GapReason | None, int] = {}
    for span in spans:
        totals[span.reason] = totals.get(span.reason, 0) + span.end_ns - span.start_ns
    reason = max(totals, key=lambda key: (totals[key], str(key)))
    details = {span.detail for span in spans}
    return reason, details.pop() if len(details) == 1 else None


@dataclass(frozen=True, slots=True)
class DayOfRecordings:
    """A civil day `YYYY-MM-DD` in the asked time zone; seconds are rounded down, but never to 0 when there is some."""

    day: str
    recorded_s: int
    gap_s: int


def timezone(name: str) -> dt.tzinfo:
    """A zone by IANA name (Asia/Shanghai) or fixed offset (+08:00, Z). Raises MingjianError `bad_timezone`."""
    try:
        if name in ("", "Z", "UTC"):
            return dt.UTC
        if name[0] in "+-":
            return dt.datetime.fromisoformat(f"2000-01-01T00:00:00{name}").tzinfo or dt.UTC
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise MingjianError(
            "bad_timezone",
            Text(
                zh=f"“{name[:64]}”不是时区，请写成 Asia/Shanghai 或 +08:00",
                en=f"{name[:64]!r} is not a time zone: write Asia/Shanghai or +08:00",
            ),
            fault=Fault.USER,
            field="tz",
        ) from None


def month_days_ns(month: str, zone: dt.tzinfo) -> list[tuple[str, int, int]]:
    """The civil days of `YYYY-MM` as (day, start_ns, end_ns); days are as long as the zone makes them.

    Raises MingjianError `bad_month` (field `month`).
    """
    try:
        first = dt.datetime.strptime(month, "%Y-%m").replace(tzinfo=zone)
    except ValueError:
        raise MingjianError(
            "bad_month",
            Text(zh=f"“{month[:32]}”不是月份，请写成 2026-11", en=f"{month[:32]!r} is not a month such as 2026-11"),
            fault=Fault.USER,
            field="month",
        ) from None
    days: list[tuple[str, int, int]] = []
    day = first.date()
    while (day.year, day.month) == (first.year, first.month):
        following = day + dt.timedelta(days=1)
        days.append((day.isoformat(), _midnight_ns(day, zone), _midnight_ns(following, zone)))
        day = following
    return days


def _midnight_ns(day: dt.date, zone: dt.tzinfo) -> int:
    midnight = dt.datetime.combine(day, dt.time(), tzinfo=zone)
    delta = midnight.astimezone(dt.UTC) - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * NS_PER_S


def days_with_recordings(days: Sequence[tuple[str, int, int]], spans: Sequence[Span]) -> list[DayOfRecordings]:
    """Those of `days` (in order, from `month_days_ns`) in which `spans` (in order) hold footage."""
    found: list[DayOfRecordings] = []
    at = 0
    for day, start_ns, end_ns in days:
        recorded_ns = gap_ns = 0
        while at < len(spans) and spans[at].end_ns <= start_ns:
            at += 1
        scan = at
        while scan < len(spans) and spans[scan].start_ns < end_ns:
            span = spans[scan]
            overlap_ns = min(span.end_ns, end_ns) - max(span.start_ns, start_ns)
            if span.kind in (SpanKind.RECORDED, SpanKind.BACKFILLED):
                recorded_ns += overlap_ns
            elif span.kind is SpanKind.GAP:
                gap_ns += overlap_ns
            scan += 1
        if recorded_ns:
            found.append(DayOfRecordings(day, max(1, recorded_ns // NS_PER_S), gap_ns // NS_PER_S))
    return found
