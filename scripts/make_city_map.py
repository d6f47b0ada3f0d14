#!/usr/bin/env python3
"""Draw the invented city 明川市 as GeoJSON for the offline base map: `scripts/make_city_map.py > ui/src/map/city.json`.

Nothing of it exists. Every number comes from the formulas below, so that two runs give the same bytes. WGS-84 degrees,
five decimals (a metre).
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

WEST, SOUTH, EAST, NORTH = 120.16, 35.92, 120.60, 36.20
COLUMNS, ROWS = 4, 3
DISTRICTS = (  # from the north-west to the south-east: those of the demo (app/demo_city/sheets.py)
    ("鹭洲区", "竹山区", "澄湖区", "松岭区"),
    ("柳渡区", "育林区", "南塘区", "锦和区"),
    ("望江区", "云溪区", "石桥区", "青屏区"),
)
Point = tuple[float, float]


def wobble(*seeds: float) -> float:
    """A number in -1..1 that depends on the seeds alone."""
    value = (
        math.sin(sum(seed * factor for seed, factor in zip(seeds, (12.9898, 78.233, 37.719), strict=False)))
        * 43758.5453
    )
    return 2 * (value - math.floor(value)) - 1


def coast_latitude(lon: float) -> float:
    """Where the land ends at a meridian: two bays and a headland."""
    t = (lon - WEST) / (EAST - WEST)
    return SOUTH + 0.022 + 0.012 * math.sin(5.2 * t) + 0.007 * math.sin(14 * t + 1)


def corner(column: int, row: int) -> Point:
    """A corner that districts share; those at the rim are straight, those in the south lie on the coast."""
    lon = WEST + (EAST - WEST) * column / COLUMNS
    lat = NORTH - (NORTH - SOUTH) * row / ROWS
    if 0 < column < COLUMNS and row < ROWS:
        lon += 0.014 * wobble(column, row)
    if 0 < row < ROWS:
        lat += 0.010 * wobble(row, column, 3)
    return lon, coast_latitude(lon) if row == ROWS else lat


def border(start: Point, end: Point) -> list[Point]:
    """The way from corner to corner, crooked in the middle and the same from both sides; without the end."""
    low, high = sorted((start, end))
    steps = 6
    found = []
    for index in range(steps + 1):
        t = index / steps
        bend = 0.003 * math.sin(math.pi * t) * wobble(low[0] * 100, high[1] * 100, index)
        lon, lat = low[0] + (high[0] - low[0]) * t + bend, low[1] + (high[1] - low[1]) * t - bend
        found.append((lon, lat))
    if (start, end) != (low, high):
        found.reverse()
    return found[:-1]


def shore(start: Point, end: Point) -> list[Point]:
    """Along the coast from one meridian to another; without the end."""
    return [(lon, coast_latitude(lon)) for lon in (start[0] + (end[0] - start[0]) * i / 12 for i in range(12))]


def district(column: int, row: int) -> list[Point]:
    """The closed outline of a district."""
    nw, ne = corner(column, row), corner(column + 1, row)
    se, sw = corner(column + 1, row + 1), corner(column, row + 1)
    south = shore(se, sw) if row == ROWS - 1 else border(se, sw)
    ring = border(nw, ne) + border(ne, se) + south + border(sw, nw)
    return [*ring, ring[0]]


def blob(lon: float, lat: float, width: float, height: float, seed: float) -> list[Point]:
    """A lake or a wood."""
    ring = []
    for index in range(28):
        angle = 2 * math.pi * index / 28
        size = 1 + 0.16 * math.sin(3 * angle + seed) + 0.07 * math.sin(7 * angle + 2 * seed)
        ring.append((lon + width * size * math.cos(angle), lat + height * size * math.sin(angle)))
    return [*ring, ring[0]]


def river() -> list[Point]:
    """明河, from the hills in the north-west into the bay."""
    points = []
    for index in range(41):
        t = index / 40
        lon = WEST + 0.05 + 0.24 * t + 0.012 * math.sin(9 * t)
        points.append((lon, NORTH + (coast_latitude(WEST + 0.29) - NORTH) * t + 0.008 * math.sin(13 * t) * (1 - t)))
    return points


def ring_road(width: float, height: float) -> list[Point]:
    points = []
    for index in range(49):
        angle = 2 * math.pi * index / 48
        points.append(
            (120.38 + width * math.cos(angle), 36.068 + height * math.sin(angle) * (1 + 0.05 * math.sin(angle * 2)))
        )
    return points


def streets() -> list[tuple[str, str, list[Point]]]:
    """(rank, name, line): two ring roads, avenues, and streets every kilometre or so in the middle."""
    found = [("main", "一环路", ring_road(0.055, 0.038)), ("main", "二环路", ring_road(0.13, 0.082))]
    for index, name in enumerate(("人民路", "明川大道", "滨海路")):
        lat = (36.115, 36.062, 36.005)[index]
        line = [(WEST + (EAST - WEST) * i / 24, lat + 0.003 * math.sin(i / 3 + index)) for i in range(25)]
        found.append(("main", name, line))
    for index, name in enumerate(("望江路", "中山路", "锦和路")):
        lon = (120.27, 120.38, 120.48)[index]
        south = coast_latitude(lon) + 0.003
        found.append(
            (
                "main",
                name,
                [(lon + 0.003 * math.sin(i / 2 + index), NORTH + (south - NORTH) * i / 16) for i in range(17)],
            )
        )
    for index in range(-9, 10):
        lon, lat = 120.38 + 0.011 * index, 36.062 + 0.0085 * index * 0.62
        if index % 10:
            found.append(("street", "", [(lon, 36.012), (lon + 0.0012 * wobble(index), 36.062), (lon, 36.118)]))
            found.append(("street", "", [(120.275, lat), (120.38, lat + 0.0011 * wobble(index, 2)), (120.485, lat)]))
    return found


def feature(kind: str, name: str, geometry: str, coordinates: Any, **more: Any) -> dict[str, Any]:
    def rounded(value: Any) -> Any:
        return round(value, 5) if isinstance(value, float) else [rounded(one) for one in value]

    return {
        "type": "Feature",
        "properties": {"kind": kind, "name": name, **more},
        "geometry": {"type": geometry, "coordinates": rounded(coordinates)},
    }


def city() -> dict[str, Any]:
    """The whole map; what is drawn first comes first."""
    found = []
    for row, names in enumerate(DISTRICTS):
        for column, name in enumerate(names):
            found.append(feature("district", name, "Polygon", [district(column, row)]))
    found.append(feature("wood", "西山", "Polygon", [blob(120.225, 36.155, 0.034, 0.020, 1)]))
    found.append(feature("wood", "竹山公园", "Polygon", [blob(120.325, 36.130, 0.012, 0.008, 2)]))
    found.append(feature("water", "南塘", "Polygon", [blob(120.425, 36.078, 0.017, 0.010, 3)]))
    found.append(feature("river", "明河", "LineString", river()))
    for rank, name, line in streets():
        found.append(feature("road", name, "LineString", line, rank=rank))
    found.append(feature("sea", "明川湾", "Point", (120.43, 35.925)))
    return {"type": "FeatureCollection", "features": found}


if __name__ == "__main__":
    json.dump(city(), sys.stdout, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write("\n")
