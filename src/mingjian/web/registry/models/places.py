"""Places, their parts, rooms and duties: where the law asks who must build and who must not."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models.cells import cell_indexes, grid_cell


class Place(models.Model):
    """A located site. Categories follow from its kinds under each pack; obligations attach to its parts.

    `geometry` is GeoJSON in WGS-84; `given` keeps the coordinates as they came, with their datum. A vehicle has no fixed
    point: `movable`, and its operator's seat (its organisation's division) is where it files.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    name = models.CharField(max_length=128)
    initials = models.CharField(max_length=128, blank=True, db_index=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="places")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="places"
    )  # manages it
    sector = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=255, blank=True)
    lon_e7 = models.IntegerField(null=True)  # its middle, WGS-84 degrees times 10,000,000
    lat_e7 = models.IntegerField(null=True)
    cell_10 = grid_cell(10)
    cell_12 = grid_cell(12)
    cell_14 = grid_cell(14)
    geometry = models.JSONField(null=True)
    given = models.JSONField(null=True)  # {"datum": "GCJ-02", "lon": "...", "lat": "..."}
    public_place = models.BooleanField(null=True)  # None: not stated
    movable = models.BooleanField(default=False)
    licence = models.CharField(max_length=64, blank=True)  # of the licence register it was imported from
    note = models.CharField(max_length=1000, blank=True)
    created_ns = models.BigIntegerField()
    removed_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by name; seen on the map."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["name", "id"], name="place_name"),
            models.Index(fields=["lat_e7", "lon_e7"], name="place_position"),
            *cell_indexes("place"),
        ]


class PlaceKind(models.Model):
    """One of the kinds a place is (rules.place_kinds.PLACE_KINDS), dated."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="kinds")
    kind = models.CharField(max_length=32, db_index=True)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """Of a place."""

        default_permissions = ()


class PlacePart(models.Model):
    """A part of a place: `part` of rules.place_kinds.PLACE_PARTS, with a name people know ("北门")."""

    id = models.CharField(primary_key=True, max_length=26)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="parts")
    part = models.CharField(max_length=24)
    name = models.CharField(max_length=64, blank=True)

    class Meta:
        """Of a place."""

        default_permissions = ()


class Duty(models.Model):
    """Who bears which duty at a part of a place, from when to when; several at once are possible.

    `role`: government_department, managing_unit, using_unit, security_duty_holder (rules.builders).
    """

    id = models.CharField(primary_key=True, max_length=26)
    part = models.ForeignKey(PlacePart, on_delete=models.PROTECT, related_name="duties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="duties")
    role = models.CharField(max_length=24)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """Dated."""

        default_permissions = ()


class Room(models.Model):
    """A room of a place. Its structured kind decides absolutely (rules.prohibited_rooms.ROOM_KINDS)."""

    id = models.CharField(primary_key=True, max_length=26)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="rooms")
    part = models.ForeignKey(PlacePart, on_delete=models.PROTECT, null=True, related_name="rooms")
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=64, blank=True)
    floor = models.CharField(max_length=16, blank=True)

    class Meta:
        """Of a place."""

        default_permissions = ()
