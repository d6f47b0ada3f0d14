"""Cameras, their streams, and the number of the engine's plan. Places and systems: see places.py and systems.py.

A camera is one viewpoint: it may stand in the register long before, or without, a stream that we record. Columns here
are what lists, maps and rights ask for; the rest of its file is CameraArchive (archive.py).
"""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models.cells import cell_indexes, grid_cell
from mingjian.web.registry.models.places import Place, PlacePart, Room
from mingjian.web.registry.models.systems import System


class Camera(models.Model):
    """One viewpoint. Never deleted: a removed camera keeps its row as long as its footage may be asked for."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    name = models.CharField(max_length=128)
    group = models.CharField(max_length=255, blank=True)  # path in the tree: "District/Street"
    enabled = models.BooleanField(default=True)
    keep_days = models.PositiveIntegerField()
    priority = models.PositiveSmallIntegerField(default=5)  # 0 recorded to the last when disks fill, 9 degraded first
    record_audio = models.BooleanField(default=True)
    note = models.CharField(max_length=1000, blank=True)
    planned_from_ns = models.BigIntegerField()  # footage is planned from here on (UTC ns)

    code = models.CharField(max_length=20, blank=True, db_index=True)  # GB/T 28181, 20 digits; dated in Identifier
    initials = models.CharField(max_length=128, blank=True, db_index=True)  # pinyin initials of the name
    system = models.ForeignKey(
        System, on_delete=models.PROTECT, null=True, related_name="cameras"
    )  # the owning one now
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="cameras")
    part = models.ForeignKey(PlacePart, on_delete=models.PROTECT, null=True, related_name="cameras")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, null=True, related_name="cameras")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="cameras")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="cameras")
    lon_e7 = models.IntegerField(null=True)  # WGS-84 degrees times 10,000,000
    lat_e7 = models.IntegerField(null=True)
    azimuth_deg = models.PositiveSmallIntegerField(null=True)  # 0 north, clockwise, where its view's middle points
    view_angle_deg = models.PositiveSmallIntegerField(null=True)  # horizontal, 1..360
    view_distance_m = models.PositiveIntegerField(null=True)
    cell_10 = grid_cell(10)  # for the map: see models.cells
    cell_12 = grid_cell(12)
    cell_14 = grid_cell(14)
    standing = models.CharField(max_length=12, default="active")  # active, suspended (room words), refused, removed
    archive_score = models.PositiveSmallIntegerField(default=0)  # percent of the archive's fields that are filled

    created_ns = models.BigIntegerField()
    removed_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by tree and name."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["group", "name", "id"], name="camera_tree"),
            models.Index(fields=["name", "id"], name="camera_name"),
            models.Index(fields=["lat_e7", "lon_e7"], name="camera_position"),
            *cell_indexes("camera"),
        ]


class Stream(models.Model):
    """One stream of a camera. The URL is sealed under context "camera/ID/NAME"; `host` is what people may see of it."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="streams")
    name = models.CharField(max_length=8)  # "main" or "sub"
    url_sealed = models.TextField()
    host = models.CharField(max_length=255)
    has_credentials = models.BooleanField()
    transport = models.CharField(max_length=8)  # "tcp" or "udp"
    push = models.BooleanField(default=False)

    class Meta:
        """One of each name."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["camera", "name"], name="stream_camera_name")]  # noqa: RUF012


class PlanState(models.Model):
    """One row: the plan's number. Who changes the register takes this row first, so that plans follow one another."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    version = models.PositiveBigIntegerField(default=0)
    published_version = models.PositiveBigIntegerField(default=0)

    class Meta:
        """A counter."""

        default_permissions = ()
