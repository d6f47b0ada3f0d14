"""Cameras and places in a viewport, clustered in a grid of the zoom level by the database itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Avg, Count, F, IntegerField, Max, Min, Model, QuerySet
from django.db.models.functions import Cast

from mingjian.web.registry.shared import refused

MOST_SINGLE = 400  # so many points are drawn one by one; more become clusters
FURTHEST_ZOOM = 22
SINGLE_ZOOM = 17  # from here on clusters help nobody: points, up to MOST_AT_ONCE
MOST_AT_ONCE = 2000
_CELLS_A_TILE = 4
_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Viewport:
    """What is looked at: bounds in degrees times 10,000,000, and the zoom level of a web map."""

    west_e7: int
    south_e7: int
    east_e7: int
    north_e7: int
    zoom: int

    @property
    def cell_e7(self) -> int:
        """The side of a grid cell: a quarter of a tile of 256 pixels."""
        return max(1, 3_600_000_000 // (_CELLS_A_TILE << self.zoom))


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
    single = list(seen[: most + 1])
    if len(single) <= most:
        return [], single
    cells = (
        seen.annotate(x=_cell("lon_e7", view.cell_e7), y=_cell("lat_e7", view.cell_e7))
        .order_by()
        .values("x", "y")
        .annotate(
            count=Count("pk"), lon=Avg("lon_e7"), lat=Avg("lat_e7"), west=Min("lon_e7"), south=Min("lat_e7"),
            east=Max("lon_e7"), north=Max("lat_e7"), one=Min("pk"),
        )
    )  # fmt: skip
    found = list(cells)
    alone = [cell["one"] for cell in found if cell["count"] == 1]
    return [_cluster(cell) for cell in found if cell["count"] > 1], list(rows.filter(pk__in=alone))


def _cell(field: str, side_e7: int) -> Cast:
    """Whole division, the same on both databases (the two cells around zero are one: nobody lives there)."""
    return Cast(F(field) / side_e7, IntegerField())


def _cluster(cell: dict[str, Any]) -> dict[str, Any]:
    return {
        "lon": round(float(cell["lon"]) / 1e7, 6),
        "lat": round(float(cell["lat"]) / 1e7, 6),
        "count": cell["count"],
        "bbox": [cell["west"] / 1e7, cell["south"] / 1e7, cell["east"] / 1e7, cell["north"] / 1e7],
    }
