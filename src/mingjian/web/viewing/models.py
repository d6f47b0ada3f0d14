"""The register of looks, the tickets of each, what was taken back, and saved walls."""

from __future__ import annotations

from django.db import models

from mingjian.web.accounts.models import User


class Over(models.TextChoices):
    """What ended a look before its time. Only the first is somebody taking it back."""

    REVOKED = "revoked"
    SIGNED_OUT = "signed_out"
    LOCKED = "locked"
    ACCOUNT = "account"  # disabled, another role, a reset
    CAMERA = "camera"  # removed
    RETRIEVAL = "retrieval"  # what it rested on has ended


class Look(models.Model):
    """One person looking at one camera for one purpose: the first ticket and its renewals.

    The register that sc799 article 16.2(3) asks for: who, which unit, what, why, from when to when. Kept.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    viewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    viewer_name = models.CharField(max_length=64)
    viewer_unit = models.CharField(max_length=128, blank=True)
    session = models.CharField(max_length=32)  # digest of the web session
    camera = models.CharField(max_length=26, db_index=True)
    camera_name = models.CharField(max_length=128)
    streams = models.JSONField()
    rights = models.JSONField()
    purpose = models.CharField(max_length=200)
    from_ms = models.BigIntegerField()  # footage asked for, 0 and 0 for live (UTC ms)
    to_ms = models.BigIntegerField()
    issued_ms = models.BigIntegerField()
    expires_ms = models.BigIntegerField()  # of the latest ticket
    renewals = models.PositiveIntegerField(default=0)
    revoked_ms = models.BigIntegerField(null=True)  # over before its last ticket ran out
    over_because = models.CharField(max_length=12, blank=True)  # Over; empty: it ran out, or is older than the column
    opened_by = models.CharField(max_length=12, default="own_right")  # own_right, grade, retrieval, emergency
    retrieval = models.CharField(max_length=26, blank=True, db_index=True)  # what it rests on, or was shown for
    ended = models.BooleanField(default=False)  # its end is a leaf of the ledger

    class Meta:
        """Found by viewer."""

        default_permissions = ()
        indexes = [  # noqa: RUF012
            models.Index(fields=["viewer", "issued_ms"], name="look_viewer"),
            models.Index(fields=["expires_ms"], name="look_not_ended", condition=models.Q(ended=False)),
        ]


class IssuedTicket(models.Model):
    """A ticket that may still be used, and the look it belongs to. Rows go when they have expired and the look is over."""

    id = models.CharField(primary_key=True, max_length=26)
    look = models.ForeignKey(Look, on_delete=models.CASCADE, related_name="tickets")
    issued_ms = models.BigIntegerField()
    expires_ms = models.BigIntegerField(db_index=True)

    class Meta:
        """Short-lived."""

        default_permissions = ()


class RevocationRow(models.Model):
    """Tickets taken back: those issued up to `from_ms` that fit every field that is not empty."""

    ticket = models.CharField(max_length=26, blank=True)
    viewer = models.CharField(max_length=26, blank=True)
    camera = models.CharField(max_length=26, blank=True)
    session = models.CharField(max_length=32, blank=True)
    from_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField(db_index=True)  # every ticket it fits has expired by then

    class Meta:
        """Dropped when it fits nothing any more."""

        default_permissions = ()
        db_table = "viewing_revocation"


class Layout(models.Model):
    """A saved wall of one person."""

    id = models.CharField(primary_key=True, max_length=26)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)
    grid = models.PositiveSmallIntegerField()
    tiles = models.JSONField()  # [{"camera": id, "stream": "main"|"sub"} or null, ...]
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Names tell a person's walls apart."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="layout_owner_name")]  # noqa: RUF012
