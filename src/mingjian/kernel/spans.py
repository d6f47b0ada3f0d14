"""Half-open intervals of time [start, end): union, complement, clipping. Units are the caller's (usually ns)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

Interval = tuple[int, int]


def merge(intervals: Iterable[Interval], slack: int = 0) -> list[Interval]:
    """Sorted disjoint union; intervals no further apart than `slack` are joined. Empty ones vanish."""
    merged: list[list[int]] = []
    for start, end in sorted(interval for interval in intervals if interval[1] > interval[0]):
        if merged and start <= merged[-1][1] + slack:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return [(start, end) for start, end in merged]


def clip(intervals: Iterable[Interval], lower: int, upper: int) -> Iterator[Interval]:
    """The parts of `intervals` within [lower, upper)."""
    for start, end in intervals:
        low, high = max(start, lower), min(end, upper)
        if low < high:
            yield low, high


def complement(intervals: Iterable[Interval], lower: int, upper: int) -> list[Interval]:
    """What [lower, upper) holds beside `intervals` (any order, overlaps allowed)."""
    holes: list[Interval] = []
    at = lower
    for start, end in clip(merge(intervals), lower, upper):
        if start > at:
            holes.append((at, start))
        at = max(at, end)
    if at < upper:
        holes.append((at, upper))
    return holes


def intersect(left: Sequence[Interval], right: Sequence[Interval]) -> list[Interval]:
    """What both lists cover, in one pass; each must be sorted and disjoint, as `merge` gives it."""
    common: list[Interval] = []
    one = other = 0
    while one < len(left) and other < len(right):
        low, high = max(left[one][0], right[other][0]), min(left[one][1], right[other][1])
        if low < high:
            common.append((low, high))
        if left[one][1] < right[other][1]:
            one += 1
        else:
            other += 1
    return common
