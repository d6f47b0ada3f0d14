"""What is done with devices themselves. Which camera a channel serves: see `channels`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.ids import new_id
from mingjian.web import wiring
from mingjian.web.audit.actions import changes
from mingjian.web.authority.actor import Actor
from mingjian.web.http.problem import refused
from mingjian.web.registry.devices.channels import end_all
from mingjian.web.registry.devices.fields import TEXTS, checked_device, device_taken, end_code, give_code
from mingjian.web.registry.devices.names import ADDED, CHANGED, SCRAPPED
from mingjian.web.registry.devices.queries import scope_of
from mingjian.web.registry.devices.shared import device_in_use, lock_cameras, record_device
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Device, DeviceSearch
from mingjian.web.registry.rights import MANAGE_DEVICES, READ_DEVICES
from mingjian.web.registry.searching import device_text, remember
from mingjian.web.registry.shared import organisation_of, past_day

_STATE = ("name", "kind", "code", *TEXTS, "mac", "installed_date", "organisation_id", "scrapped_date")


def add_device(actor: Actor, values: Mapping[str, Any]) -> Device:
    """Register a device: `name`, `kind`, `organisation`, and what is known of it.

    Raises MingjianError naming the field at fault; `device_taken` for a MAC or a maker's serial number that a device in
    use has, `code_taken` for a code that names something else.
    """
    organisation = organisation_of(values["organisation"])
    now_ns = wiring.clock().now_ns()
    device = Device(id=new_id(now_ns), created_ns=now_ns, organisation=organisation)
    MANAGE_DEVICES.require(actor, scope_of(device))
    with transaction.atomic():
        _apply(actor, device, values)
        device.save(force_insert=True)
        remember(DeviceSearch, device.id, device_text(device))
        after = {key: value for key, value in _state(device).items() if value}
        record_device(actor, ADDED, device, after)
    return device


def change_device(
    actor: Actor, device_id: str, values: Mapping[str, Any], expected: int | None, reason: str = ""
) -> Device:
    """Change what `values` names. Raises as add_device, and changed_meanwhile."""
    with transaction.atomic():
        device = device_in_use(actor, device_id, expected)
        old = _state(device)
        if values.get("organisation"):
            device.organisation = organisation_of(values["organisation"])
            MANAGE_DEVICES.require(actor, scope_of(device))
        _apply(actor, device, values)
        before, after = changes(old, _state(device))
        if not after:
            return device
        device.version += 1
        device.save()
        remember(DeviceSearch, device.id, device_text(device))
        record_device(actor, CHANGED, device, after, before, reason)
    return device


def scrap_device(actor: Actor, device_id: str, on: str, reason: str, expected: int | None) -> Device:
    """The device is gone for good as of a day (default today); what its channels served ends with it."""
    day = past_day(on or today().isoformat(), "on")
    with transaction.atomic():
        lock_cameras(device_id)
        device = device_in_use(actor, device_id, expected)
        if device.installed_date and day < device.installed_date:
            raise refused("on", "报废日期早于安装日期", "it would be scrapped before it was installed")
        end_all(actor, device, day)
        device.scrapped_date = day
        device.version += 1
        device.save()
        end_code(device)
        record_device(actor, SCRAPPED, device, {"scrapped_date": day}, {"scrapped_date": ""}, reason)
    return device


def _apply(actor: Actor, device: Device, values: Mapping[str, Any]) -> None:
    for key, value in checked_device(values).items():
        setattr(device, key, value)
    if values.get("code") and values["code"] != device.code:
        give_code(device, values["code"])
    _refuse_twice(actor, device)


def _refuse_twice(actor: Actor, device: Device) -> None:
    """One piece of equipment is registered once while it is in use, whoever registered it."""
    others = Device.objects.filter(scrapped_date="").exclude(pk=device.id).select_related("organisation")
    for field, same in (
        ("mac", {"mac": device.mac}),
        ("serial", {"serial": device.serial, "manufacturer": device.manufacturer}),
    ):
        if not getattr(device, field):
            continue
        found = others.filter(**same).first()
        if found is not None:
            raise device_taken(field, found, seen=READ_DEVICES.allows(actor, scope_of(found)))


def _state(device: Device) -> dict[str, Any]:
    return {key: getattr(device, key) for key in _STATE}
