"""Records that the law asks for beside places, systems and cameras: costs, notices, inspections."""

from __future__ import annotations

from django.db import models

from mingjian.web.registry.models.places import Place
from mingjian.web.registry.models.systems import System


class IntegrationCost(models.Model):
    """One line of a system's ledger of integration (qd204 13.2). Money in fen."""

    id = models.CharField(primary_key=True, max_length=26)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="costs")
    body = models.CharField(max_length=24)  # public_security, designated_body, or another kind
    body_level = models.CharField(max_length=16)  # city, district
    budget_level = models.CharField(max_length=16, blank=True)  # empty: not stated
    amount_fen = models.BigIntegerField()
    incurred_date = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        """Of a system."""

        default_permissions = ()


class VulnerabilityNotice(models.Model):
    """A supplier's notice of a defect that touches a system, followed to its remedy (sc799 12).

    `steps` (JSON): remedy, inform_users, report_authority, each with the date it was done.
    """

    id = models.CharField(primary_key=True, max_length=26)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="notices")
    reference = models.CharField(max_length=64)
    supplier = models.CharField(max_length=128, blank=True)
    product = models.CharField(max_length=128, blank=True)
    received_date = models.CharField(max_length=10, blank=True)
    steps = models.JSONField(default=dict)
    note = models.CharField(max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a system."""

        default_permissions = ()


class AreaInspection(models.Model):
    """The manager's inspection of a place's prohibited areas, and the report of what was found (sc799 8.2)."""

    id = models.CharField(primary_key=True, max_length=26)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="inspections")
    inspected_date = models.CharField(max_length=10, db_index=True)
    inspector = models.CharField(max_length=64)
    found_device = models.BooleanField(default=False)
    finding = models.CharField(max_length=1000, blank=True)
    reported_date = models.CharField(max_length=10, blank=True)  # to public security
    reported_to = models.CharField(max_length=128, blank=True)
    file_id = models.CharField(max_length=26, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a place."""

        default_permissions = ()
