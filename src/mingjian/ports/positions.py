"""Where a PTZ camera stood, by what two people said of it. Pure.

A position takes the masks of other presets off, so that only what is certain counts. A statement counts surely from 10 s
inside of its time, and speaks against others until 10 s outside of it: pictures arrive late, a group of pictures begins
earlier than what was asked for, and who says that a camera turns says so a little late. Whenever statements contradict
each other, or none counts, the position is not known, and every mask of the camera holds.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

SETTLE_MS = 10_000
FOREVER_MS = 1 << 53
Stretch = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PositionSpan:
    """The camera stands at `preset` in [from_ms, until_ms), UTC milliseconds; None: it still does."""

    preset: str
    from_ms: int
    until_ms: int | None = None


class Stood(NamedTuple):
    """It certainly stood there in [from_ms, to_ms). `preset` is a `preset_key`."""

    from_ms: int
    to_ms: int
    preset: str


def preset_key(name: str) -> str:
    """Names of presets that people mean alike are one: width, case, spaces and what cannot be seen do not tell them apart."""
    seen = unicodedata.normalize("NFKC", name).casefold()
    return "".join(one for one in seen if unicodedata.category(one)[0] not in "CZ")


def settled(statements: Iterable[PositionSpan]) -> Iterator[Stood]:
    """Where the camera certainly stood, in order, none overlapping another."""
    edges: list[tuple[int, str, int, int]] = []  # when, where, what is added to surely and to possibly there
    for one in statements:
        key = preset_key(one.preset)
        until_ms = FOREVER_MS if one.until_ms is None else one.until_ms
        perhaps_from, perhaps_until = one.from_ms - SETTLE_MS, min(FOREVER_MS, until_ms + SETTLE_MS)
        if perhaps_from >= perhaps_until:
            continue  # it ended before it began: it says nothing, and takes nothing from what others say
        edges += [(perhaps_from, key, 0, 1), (perhaps_until, key, 0, -1)]
        begin, end = one.from_ms + SETTLE_MS, until_ms if one.until_ms is None else until_ms - SETTLE_MS
        if begin < end and key:
            edges += [(begin, key, 1, 0), (end, key, -1, 0)]
    edges.sort()
    surely: Counter[str] = Counter()
    possibly: Counter[str] = Counter()
    for at, (when_ms, key, sure, possible) in enumerate(edges):
        surely[key] += sure
        possibly[key] += possible
        next_ms = edges[at + 1][0] if at + 1 < len(edges) else when_ms
        named = [place for place, count in possibly.items() if count > 0]
        if next_ms > when_ms and len(named) == 1 and surely[named[0]] > 0:
            yield Stood(when_ms, next_ms, named[0])


class Whereabouts:
    """All that is known of where one camera stood."""

    def __init__(self, statements: Iterable[PositionSpan] = ()) -> None:
        told = tuple(statements)
        self._stood = tuple(settled(told))
        self._open = frozenset(preset_key(one.preset) for one in told if one.until_ms is None)
        self._elsewhere: dict[str, tuple[Stretch, ...]] = {}

    def elsewhere(self, preset: str) -> tuple[Stretch, ...]:
        """When the camera certainly stood at another preset than this one, [from, to) in milliseconds. No preset: never."""
        key = preset_key(preset)
        if not key:
            return ()
        if key not in self._elsewhere:
            self._elsewhere[key] = tuple(_joined((one.from_ms, one.to_ms) for one in self._stood if one.preset != key))
        return self._elsewhere[key]

    def is_elsewhere(self, preset: str, from_ms: int, to_ms: int) -> bool:
        """Whether the camera certainly stood at another preset at every instant of [from, to]."""
        stretches = self.elsewhere(preset)
        at = bisect_right(stretches, (from_ms, FOREVER_MS)) - 1
        return at >= 0 and stretches[at][0] <= from_ms and to_ms < stretches[at][1]

    def stands_elsewhere(self, preset: str, now_ms: int) -> bool:
        """Whether it does so now. What has ended says nothing of the present, even if a clock was set back since."""
        return len(self._open) == 1 and preset_key(preset) not in self._open and (
            self.is_elsewhere(preset, now_ms, now_ms)
        )  # fmt: skip


def _joined(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Stretches in order, those that touch as one."""
    last: Stretch | None = None
    for start, end in stretches:
        if last is not None and start == last[1]:
            last = last[0], end
            continue
        if last is not None:
            yield last
        last = start, end
    if last is not None:
        yield last
