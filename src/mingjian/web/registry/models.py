"""Cameras, their streams, and the number of the engine's plan."""

from __future__ import annotations

from django.db import models


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
    created_ns = models.BigIntegerField()
    removed_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by tree and name."""

        default_permissions = ()
        indexes = [models.Index(fields=["group", "name", "id"], name="camera_tree")]  # noqa: RUF012


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
