"""Devices: list, register, change, replace, scrap; their channels and the cameras these serve."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.web.audit.queries import history_of
from mingjian.web.authority.actor import Actor
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Cursor, Input, Limit, Plain
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry.archive.api import CameraHistoryPage, Digits, Short
from mingjian.web.registry.devices import actions, channels, queries
from mingjian.web.registry.devices.fields import TEXTS
from mingjian.web.registry.models import Device
from mingjian.web.registry.places.api import Day, Id
from mingjian.web.registry.rights import MANAGE_DEVICES, READ_DEVICES

router = Router(tags=["devices"])

Kind = Literal["camera", "recorder", "encoder", "storage", "platform"]
Named = Annotated[str, Field(min_length=1, max_length=128)]
Host = Annotated[str, Field(max_length=255)]
Why = Annotated[str, Field(max_length=500)]


class DeviceIn(Input):
    """A new device. `code` is its own 20-digit code, `certificate` that of the mandatory standard (sc799 12)."""

    name: Named
    kind: Kind
    organisation: Id
    code: Digits = ""
    manufacturer: Short = ""
    model: Short = ""
    serial: Short = ""
    mac: Short = ""
    host: Host = ""
    firmware: Short = ""
    certificate: Short = ""
    installed_date: Day = ""


class DeviceChangeIn(Input):
    """What to change; what is not given stays. A device does not become one of another kind."""

    name: Named | None = None
    organisation: Id | None = None
    code: Digits | None = None
    manufacturer: Short | None = None
    model: Short | None = None
    serial: Short | None = None
    mac: Short | None = None
    host: Host | None = None
    firmware: Short | None = None
    certificate: Short | None = None
    installed_date: Day | None = None
    reason: Why = ""


class ConnectIn(Input):
    """A camera that a channel serves: from today on unless a day is given, and until a day for what is past."""

    camera: Id = Field(min_length=1)
    channel: int = Field(1, ge=1, le=channels.LAST_CHANNEL)
    since_date: Day = ""
    until_date: Day = ""


class DeviceEndIn(Input):
    """As of which day (default today), and why."""

    on: Day = ""
    reason: Why = ""


class ReplaceIn(DeviceEndIn):
    """The device that takes over."""

    by: Id = Field(min_length=1)


class ScrapIn(Input):
    """As of which day (default today), and why."""

    on: Day = ""
    reason: str = Field(min_length=2, max_length=500)


class DeviceOut(Plain):
    """A device in a list; `serving` counts the cameras that it serves now."""

    id: str
    name: str
    kind: str
    code: str
    manufacturer: str
    model: str
    serial: str
    mac: str
    host: str
    firmware: str
    certificate: str
    organisation: str
    organisation_name: str
    installed_date: str
    scrapped_date: str
    serving: int
    version: int


class DevicePage(Schema):
    """Devices by name."""

    items: list[DeviceOut]
    next: str | None


class ChannelOut(Plain):
    """Which camera a channel serves or served. Not named to whoever may not see it."""

    id: int
    channel: int
    camera: str | None
    camera_name: str
    since_date: str
    until_date: str


class DeviceFileOut(DeviceOut):
    """A device with its channels."""

    channels: list[ChannelOut]


@router.get("", auth=Requires(READ_DEVICES), response=DevicePage, operation_id="devices_list")
def list_devices(
    request: HttpRequest,
    text: Annotated[str, Field(max_length=128)] = "",
    kind: Annotated[str, Field(max_length=16)] = "",
    organisation: Annotated[str, Field(max_length=26)] = "",
    scrapped: bool = False,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Devices by name; `text` finds parts of names, initials, codes, makers, models, serials, MAC and host."""
    rows, following = queries.devices_page(
        actor_of(request),
        text=text,
        kind=kind,
        organisation=organisation,
        scrapped=scrapped,
        cursor=cursor,
        limit=limit,
    )
    serving = queries.serving(rows)
    return {"items": [{**_plain(row), "serving": serving.get(row.id, 0)} for row in rows], "next": following}


@router.post("", auth=Requires(MANAGE_DEVICES), response={201: DeviceFileOut}, operation_id="devices_add")
def add_device(request: HttpRequest, response: HttpResponse, data: DeviceIn) -> Status[dict[str, Any]]:
    """Register a device. Takes Idempotency-Key."""
    actor, values = actor_of(request), data.model_dump()
    status, body = create_once(request, response, actor.user, lambda: _file(actor, actions.add_device(actor, values)))
    set_etag(response, body["version"])
    return Status(status, body)


