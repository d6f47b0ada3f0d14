"""Which camera a device's channel serves, from when to when. The camera stays what it is when its device is replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.http.problem import not_found, refused
from mingjian.web.registry.archive.actions import remember_file, scored
from mingjian.web.registry.devices.names import CAMERA_SERVED, CONNECTED, DISCONNECTED, REPLACED
from mingjian.web.registry.devices.shared import device_in_use, lock_cameras, record_device
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera, CameraArchive, Device, DeviceChannel
from mingjian.web.registry.policies import MANAGE
from mingjian.web.registry.queries import visible_camera
from mingjian.web.registry.rights import MANAGE_DEVICES
from mingjian.web.registry.shared import overlap, past_day, span_or_since_today

LAST_CHANNEL = 4096
OF_BODY = ("manufacturer", "model", "mac", "host")
"""What a camera's file says of its device: it follows when another body is put in its place."""


def connect_camera(actor: Actor, device_id: str, values: Mapping[str, Any], expected: int | None) -> DeviceChannel:
    """`camera` is served by `channel` from `since_date` (default today) on, or until `until_date` when that is past.

    A device of the same kind that serves the camera until now ends on that day. Raises MingjianError `conflict` for a
    channel that serves another camera then, and for spans that overlap.
    """
    since, until = span_or_since_today(values)
    channel = values["channel"]
    with transaction.atomic():
        camera = visible_camera(actor, values["camera"], lock=True)
        MANAGE.require(actor, camera)
        if camera.removed_ns is not None:
            raise refused("camera", "这台摄像机已被移除", "this camera has been removed", "conflict")
        device = device_in_use(actor, device_id, expected)
        row, before = _serve(actor, device, camera, channel, (since, until))
        _bump(device)
        if before is not None and before.device_id != device.id:
            Device.objects.filter(pk=before.device_id).update(version=F("version") + 1)
        record_device(actor, CONNECTED, device, document(row, camera))
    return row


def disconnect_camera(
    actor: Actor, device_id: str, channel_id: int, on: str, reason: str, expected: int | None
) -> Device:
    """The channel serves its camera no longer, as of a day (default today). Raises not_found, changed_meanwhile."""
    day = past_day(on or today().isoformat(), "on")
    with transaction.atomic():
        cameras = lock_cameras(device_id)
        device = device_in_use(actor, device_id, expected)
        row = device.channels.filter(pk=channel_id, until_date="").first()
        if row is None:
            raise not_found("没有这条接入记录", "there is no such connection")
        camera = cameras.get(row.camera_id) or row.camera
        before = document(row, camera)
        _end(actor, row, camera, day)
        _bump(device)
        record_device(actor, DISCONNECTED, device, document(row, camera), before, reason)
    return device


def replace_device(
    actor: Actor, device_id: str, by_id: str, on: str, reason: str, expected: int | None
) -> tuple[Device, Device]:
    """Everything that the device serves is served by another one of its kind from a day (default today) on.

    Channel numbers stay. The device remains in the register: it is scrapped, or used elsewhere. Gives both.
    """
    day = past_day(on or today().isoformat(), "on")
    if by_id == device_id:
        raise refused("by", "须是另一台设备", "it has to be another device")
    with transaction.atomic():
        cameras = lock_cameras(device_id)
        first, second = sorted((device_id, by_id))
        locked = {one: device_in_use(actor, one, expected if one == device_id else None) for one in (first, second)}
        old, new = locked[device_id], locked[by_id]
        if old.kind != new.kind:
            raise refused("by", "更换的设备应为同一类型", "it has to be a device of the same kind")
        moved = list(old.channels.filter(until_date="").order_by("channel"))
        if not moved:
            raise refused("device", "该设备没有接入摄像机", "this device serves no camera", "conflict")
        for row in moved:
            _serve(actor, new, cameras.get(row.camera_id) or row.camera, row.channel, (day, ""))
        for device in (old, new):
            _bump(device)
        after = {"by": new.name, "on": day, "channels": len(moved)}
        record_device(actor, REPLACED, old, after, None, reason)
        record_device(actor, CONNECTED, new, {"replaces": old.name, "on": day, "channels": len(moved)}, None, reason)
    return old, new


def end_all(actor: Actor, device: Device, day: str) -> None:
    """Inside the caller's transaction: nothing is served by the device any more."""
    for row in device.channels.filter(until_date="").select_related("camera"):
        _end(actor, row, row.camera, day)


