"""Staff records, monitoring rooms with their lists and logs, change requests, audits of views, alarms of bulk looking."""

from __future__ import annotations

from django.db import models

from mingjian.web.accounts.models import User
from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.registry.models import Camera, Place


class StaffRecord(models.Model):
    """What a unit recorded of one of its people: minimal, dated; "" is none. Days are YYYY-MM-DD, the last one valid."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="staff_records")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="staff_records")
    skills_until = models.CharField(max_length=10, blank=True)
    confidentiality_until = models.CharField(max_length=10, blank=True)
    vetted_date = models.CharField(max_length=10, blank=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """One of a person in a unit."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(fields=["organisation", "user"], name="staff_record_once")
        ]


class MonitoringRoom(models.Model):
    """A room in which footage is watched."""

    id = models.CharField(primary_key=True, max_length=26)
    name = models.CharField(max_length=64)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="monitoring_rooms")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="monitoring_rooms")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="monitoring_rooms")
    created_ns = models.BigIntegerField()

    class Meta:
        """Listed by name."""

        default_permissions = ()


class RoomAccess(models.Model):
    """Somebody on a room's access list, until he is taken off."""

    id = models.CharField(primary_key=True, max_length=26)
    room = models.ForeignKey(MonitoringRoom, on_delete=models.PROTECT, related_name="access")
    person_name = models.CharField(max_length=64)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=255)
    since_ns = models.BigIntegerField()
    until_ns = models.BigIntegerField(null=True)  # taken off

    class Meta:
        """Of a room."""

        default_permissions = ()


class RoomEntry(models.Model):
    """Somebody entered: who, why, and by whom he was accompanied if he is not on the list. Kept."""

    id = models.CharField(primary_key=True, max_length=26)
    room = models.ForeignKey(MonitoringRoom, on_delete=models.PROTECT, related_name="entries")
    person_name = models.CharField(max_length=64)
    unit = models.CharField(max_length=128, blank=True)
    access = models.ForeignKey(RoomAccess, on_delete=models.PROTECT, null=True, related_name="+")
    escort = models.ForeignKey(RoomAccess, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=255)
    entered_ns = models.BigIntegerField()
    left_ns = models.BigIntegerField(null=True)  # null: inside, or nobody signed him out
    recorded_by = models.CharField(max_length=64)

    class Meta:
        """Newest first, of a room."""

        default_permissions = ()
        indexes = [models.Index(fields=["room", "entered_ns"], name="room_entry_log")]  # noqa: RUF012


class ChangeRequest(models.Model):
    """Asking for a new consumer, another aim or another purpose of a camera: asked, approved, refused."""

    id = models.CharField(primary_key=True, max_length=26)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="change_requests")
    kind = models.CharField(max_length=20)  # rules.monitoring.CHANGES
    change = models.CharField(max_length=500)  # what is to be: the consumer, the aim, the purpose
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default="asked", db_index=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_name = models.CharField(max_length=64)
    asked_ns = models.BigIntegerField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_name = models.CharField(max_length=64, blank=True)
    decided_ns = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    used_ns = models.BigIntegerField(null=True)  # when an approved re-aiming changed the camera's file: once
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Newest first."""

        default_permissions = ()


class ViewAudit(models.Model):
    """Somebody looked at what a camera sees, and said whether it may."""

    id = models.CharField(primary_key=True, max_length=26)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="view_audits")
    seen = models.JSONField(default=list)  # of state_secret, trade_secret, privacy
    mask_fails = models.BooleanField(default=False)
    note = models.CharField(max_length=500, blank=True)
    verdict = models.CharField(max_length=16)
    audited_name = models.CharField(max_length=64)
    audited_ns = models.BigIntegerField()

    class Meta:
        """Newest first."""

        default_permissions = ()


class BulkAlarm(models.Model):
    """A day on which somebody looked far more than on his others. Camera-minutes: a minute at four cameras is four."""

    id = models.CharField(primary_key=True, max_length=26)
    viewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    viewer_name = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="+")
    day = models.CharField(max_length=10)
    minutes = models.PositiveIntegerField()
    threshold = models.PositiveIntegerField()
    raised_ns = models.BigIntegerField()

    class Meta:
        """One a person and day."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["viewer", "day"], name="bulk_alarm_once")]  # noqa: RUF012
