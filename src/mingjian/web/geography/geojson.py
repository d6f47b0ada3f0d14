"""GeoJSON geometries (RFC 7946) as the register takes them: checked, bounded, in WGS-84."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.geography.datum import Datum, Position, to_wgs84

MOST_POSITIONS = 10_000
_DEPTH = {"Point": 0, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_PARTS = 256


@dataclass(frozen=True, slots=True)
class Geometry:
    """A checked geometry in WGS-84, its middle, and its bounds west, south, east, north in degrees."""

    document: dict[str, Any]
    middle: Position
    bounds: tuple[float, float, float, float]


def read_geometry(value: object, datum: Datum = Datum.WGS84, field: str = "geometry") -> Geometry:
    """The geometry, turned into WGS-84. Raises MingjianError `invalid` that says at which place of it it fails."""
    if not isinstance(value, dict) or value.get("type") not in _DEPTH:
        raise _bad(f"{field}.type", f"类型只能是 {'、'.join(_DEPTH)}", f"the type is one of {', '.join(_DEPTH)}")
    kind = str(value["type"])
    reader = _Reader(datum)
    coordinates = reader.read(value.get("coordinates"), _DEPTH[kind], f"{field}.coordinates")
    rings = [coordinates] if kind == "Polygon" else coordinates if kind == "MultiPolygon" else []
    for number, polygon in enumerate(rings):
        for ring in polygon:
            if len(ring) < 4 or ring[0] != ring[-1]:
                where = f"{field}.coordinates.{number}" if kind == "MultiPolygon" else f"{field}.coordinates"
                raise _bad(
                    where,
                    "环至少 4 个点，且首尾相同（RFC 7946 第 3.1.6 节）",
                    "a ring has at least four positions, the last equal to the first (RFC 7946 section 3.1.6)",
                )
    lons, lats = [one[0] for one in reader.seen], [one[1] for one in reader.seen]
    bounds = (min(lons), min(lats), max(lons), max(lats))
    return Geometry({"type": kind, "coordinates": coordinates}, _middle(kind, coordinates, bounds), bounds)


class _Reader:
    """Reads nested positions; counts them and keeps those seen for the bounds."""

    def __init__(self, datum: Datum) -> None:
        self._datum = datum
        self.seen: list[list[float]] = []

    def read(self, value: object, depth: int, where: str) -> Any:
        if depth == 0:
            return self._position(value, where)
        if not isinstance(value, list) or not 1 <= len(value) <= (MOST_POSITIONS if depth == 1 else _PARTS):
            raise _bad(where, "应为非空的坐标列表", "a list of coordinates that is not empty")
        return [self.read(inner, depth - 1, f"{where}.{number}") for number, inner in enumerate(value)]

    def _position(self, value: object, where: str) -> list[float]:
        if len(self.seen) >= MOST_POSITIONS:
            raise _bad(where, f"最多 {MOST_POSITIONS} 个点", f"at most {MOST_POSITIONS} positions")
        if (
            not isinstance(value, list)
            or len(value) not in (2, 3)
            or any(isinstance(part, bool) or not isinstance(part, int | float) for part in value)
            or not (-180 <= value[0] <= 180 and -90 <= value[1] <= 90)
        ):
            raise _bad(where, "坐标应为[经度, 纬度]", "a position is [longitude, latitude]")
        placed = to_wgs84(self._datum, Position(float(value[0]), float(value[1])))
        position = [round(placed.lon, 7), round(placed.lat, 7)]
        self.seen.append(position)
        return position


def _middle(kind: str, coordinates: Any, bounds: tuple[float, float, float, float]) -> Position:
    """The centroid of a polygon's outer ring; for anything else, or a ring without area, the middle of the bounds."""
    west, south, east, north = bounds
    if kind == "Polygon":
        ring = coordinates[0]
        area = x = y = 0.0
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            x1, y1, x2, y2 = x1 - west, y1 - south, x2 - west, y2 - south
            cross = x1 * y2 - x2 * y1
            area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
        if abs(area) > 1e-12:
            return Position(west + x / (3 * area), south + y / (3 * area))
    return Position((west + east) / 2, (south + north) / 2)


def _bad(field: str, zh: str, en: str) -> MingjianError:
    return MingjianError("invalid", Text(zh=zh, en=en), fault=Fault.USER, field=field)
