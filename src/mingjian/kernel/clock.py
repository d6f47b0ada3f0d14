"""Wall and monotonic time. The only room of the product that asks the operating system what time it is.

Wall time is UTC nanoseconds since 1970-01-01 (`*_ns`); it may step. Monotonic time is nanoseconds since an
arbitrary point (`mono_*_ns`); it never steps. Pure code takes `now_ns` as an argument instead of a Clock.
"""

from __future__ import annotations

import time
from typing import Protocol

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000
DAY_NS = 86_400 * NS_PER_S


class Clock(Protocol):
    """What tells the time; a test gives its own."""

    def now_ns(self) -> int:
        """Wall time, UTC nanoseconds since 1970."""
        ...

    def mono_ns(self) -> int:
        """Monotonic nanoseconds; only differences mean anything."""
        ...


class SystemClock:
    """The machine's clock."""

    now_ns = staticmethod(time.time_ns)
    """Wall time, UTC nanoseconds since 1970. As `mono_ns` asked for each picture: without a frame of ours in between."""
    mono_ns = staticmethod(time.monotonic_ns)
    """Monotonic nanoseconds (CLOCK_MONOTONIC)."""


class ManualClock:
    """A clock that only moves when told: for tests and for replaying the past."""

    def __init__(self, now_ns: int = 0, mono_ns: int = 0) -> None:
        self._now_ns = now_ns
        self._mono_ns = mono_ns

    def now_ns(self) -> int:
        """Wall time last set."""
        return self._now_ns

    def mono_ns(self) -> int:
        """Monotonic time last reached."""
        return self._mono_ns

    def advance(self, delta_ns: int) -> None:
        """Let time pass: both clocks move forward by `delta_ns`."""
        if delta_ns < 0:
            raise ValueError("time only passes forward; use step() for a clock step")
        self._now_ns += delta_ns
        self._mono_ns += delta_ns

    def step(self, delta_ns: int) -> None:
        """Step the wall clock, forward or back, as an operator or NTP would; monotonic time stays."""
        self._now_ns += delta_ns
