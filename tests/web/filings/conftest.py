"""A system of the mall in the east, in use since the first of April 2025, and the day it is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from mingjian.kernel.clock import ManualClock
from mingjian.rules.day_count import end_of_day_ns
from mingjian.web.registry.models import Camera, CameraArchive, Place, PlaceKind, System, SystemParty

DAY_S = 86_400


@pytest.fixture
def on_day(clock: ManualClock) -> Callable[[str], None]:
    """Make it noon in Shanghai of a day: `on_day("2025-04-20")`."""

    def go(day: str) -> None:
        noon_ns = end_of_day_ns(dt.date.fromisoformat(day)) - DAY_S // 2 * 1_000_000_000
        clock.step(noon_ns - clock.now_ns())

    return go


@pytest.fixture
def system(city: Any, on_day: Any) -> System:
    """The mall's system with two cameras; accepted and in use on 2025-04-10."""
    on_day("2025-04-10")
    place = Place.objects.create(
        id="mall-place", name="湖心商场", division_id="east-street", organisation_id="mall", address="湖滨路1号",
        public_place=True, created_ns=0,
    )  # fmt: skip
    PlaceKind.objects.create(place=place, kind="shopping_centre")
    made = System.objects.create(
        id="mall-system", name="湖心商场视频系统", organisation_id="mall", division_id="east-street", place=place,
        keep_days=30, standing="in_use", accepted_date="2025-04-10", in_use_date="2025-04-10", created_ns=0,
    )  # fmt: skip
    for capacity in ("builder", "manager", "user"):
        SystemParty.objects.create(id=f"party-{capacity}", system=made, organisation_id="mall", capacity=capacity)
    for number in (1, 2):
        camera = Camera.objects.create(
            id=f"mall-camera-{number}", name=f"大厅{number}", keep_days=30, planned_from_ns=0, system=made, place=place,
            organisation_id="mall", division_id="east-street", created_ns=0,
        )  # fmt: skip
        CameraArchive.objects.create(camera=camera, ptz_type=3)
    return made
