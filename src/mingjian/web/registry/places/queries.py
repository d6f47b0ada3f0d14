"""Reading places."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.registry.models import Place, PlaceKind, PlaceSearch
from mingjian.web.registry.rights import READ_PLACES
from mingjian.web.registry.searching import matching


def place_by_id(place_id: str, *, lock: bool = False) -> Place:
    """The place, removed ones too. Raises MingjianError not_found."""
    rows = Place.objects.select_for_update() if lock else Place.objects.all()
    place = rows.filter(pk=place_id).first()
    if place is None:
        raise not_found("没有这个场所", "there is no such place")
    return place


def visible_place(actor: Actor, place_id: str, *, lock: bool = False) -> Place:
    """The place when the actor may see it; one he may not see does not exist for him."""
    place = place_by_id(place_id, lock=lock)
    if not READ_PLACES.allows(actor, place):
        raise not_found("没有这个场所", "there is no such place")
    return place


class PlaceRow(NamedTuple):
    """What a list shows of a place, read without its outline."""

    id: str
    name: str
    sector: str
    address: str
    given: dict[str, str] | None
    public_place: bool | None
    movable: bool
    licence: str
    note: str
    version: int
    division_id: str
    division__name: str
    organisation_id: str | None
    organisation__name: str | None
    lon_e7: int | None
    lat_e7: int | None
    removed_ns: int | None


def places_page(
    actor: Actor,
    *,
    text: str = "",
    kind: str = "",
    division: str = "",
    organisation: str = "",
    movable: bool | None = None,
    removed: bool = False,
    cursor: str | None = None,
    limit: int = 200,
) -> tuple[list[PlaceRow], str | None]:
    """Places by name within the actor's reach; `division` includes those below."""
    rows = READ_PLACES.visible(actor, Place.objects.filter(removed_ns__isnull=not removed))
    if kind:
        rows = rows.filter(kinds__kind=kind, kinds__until_date="").distinct()
    if division:
        rows = rows.filter(division__reached_from__ancestor_id=division)
    if organisation:
        rows = rows.filter(organisation_id=organisation)
    if movable is not None:
        rows = rows.filter(movable=movable)
    rows = matching(rows, PlaceSearch, text)
    return page(rows.values_list(*PlaceRow._fields, named=True), ["name", "id"], cursor, limit)


def present_kinds(places: Sequence[str]) -> dict[str, list[str]]:
    """What each of these places is now."""
    rows = PlaceKind.objects.filter(place_id__in=places, until_date="").order_by("kind").distinct()
    found: dict[str, list[str]] = defaultdict(list)
    for place, kind in rows.values_list("place_id", "kind"):
        found[place].append(kind)
    return found


def kinds_on(place: Place, on: dt.date) -> frozenset[str]:
    """What the place was on that day; a kind without dates always counts."""
    day = on.isoformat()
    return frozenset(row.kind for row in place.kinds.all() if held_on(row.since_date, row.until_date, day))


def kinds_rows(on: dt.date) -> QuerySet[PlaceKind]:
    """The same for many places at once, by the database: the rows that hold on that day."""
    day = on.isoformat()
    return PlaceKind.objects.exclude(until_date__gt="", until_date__lte=day).exclude(since_date__gt=day)


def held_on(since: str, until: str, day: str) -> bool:
    """Whether a dated row holds on the day (ISO). A date known to the month or year counts from its beginning."""
    return since <= day and (not until or until > day[: len(until)])
