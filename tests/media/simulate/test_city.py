"""The city is the same for everybody, and its actors pass from camera to camera."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mingjian.media.simulate.canvas import Picture
from mingjian.media.simulate.city import (
    LIGHT_CYCLE_S,
    ActorKind,
    City,
    PlaceKind,
    daylight,
    main_axis_is_green,
)
from mingjian.media.simulate.scenes import Scene

NOW_NS = 1_795_406_400_000_000_000
SECOND = 1_000_000_000

_PRINT = """
from mingjian.media.simulate.city import City, PlaceKind
city = City(7)
for place in PlaceKind:
    for at in range(5):
        now_ns = 1_795_406_400_000_000_000 + at * 1_234_567_891
        print(place, [(s.actor.id, s.axis, s.along, s.heading) for s in city.sightings(place, now_ns)])
"""


def test_another_process_computes_the_same_city() -> None:
    runs = [
        subprocess.run([sys.executable, "-c", _PRINT], capture_output=True, text=True, check=True, env={
            "PYTHONPATH": "src", "PYTHONHASHSEED": seed
        }).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert runs[0] == runs[1]
    assert "main" in runs[0]


def test_another_seed_is_another_city() -> None:
    assert City(1).actors != City(2).actors
    assert City(3).actors == City(3).actors


def test_pictures_are_the_same_byte_for_byte() -> None:
    pictures = [Picture(640, 360), Picture(640, 360)]
    for picture in pictures:
        Scene(City(1), PlaceKind.CROSSING).draw(picture, NOW_NS)
    assert np.array_equal(pictures[0].whole, pictures[1].whole)


def test_a_car_leaves_one_picture_and_enters_the_next_one_along_its_road() -> None:
    city = City(1)
    car = next(
        actor
        for actor in city.actors
        if actor.route.name == "ring road" and actor.timetable[0][1] == 0.0 and actor.kind is not ActorKind.PERSON
    )
    met: list[PlaceKind] = []
    for second in range(2 * 120):
        now_ns = NOW_NS + second * SECOND
        places = [place for place in PlaceKind if any(s.actor is car for s in city.sightings(place, now_ns))]
        assert len(places) <= 1, "nobody is at two places at once"
        if places and (not met or met[-1] is not places[0]):
            met.append(places[0])
    order = [PlaceKind.CROSSING, PlaceKind.BRIDGE, PlaceKind.TUNNEL]
    start = order.index(met[0])
    assert len(met) >= 6
    assert met == [order[(start + index) % 3] for index in range(len(met))]


def test_ferries_go_between_pier_bridge_and_gauge_and_call_at_the_pier() -> None:
    city = City(1)
    ferry = next(actor for actor in city.actors if actor.kind is ActorKind.FERRY)
    positions = [ferry.at(NOW_NS + second * SECOND) for second in range(240)]
    docked = sum(1 for first, second in pairwise(positions) if first[0] == second[0] == 120.0)
    assert 36 <= docked <= 42
    assert {heading for _, heading in positions} == {1, -1}


@given(now_ns=st.integers(0, 1 << 62))
def test_everybody_moves_steadily(now_ns: int) -> None:
    """In a tenth of a second nobody jumps: at most 15 m/s, but for the seam of the closed line."""
    city = _CITY
    for actor in city.actors[::9]:
        before, after = actor.at(now_ns)[0], actor.at(now_ns + SECOND // 10)[0]
        length = actor.route.length_m
        assert abs((after - before + length / 2) % length - length / 2) <= 1.5


@given(now_ns=st.integers(0, 1 << 62))
def test_nobody_drives_over_a_red_light(now_ns: int) -> None:
    """Who is at the middle of the crossing has green, or had it a moment ago."""
    for sighting in _CITY.sightings(PlaceKind.CROSSING, now_ns):
        if sighting.axis in ("main", "cross") and abs(sighting.along - 0.5) < 0.02:
            assert main_axis_is_green(now_ns) == (sighting.axis == "main")


@given(now_ns=st.integers(0, 1 << 62))
def test_light_and_water_stay_within_their_bounds(now_ns: int) -> None:
    assert 0.0 <= daylight(now_ns) <= 1.0
    assert abs(daylight(now_ns) - daylight(now_ns + SECOND)) < 0.01
    assert 1.5 <= _CITY.river_level_m(now_ns) <= 4.5


def test_it_is_day_at_noon_and_night_at_midnight_in_china() -> None:
    assert daylight(NOW_NS) == 1.0
    assert daylight(NOW_NS + 12 * 3600 * SECOND) == 0.0


def test_every_place_is_alive() -> None:
    for place in PlaceKind:
        seen = {
            sighting.actor.id
            for second in range(0, 6 * LIGHT_CYCLE_S, 5)
            for sighting in _CITY.sightings(place, NOW_NS + second * SECOND)
        }
        assert len(seen) >= 3, place


_CITY = City(1)
