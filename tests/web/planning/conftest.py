from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mingjian.kernel.ids import new_id
from mingjian.web.registry.models import Camera, Place, PlaceKind, PlacePart, System

LON_E7, LAT_E7 = 1203800000, 360600000


@pytest.fixture
def make_place(city: Any, clock: Any) -> Callable[..., Place]:
    """A place with its parts: `make_place("mall", ["shopping_centre"], ["entrance"], organisation="mall")`."""

    def make(
        name: str, kinds: list[str], parts: list[str], division: str = "east", organisation: str | None = None
    ) -> Place:
        now_ns = clock.now_ns()
        place = Place.objects.create(
            id=new_id(now_ns), name=name, division_id=division, organisation_id=organisation, created_ns=now_ns
        )
        for kind in kinds:
            PlaceKind.objects.create(place=place, kind=kind)
        for part in parts:
            PlacePart.objects.create(id=new_id(now_ns), place=place, part=part, name=part)
        return place

    return make


@pytest.fixture
def make_system(city: Any, clock: Any) -> Callable[..., System]:
    def make(organisation: str = "mall", standing: str = "in_use", place: Place | None = None) -> System:
        now_ns = clock.now_ns()
        return System.objects.create(
            id=new_id(now_ns), name="系统", organisation_id=organisation, division_id="east", standing=standing,
            place=place, created_ns=now_ns,
        )  # fmt: skip

    return make


@pytest.fixture
def make_camera(city: Any, clock: Any) -> Callable[..., Camera]:
    """A registered camera without stream, at the crossing unless told otherwise."""

    def make(name: str = "枪机", organisation: str = "mall", **values: Any) -> Camera:
        now_ns = clock.now_ns()
        given = {
            "lon_e7": LON_E7, "lat_e7": LAT_E7, "azimuth_deg": 0, "view_angle_deg": 90, "view_distance_m": 50,
            "division_id": "east", **values,
        }  # fmt: skip
        return Camera.objects.create(
            id=new_id(now_ns), name=name, keep_days=30, planned_from_ns=now_ns, created_ns=now_ns,
            organisation_id=organisation, **given,
        )  # fmt: skip

    return make
