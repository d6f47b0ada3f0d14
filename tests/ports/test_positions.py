"""Which masks hold, by where a camera stood: never fewer than any reading of the statements asks for."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.errors import MingjianError
from mingjian.ports.masks import CameraMasks, MaskSpan, masks_from_json, masks_to_json
from mingjian.ports.positions import FOREVER_MS, SETTLE_MS, PositionSpan, Whereabouts, preset_key, settled

STEP = SETTLE_MS // 2  # times are multiples of it, so that margins meet
TIMES = st.integers(0, 24).map(lambda n: n * STEP)
UNTIL = st.one_of(st.none(), TIMES)
PRESETS = st.sampled_from(["gate", "Gate ", "yard", "roof"])
ANY_PRESET = st.one_of(st.just(""), PRESETS)
STATEMENTS = st.lists(st.builds(PositionSpan, ANY_PRESET, TIMES, UNTIL), max_size=5)


@st.composite
def masks(draw: st.DrawFn) -> tuple[MaskSpan, ...]:
    """Each with corners of its own, so that an answer tells which they are."""
    count = draw(st.integers(0, 4))
    return tuple(
        MaskSpan(((n, 0), (n + 1, 0), (n, 9)), draw(TIMES), draw(UNTIL), draw(ANY_PRESET)) for n in range(count)
    )


@st.composite
def in_order(draw: st.DrawFn) -> tuple[PositionSpan, ...]:
    """As web keeps them: each ends before the next begins, the last may be open."""
    edges = sorted(draw(st.lists(TIMES, max_size=8, unique=True)))
    ends = [*edges[1::2], *([None] if len(edges) % 2 else [])]
    return tuple(PositionSpan(draw(PRESETS), start, end) for start, end in zip(edges[::2], ends, strict=True))


CAMERAS = st.builds(lambda over, said: CameraMasks("main", over, None, tuple(said)), masks(), STATEMENTS)


def over(told: CameraMasks, from_ms: int, to_ms: int) -> set[object]:
    return set(told.over(from_ms * NS_PER_MS, to_ms * NS_PER_MS))


def now(told: CameraMasks, at_ms: int) -> set[object]:
    return set(told.now(at_ms * NS_PER_MS))


def certain(statements: tuple[PositionSpan, ...], at_ms: int) -> str | None:
    """Where the camera stood at an instant, told the long way: all that may hold agree, and one holds surely."""
    near, sure = set(), set()
    for one in statements:
        end_ms = FOREVER_MS if one.until_ms is None else one.until_ms
        if one.from_ms - SETTLE_MS <= at_ms < end_ms + SETTLE_MS:
            near.add(preset_key(one.preset))
        if one.from_ms + SETTLE_MS <= at_ms < (end_ms if one.until_ms is None else end_ms - SETTLE_MS):
            sure.add(preset_key(one.preset))
    return next(iter(near)) if len(near) == 1 and near == sure and "" not in near else None


def demanded(told: CameraMasks, from_ms: int, to_ms: int) -> set[object]:
    """What has to cover a span, instant by instant."""
    places = {certain(told.positions, at_ms) for at_ms in range(from_ms, to_ms + 1, STEP)}
    return {
        one.points
        for one in told.masks
        if (one.until_ms is None or (one.from_ms <= to_ms and one.until_ms > from_ms))
        and (not one.preset or None in places or preset_key(one.preset) in places)
    }


@given(CAMERAS, TIMES, st.integers(0, 8))
def test_what_covers_is_what_every_instant_demands(told: CameraMasks, from_ms: int, steps: int) -> None:
    assert over(told, from_ms, from_ms + steps * STEP) == demanded(told, from_ms, from_ms + steps * STEP)


def test_what_ended_before_it_began_takes_nothing_from_what_others_say() -> None:
    gate = ((0, 0), (9, 0), (0, 9))
    said = (PositionSpan("yard", 0), PositionSpan("roof", 0), PositionSpan("roof", 50_000, 0))
    told = CameraMasks("main", (MaskSpan(gate, 0, None, "gate"),), None, said)
    assert over(told, 20_000, 30_000) == {gate}


@given(CAMERAS, TIMES)
def test_the_present_is_covered_like_footage_of_now_and_by_all_where_no_statement_lasts(
    told: CameraMasks, now_ms: int
) -> None:
    in_force = replace(told, masks=tuple(one for one in told.masks if one.until_ms is None))
    assert now(told, now_ms) >= over(in_force, now_ms, now_ms)
    assert now(told, now_ms) >= {one.points for one in in_force.masks if not one.preset}
    if all(one.until_ms is not None for one in told.positions):
        assert now(told, now_ms) == {one.points for one in in_force.masks}


@given(CAMERAS, TIMES, st.integers(0, 8), st.integers(0, 4), masks())
def test_more_time_or_more_masks_never_uncover(
    told: CameraMasks, from_ms: int, steps: int, wider: int, more: tuple[MaskSpan, ...]
) -> None:
    to_ms = from_ms + steps * STEP
    shown = over(told, from_ms, to_ms)
    assert shown <= over(told, from_ms - wider * STEP, to_ms + wider * STEP)
    with_more = replace(told, masks=(*told.masks, *more))
    assert shown <= over(with_more, from_ms, to_ms)
    assert now(told, to_ms) <= now(with_more, to_ms)


@given(masks(), in_order(), st.data(), TIMES, st.integers(0, 8))
def test_taking_a_statement_back_or_ending_it_earlier_never_uncovers(
    drawn: tuple[MaskSpan, ...], said: tuple[PositionSpan, ...], data: st.DataObject, from_ms: int, steps: int
) -> None:
    left = []
    for one in said:
        end_ms = data.draw(st.one_of(st.just(one.until_ms), TIMES))
        if end_ms is None or (end_ms > one.from_ms and (one.until_ms is None or end_ms <= one.until_ms)):
            left.append(replace(one, until_ms=end_ms))
    before, after = (CameraMasks("main", drawn, None, tuple(found)) for found in (said, left))
    to_ms = from_ms + steps * STEP
    assert over(before, from_ms, to_ms) <= over(after, from_ms, to_ms)
    assert now(before, to_ms) <= now(after, to_ms)


@given(STATEMENTS)
def test_where_it_certainly_stood_is_in_order_and_never_two_places(said: list[PositionSpan]) -> None:
    found = list(settled(said))
    assert all(one.from_ms < one.to_ms for one in found)
    assert all(one.to_ms <= other.from_ms for one, other in itertools.pairwise(found))
    where = Whereabouts(said)
    assert where.elsewhere("") == ()
    assert not any(where.is_elsewhere(one.preset, one.from_ms, one.from_ms) for one in found)


@given(CAMERAS)
def test_the_file_says_what_was_written_and_in_format_1_all_masks_hold(told: CameraMasks) -> None:
    document = masks_to_json({"c": told})
    assert masks_from_json(document) == {"c": told}
    (camera,) = document["cameras"].values()
    del camera["positions"]
    for one in camera["masks"]:
        del one["preset"]
    with pytest.raises(MingjianError):
        masks_from_json(document)
    read = masks_from_json({**document, "format": 1})["c"]
    assert now(read, 0) == now(replace(told, positions=()), 0)
    assert over(read, 0, FOREVER_MS) == over(replace(told, positions=()), 0, FOREVER_MS)
    with pytest.raises(MingjianError):
        masks_from_json({**document, "format": 3})


def test_both_ends_are_unknown_for_ten_seconds_and_a_clock_set_back_revives_nothing() -> None:
    gate, yard = ((0, 0), (9, 0), (0, 9)), ((5, 5), (9, 5), (5, 9))
    drawn = (MaskSpan(gate, 0, None, "大门"), MaskSpan(yard, 0, None, "后院"))
    told = CameraMasks("main", drawn, None, (PositionSpan("大门", 100_000),))
    assert now(told, 99_000) == now(told, 109_999) == {gate, yard}
    assert now(told, 110_000) == now(told, 10**9) == {gate}
    ended = replace(told, positions=(PositionSpan("大门", 100_000, 200_000),))
    assert now(ended, 150_000) == {gate, yard}
    assert over(ended, 150_000, 151_000) == {gate}
    assert over(ended, 189_000, 191_000) == {gate, yard}
    assert preset_key("Ｇate\u200b 1") == preset_key("gate1")
