from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.media.playback.byte_ranges import parse_place, requested_part


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, (0, 100)),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-1000", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=0-1,5-6", (0, 100)),
        ("bytes=9-3", (0, 100)),
        ("bytes=-", (0, 100)),
        ("seconds=1-2", (0, 100)),
        ("bytes=١-٢", (0, 100)),
    ],
)
def test_the_part_that_a_range_header_asks_for(header: str | None, part: tuple[int, int] | None) -> None:
    assert requested_part(header, 100) == part


@given(st.text(max_size=40), st.integers(1, 10**6))
def test_whatever_the_header_the_part_lies_in_the_body(header: str, length: int) -> None:
    part = requested_part("bytes=" + header, length)
    assert part is None or 0 <= part[0] < part[1] <= length


def test_places_are_offset_and_length() -> None:
    assert parse_place("700-1065") == (700, 1065, False)
    assert parse_place("700-1065.m4s") == (700, 1065, True)


@given(st.from_regex(r"[^0-9]?-?[0-9]{0,3}[^0-9]{1,3}", fullmatch=True))
@example("")
@example("700-")
@example("-700")
@example("1-2-3")
@example("1-2.mp4")
@example("1" * 16 + "-1")
@example("١-٢")
def test_other_places_are_refused(text: str) -> None:
    with pytest.raises(MingjianError) as caught:
        parse_place(text)
    assert (caught.value.code, caught.value.field) == ("bad_range", "range")
