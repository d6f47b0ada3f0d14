from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.web import ground
from mingjian.web.geography.datum import Datum, Position, from_wgs84, read_position, to_wgs84

# Published with the reference implementation eviltransform (github.com/googollee/eviltransform): WGS-84 and GCJ-02.
GCJ = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
# Published with coordtransform (github.com/wandergis/coordtransform): GCJ-02 and BD-09.
BD = [
    ((116.404, 39.915), (116.41036949371029, 39.92133699351021)),
    ((116.39762729119315, 39.90865673957631), (116.404, 39.915)),
]


def distance_m(one: Position, other: Position) -> float:
    points = [ground.Position(point.lon_e7, point.lat_e7) for point in (one, other)]
    return ground.distance_m(points[0], points[1])


CHINA = st.builds(Position, st.floats(75, 134), st.floats(4, 53))


@pytest.mark.parametrize(("wgs", "gcj"), GCJ)
def test_gcj02_by_published_points(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    there = from_wgs84(Datum.GCJ02, Position(*wgs))
    assert (there.lon, there.lat) == pytest.approx(gcj, abs=1e-9)
    back = to_wgs84(Datum.GCJ02, Position(*gcj))
    assert (back.lon, back.lat) == pytest.approx(wgs, abs=1e-7)


@pytest.mark.parametrize(("gcj", "bd"), BD)
def test_bd09_by_published_points(gcj: tuple[float, float], bd: tuple[float, float]) -> None:
    """BD-09 has no exact way back: the published one is its approximation, good to decimetres."""
    through = from_wgs84(Datum.BD09, to_wgs84(Datum.GCJ02, Position(*gcj)))
    assert distance_m(through, Position(*bd)) < 1
    assert distance_m(to_wgs84(Datum.BD09, Position(*bd)), to_wgs84(Datum.GCJ02, Position(*gcj))) < 1


@given(CHINA, st.sampled_from(list(Datum)))
def test_there_and_back_is_within_decimetres(position: Position, datum: Datum) -> None:
    limit_m = 1.0 if datum is Datum.BD09 else 0.1
    assert distance_m(to_wgs84(datum, from_wgs84(datum, position)), position) < limit_m


def test_cgcs2000_is_taken_as_equal_and_abroad_has_no_offset() -> None:
    home, abroad = Position(120.4, 36.1), Position(2.35, 48.85)
    assert to_wgs84(Datum.CGCS2000, home) == home
    assert to_wgs84(Datum.GCJ02, abroad) == abroad


@pytest.mark.parametrize(
    ("datum", "lon", "lat", "field"),
    [
        ("WGS84", "1", "1", "position.datum"),
        ("WGS-84", "181", "1", "position.lon"),
        ("WGS-84", "nan", "1", "position.lon"),
        ("WGS-84", "1", "1e1", "position.lat"),
        ("WGS-84", "1", "", "position.lat"),
    ],
)
def test_what_is_no_position(datum: str, lon: str, lat: str, field: str) -> None:
    with pytest.raises(MingjianError) as caught:
        read_position(datum, lon, lat, "position")
    assert caught.value.field == field