def _serve(
    actor: Actor, device: Device, camera: Camera, channel: int, dates: tuple[str, str]
) -> tuple[DeviceChannel, DeviceChannel | None]:
    """The new row and the one it replaces, which has ended; nothing overlaps."""
    row = DeviceChannel(device=device, camera=camera, channel=channel, since_date=dates[0], until_date=dates[1])
    of_camera = DeviceChannel.objects.filter(camera=camera, device__kind=device.kind).select_related("device")
    before = fit(row, device.installed_date, list(of_camera), list(device.channels.filter(channel=channel)))
    if before is not None:
        before.save(update_fields=["until_date"])
    row.save(force_insert=True)
    until = row.until_date
    followed = {} if until else follow(camera, device)
    _note(actor, camera, document(before, None), {**document(row, None), **followed})
    return row, before


def fit(
    row: DeviceChannel, installed_date: str, of_camera: Sequence[DeviceChannel], of_channel: Sequence[DeviceChannel]
) -> DeviceChannel | None:
    """Whether a new connection fits: the one that it ends (its end is set, not saved), or None.

    `of_camera`: those of its camera to devices of the same kind; `of_channel`: those of its channel; of any time.
    Raises MingjianError naming the field, `conflict` for what overlaps.
    """
    since, until = row.since_date, row.until_date
    if installed_date and since < installed_date:
        raise refused("since_date", "早于该设备的安装日期", "it is before the device was installed")
    lasting = (one for one in of_camera if not one.until_date and one.since_date <= since)
    before = None if until else next(lasting, None)
    if before is not None and (before.device_id, before.channel) == (row.device_id, row.channel):
        raise refused("camera", "该摄像机已接在此通道", "this camera is on this channel already", "conflict")
    if any(overlap(one, since, until) for one in of_camera if one is not before):
        raise refused(
            "since_date",
            "该摄像机在这段时间内已接同类设备",
            "the camera has a device of this kind in that time",
            "conflict",
        )
    if any(overlap(one, since, until) for one in of_channel):
        raise refused(
            "channel", "该通道在这段时间内已接其他摄像机", "the channel serves another camera then", "conflict"
        )
    if before is not None:
        before.until_date = since
    return before


def _end(actor: Actor, row: DeviceChannel, camera: Camera, day: str) -> None:
    if day < row.since_date:
        raise refused("on", "结束日期早于接入日期", "it would end before it began")
    before = document(row, None)
    row.until_date = day
    row.save(update_fields=["until_date"])
    _note(actor, camera, before, document(row, None))


def follow(camera: Camera, device: Device) -> dict[str, Any]:
    """The file says which body is there now: what differs. Masks lie in the body: they are confirmed anew (qd204 9.2).

    The camera's new score is set, not saved.
    """
    if device.kind != "camera":
        return {}
    archive, _ = CameraArchive.objects.get_or_create(camera=camera)
    return _say_body(camera, archive, {key: getattr(device, key) or getattr(archive, key) for key in OF_BODY})


def put_body_back(camera: Camera, device: Device, body: Mapping[str, str]) -> dict[str, Any]:
    """The file says again what it said of its body before `device` came, where it still says what that one brought."""
    archive, _ = CameraArchive.objects.get_or_create(camera=camera)
    of_device = {key: getattr(device, key) for key in OF_BODY}
    mine = {key: body[key] for key in OF_BODY if of_device[key] and getattr(archive, key) == of_device[key]}
    return _say_body(camera, archive, mine)


def _say_body(camera: Camera, archive: CameraArchive, body: Mapping[str, str]) -> dict[str, Any]:
    """Keep it, saving all but the camera itself; gives what differs."""
    old = {key: getattr(archive, key) for key in body}
    for key, text in body.items():
        setattr(archive, key, text)
    archive.moved_ns = wiring.clock().now_ns()
    archive.save()
    camera.archive_score = scored(camera, archive)
    remember_file(camera, archive)
    return changes(old, body)[1]


def _note(actor: Actor, camera: Camera, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """The camera's own history, and its version: its file shows the device."""
    camera.version += 1
    camera.save(update_fields=["version", "archive_score"])
    record(
        actor, CAMERA_SERVED, kind="camera", object_id=camera.id, name=camera.name, before=before or None, after=after,
        policy=MANAGE_DEVICES,
    )  # fmt: skip


def document(row: DeviceChannel | None, camera: Camera | None) -> dict[str, Any]:
    """For the record: of the camera's side with the device, of the device's side with the camera."""
    if row is None:
        return {}
    other = {"device": row.device.name} if camera is None else {"camera": camera.name}
    return {**other, "channel": row.channel, "since_date": row.since_date, "until_date": row.until_date}


def _bump(device: Device) -> None:
    device.version += 1
    device.save(update_fields=["version"])
