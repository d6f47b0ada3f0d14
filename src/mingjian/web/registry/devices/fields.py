"""What a device's fields may hold, whether it is registered already, and its own code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.dates import check_date
from mingjian.web.http.problem import refused
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.judging import in_vocabulary, today
from mingjian.web.registry.models import Device
from mingjian.web.registry.searching import initials
from mingjian.web.registry.shared import clean
from mingjian.wire.gb_code import read_code

GB_TYPES: Mapping[str, tuple[str, ...]] = {
    "camera": ("131", "132"), "recorder": ("111", "118"), "encoder": ("112", "113"), "storage": (), "platform": ("200",),
}  # fmt: skip
"""The kinds of devices, and the types (digits 11 to 13) of their GB/T 28181 codes; none: any."""
KINDS = tuple(GB_TYPES)
TEXTS: Mapping[str, int] = {
    "manufacturer": 64, "model": 64, "serial": 64, "host": 255, "firmware": 64, "certificate": 64,
}  # fmt: skip
CODE_KIND, SUBJECT = "gb28181", "device"
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")


def checked_device(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of Device that `values` name, all but code and organisation. Raises MingjianError naming the field."""
    found: dict[str, Any] = {}
    if "name" in values:
        found["name"] = clean(values["name"], "name", 1, 128)
        found["initials"] = initials(found["name"])
    if "kind" in values:
        found["kind"] = in_vocabulary(values["kind"], KINDS, "kind")
    for key, longest in TEXTS.items():
        if key in values:
            found[key] = clean(values[key], key, 0, longest)
    if "installed_date" in values:
        found["installed_date"] = check_date(values["installed_date"], "installed_date")
    if "mac" in values:
        found["mac"] = _mac(values["mac"])
    return found


def check_code(kind: str, text: str) -> str:
    """A 20-digit code that fits a device of this kind. Raises MingjianError invalid."""
    code = read_code(text)
    types = GB_TYPES[kind]
    if types and code.kind not in types:
        either = "、".join(types)
        raise refused("code", f"第 11 至 13 位应为 {either}", f"digits 11 to 13 are {' or '.join(types)} for this kind")
    return text


def code_taken() -> MingjianError:
    """A code names one thing for ever."""
    return refused("code", "该编码已属于另一台设备，不得重复使用", "this code names another device", "code_taken")


def device_taken(field: str, found: Device, *, seen: bool) -> MingjianError:
    """The same equipment is registered as `found`; across subtrees only whom to ask."""
    unit = found.organisation.name
    said = Text(f"这台设备已登记为“{found.name}”", f"this device is registered as {found.name}")
    hidden = Text(f"这台设备已有登记，请联系{unit}", f"this device is registered already, contact {unit}")
    return MingjianError("device_taken", said if seen else hidden, fault=Fault.USER, field=field)


def give_code(device: Device, text: str) -> None:
    """The device's own code ("": none any more); the one before ends today and stays its own for ever."""
    if not text:
        end_code(device)
        device.code = ""
        return
    check_code(device.kind, text)
    held = Identifier.objects.filter(kind=CODE_KIND, value=text)
    if held.exclude(subject_kind=SUBJECT, subject_id=device.id).exists():
        raise code_taken()
    end_code(device)
    row, new = Identifier.objects.get_or_create(
        kind=CODE_KIND, value=text,
        defaults={"subject_kind": SUBJECT, "subject_id": device.id, "since_date": today().isoformat()},
    )  # fmt: skip
    if not new:
        row.until_date = ""
        row.save(update_fields=["until_date"])
    device.code = text


def end_code(device: Device) -> None:
    """It names the device no longer as of today, and nothing else either."""
    mine = Identifier.objects.filter(kind=CODE_KIND, subject_kind=SUBJECT, subject_id=device.id, until_date="")
    mine.update(until_date=today().isoformat())


def _mac(text: str) -> str:
    mac = text.strip().lower().replace("-", ":")
    if mac and not _MAC.match(mac):
        raise refused("mac", "MAC 地址应形如 00:11:22:aa:bb:cc", "a MAC address looks like 00:11:22:aa:bb:cc")
    return mac
