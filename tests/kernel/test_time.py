from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import ManualClock
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns, utc_day
from mingjian.kernel.media_time import ns_to_90k, rescale, ticks_90k_to_ns, unwrap_32
from mingjian.kernel.ntp import ns_to_ntp, ntp_to_ns

any_ns = st.integers(0, 4_000_000_000_000_000_000)


@given(any_ns)
def test_iso_round_trip_is_exact_to_the_nanosecond(ns: int) -> None:
    assert parse_iso_ns(format_iso_ns(ns)) == ns


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-23T20:00:00.250+08:00", 1_795_435_200_250_000_000),
        ("1970-01-01T08:00:00.000000001+08:00", 1),
    ],
)
def test_known_instants(text: str, ns: int) -> None:
    assert parse_iso_ns(text) == ns


@pytest.mark.parametrize("text", ["2026-11-23T20:00:00", "yesterday", "", "2026-13-01T00:00:00Z", "2026-11-23"])
def test_a_time_without_offset_or_sense_names_the_field(text: str) -> None:
    with pytest.raises(MingjianError) as caught:
        parse_iso_ns(text, "--from")
    assert caught.value.field == "--from"
    assert caught.value.fault is Fault.USER
    assert "--from" in caught.value.say("zh")


def test_the_utc_day_changes_at_midnight() -> None:
    midnight_ns = parse_iso_ns("2026-11-24T00:00:00Z")
    assert (utc_day(midnight_ns - 1), utc_day(midnight_ns)) == ("2026-11-23", "2026-11-24")


@given(st.integers(0, 1 << 60))
def test_90k_round_trip_is_exact(ticks: int) -> None:
    assert ns_to_90k(ticks_90k_to_ns(ticks)) == ticks


@given(st.integers(0, 1 << 62), st.integers(-(1 << 31) + 1, (1 << 31) - 1))
def test_unwrap_follows_any_step_below_half_the_range(previous: int, step: int) -> None:
    assert unwrap_32(previous, (previous + step) & 0xFFFF_FFFF) == previous + step


def test_rescale_rounds_half_up() -> None:
    assert rescale(1, 48_000, 90_000) == 2
    assert rescale(1024, 48_000, 90_000) == 1920


def test_a_step_moves_the_wall_and_not_the_monotonic_clock() -> None:
    clock = ManualClock(1000, 10)
    clock.step(-600)
    clock.advance(5)
    assert (clock.now_ns(), clock.mono_ns()) == (405, 15)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def test_ntp_eras() -> None:
    assert ntp_to_ns(2_208_988_800, 0) == 0
    assert ns_to_ntp(0) == (2_208_988_800, 0)
    year_2040_ns = 2_208_988_800 * 10**9
    assert ntp_to_ns(*ns_to_ntp(year_2040_ns)) == year_2040_ns
