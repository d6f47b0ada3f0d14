"""Certificates as web reads them, one row a camera and day, and what is asked of a system's stored quality."""

from __future__ import annotations

from django.db import models

from mingjian.web.accounts.models import User
from mingjian.web.registry.models import Camera, System
from mingjian.web.retrievals.models import EvidenceHold


class ProvedDay(models.Model):
    """The figures of one retention certificate (docs/design/retention.md). The certificate itself lies beside the ledger.

    Times are sums over the camera's main stream (the only one, where it has one), in milliseconds; `altered` and
    `missing` count samples of all streams. Quality is as measured, null where nothing could be.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="proved_days")
    day = models.CharField(max_length=10)  # the last day of the window, YYYY-MM-DD in Shanghai
    window_days = models.PositiveIntegerField()
    made_ns = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    met = models.BooleanField()
    recorded_ms = models.BigIntegerField()
    owed_ms = models.BigIntegerField()
    oldest_ns = models.BigIntegerField(null=True)
    decodes = models.BooleanField(null=True)  # whether the oldest frame does; None: nothing is recorded
    deleted_until = models.CharField(max_length=10, blank=True)  # last day deleted by age inside the window
    altered = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    volumes_absent = models.PositiveIntegerField()
    codecs = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    fps_milli = models.PositiveIntegerField(null=True)
    bitrate_bps = models.PositiveBigIntegerField(null=True)
    findings = models.JSONField(default=list)  # of kept, original, quality, floor: what the law found that day
    sound = models.BooleanField()  # no finding

    class Meta:
        """One a camera and day; listed by day, those with findings first asked for."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["camera", "day"], name="proved_day_once")]  # noqa: RUF012
        indexes = [models.Index(fields=["day", "sound", "camera"], name="proved_day_findings")]  # noqa: RUF012


class ProofCursor(models.Model):
    """How many bytes of a day's certificates have become rows."""

    day = models.CharField(primary_key=True, max_length=10)
    bytes = models.BigIntegerField()

    class Meta:
        """A few of them."""

        default_permissions = ()


class QualityProfile(models.Model):
    """What is asked of the stored quality of a system's cameras, on what basis (a standard with its edition)."""

    system = models.OneToOneField(System, on_delete=models.PROTECT, primary_key=True, related_name="quality_profile")
    height = models.PositiveIntegerField()
    fps_milli = models.PositiveIntegerField()
    bitrate_bps = models.PositiveBigIntegerField(default=0)
    basis = models.CharField(max_length=128)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a system."""

        default_permissions = ()


class DeletionDecision(models.Model):
    """A decision of public security that footage be deleted: entered, confirmed, done, or withdrawn.

    Until it is withdrawn nobody sees its span. `evidence`: SHA-256 (hex) of the package preserved before; `left`:
    stretches [[from, to]] in nanoseconds, as texts, that the engine could not delete.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="deletion_decisions")
    from_ns = models.BigIntegerField()
    to_ns = models.BigIntegerField()
    ground = models.CharField(max_length=64)  # key of the clause: sc799 26, 27.1 or 28
    number = models.CharField(max_length=64)  # of the written decision
    decided_date = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="entered", db_index=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_name = models.CharField(max_length=64)
    entered_ns = models.BigIntegerField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_name = models.CharField(max_length=64, blank=True)
    confirmed_ns = models.BigIntegerField(null=True)
    evidence = models.CharField(max_length=64, blank=True)
    hold = models.ForeignKey(EvidenceHold, on_delete=models.PROTECT, related_name="+")
    held = models.BooleanField(default=False)  # another hold keeps it from being carried out
    segments = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    left = models.JSONField(default=list)
    done_ns = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Found by camera and time, whenever somebody wants to look."""

        default_permissions = ()
        indexes = [models.Index(fields=["camera", "to_ns"], name="deletion_decision_span")]  # noqa: RUF012


class KeepingPurpose(models.Model):
    """Why a camera's footage is kept longer than must be, until it is looked at again; or that this is achieved."""

    camera = models.OneToOneField(Camera, on_delete=models.PROTECT, primary_key=True, related_name="keeping_purpose")
    purpose = models.CharField(max_length=255)
    review_date = models.CharField(max_length=10, blank=True)
    achieved = models.BooleanField(default=False)
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    stated_name = models.CharField(max_length=64)
    stated_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a camera."""

        default_permissions = ()
