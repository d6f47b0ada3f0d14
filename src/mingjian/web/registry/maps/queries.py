"""Cameras and places in a viewport, clustered in a grid of the zoom level by the database itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, Model, QuerySet, Sum

from mingjian.web.http.problem import refused
from mingjian.web.registry.models.cells import LEVELS, ROW, side_e7

MOST_SINGLE = 400  # so many points are drawn one by one; more become clusters
FURTHEST_ZOOM = 22
SINGLE_ZOOM = 17  # from here on clusters help nobody: points, up to MOST_AT_ONCE
MOST_AT_ONCE = 2000
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Viewport:
    """What is looked at: bounds in degrees times 10,000,000, and the zoom level of a web map."""

    west_e7: int
    south_e7: int
    east_e7: int
    north_e7: int
    zoom: int


def read_viewport(bbox: str, zoom: int) -> Viewport:
    """The viewport of "west,south,east,north" in degrees. Raises MingjianError `invalid` (field: bbox)."""
    parts = bbox.split(",")
    try:
        west, south, east, north = (round(float(part) * 1e7) for part in parts)
    except (ValueError, OverflowError):
        raise refused("bbox", "范围应为“西,南,东,北”四个度数", "bbox is west,south,east,north in degrees") from None
    if not (-1_800_000_000 <= west <= east <= 1_800_000_000 and -900_000_000 <= south <= north <= 900_000_000):
        raise refused("bbox", "范围超出经纬度或者次序颠倒", "bbox is out of bounds or the wrong way round")
    return Viewport(west, south, east, north, zoom)


def in_view(rows: QuerySet[_Row], view: Viewport) -> QuerySet[_Row]:
    """The rows whose position lies in the viewport."""
    return rows.filter(
        lat_e7__gte=view.south_e7, lat_e7__lte=view.north_e7, lon_e7__gte=view.west_e7, lon_e7__lte=view.east_e7
    )


def viewport(rows: QuerySet[_Row], view: Viewport) -> tuple[list[dict[str, Any]], list[_Row]]:
    """Clusters and single rows. A cell with one row gives the row itself."""
    seen = in_view(rows, view)
    most = MOST_AT_ONCE if view.zoom >= SINGLE_ZOOM else MOST_SINGLE
    if len(seen.order_by().values_list("pk", flat=True)[: most + 1]) <= most:
        return [], list(seen)
    level = next((level for level in LEVELS if level >= view.zoom), LEVELS[-1])
    steps = max(0, level - view.zoom)
    cells = _merged(_counted(seen, view, level), steps)
    alone = [cell.number for cell in cells if cell.count == 1][:MOST_SINGLE]
    single = list(seen.filter(**{f"cell_{level}__in": alone})) if alone else []
    side = side_e7(level) << steps
    return [_cluster(cell, side) for cell in cells if cell.count > 1], single


@dataclass(slots=True)
class _Cell:
    """What lies in one square: how many, the sums of their positions, the number of the first kept cell it is made of."""

    row: int
    column: int
    number: int
    count: int
    lon_e7: int
    lat_e7: int


def _counted(seen: QuerySet[_Row], view: Viewport, level: int) -> list[tuple[int, int, int, int]]:
    """(cell, how many, sum of longitudes, sum of latitudes) of the level, from the level's index alone.

    The range of cells says nothing that the bounds do not; it makes the database take that index.
    """
    name, side = f"cell_{level}", side_e7(level)
    first = (view.south_e7 // side - 1) * ROW + view.west_e7 // side - 1
    last = (view.north_e7 // side + 1) * ROW + view.east_e7 // side + 1
    counted = (
        seen.filter(**{f"{name}__gte": first, f"{name}__lte": last})
        .order_by()
        .values(name)
        .annotate(count=Count("*"), lon=Sum("lon_e7"), lat=Sum("lat_e7"))
    )
    return list(counted.values_list(name, "count", "lon", "lat"))


def _merged(counted: list[tuple[int, int, int, int]], steps: int) -> list[_Cell]:
    """Cells `steps` levels coarser: each is four of the next finer ones."""
    found: dict[tuple[int, int], _Cell] = {}
    half = ROW // 2
    for number, count, lon_e7, lat_e7 in counted:
        row, column = divmod(number + half, ROW)
        where = (row >> steps, (column - half) >> steps)
        cell = found.get(where)
        if cell is None:
            found[where] = _Cell(*where, number, count, lon_e7, lat_e7)
        else:
            cell.count += count
            cell.lon_e7 += lon_e7
            cell.lat_e7 += lat_e7
    return list(found.values())


def _cluster(cell: _Cell, side: int) -> dict[str, Any]:
    west, south = cell.column * side, cell.row * side
    return {
        "lon": round(cell.lon_e7 / cell.count / 1e7, 6),
        "lat": round(cell.lat_e7 / cell.count / 1e7, 6),
        "count": cell.count,
        "bbox": [west / 1e7, south / 1e7, (west + side) / 1e7, (south + side) / 1e7],
    }
