"""When a volume fills, forecast from what a file system says of its room over the last minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.media.store.disk import Disk
from mingjian.media.store.space import SpacePolicy, VolumeSpace
from mingjian.media.store.volume import make_volume
from mingjian.media.store.writer import Life, VolumeWriter

GB = 1_000_000_000
RESERVE = 2 * GB
START_NS = 1_764_000_000 * NS_PER_S


class Room(Disk):
    """As large as it is told."""

    free = 1000 * GB

    def space(self, path: Path) -> tuple[int, int]:
        return 2000 * GB, self.free


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START_NS)


def looked(clock: ManualClock, folder: Path, free_bytes: list[int], every_s: int = 60) -> VolumeSpace:
    """After one look at each of these, `every_s` apart."""
    disk = Room()
    volume = make_volume(folder / "v0", "v0", "instance", demo=False)
    space = VolumeSpace(VolumeWriter(volume, clock, disk, Life("life", 0)), disk, SpacePolicy(RESERVE), clock)
    for number, free in enumerate(free_bytes):
        if number:
            clock.advance(every_s * NS_PER_S)
        disk.free = free
        space.look()
    return space


def test_it_fills_at_the_rate_of_the_last_minutes(tmp_path: Path, clock: ManualClock) -> None:
    """A gigabyte a minute, and 358 above the reserve: in 358 minutes."""
    space = looked(clock, tmp_path, [(364 - minute) * GB for minute in range(5)])
    assert space.full_on_ns() == clock.now_ns() + 358 * 60 * NS_PER_S
    assert space.status().full_on_ns == space.full_on_ns()


def test_what_lies_longer_back_than_ten_minutes_does_not_count(tmp_path: Path, clock: ManualClock) -> None:
    """An hour of copying something large is over: since then nothing has been used up."""
    copied = [(900 - 10 * minute) * GB for minute in range(60)]
    space = looked(clock, tmp_path, copied + [copied[-1]] * 12)
    assert space.full_on_ns() is None


@pytest.mark.parametrize(
    "free",
    [
        [500 * GB],  # one look tells no rate
        [500 * GB] * 5,
        [500 * GB, 600 * GB],  # deletion keeps up with recording
        [500 * GB, 500 * GB - 1000],  # in more than ten years
    ],
)
def test_no_day_is_told_that_nobody_can_know(tmp_path: Path, clock: ManualClock, free: list[int]) -> None:
    assert looked(clock, tmp_path, free).full_on_ns() is None


def test_a_volume_within_its_reserve_fills_now(tmp_path: Path, clock: ManualClock) -> None:
    space = looked(clock, tmp_path, [RESERVE + GB, RESERVE - GB // 2])
    assert space.full_on_ns() == clock.now_ns()
    assert space.status().state == "full"


def test_days_ahead(tmp_path: Path, clock: ManualClock) -> None:
    """100 GB a day, as 25 cameras of 370 kb/s leave them: thirty days."""
    per_minute = 100 * GB // (24 * 60)
    space = looked(clock, tmp_path, [30 * 100 * GB + RESERVE - minute * per_minute for minute in range(11)])
    told = space.full_on_ns()
    assert told is not None
    assert abs(told - START_NS - 30 * DAY_NS) < DAY_NS // 100
