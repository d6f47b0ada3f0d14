"""The archive of a camera (一机一档), devices, and dated memberships: which camera was in which system and device when."""

from __future__ import annotations

from django.db import models

from mingjian.web.organisations.models import Organisation
from mingjian.web.registry.models.cameras import Camera
from mingjian.web.registry.models.systems import System


class Device(models.Model):
    """A piece of equipment. One device may carry several channels (cameras); it lies where its organisation lies."""

    id = models.CharField(primary_key=True, max_length=26)  # kernel.ids
    name = models.CharField(max_length=128)
    initials = models.CharField(max_length=128, blank=True)  # pinyin initials of the name
    code = models.CharField(max_length=20, blank=True, db_index=True)  # GB/T 28181 device code
    kind = models.CharField(max_length=16)  # camera, recorder, encoder, storage, platform
    manufacturer = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=64, blank=True)
    serial = models.CharField(max_length=64, blank=True, db_index=True)
    mac = models.CharField(max_length=17, blank=True, db_index=True)  # lower case, colons
    host = models.CharField(max_length=255, blank=True, db_index=True)
    firmware = models.CharField(max_length=64, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="devices")
    certificate = models.CharField(max_length=64, blank=True)  # of the mandatory standard (sc799 12)
    installed_date = models.CharField(max_length=10, blank=True)
    scrapped_date = models.CharField(max_length=10, blank=True)
    created_ns = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by name."""

        default_permissions = ()
        indexes = [models.Index(fields=["name", "id"], name="device_name")]  # noqa: RUF012


class DeviceChannel(models.Model):
    """Which device carried a camera's channel, from when to when: a viewpoint outlives the device on its pole.

    From `since_date` on, and on `until_date` no longer. One device of each kind at a time: a network camera may at once
    be a channel of its own body and of a recorder.
    """

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="channels")
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="devices")
    channel = models.PositiveSmallIntegerField(default=1)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """Dated; a channel carries one camera at a time."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(
                fields=["device", "channel"], condition=models.Q(until_date=""), name="channel_one_camera"
            )
        ]


class Membership(models.Model):
    """A camera in a system, from when to when. One membership at a time is the owning one: counted once."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="memberships")
    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="memberships")
    owning = models.BooleanField(default=True)
    since_date = models.CharField(max_length=10, blank=True)
    until_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """Dated; at most one owning one that still lasts."""

        default_permissions = ()
        constraints = [  # noqa: RUF012
            models.UniqueConstraint(
                fields=["camera"],
                condition=models.Q(owning=True, until_date=""),
                name="membership_one_owner",
            )
        ]


class CameraArchive(models.Model):
    """The fields of GB/T 28181-2022's catalogue that Camera does not hold, and those of governance. Empty: unknown."""

    camera = models.OneToOneField(Camera, on_delete=models.PROTECT, primary_key=True, related_name="archive")
    manufacturer = models.CharField(max_length=64, blank=True)
    model = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=255, blank=True, db_index=True)
    given = models.JSONField(null=True)  # coordinates as they came, with their datum
    elevation_m = models.IntegerField(null=True)
    mount_height_dm = models.PositiveIntegerField(null=True)
    ptz_type = models.PositiveSmallIntegerField(null=True)
    position_type = models.PositiveSmallIntegerField(null=True)  # CapturePositionType
    room_type = models.PositiveSmallIntegerField(null=True)  # 1 outdoors, 2 indoors
    use_type = models.PositiveSmallIntegerField(null=True)
    supply_light_type = models.PositiveSmallIntegerField(null=True)
    direction_type = models.PositiveSmallIntegerField(null=True)
    resolution = models.CharField(max_length=64, blank=True)
    security_level_code = models.CharField(max_length=8, blank=True)
    vertical_view_angle_deg = models.PositiveSmallIntegerField(null=True)
    grassroots_code = models.CharField(max_length=20, blank=True)
    point_type = models.PositiveSmallIntegerField(null=True)
    point_common_name = models.CharField(max_length=128, blank=True)
    mac = models.CharField(max_length=17, blank=True, db_index=True)
    host = models.CharField(max_length=255, blank=True, db_index=True)
    function_type = models.CharField(max_length=32, blank=True)
    encode_type = models.CharField(max_length=32, blank=True)
    installed_date = models.CharField(max_length=10, blank=True)
    management_unit = models.CharField(max_length=128, blank=True)
    contact = models.CharField(max_length=64, blank=True)
    record_save_days = models.PositiveIntegerField(null=True)
    industry = models.CharField(max_length=8, blank=True)  # IndustrialClassification
    onscreen_text = models.CharField(max_length=255, blank=True)
    purpose = models.CharField(max_length=255, blank=True)
    necessity = models.CharField(max_length=500, blank=True)  # for public safety (sc799 7.3, 9.1)
    necessary = models.BooleanField(null=True)
    legal_basis = models.CharField(max_length=255, blank=True)
    sharing_grade = models.PositiveSmallIntegerField(null=True)
    flag = models.CharField(max_length=16, default="none")  # none, privacy, trade_secret, state_secret
    audio = models.BooleanField(null=True)
    audio_basis = models.CharField(max_length=255, blank=True)
    overhears_privacy = models.BooleanField(null=True)
    room_interior = models.BooleanField(null=True)  # it looks into the room's interior
    sees_prohibited_room = models.BooleanField(null=True)
    could_see_by_moving = models.BooleanField(null=True)
    confirmed_by = models.CharField(max_length=26, blank=True)  # who confirmed with a picture that no such room is seen
    confirmed_file = models.CharField(max_length=26, blank=True)
    confirmed_ns = models.BigIntegerField(null=True)
    confirmed_prohibited = models.BooleanField(null=True)
    may_infringe_privacy = models.BooleanField(null=True)  # the assessment of its field of view (qd204 9.2)
    masked = models.BooleanField(null=True)
    mask_confirmed_ns = models.BigIntegerField(null=True)
    moved_ns = models.BigIntegerField(null=True)  # last moved or re-aimed: a mask is confirmed again after it
    margin_reply = models.JSONField(null=True)  # {"positive": bool, "file": id, "given_date": date} (sc799 10)
    contract = models.CharField(max_length=64, blank=True)
    builder = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="built_cameras")
    pole = models.CharField(max_length=64, blank=True, db_index=True)
    network = models.CharField(max_length=64, blank=True)
    last_retention_proof_date = models.CharField(max_length=10, blank=True)

    class Meta:
        """One of each camera."""

        default_permissions = ()
