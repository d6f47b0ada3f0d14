"""Systems: the unit of construction, filing and inspection, with their parties, conformance and declared use."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models.places import Place


class System(models.Model):
    """Cameras and storage under one responsible organisation.

    `flag` is none, privacy, trade_secret or state_secret: what its footage carries on (rules.declared_use). `standing`:
    planned, building, trial_running, accepted, in_use, removed; projects and filings move it.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    name = models.CharField(max_length=128)
    initials = models.CharField(max_length=128, blank=True, db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="systems")  # responsible
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="systems")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="systems")  # its main one
    purpose = models.CharField(max_length=255, blank=True)
    legal_basis = models.CharField(max_length=255, blank=True)
    funding = models.CharField(max_length=16, default="own")  # government, own, mixed
    security_grade = models.PositiveSmallIntegerField(null=True)  # 1..5; asked of government-funded ones
    sharing_grade = models.PositiveSmallIntegerField(null=True)
    flag = models.CharField(max_length=16, default="none")
    business_use = models.BooleanField(null=True)  # decides the range of penalties
    standing = models.CharField(max_length=16, default="planned", db_index=True)
    accepted_date = models.CharField(max_length=10, blank=True)
    in_use_date = models.CharField(max_length=10, blank=True)  # trial running included
    removed_date = models.CharField(max_length=10, blank=True)
    keep_days = models.PositiveIntegerField(null=True)  # as declared
    interfaces = models.JSONField(
        default=dict
    )  # platform -> {"reserved": bool, "connected": bool, "evidence": file id}
    functions = models.JSONField(default=list)  # of collect, transmit, display, store (qd204 2)
    concerns_public_safety = models.BooleanField(null=True)
    out_of_scope_reason = models.CharField(max_length=500, blank=True)  # a recorded decision (qd204 2)
    created_ns = models.BigIntegerField()
    removed_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by name."""

        default_permissions = ()
        indexes = [models.Index(fields=["name", "id"], name="system_name")]  # noqa: RUF012


class SystemParty(models.Model):
    """Who is what to a system: builder, manager, user, regulator, inspection_body, filer, maintainer, designer."""

    id = models.CharField(primary_key=True, max_length=26)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="capacities")
    capacity = models.CharField(max_length=24)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """Dated."""

        default_permissions = ()


class Conformance(models.Model):
    """A standard a system or product was tested against: edition, result, report (qd204 12; sc799 12)."""

    id = models.CharField(primary_key=True, max_length=26)
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="conformances")
    basis = models.CharField(max_length=24, default="national_standard")  # technical_specification, mandatory_standard
    standard = models.CharField(max_length=64)
    edition = models.CharField(max_length=16)
    result = models.CharField(max_length=16)  # passed, failed, not_tested
    tested_date = models.CharField(max_length=10, blank=True)
    report = models.CharField(max_length=64, blank=True)
    file_id = models.CharField(max_length=26, blank=True)  # files.StoredFile

    class Meta:
        """Of a system."""

        default_permissions = ()
