"""A sign: where it stands, what it says, its picture, and when somebody last saw it."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Place


class Sign(models.Model):
    """A sign at a place. Never deleted: one taken down keeps its row and its number."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids; printed on the sign as its number
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="signs")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="signs")  # answers for it
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="signs")  # the place's
    position = models.CharField(max_length=255, blank=True)  # in words: "北门立柱"
    lon_e7 = models.IntegerField(null=True)  # WGS-84 degrees times 10,000,000
    lat_e7 = models.IntegerField(null=True)
    text = models.CharField(max_length=500, blank=True)  # what it says
    purpose = models.CharField(max_length=255, blank=True)
    telephone = models.CharField(max_length=32, blank=True)
    photo_file = models.CharField(max_length=26, blank=True)  # files.StoredFile
    last_seen_date = models.CharField(max_length=10, blank=True)
    last_seen_by = models.CharField(max_length=64, blank=True)
    created_ns = models.BigIntegerField()
    removed_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed newest first, and by place."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["place", "removed_ns"], name="sign_place"),
            models.Index(fields=["organisation", "created_ns"], name="sign_organisation"),
        ]
