"""Grid cells for the map, computed by the database from a position: counting 100,000 cameras is one walk of an index.

A cell of level z is a quarter of a map tile (256 pixels) of zoom z. Its number is row * 65536 + column, counted from
latitude 0 and longitude 0; what has no position has no cell. Levels kept: LEVELS; others are made of the next finer one.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

LEVELS = (10, 12, 14)
CELLS_A_TILE = 4
ROW = 65536


def side_e7(level: int) -> int:
    """The side of a cell of a level, in degrees times 10,000,000."""
    return 3_600_000_000 // (CELLS_A_TILE << level)


def grid_cell(level: int) -> models.GeneratedField:
    """A column with the number of the cell of `lat_e7`, `lon_e7`."""
    side = side_e7(level)
    return models.GeneratedField(
        expression=F("lat_e7") / side * ROW + F("lon_e7") / side, output_field=models.BigIntegerField(), db_persist=True
    )


def cell_indexes(name: str) -> list[models.Index]:
    """An index for each level, with all that counting within a reach reads."""
    return [
        models.Index(
            fields=[f"cell_{level}", "lat_e7", "lon_e7", "division", "organisation"],
            condition=Q(removed_ns__isnull=True),
            name=f"{name}_cells_{level}",
        )
        for level in LEVELS
    ]
