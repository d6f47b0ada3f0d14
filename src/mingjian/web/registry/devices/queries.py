"""Reading devices, their channels, and what serves a camera."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count
from django.db.models.expressions import Value
from django.db.models.functions import Lower, StrIndex

from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.registry.models import Camera, Device, DeviceChannel, DeviceSearch
from mingjian.web.registry.policies import READ
from mingjian.web.registry.rights import READ_DEVICES, Scope
from mingjian.web.registry.searching import FEW, folded, matching

SHORTEST_SERIAL = 4
"""Characters: shorter texts are in too many serial numbers."""

ORGANISATION, DIVISION = "organisation_id", "organisation__division_id"


def scope_of(device: Device) -> Scope:
    """Where the rights over a device are asked: it lies where its organisation lies."""
    return Scope(device.organisation_id, device.organisation.division_id)


def visible_device(actor: Actor, device_id: str, *, lock: bool = False) -> Device:
    """The device when the actor may see it; one he may not see does not exist for him. Raises MingjianError not_found."""
    rows = Device.objects.select_for_update(of=("self",)) if lock else Device.objects.all()
    device = rows.select_related("organisation").filter(pk=device_id).first()
    if device is None or not READ_DEVICES.allows(actor, scope_of(device)):
        raise not_found("没有这台设备", "there is no such device")
    return device


def devices_page(
    actor: Actor,
    *,
    text: str = "",
    kind: str = "",
    organisation: str = "",
    scrapped: bool = False,
    cursor: str | None = None,
    limit: int = 200,
) -> tuple[list[Device], str | None]:
    """Devices by name within the actor's reach; those in use, or those that were scrapped."""
    rows = READ_DEVICES.visible(actor, Device.objects.all(), ORGANISATION, DIVISION)
    rows = rows.exclude(scrapped_date="") if scrapped else rows.filter(scrapped_date="")
    exact = {"kind": kind, "organisation_id": organisation}
    rows = rows.filter(**{key: value for key, value in exact.items() if value})
    rows = matching(rows, DeviceSearch, text)
    return page(rows.select_related("organisation"), ["name", "id"], cursor, limit)


def serving(devices: Iterable[Device]) -> dict[str, int]:
    """How many cameras each of these serves now, by id; those that serve none are not in it."""
    rows = DeviceChannel.objects.filter(device__in=[one.id for one in devices], until_date="")
    return dict(rows.values_list("device_id").annotate(Count("id")).order_by("device_id"))


def channels_of(actor: Actor, device: Device) -> list[dict[str, Any]]:
    """Every channel it had, by number and time; the camera of one is named only to whoever may see it."""
    rows = list(device.channels.order_by("channel", "since_date", "id"))
    seen = _names(READ.visible(actor, Camera.objects.filter(pk__in={row.camera_id for row in rows})))
    return [
        {
            **_dated(row),
            "camera": row.camera_id if row.camera_id in seen else None,
            "camera_name": seen.get(row.camera_id, ""),
        }
        for row in rows
    ]


def devices_of(actor: Actor, camera: Camera) -> list[dict[str, Any]]:
    """Every device that served a camera, by time; one is named only to whoever may see it."""
    rows = list(DeviceChannel.objects.filter(camera=camera).order_by("since_date", "id"))
    found = Device.objects.filter(pk__in={row.device_id for row in rows})
    devices = {one.id: one for one in READ_DEVICES.visible(actor, found, ORGANISATION, DIVISION)}
    return [{**_dated(row), **_named(devices.get(row.device_id))} for row in rows]


def cameras_served_by(actor: Actor, text: str) -> set[str]:
    """Ids of cameras that a device now serves whose serial number holds `text`; of devices within the actor's reach.

    At most FEW of them. Nothing is asked for texts that are no part of a serial number worth looking for.
    """
    wanted = folded(text.strip())
    if len(wanted) < SHORTEST_SERIAL or not wanted.isascii():
        return set()
    holding = Device.objects.alias(at=StrIndex(Lower("serial"), Value(wanted))).filter(at__gt=0)
    mine = READ_DEVICES.visible(actor, holding, ORGANISATION, DIVISION)
    rows = DeviceChannel.objects.filter(device__in=mine, until_date="")
    return set(rows.values_list("camera_id", flat=True)[:FEW])


def _named(device: Device | None) -> dict[str, Any]:
    if device is None:
        return {"device_id": None, "name": "", "kind": "", "model": "", "serial": ""}
    kept = {key: getattr(device, key) for key in ("name", "kind", "serial")}
    return {"device_id": device.id, **kept, "model": f"{device.manufacturer} {device.model}".strip()}


def _dated(row: DeviceChannel) -> dict[str, Any]:
    return {key: getattr(row, key) for key in ("id", "channel", "since_date", "until_date")}


def _names(rows: Iterable[Camera]) -> dict[str, str]:
    return {row.id: row.name for row in rows}
