"""Coordinates of the four datums in use, to and from WGS-84. Degrees, longitude first.

CGCS2000 differs from WGS-84 by centimetres and is taken as equal. GCJ-02 and BD-09 are the published approximations of
an offset that is not public; the way back from GCJ-02 is found by iteration to about a centimetre. No library on PyPI
for these two is kept up, and pyproj does not know them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum

from mingjian.web.http.problem import refused


class Datum(StrEnum):
    """Which earth and which offset a coordinate is given in."""

    WGS84 = "WGS-84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees."""

    lon: float
    lat: float

    @property
    def lon_e7(self) -> int:
        """As the register keeps it: degrees times 10,000,000."""
        return round(self.lon * 1e7)

    @property
    def lat_e7(self) -> int:
        """As the register keeps it."""
        return round(self.lat * 1e7)


_DATUMS = {one.value: one for one in Datum}
_AXIS_M = 6378245.0  # Krasovsky 1940, the ellipsoid of the GCJ-02 approximation
_ECCENTRICITY_2 = 0.00669342162296594323
_BD_TURN = math.pi * 3000 / 180
_NUMBER = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,18})?\Z")


def to_wgs84(datum: Datum, given: Position) -> Position:
    """The WGS-84 position of one given in `datum`."""
    if datum is Datum.BD09:
        return _gcj_to_wgs(_bd_to_gcj(given))
    return _gcj_to_wgs(given) if datum is Datum.GCJ02 else given


def from_wgs84(datum: Datum, position: Position) -> Position:
    """A WGS-84 position in `datum`."""
    if datum is Datum.BD09:
        return _gcj_to_bd(_wgs_to_gcj(position))
    return _wgs_to_gcj(position) if datum is Datum.GCJ02 else position


def read_position(datum: str, lon: str, lat: str, field: str) -> Position:
    """The WGS-84 position of texts as they came. Raises MingjianError `invalid` naming `field`/lon, /lat or /datum."""
    known = _DATUMS.get(datum)
    if known is None:
        raise refused(
            f"{field}.datum", f"坐标系只能是 {'、'.join(_DATUMS)}", f"the datum is one of {', '.join(_DATUMS)}"
        )
    return to_wgs84(known, Position(_degrees(lon, 180, f"{field}.lon"), _degrees(lat, 90, f"{field}.lat")))


def _degrees(text: str, most: int, field: str) -> float:
    text = text.strip()
    found = float(text) if _NUMBER.match(text) else math.inf
    if abs(found) > most:
        raise refused(field, f"应为 -{most} 到 {most} 之间的十进制度数", f"decimal degrees between -{most} and {most}")
    return found


def _abroad(lon: float, lat: float) -> bool:
    """Outside this box the offset is not applied: as every published implementation has it."""
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def _offset(lon: float, lat: float) -> tuple[float, float]:
    """Degrees east and north; none abroad."""
    if _abroad(lon, lat):
        return 0.0, 0.0
    sin, x, y = math.sin, lon - 105.0, lat - 35.0
    px, py = x * math.pi, y * math.pi
    waves = 20.0 * sin(6.0 * px) + 20.0 * sin(2.0 * px)
    root = math.sqrt(abs(x))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_waves = waves + 20.0 * sin(px) + 40.0 * sin(px / 3.0) + 150.0 * sin(px / 12.0) + 300.0 * sin(px / 30.0)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_waves = waves + 20.0 * sin(py) + 40.0 * sin(py / 3.0) + 160.0 * sin(py / 12.0) + 320.0 * sin(py / 30.0)
    radians = math.radians(lat)
    magic = 1 - _ECCENTRICITY_2 * sin(radians) ** 2
    root = math.sqrt(magic)
    north_deg = math.degrees((north + north_waves * 2.0 / 3.0) / (_AXIS_M * (1 - _ECCENTRICITY_2) / (magic * root)))
    east_deg = math.degrees((east + east_waves * 2.0 / 3.0) / (_AXIS_M / root * math.cos(radians)))
    return east_deg, north_deg


def _wgs_to_gcj(position: Position) -> Position:
    east, north = _offset(position.lon, position.lat)
    return Position(position.lon + east, position.lat + north)


def _gcj_to_wgs(given: Position) -> Position:
    lon, lat = given.lon, given.lat
    for _ in range(12):
        east, north = _offset(lon, lat)
        off_lon, off_lat = lon + east - given.lon, lat + north - given.lat
        lon, lat = lon - off_lon, lat - off_lat
        if abs(off_lon) + abs(off_lat) < 1e-7:  # this step left a thousandth of it: ten micrometres
            break
    return Position(lon, lat)


def _gcj_to_bd(position: Position) -> Position:
    radius = math.hypot(position.lon, position.lat) + 0.00002 * math.sin(position.lat * _BD_TURN)
    angle = math.atan2(position.lat, position.lon) + 0.000003 * math.cos(position.lon * _BD_TURN)
    return Position(radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006)


def _bd_to_gcj(given: Position) -> Position:
    x, y = given.lon - 0.0065, given.lat - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _BD_TURN)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _BD_TURN)
    return Position(radius * math.cos(angle), radius * math.sin(angle))
