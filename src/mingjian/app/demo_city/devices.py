"""Recorders of the systems of the first district, and one that was replaced: each camera is a channel of one."""

from __future__ import annotations

from typing import Any

from mingjian.app.demo_city import sheets
from mingjian.app.demo_city.days import days_from_now
from mingjian.web.authority.actor import Actor

SYSTEMS = 40  # have their recorders registered
CHANNELS = 16


def add_devices(actor: Actor) -> None:
    """Nothing happens when there are devices already."""
    from mingjian.web.registry.devices.actions import add_device, scrap_device
    from mingjian.web.registry.devices.channels import connect_camera, replace_device
    from mingjian.web.registry.models import Device, System

    if Device.objects.exists():
        return
    code = sheets.code_of(0)
    first = System.objects.filter(division__code=code, organisation__kind="managing_unit", removed_date="")
    since, broken = days_from_now(-500), days_from_now(-40)
    made: list[Any] = []
    for number, system in enumerate(first.order_by("id")[:SYSTEMS]):
        cameras = system.cameras.filter(removed_ns=None).order_by("id")[:CHANNELS]
        recorder = add_device(actor, _recorder(f"{system.name[:-4]}录像机", system.organisation_id, number))
        for channel, camera in enumerate(cameras, start=1):
            connect_camera(actor, recorder.id, {"camera": camera.id, "channel": channel, "since_date": since}, None)
        made.append(recorder)
    for number, old in enumerate(made[:2]):
        new = add_device(actor, {**_recorder(f"{old.name}（新）", old.organisation_id, SYSTEMS + number)})
        replace_device(actor, old.id, new.id, broken, "硬盘背板损坏", None)
        scrap_device(actor, old.id, broken, "已报废", None)


def _recorder(name: str, organisation: str, number: int) -> dict[str, Any]:
    return {
        "name": name, "kind": "recorder", "organisation": organisation, "code": f"{sheets.code_of(0)}00001185{number + 1:06d}",
        "manufacturer": "云视", "model": "YS-NVR-32", "serial": f"YSN2506{number:05d}", "mac": f"02:00:5e:10:00:{number:02x}",
        "firmware": "V4.30", "installed_date": days_from_now(-500),
    }  # fmt: skip
