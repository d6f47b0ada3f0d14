"""What actions on devices share: the device at hand, locks in one order (cameras, then devices), and the entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.registry.devices.queries import scope_of, visible_device
from mingjian.web.registry.models import Camera, Device, DeviceChannel
from mingjian.web.registry.rights import MANAGE_DEVICES


def device_in_use(actor: Actor, device_id: str, expected: int | None) -> Device:
    """The device, locked, which the actor may manage. Raises Refused, not_found, changed_meanwhile, `conflict`."""
    device = visible_device(actor, device_id, lock=True)
    MANAGE_DEVICES.require(actor, scope_of(device))
    require_version(device.version, expected)
    if device.scrapped_date:
        raise refused("device", "该设备已报废", "this device has been scrapped", "conflict")
    return device


def lock_cameras(*device_ids: str) -> dict[str, Camera]:
    """The cameras that these devices serve now, locked, by id. Taken before the devices, so that nobody waits in a ring."""
    served = DeviceChannel.objects.filter(device_id__in=device_ids, until_date="").values("camera_id")
    return {one.id: one for one in Camera.objects.select_for_update().filter(pk__in=served).order_by("pk")}


def record_device(
    actor: Actor, action: str, device: Device, after: Mapping[str, Any], before: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:  # fmt: skip
    """The entry about a device."""
    record(
        actor, action, kind="device", object_id=device.id, name=device.name, before=before, after=after,
        policy=MANAGE_DEVICES, reason=reason,
    )  # fmt: skip