@router.get("/{device_id}", auth=Requires(READ_DEVICES), response=DeviceFileOut, operation_id="devices_get")
def get_device(request: HttpRequest, response: HttpResponse, device_id: str) -> dict[str, Any]:
    """A device with its channels, with ETag."""
    return _answer(request, response, queries.visible_device(actor_of(request), device_id))


@router.patch("/{device_id}", auth=Requires(MANAGE_DEVICES), response=DeviceFileOut, operation_id="devices_change")
def change_device(request: HttpRequest, response: HttpResponse, device_id: str, data: DeviceChangeIn) -> dict[str, Any]:
    """Change a device; needs If-Match."""
    values = data.given()
    reason = values.pop("reason", "")
    expected = expected_version(request)
    return _answer(request, response, actions.change_device(actor_of(request), device_id, values, expected, reason))


@router.post(
    "/{device_id}/channels",
    auth=Requires(MANAGE_DEVICES),
    response={201: DeviceFileOut},
    operation_id="devices_connect",
)
def connect(request: HttpRequest, response: HttpResponse, device_id: str, data: ConnectIn) -> Status[dict[str, Any]]:
    """A channel serves a camera; needs the device's If-Match, and the right over the camera. Takes Idempotency-Key."""
    actor, expected = actor_of(request), expected_version(request)

    def create() -> dict[str, Any]:
        row = channels.connect_camera(actor, device_id, data.model_dump(), expected)
        return _file(actor, row.device)

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.post(
    "/{device_id}/channels/{channel_id}/end",
    auth=Requires(MANAGE_DEVICES),
    response=DeviceFileOut,
    operation_id="devices_disconnect",
)
def disconnect(
    request: HttpRequest, response: HttpResponse, device_id: str, channel_id: int, data: DeviceEndIn
) -> dict[str, Any]:
    """The channel serves its camera no longer; needs the device's If-Match."""
    actor, expected = actor_of(request), expected_version(request)
    device = channels.disconnect_camera(actor, device_id, channel_id, data.on, data.reason, expected)
    return _answer(request, response, device)


@router.post(
    "/{device_id}/replace", auth=Requires(MANAGE_DEVICES), response=DeviceFileOut, operation_id="devices_replace"
)
def replace(request: HttpRequest, response: HttpResponse, device_id: str, data: ReplaceIn) -> dict[str, Any]:
    """Another device takes over every channel from a day on; needs If-Match. The cameras stay what they are."""
    actor, expected = actor_of(request), expected_version(request)
    old, _ = channels.replace_device(actor, device_id, data.by, data.on, data.reason, expected)
    return _answer(request, response, old)


@router.post("/{device_id}/scrap", auth=Requires(MANAGE_DEVICES), response=DeviceFileOut, operation_id="devices_scrap")
def scrap(request: HttpRequest, response: HttpResponse, device_id: str, data: ScrapIn) -> dict[str, Any]:
    """The device is gone for good; needs If-Match and a reason. What it served ends on that day."""
    actor, expected = actor_of(request), expected_version(request)
    return _answer(request, response, actions.scrap_device(actor, device_id, data.on, data.reason, expected))


@router.get(
    "/{device_id}/history", auth=Requires(READ_DEVICES), response=CameraHistoryPage, operation_id="devices_history"
)
def history(request: HttpRequest, device_id: str, cursor: Cursor = None, limit: Limit = 200) -> dict[str, Any]:
    """Every change of a device, from the audit record."""
    device = queries.visible_device(actor_of(request), device_id)
    return history_of("device", device.id, cursor, limit, language_of(request))


def _answer(request: HttpRequest, response: HttpResponse, device: Device) -> dict[str, Any]:
    set_etag(response, device.version)
    return _file(actor_of(request), device)


def _file(actor: Actor, device: Device) -> dict[str, Any]:
    rows = queries.channels_of(actor, device)
    serving = sum(row["until_date"] == "" for row in rows)
    return {**_plain(device), "serving": serving, "channels": rows}


def _plain(device: Device) -> dict[str, Any]:
    fields = (
        "id", "name", "kind", "code", *TEXTS, "mac", "installed_date", "scrapped_date", "version",
    )  # fmt: skip
    return {
        **{field: getattr(device, field) for field in fields},
        "organisation": device.organisation_id,
        "organisation_name": device.organisation.name,
    }
