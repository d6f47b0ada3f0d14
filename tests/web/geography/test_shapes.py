from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.web.geography.geojson import read_geometry

SQUARE = {"type": "Polygon", "coordinates": [[[120, 36], [120.1, 36], [120.1, 36.1], [120, 36.1], [120, 36]]]}


def test_a_polygon_has_its_middle_and_bounds() -> None:
    geometry = read_geometry(SQUARE)
    assert (geometry.middle.lon, geometry.middle.lat) == pytest.approx((120.05, 36.05))
    assert geometry.bounds == (120, 36, 120.1, 36.1)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (None, "geometry.type"),
        ({"type": "Circle"}, "geometry.type"),
        ({"type": "Point", "coordinates": [200, 1]}, "geometry.coordinates"),
        ({"type": "Point", "coordinates": [True, 1]}, "geometry.coordinates"),
        ({"type": "LineString", "coordinates": []}, "geometry.coordinates"),
        ({"type": "LineString", "coordinates": [[1, 1], [1, "x"]]}, "geometry.coordinates.1"),
        ({"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 1]]]}, "geometry.coordinates"),
    ],
)
def test_what_is_no_geometry(value: Any, field: str) -> None:
    with pytest.raises(MingjianError) as caught:
        read_geometry(value)
    assert caught.value.field == field


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)


@given(st.fixed_dictionaries({"type": st.sampled_from(["Point", "Polygon", "MultiPolygon"]), "coordinates": JSON}))
def test_any_json_is_a_geometry_or_an_error(value: Any) -> None:
    try:
        west, south, east, north = read_geometry(value).bounds
    except MingjianError:
        return
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
