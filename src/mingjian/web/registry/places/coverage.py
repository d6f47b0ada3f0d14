"""Which parts of places a system covers: one reading for the place's own page, the gap report, tasks and removals.

A part is covered by an active camera that hangs at it, of a system that is accepted, running on trial or in use: one
camera at the entrance does not cover a mall.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from mingjian.web.registry.models import Camera, Place

RUNNING = ("accepted", "trial_running", "in_use")


def covering() -> QuerySet[Camera]:
    """The cameras that cover the part they hang at."""
    return Camera.objects.filter(removed_ns__isnull=True, standing="active", system__standing__in=RUNNING)


class Coverage:
    """Of these places, by their ids or by a query for them, read once: `has_system` tells of each part, or of `parts`."""

    def __init__(self, ids: Collection[str] | QuerySet[Place, Any], parts: Collection[str] | None = None) -> None:
        at = covering().filter(part__place_id__in=ids) if parts is None else covering().filter(part_id__among=parts)
        self._parts = set(at.values_list("part_id", flat=True).distinct())
        of_these = Q(id__in=ids) if isinstance(ids, QuerySet) else Q(id__among=ids)
        running = Place.objects.filter(of_these, systems__standing__in=RUNNING, systems__removed_ns__isnull=True)
        self._unsaid = set(running.exclude(cameras__part__isnull=False).values_list("id", flat=True).distinct())

    def has_system(self, place_id: str, part_id: str) -> bool | None:
        """None: a system runs there, and none of the place's cameras says at which part it hangs: nobody can tell."""
        return True if part_id in self._parts else None if place_id in self._unsaid else False


def coverage_of(place_id: str) -> Coverage:
    """Of one place."""
    return Coverage([place_id])
