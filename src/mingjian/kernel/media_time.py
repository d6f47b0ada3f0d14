"""The 90 kHz media clock (`*_90k`) and its exact relation to nanoseconds.

One tick of 90 kHz is 100000/9 ns. Conversions round half up, so that a round trip ticks -> ns -> ticks is exact.
Source: RFC 3551 section 4 (the 90 kHz video clock), RFC 3550 section 5.1 (32-bit wrapping timestamps).
"""

from __future__ import annotations

RATE_90K = 90_000
_WRAP = 1 << 32
_HALF = 1 << 31


def ns_to_90k(ns: int) -> int:
    """Nanoseconds to ticks, rounded half up."""
    return (ns * 9 + 50_000) // 100_000


def ticks_90k_to_ns(ticks_90k: int) -> int:
    """Ticks to nanoseconds, rounded half up."""
    return (ticks_90k * 100_000 + 4) // 9


def rescale(value: int, from_rate: int, to_rate: int) -> int:
    """A duration or time from one clock rate (Hz) to another, rounded half up."""
    return (value * to_rate + from_rate // 2) // from_rate


def unwrap_32(previous: int, wrapped: int) -> int:
    """The 64-bit value nearest to `previous` whose low 32 bits are `wrapped` (RTP timestamps wrap)."""
    delta = (wrapped - previous) & 0xFFFF_FFFF
    if delta >= _HALF:
        delta -= _WRAP
    return previous + delta
