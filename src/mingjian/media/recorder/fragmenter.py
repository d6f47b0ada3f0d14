"""Where fragments end: with their GOP, or after 2 s, whichever comes first (cameras send GOPs of 10 s and more).

A cut inside a GOP is made only before a picture shown after all pictures so far, so that no B-frame is torn from its
neighbours; after 4 s it is made anyway. A hole in media time ends the fragment as well: footage must not claim it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from mingjian.kernel.media_time import RATE_90K
from mingjian.ports.media import AccessUnit

TARGET_90K = 2 * RATE_90K
LIMIT_90K = 4 * RATE_90K
HOLE_90K = RATE_90K
"""A silence longer than this between two pictures is a hole (a camera may send as few as one or two pictures a second)."""

_DEFAULT_PICTURE_90K = 3600


@dataclass(slots=True)
class Cut:
    """A finished fragment of the leading track: units in decoding order with their elapsed media time.

    `end_90k` is where it ends: the next unit's time, or an estimate before a hole or at the end of the Run.
    """

    units: list[AccessUnit] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    end_90k: int = 0
    contiguous: bool = True

    @property
    def start_90k(self) -> int:
        """The smallest presentation time."""
        return min(self.times)

    @property
    def keyframe(self) -> bool:
        """Whether it can be decoded alone."""
        return self.units[0].keyframe


class Fragmenter:
    """Collects the leading track's units. One per Run."""

    def __init__(self) -> None:
        self._cut = Cut()
        self._first = 0
        self._latest = 0

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._cut.units

    def push(self, unit: AccessUnit, time_90k: int, *, sound: bool = False) -> Cut | None:
        """Take the next unit; the fragment that ended before it, if one did."""
        done: Cut | None = None
        if self._cut.units:
            ended = self._ends_before(unit, time_90k, sound=sound)
            if ended:
                done = self._finish(time_90k)
        if not self._cut.units:
            self._first = self._latest = time_90k
        elif time_90k > self._latest:
            self._latest = time_90k
        self._cut.units.append(unit)
        self._cut.times.append(time_90k)
        return done

    def finish(self) -> Cut | None:
        """What waits, as a last fragment."""
        return self._finish(None) if self._cut.units else None

    def _ends_before(self, unit: AccessUnit, time_90k: int, *, sound: bool) -> bool:
        if unit.keyframe and not sound:
            return True
        length = time_90k - self._first
        if length >= LIMIT_90K:
            return True
        return time_90k > self._latest and (length >= TARGET_90K or time_90k - self._latest > HOLE_90K)

    def _finish(self, next_90k: int | None) -> Cut:
        cut, self._cut = self._cut, Cut()
        end = self._latest + _usual_distance(cut.times)
        if next_90k is not None:
            cut.contiguous = abs(next_90k - end) <= HOLE_90K
            # a keyframe after B-frames may be followed by pictures shown before it: only the estimate is right then
            reordered = any(after < before for before, after in itertools.pairwise(cut.times))
            if cut.contiguous and not reordered and next_90k > self._latest:
                end = next_90k
        cut.end_90k = end
        return cut


def _usual_distance(times: list[int]) -> int:
    """The median distance of two pictures, for the last one whose successor is unknown."""
    if len(times) < 2:
        return _DEFAULT_PICTURE_90K
    ordered = sorted(times)
    distances = sorted(after - before for before, after in itertools.pairwise(ordered))
    return max(1, distances[len(distances) // 2])
