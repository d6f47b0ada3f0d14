"""Masks of cameras as dated versions, where PTZ cameras stood, and lifts."""

from __future__ import annotations

from django.db import models

from mingjian.web.accounts.models import User
from mingjian.web.registry.models import Camera


class Mask(models.Model):
    """A polygon over what a camera must not show, in force in [from_ns, withdrawn_ns). Its corners never change: another
    outline is another row, so that footage is always covered by what was in force when it was taken.

    `points`: corners [[x, y], ...] in ten-thousandths of the picture's width and height. `preset`: the position of a PTZ
    camera it was drawn for, by its name; it holds unless the camera certainly stands at another (PositionStatement), and
    without a preset always. Taking one off is asked by one person and done by another; until then it stays.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="masks")
    preset = models.CharField(max_length=32, blank=True)
    points = models.JSONField()
    reason = models.CharField(max_length=200)
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_name = models.CharField(max_length=64)
    from_ns = models.BigIntegerField()
    confirmed_ns = (
        models.BigIntegerField()
    )  # last held against the picture; before a move of the camera it counts no more
    confirmed_name = models.CharField(max_length=64)
    withdrawal_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawal_name = models.CharField(max_length=64, blank=True)
    withdrawal_reason = models.CharField(max_length=500, blank=True)
    withdrawal_ns = models.BigIntegerField(null=True)  # asked
    withdrawn_name = models.CharField(max_length=64, blank=True)
    withdrawn_ns = models.BigIntegerField(null=True)  # done
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a camera, those in force first."""

        default_permissions = ()
        indexes = [models.Index(fields=["camera", "withdrawn_ns"], name="mask_in_force")]  # noqa: RUF012


class PositionStatement(models.Model):
    """That a PTZ camera stands at a preset: stated by one person, confirmed by another, in force in [from_ns, ended_ns).

    `from_ns`, the instant of the confirmation, is null while it waits for one. Where `ended_ns` is set without it, it came
    to nothing. `bare`: both people were told that no mask was drawn for this preset. One of a camera is open at a time.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="positions")
    preset = models.CharField(max_length=32)
    bare = models.BooleanField(default=False)
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    stated_name = models.CharField(max_length=64)
    stated_ns = models.BigIntegerField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_name = models.CharField(max_length=64, blank=True)
    from_ns = models.BigIntegerField(null=True)
    ended_ns = models.BigIntegerField(null=True)
    ended_name = models.CharField(max_length=64, blank=True)
    ended_why = models.CharField(
        max_length=12, blank=True
    )  # withdrawn, restated, moved, address, re_aiming, interrupted
    word = models.CharField(max_length=500, blank=True)  # of who withdrew it
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Of a camera, the newest first; one of them open."""

        default_permissions = ()
        indexes = [models.Index(fields=["camera", "stated_ns"], name="position_of_camera")]  # noqa: RUF012
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["camera"], condition=models.Q(ended_ns=None), name="position_one_open")
        ]


class MaskLift(models.Model):
    """Somebody sees through the masks of some cameras for a while: asked, then granted by another, or refused.

    `live`: the present; [from_ns, to_ns): footage, null and null for none. It ends at `expires_ns` by itself, or before by
    a person (state ended). `retrieval`: the one for which a copy without masks was asked, if any.
    """

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    purpose = models.CharField(max_length=200)
    live = models.BooleanField()
    from_ns = models.BigIntegerField(null=True)
    to_ns = models.BigIntegerField(null=True)
    expires_ns = models.BigIntegerField(db_index=True)
    retrieval = models.CharField(max_length=26, blank=True, db_index=True)
    state = models.CharField(max_length=8, default="asked", db_index=True)  # asked, granted, refused, ended
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_name = models.CharField(max_length=64)
    asked_unit = models.CharField(max_length=128, blank=True)
    asked_ns = models.BigIntegerField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField(max_length=64, blank=True)
    decided_ns = models.BigIntegerField(null=True)
    ended_name = models.CharField(max_length=64, blank=True)
    ended_ns = models.BigIntegerField(null=True)
    word = models.CharField(max_length=500, blank=True)  # why it was refused or ended
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Found by who asked."""

        default_permissions = ()
        indexes = [models.Index(fields=["asked_by", "state"], name="mask_lift_asked_by")]  # noqa: RUF012


class LiftedCamera(models.Model):
    """A camera of a lift."""

    lift = models.ForeignKey(MaskLift, on_delete=models.CASCADE, related_name="cameras")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Each once."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["lift", "camera"], name="lifted_camera_once")]  # noqa: RUF012
