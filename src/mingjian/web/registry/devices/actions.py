"""What is done with devices themselves. Which camera a channel serves: see `channels`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.audit.actions import changes
from mingjian.web.authority.actor import Actor
from mingjian.web.dates import check_date
from mingjian.web.http.problem import refused
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.devices.channels import end_all
from mingjian.web.registry.devices.names import ADDED, CHANGED, SCRAPPED
from mingjian.web.registry.devices.queries import scope_of
from mingjian.web.registry.devices.shared import device_in_use, lock_cameras, record_device
from mingjian.web.registry.judging import in_vocabulary, today
from mingjian.web.registry.models import Device, DeviceSearch
from mingjian.web.registry.rights import MANAGE_DEVICES, READ_DEVICES
from mingjian.web.registry.searching import device_text, initials, remember
from mingjian.web.registry.shared import clean, organisation_of, past_day
from mingjian.wire.gb_code import read_code

GB_TYPES: Mapping[str, tuple[str, ...]] = {
    "camera": ("131", "132"), "recorder": ("111", "118"), "encoder": ("112", "113"), "storage": (), "platform": ("200",),
}  # fmt: skip
"""The kinds of devices, and the types (digits 11 to 13) of their GB/T 28181 codes; none: any."""
KINDS = tuple(GB_TYPES)
TEXTS: Mapping[str, int] = {
    "manufacturer": 64, "model": 64, "serial": 64, "host": 255, "firmware": 64, "certificate": 64,
}  # fmt: skip
_STATE = ("name", "kind", "code", *TEXTS, "mac", "installed_date", "organisation_id", "scrapped_date")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")
_CODE_KIND, _SUBJECT = "gb28181", "device"


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
        _end_code(device)
        record_device(actor, SCRAPPED, device, {"scrapped_date": day}, {"scrapped_date": ""}, reason)
    return device


def _apply(actor: Actor, device: Device, values: Mapping[str, Any]) -> None:
    if "name" in values:
        device.name = clean(values["name"], "name", 1, 128)
        device.initials = initials(device.name)
    if "kind" in values:
        device.kind = in_vocabulary(values["kind"], KINDS, "kind")
    for key, longest in TEXTS.items():
        if key in values:
            setattr(device, key, clean(values[key], key, 0, longest))
    if "installed_date" in values:
        device.installed_date = check_date(values["installed_date"], "installed_date")
    if "mac" in values:
        device.mac = _mac(values["mac"])
    if values.get("code") and values["code"] != device.code:
        _give_code(device, values["code"])
    _refuse_twice(actor, device)


def _mac(text: str) -> str:
    mac = text.strip().lower().replace("-", ":")
    if mac and not _MAC.match(mac):
        raise refused("mac", "MAC 地址应形如 00:11:22:aa:bb:cc", "a MAC address looks like 00:11:22:aa:bb:cc")
    return mac


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
            raise _taken(field, found, seen=READ_DEVICES.allows(actor, scope_of(found)))


def _taken(field: str, found: Device, *, seen: bool) -> MingjianError:
    """Across subtrees only whom to ask."""
    unit = found.organisation.name
    said = Text(f"这台设备已登记为“{found.name}”", f"this device is registered as {found.name}")
    hidden = Text(f"这台设备已有登记，请联系{unit}", f"this device is registered already, contact {unit}")
    return MingjianError("device_taken", said if seen else hidden, fault=Fault.USER, field=field)


def _give_code(device: Device, text: str) -> None:
    """The device's own code; the one before ends today and stays its own for ever."""
    code = read_code(text)
    types = GB_TYPES[device.kind]
    if types and code.kind not in types:
        either = "、".join(types)
        raise refused("code", f"第 11 至 13 位应为 {either}", f"digits 11 to 13 are {' or '.join(types)} for this kind")
    if (
        Identifier.objects.filter(kind=_CODE_KIND, value=text)
        .exclude(subject_kind=_SUBJECT, subject_id=device.id)
        .exists()
    ):
        raise refused("code", "该编码已属于另一台设备，不得重复使用", "this code names another device", "code_taken")
    _end_code(device)
    row, new = Identifier.objects.get_or_create(
        kind=_CODE_KIND, value=text,
        defaults={"subject_kind": _SUBJECT, "subject_id": device.id, "since_date": today().isoformat()},
    )  # fmt: skip
    if not new:
        row.until_date = ""
        row.save(update_fields=["until_date"])
    device.code = text


def _end_code(device: Device) -> None:
    mine = Identifier.objects.filter(kind=_CODE_KIND, subject_kind=_SUBJECT, subject_id=device.id, until_date="")
    mine.update(until_date=today().isoformat())


def _state(device: Device) -> dict[str, Any]:
    return {key: getattr(device, key) for key in _STATE}
