from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.web.ground import Position, View, box_around, distance_m, distance_to_m, overlap_percent, sees

CROSSING = Position(1203800000, 360600000)
_METRE_E7_LAT = 10_000_000 / 111_319.490793


def north(metres: float, of: Position = CROSSING) -> Position:
    return Position(of.lon_e7, of.lat_e7 + round(metres * _METRE_E7_LAT))


views = st.builds(
    View,
    st.builds(Position, st.integers(1203790000, 1203810000), st.integers(360590000, 360610000)),
    st.integers(0, 359),
    st.integers(1, 360),
    st.integers(1, 200),
)


def test_a_minute_of_latitude_is_about_a_nautical_mile() -> None:
    assert distance_m(CROSSING, Position(CROSSING.lon_e7, CROSSING.lat_e7 + 166_667)) == pytest.approx(1855, abs=2)


def test_a_degree_of_longitude_shrinks_with_latitude() -> None:
    equator = distance_m(Position(0, 0), Position(10_000, 0))
    assert distance_m(Position(0, 600_000_000), Position(10_000, 600_000_000)) == pytest.approx(equator / 2, rel=1e-6)


def test_the_same_view_is_covered_whole_and_the_opposite_one_not() -> None:
    new = View(CROSSING, 0, 90, 50)
    assert overlap_percent(new, new) == 100
    assert overlap_percent(new, View(CROSSING, 180, 90, 50)) == 0
    assert overlap_percent(new, View(CROSSING, 45, 90, 50)) == pytest.approx(50, abs=1)


@given(views, views)
def test_an_overlap_is_a_part(new: View, existing: View) -> None:
    assert 0 <= overlap_percent(new, existing) <= 100
    if distance_m(new.at, existing.at) > new.distance_m + existing.distance_m + 1:
        assert overlap_percent(new, existing) == 0


@given(views, st.integers(0, 180), st.floats(0.05, 0.95))
def test_what_stands_in_the_middle_of_a_view_is_seen_and_behind_it_not(view: View, turn: int, part: float) -> None:
    ahead = {"type": "Point", "coordinates": list(_ahead(view, part))}
    assert sees(view, ahead, margin_m=0.01)
    if view.angle_deg < 170:
        behind = {"type": "Point", "coordinates": list(_ahead(view, -part))}
        assert not sees(view, behind)


def _ahead(view: View, part: float) -> tuple[float, float]:
    import math

    turn, metres = math.radians(view.azimuth_deg), view.distance_m * part
    lat = view.at.lat_e7 / 1e7
    return (
        view.at.lon_e7 / 1e7 + metres * math.sin(turn) / (111_319.490793 * math.cos(math.radians(lat))),
        lat + metres * math.cos(turn) / 111_319.490793,
    )


def test_the_distance_to_an_outline_is_that_to_its_edge_and_nothing_inside() -> None:
    lon, lat = CROSSING.lon_e7 / 1e7, CROSSING.lat_e7 / 1e7
    square = [
        [lon - 0.001, lat - 0.001],
        [lon + 0.001, lat - 0.001],
        [lon + 0.001, lat + 0.001],
        [lon - 0.001, lat + 0.001],
    ]
    outline = {"type": "Polygon", "coordinates": [[*square, square[0]]]}
    assert distance_to_m(CROSSING, outline) == 0
    assert distance_to_m(north(211.319), outline) == pytest.approx(100, abs=0.5)


@pytest.mark.parametrize("geometry", [{}, {"type": "Point"}, {"type": "Point", "coordinates": []}, {"type": "Moon"}])
def test_what_is_no_geometry_is_refused(geometry: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="geometry"):
        distance_to_m(CROSSING, geometry)


@given(st.floats(1, 5000), st.integers(0, 359))
def test_the_box_holds_everything_within_its_radius(radius_m: float, bearing: int) -> None:
    low, high = box_around(CROSSING, radius_m)
    there = _ahead(View(CROSSING, bearing, 1, 1), radius_m * 0.999)
    assert low.lon_e7 <= there[0] * 1e7 <= high.lon_e7
    assert low.lat_e7 <= there[1] * 1e7 <= high.lat_e7
