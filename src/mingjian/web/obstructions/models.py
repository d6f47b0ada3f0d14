"""Works with the cameras they may hinder, and obstruction cases. Days are texts YYYY-MM-DD in Shanghai."""

from __future__ import annotations

from django.db import models

from mingjian.web.inspections.models import InspectionLead
from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Camera


class Works(models.Model):
    """A permit for advertising, a pipeline or another facility: where (GeoJSON in WGS-84) and from when to when."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    kind = models.CharField(max_length=24)  # outdoor_advertising, pipeline, other_facility
    title = models.CharField(max_length=128)
    permit_number = models.CharField(max_length=64, blank=True)
    applicant = models.CharField(max_length=128, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="works")  # registered it
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="works")
    geometry = models.JSONField()
    begins_date = models.CharField(max_length=10)
    ends_date = models.CharField(max_length=10, blank=True)  # empty: it stays
    created_ns = models.BigIntegerField()
    ended_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed newest first."""

        default_permissions = ()
        indexes = [models.Index(fields=["division", "created_ns"], name="works_division")]  # noqa: RUF012


class WorksView(models.Model):
    """A camera near the works. `in_view`: by geometry; `hinders`: as somebody saw it, None while nobody looked."""

    works = models.ForeignKey(Works, on_delete=models.PROTECT, related_name="views")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="works_views")
    distance_m = models.PositiveIntegerField()
    in_view = models.BooleanField()
    hinders = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True)
    looked_by = models.CharField(max_length=64, blank=True)

    class Meta:
        """Each camera once."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["works", "camera"], name="works_view")]  # noqa: RUF012
        indexes = [models.Index(fields=["hinders", "camera"], name="works_view_open")]  # noqa: RUF012


class ObstructionCase(models.Model):
    """`state` of rules.states.obstruction. Never deleted."""

    id = models.CharField(primary_key=True, max_length=26)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="obstructions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="obstructions")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="obstructions")
    act = models.CharField(max_length=8)  # cover, spray, alter, move, remove
    authorised = models.BooleanField(default=False)
    source = models.CharField(max_length=12)  # person, report, diagnosis, works
    state = models.CharField(max_length=12, default="found")
    detail = models.CharField(max_length=2000, blank=True)
    picture_file = models.CharField(max_length=26, blank=True)  # files.StoredFile: as it was found
    picture_after_file = models.CharField(max_length=26, blank=True)
    lead = models.ForeignKey(InspectionLead, on_delete=models.PROTECT, null=True, related_name="obstructions")
    found_date = models.CharField(max_length=10)
    restored_date = models.CharField(max_length=10, blank=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed newest first; found by camera."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["state", "division", "created_ns"], name="obstruction_division"),
            models.Index(fields=["state", "organisation", "created_ns"], name="obstruction_organisation"),
        ]
