"""Decoding times from presentation times. Cameras say only when a picture is shown (RTP), files need both.

A decoder takes pictures in decoding order at the instants at which some picture is shown: the n-th decoding time is the
n-th smallest presentation time. With composition offsets that may be negative (`trun` version 1) both begin at zero.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def decode_times(pts: Sequence[int], floor: int | None = None) -> list[int]:
    """Decoding times of samples in decoding order whose presentation times are all known (a whole fragment).

    Strictly increasing and above `floor` (the last decoding time before), whatever the input.
    """
    times = sorted(pts)
    last = times[0] - 1 if floor is None else floor
    for index, time in enumerate(times):
        if time <= last:
            time = last + 1
            times[index] = time
        last = time
    return times


class DecodeClock:
    """Decoding times one by one, for fragments of a single picture (live).

    `depth` is the SPS's max_num_reorder_frames (H.264 E.2.1) or sps_max_num_reorder_pics (H.265 7.4.3.2.1),
    `frame_duration` the usual distance of two pictures, in the unit of `pts`. Times stay strictly increasing even when
    a stream reorders deeper than it declared.
    """

    def __init__(self, depth: int, frame_duration: int) -> None:
        self._depth = depth
        self._duration = max(1, frame_duration)
        self._waiting: list[int] = []
        self._started = 0
        self._last: int | None = None

    def next(self, pts: int) -> int:
        """The decoding time of the next picture in decoding order."""
        heapq.heappush(self._waiting, pts)
        shift = self._depth * self._duration
        if len(self._waiting) <= self._depth:
            time = self._waiting[0] - (self._depth - self._started) * self._duration + shift
            self._started += 1
        else:
            time = heapq.heappop(self._waiting) + shift
        if self._last is not None and time <= self._last:
            time = self._last + 1
        self._last = time
        return time
