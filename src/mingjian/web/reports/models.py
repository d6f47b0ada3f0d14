"""A report as it came. Who sent it is not kept: no name, no address, no session."""

from __future__ import annotations

from django.db import models

from mingjian.web.inspections.models import InspectionLead
from mingjian.web.organisations.models import Division


class PublicReport(models.Model):
    """`secret_digest` lets the one who has receipt and secret ask how it stands; nobody else can."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    receipt = models.CharField(max_length=16, unique=True)
    secret_digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)  # actions.KINDS
    where = models.CharField(max_length=255)
    text = models.CharField(max_length=2000)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="reports")
    lead = models.ForeignKey(InspectionLead, on_delete=models.PROTECT, related_name="reports")
    created_ns = models.BigIntegerField()

    class Meta:
        """Found by its receipt number."""

        default_permissions = ()


class ReportCount(models.Model):
    """How many reports came from an address within the hour; the address itself is not kept, nor which report."""

    scope = models.CharField(primary_key=True, max_length=64)  # keyed digest
    since_ns = models.BigIntegerField()
    number = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """Forgotten after the hour."""

        default_permissions = ()
