"""Fragments moved in time: what must change changes, nothing else does, and damage is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.media.playback.retime import retimed
from mingjian.wire.fmp4.box import BrokenFile
from mingjian.wire.fmp4.build import TrackRun, build_fragment, build_prft
from mingjian.wire.fmp4.entries import TrackSpec
from mingjian.wire.fmp4.read import InitInfo, parse_fragment

INIT = InitInfo((TrackSpec(1, "h264", 90_000), TrackSpec(2, "pcma", 8_000)), {}, 0)


def fragment(start_90k: int = 180_000, start_8k: int = 16_000) -> bytes:
    video, sound = TrackRun(1, start_90k), TrackRun(2, start_8k, video=False)
    for number in range(3):
        video.add(bytes([number]) * 50, 3_600, key=number == 0, offset=(0, 7_200, -3_600)[number])
        sound.add(bytes([9]) * 320, 320)
    return b"".join(build_fragment(7, [video, sound], build_prft(1, 1_764_000_000 * 10**9, start_90k)))


@given(st.integers(-180_000, 1 << 50))
def test_times_of_all_tracks_move_together_and_bytes_stay(shift_90k: int) -> None:
    source = fragment()
    moved = bytes(retimed(source, INIT, shift_90k, lambda: 42))
    before, after = parse_fragment(source, INIT), parse_fragment(moved, INIT)
    assert after.sequence == 42
    assert after.wall_ns == before.wall_ns
    assert [s.pts - shift_90k for s in after.samples[1]] == [s.pts for s in before.samples[1]]
    moved_8k = (shift_90k * 8_000 + 45_000) // 90_000
    assert [s.dts - moved_8k for s in after.samples[2]] == [s.dts for s in before.samples[2]]
    for track in (1, 2):
        for one, other in zip(before.samples[track], after.samples[track], strict=True):
            assert source[one.offset : one.offset + one.size] == moved[other.offset : other.offset + other.size]


def test_nothing_moves_below_zero() -> None:
    with pytest.raises(BrokenFile):
        retimed(fragment(), INIT, -180_001)


def test_a_track_that_the_init_does_not_have_is_said() -> None:
    with pytest.raises(BrokenFile):
        retimed(fragment(), InitInfo((TrackSpec(1, "h264", 90_000),), {}, 0), 0)


@given(st.binary(max_size=40), st.integers(0, 400), st.integers(0, 10**6))
def test_damaged_bytes_raise_nothing_but_broken_file(garbage: bytes, at: int, shift_90k: int) -> None:
    data = bytearray(fragment())
    data[at : at + len(garbage)] = garbage
    try:
        moved = retimed(bytes(data), INIT, shift_90k)
    except BrokenFile as error:
        assert error.code == "broken_mp4"  # noqa: PT017 - most damage is harmless, some is said
    else:
        assert len(moved) == len(data)
