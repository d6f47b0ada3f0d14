"""Geometry on the ground: distances, fields of view as sectors, overlaps. WGS-84 in, metres out.

Everything is projected to a plane touching the earth at the place in question (equirectangular about its latitude): over
the few kilometres that a camera or a zone's margin reaches, the error is below a thousandth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point, Polygon, shape
from shapely.geometry.base import BaseGeometry

_E7 = 10_000_000
_METRES_PER_DEGREE = 111_319.490793  # of the equator of WGS-84: 2 pi 6378137 m / 360
_ARC_STEP_DEG = 5.0


@dataclass(frozen=True, slots=True)
class Position:
    """A point in WGS-84, degrees times 10,000,000."""

    lon_e7: int
    lat_e7: int


@dataclass(frozen=True, slots=True)
class View:
    """A field of view: where it stands, where its middle points (0 north, clockwise), how wide and how far."""

    at: Position
    azimuth_deg: int
    angle_deg: int  # 1..360
    distance_m: int


class Plane:
    """The plane touching the earth at `origin`: x east and y north in metres."""

    def __init__(self, origin: Position) -> None:
        self._origin = origin
        self._x = _METRES_PER_DEGREE * math.cos(math.radians(origin.lat_e7 / _E7))

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Degrees to metres."""
        return (lon - self._origin.lon_e7 / _E7) * self._x, (lat - self._origin.lat_e7 / _E7) * _METRES_PER_DEGREE

    def point(self, position: Position) -> tuple[float, float]:
        """A position to metres."""
        return self.xy(position.lon_e7 / _E7, position.lat_e7 / _E7)

    def geometry(self, geojson: Mapping[str, Any]) -> BaseGeometry:
        """A GeoJSON geometry in metres. Raises ValueError for one that is none, or not finite."""
        try:
            found = shapely.transform(shape(dict(geojson)), self._project)
        except (KeyError, TypeError, AttributeError, shapely.errors.ShapelyError) as error:
            raise ValueError("no GeoJSON geometry") from error
        if found.is_empty or not all(map(math.isfinite, found.bounds)):
            raise ValueError("an empty geometry")
        return found

    def _project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        degrees = points - (self._origin.lon_e7 / _E7, self._origin.lat_e7 / _E7)
        metres: NDArray[np.float64] = degrees * (self._x, _METRES_PER_DEGREE)
        return metres

    def sector(self, view: View) -> Polygon:
        """The field of view as a polygon; a full circle for 360 degrees."""
        x, y = self.point(view.at)
        steps = max(2, math.ceil(view.angle_deg / _ARC_STEP_DEG))
        first = view.azimuth_deg - view.angle_deg / 2
        arc = [math.radians(first + view.angle_deg * step / steps) for step in range(steps + 1)]
        rim = [(x + view.distance_m * math.sin(turn), y + view.distance_m * math.cos(turn)) for turn in arc]
        return Polygon(rim if view.angle_deg >= 360 else [(x, y), *rim])


def distance_m(one: Position, other: Position) -> float:
    """Metres between two positions."""
    return math.hypot(*Plane(one).point(other))


def distance_to_m(position: Position, geojson: Mapping[str, Any]) -> float:
    """Metres from a position to a GeoJSON geometry, 0 inside it. Raises ValueError for one that is none."""
    return float(Plane(position).geometry(geojson).distance(Point(0, 0)))


def overlap_percent(new: View, existing: View) -> int:
    """How much of the new field of view the existing one sees already, rounded down."""
    plane = Plane(new.at)
    wanted = plane.sector(new)
    shared = wanted.intersection(plane.sector(existing)).area
    return min(100, int(100 * shared / wanted.area + 1e-9)) if wanted.area else 0


def sees(view: View, geojson: Mapping[str, Any], margin_m: float = 0.0) -> bool:
    """Whether the geometry lies in the field of view or within `margin_m` of it. Raises ValueError."""
    plane = Plane(view.at)
    return bool(plane.sector(view).distance(plane.geometry(geojson)) <= margin_m)


def box_around(position: Position, radius_m: float) -> tuple[Position, Position]:
    """South-west and north-east corner of the square that holds everything within the radius: for indexed look-ups."""
    lat = radius_m / _METRES_PER_DEGREE
    lon = lat / max(0.01, math.cos(math.radians(position.lat_e7 / _E7)))
    west, south = position.lon_e7 - math.ceil(lon * _E7), position.lat_e7 - math.ceil(lat * _E7)
    east, north = position.lon_e7 + math.ceil(lon * _E7), position.lat_e7 + math.ceil(lat * _E7)
    return Position(west, south), Position(east, north)
