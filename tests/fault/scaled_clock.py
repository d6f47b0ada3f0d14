"""A clock that runs faster than the machine's, so that a minute of recording takes seconds."""

from __future__ import annotations

import time


class ScaledClock:
    """Wall time from `start_ns` and monotonic time, both `speed` times as fast as real time."""

    def __init__(self, start_ns: int, speed: int) -> None:
        self._start_ns = start_ns
        self._speed = speed
        self._zero_ns = time.monotonic_ns()

    def mono_ns(self) -> int:
        return (time.monotonic_ns() - self._zero_ns) * self._speed

    def now_ns(self) -> int:
        return self._start_ns + self.mono_ns()
