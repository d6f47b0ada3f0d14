"""Media time to wall time within one Run. The arrival clock is the authority; the camera's clock is evidence.

A picture cannot arrive before it was taken, and the network only ever delays: so wall time = media time + the smallest
(arrival - media time) seen. That anchor is taken over the first fragment (cameras send a burst of old pictures when a
connection begins) and afterwards follows the drift of the camera's crystal: every 10 s of media time by at most 10 ms.
An anchor that would have to move by more than a second is no drift: the stream's clock leapt, and a new Run begins.
"""

from __future__ import annotations

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.kernel.media_time import RATE_90K, ticks_90k_to_ns

WINDOW_90K = 10 * RATE_90K
MAX_SLEW_NS = 10 * NS_PER_MS
LEAP_NS = NS_PER_S


class RunClock:
    """Wall time of a Run's elapsed media time (90 kHz ticks since the Run's first sample)."""

    def __init__(self) -> None:
        self._anchor_ns: int | None = None
        self._lowest_ns: int | None = None
        self._window_end_90k = WINDOW_90K
        self.leapt = False

    def observe(self, elapsed_90k: int, arrival_ns: int) -> None:
        """A sample of this media time arrived then."""
        offset_ns = arrival_ns - ticks_90k_to_ns(elapsed_90k)
        if self._lowest_ns is None or offset_ns < self._lowest_ns:
            self._lowest_ns = offset_ns

    def settle(self, elapsed_90k: int) -> None:
        """Between two fragments: fix the anchor the first time, follow drift at the end of each window."""
        if self._lowest_ns is None:
            return
        if self._anchor_ns is None:
            self._anchor_ns = self._lowest_ns
        elif self._lowest_ns < self._anchor_ns - LEAP_NS:
            self.leapt = True  # pictures from the future: the Run began with late ones
            return
        elif elapsed_90k >= self._window_end_90k:
            error_ns = self._lowest_ns - self._anchor_ns
            if abs(error_ns) > LEAP_NS:
                self.leapt = True
            else:
                self._anchor_ns += max(-MAX_SLEW_NS, min(MAX_SLEW_NS, error_ns))
        else:
            return
        self._lowest_ns = None
        self._window_end_90k = elapsed_90k + WINDOW_90K

    def wall_ns(self, elapsed_90k: int) -> int:
        """Wall time of an instant of the Run. Call `settle` once before."""
        assert self._anchor_ns is not None
        return self._anchor_ns + ticks_90k_to_ns(elapsed_90k)
