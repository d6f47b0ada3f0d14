"""The fewest cameras for a place, a time and a route; what more would add; what was really recorded."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
from tests.web.retrievals.conftest import HOUR, Town
from tests.web.retrievals.conftest import town as town  # the fixture
from tests.web.retrievals.test_packages import SECONDS, Shelf
from tests.web.retrievals.test_packages import shelf as shelf  # the fixture

from mingjian.media.playback.store_recordings import StoreRecordings
from mingjian.web import wiring
from mingjian.web.authority.actor import BoundRole
from mingjian.web.registry.models import Camera
from mingjian.web.retrievals.proposing import _fewest

METRE = 1 / 111_319.490793  # degrees of latitude


def at(name: str, north_m: float, **values: Any) -> Camera:
    """A camera so far north of the mall's gate; it looks 30 m around unless told otherwise."""
    return Camera.objects.create(
        id=name, name=name, keep_days=30, planned_from_ns=0, organisation_id="mall", division_id="east", created_ns=0,
        lon_e7=1_203_800_000, lat_e7=round((36.06 + north_m * METRE) * 1e7),
        **{"view_angle_deg": 360, "view_distance_m": 30, **values},
    )  # fmt: skip


def test_a_route_is_seen_by_the_fewest_and_each_is_asked_for_its_part(town: Town) -> None:
    Camera.objects.all().delete()
    for name, north_m in (("a", 0), ("b", 50), ("c", 100), ("between", 25), ("far", 5000)):
        at(name, north_m)
    at("away", 50, azimuth_deg=90, view_angle_deg=60)  # looks east, the route runs north
    officer = town.city.browser(BoundRole.OFFICER)
    sought = {
        "route": [[120.38, 36.06 - 20 * METRE], [120.38, 36.06 + 120 * METRE]], "places": [[120.38, 36.06]],
        "from_s": town.now_s - HOUR, "to_s": town.now_s, "margin_s": 60,
    }  # fmt: skip
    said = officer.post("/retrievals/cameras", sought)
    assert {one["camera"] for one in said["proposed"]} == {"a", "b", "c"}
    assert {one["camera"] for one in said["more"]} >= {"between"}
    assert "far" not in str(said)
    assert (said["unseen_places"], said["unseen_route_m"]) == ([], 0)
    by_name = {one["camera"]: one for one in said["proposed"]}
    assert by_name["a"]["places"] == [0]
    assert by_name["a"]["asked_s"] == HOUR, "the place matters for the whole time"
    (span,) = by_name["c"]["spans"]
    assert span["to_s"] == town.now_s
    assert 0.3 * HOUR < span["to_s"] - span["from_s"] < 0.5 * HOUR
    assert said["asked_s"] + said["whole_time_adds_s"] == 3 * HOUR
    assert 15 <= said["route_points"] <= 16
    assert [one["stretches"] for one in by_name.values()].count([]) == 0
    numbers = [set(range(first, last + 1)) for one in by_name.values() for first, last in one["stretches"]]
    assert set.union(*numbers) == set(range(said["route_points"])), "together they see every point"
    assert by_name["a"]["view"] == {"lon": 120.38, "lat": 36.06, "azimuth": 0, "angle": 360, "distance": 30}
    assert by_name["c"]["recorded_s"] is None, "nobody can say: no recordings are wired"
    nothing = officer.post("/retrievals/cameras", {**sought, "route": [], "places": [[120.38, 36.1]]})
    assert (nothing["proposed"], nothing["unseen_places"]) == ([], [0])
    west = town.city.browser(BoundRole.OFFICER, "west")
    assert west.post("/retrievals/cameras", sought)["proposed"] == [], "out of reach"
    for wrong in ({"route": [], "places": []}, {"to_s": town.now_s - HOUR}, {"to_s": town.now_s + 8 * 86_400}):
        officer.post("/retrievals/cameras", {**sought, **wrong}, status=422)


def test_who_has_recorded_nothing_is_not_proposed(town: Town, shelf: Shelf) -> None:
    footage = StoreRecordings(shelf.folder.root, town.clock)
    now = wiring._wiring[0]
    wiring.install(wiring.Wiring(engine=now.engine, clock=town.clock, footage=footage))
    Camera.objects.filter(pk="hall").delete()
    at("blind", 0)
    sought = {"places": [[120.38, 36.06]], "from_s": shelf.from_s, "to_s": shelf.to_s}
    said = town.city.browser(BoundRole.OFFICER).post("/retrievals/cameras", sought)
    footage.close()
    assert [one["camera"] for one in said["proposed"]] == ["gate"]
    assert SECONDS <= said["proposed"][0]["recorded_s"] <= shelf.to_s - shelf.from_s
    assert [one["camera"] for one in said["without_footage"]] == ["blind"]


def test_the_choice_covers_all_needs_each_and_is_rarely_more_than_the_least() -> None:
    chance = random.Random(7)
    more = 0
    for _ in range(60):
        masks = [np.array([chance.random() < 0.35 for _ in range(12)]) for _ in range(7)]
        chosen = _fewest(masks)
        whole = np.logical_or.reduce(masks)
        assert (np.logical_or.reduce([masks[index] for index in chosen]) == whole).all()
        for index in chosen:
            others = [masks[other] for other in chosen if other != index] or [np.zeros(12, dtype=bool)]
            assert (np.logical_or.reduce(others) != whole).any(), "each is needed"
        least = next(
            size
            for size in range(8)
            for some in itertools.combinations(range(7), size)
            if (np.logical_or.reduce([masks[index] for index in some] or [np.zeros(12, dtype=bool)]) == whole).all()
        )
        more += len(chosen) - least
    assert more <= 6, "of 60"
