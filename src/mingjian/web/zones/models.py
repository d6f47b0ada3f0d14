"""Secure zones, and who asked how often how near he is to one."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Organisation


class SecureZone(models.Model):
    """A zone whose surroundings need a reply before anything is installed.

    Name and outline are sealed (kernel.sealing, context "zone/ID"): neither the database file, a backup, a tile nor an
    export shows where it lies.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    kind = models.CharField(max_length=24)  # military_forbidden, military_administrative, classified_unit
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="zones")  # who replies
    sealed = models.TextField()  # {"name": ..., "geometry": GeoJSON in WGS-84}
    created_ns = models.BigIntegerField()
    removed_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Few rows."""

        default_permissions = ()


class ZoneQuestion(models.Model):
    """One judgement of a position that touched a zone's margin: many from one person in an hour are probing."""

    actor_id = models.CharField(max_length=26)
    at_ns = models.BigIntegerField()

    class Meta:
        """Counted by person and time."""

        default_permissions = ()
        indexes = [models.Index(fields=["actor_id", "at_ns"], name="zone_question")]  # noqa: RUF012
