"""Certificates as web reads them, one row a camera and day, and what is asked of a system's stored quality."""

from __future__ import annotations

from django.db import models

from mingjian.web.registry.models import Camera, System


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
