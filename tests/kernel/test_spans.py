from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.spans import clip, complement, intersect, merge

intervals = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), max_size=12)


def covered(parts: list[tuple[int, int]]) -> set[int]:
    return {point for start, end in parts for point in range(start, end)}


@given(intervals)
def test_merge_covers_the_same_points_with_disjoint_sorted_intervals(parts: list[tuple[int, int]]) -> None:
    merged = merge(parts)
    assert covered(merged) == covered(parts)
    assert all(left[1] < right[0] for left, right in pairwise(merged))


@given(intervals, st.integers(-60, 60), st.integers(-60, 60))
def test_complement_and_clip_divide_the_range(parts: list[tuple[int, int]], lower: int, upper: int) -> None:
    inside = covered(list(clip(parts, lower, upper)))
    outside = covered(complement(parts, lower, upper))
    assert inside | outside == set(range(lower, upper))
    assert not inside & outside


def test_slack_joins_neighbours() -> None:
    assert merge([(0, 10), (12, 20), (25, 30)], slack=2) == [(0, 20), (25, 30)]


@given(intervals, intervals)
def test_intersect_covers_what_both_cover(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    common = intersect(merge(left), merge(right))
    assert covered(common) == covered(left) & covered(right)
    assert all(before[1] <= after[0] for before, after in pairwise(common))
