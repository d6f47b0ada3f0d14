"""Connections of channels to cameras in a chunk of rows: what is there, and what the chunk makes of it, written together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q

from mingjian.web.audit.actions import About, record_many
from mingjian.web.authority.actor import Actor
from mingjian.web.http.bulk import update_rows
from mingjian.web.registry.devices.channels import document, fit, follow, put_body_back
from mingjian.web.registry.devices.names import CAMERA_SERVED, CONNECTED, DISCONNECTED
from mingjian.web.registry.models import Camera, Device, DeviceChannel
from mingjian.web.registry.rights import MANAGE_DEVICES
from mingjian.web.registry.shared import overlap


class Around:
    """The devices and cameras of a chunk of rows, and what is connected of either, as the rows before leave it."""

    def __init__(self, pairs: Sequence[tuple[str, str]], *, lock: bool) -> None:
        device_ids, camera_ids = {one for one, _ in pairs}, {one for _, one in pairs}
        cameras, devices = Camera.objects.order_by("pk"), Device.objects.order_by("pk")
        if lock:  # cameras before devices, as everywhere
            cameras, devices = cameras.select_for_update(), devices.select_for_update(of=("self",))
        self.cameras = {one.id: one for one in cameras.filter(pk__in=camera_ids)}
        self.devices = {one.id: one for one in devices.filter(pk__in=device_ids).select_related("organisation")}
        self.of_camera: dict[tuple[str, str], list[DeviceChannel]] = defaultdict(list)  # camera, kind of device
        self.of_channel: dict[tuple[str, int], list[DeviceChannel]] = defaultdict(list)
        rows = DeviceChannel.objects.filter(Q(device__in=device_ids) | Q(camera__in=camera_ids))
        for row in rows.select_related("device", "camera").order_by("id"):
            self.put(row)

    def put(self, row: DeviceChannel) -> None:
        """One more."""
        self.of_camera[row.camera_id, row.device.kind].append(row)
        self.of_channel[row.device_id, row.channel].append(row)

    def take(self, row: DeviceChannel) -> None:
        """One less."""
        self.of_camera[row.camera_id, row.device.kind].remove(row)
        self.of_channel[row.device_id, row.channel].remove(row)

    def connect(self, values: Mapping[str, Any]) -> tuple[DeviceChannel, DeviceChannel | None]:
        """A new connection and the one that it ends; neither is saved. Raises as `fit`."""
        device, camera = self.devices[values["device_id"]], self.cameras[values["camera_id"]]
        row = DeviceChannel(
            device=device, camera=camera, channel=values["channel"], since_date=values["since_date"],
            until_date=values["until_date"],
        )  # fmt: skip
        of_camera = self.of_camera[camera.id, device.kind]
        ended = fit(row, device.installed_date, of_camera, self.of_channel[device.id, row.channel])
        self.put(row)
        return row, ended

    def same(self, values: Mapping[str, Any]) -> list[DeviceChannel]:
        """Connections of this channel to this camera, of any time."""
        rows = self.of_channel[values["device_id"], values["channel"]]
        return [row for row in rows if row.camera_id == values["camera_id"]]

    def reopens(self, row: DeviceChannel) -> bool:
        """Whether nothing else has begun on its channel or with its camera since it ended."""
        others = [*self.of_channel[row.device_id, row.channel], *self.of_camera[row.camera_id, row.device.kind]]
        return not any(overlap(one, row.until_date, "") for one in others if one is not row)


class Changes:
    """What a chunk does to connections, written together; each leaves the entries of a single change, on both sides."""

    def __init__(self) -> None:
        self._made: list[DeviceChannel] = []
        self._gone: list[DeviceChannel] = []
        self._dated: dict[int, DeviceChannel] = {}
        self._followed: list[tuple[DeviceChannel, Mapping[str, str] | None]] = []
        self._said: list[tuple[str, DeviceChannel, dict[str, Any] | None, DeviceChannel | None]] = []

    def begin(self, row: DeviceChannel, ended: DeviceChannel | None) -> None:
        """One begins; `ended` has its end already."""
        self._made.append(row)
        if ended is not None:
            self._date(ended)
        if not row.until_date and row.device.kind == "camera":
            self._followed.append((row, None))
        self._said.append((CONNECTED, row, None, ended))

    def end(self, row: DeviceChannel, until: str) -> None:
        """One ends."""
        before = document(row, row.camera)
        row.until_date = until
        self._date(row)
        self._said.append((DISCONNECTED, row, before, None))

    def reopen(self, row: DeviceChannel) -> None:
        """One that ended goes on."""
        before = document(row, row.camera)
        row.until_date = ""
        self._date(row)
        self._said.append((CONNECTED, row, before, None))

    def forget(self, row: DeviceChannel, body: Mapping[str, str] | None) -> None:
        """One that should not have begun; `body`: what the camera's file said before it."""
        before = document(row, row.camera)
        self._gone.append(row)
        if body is not None:
            self._followed.append((row, body))
        row.until_date = row.until_date or row.since_date
        self._said.append((DISCONNECTED, row, before, None))

    def write(self, actor: Actor, reason: str) -> None:
        """All of it."""
        DeviceChannel.objects.filter(pk__in=[row.pk for row in self._gone]).delete()
        ends = ((row.until_date, row.pk) for row in self._dated.values())
        update_rows(DeviceChannel, ("until_date",), ends)
        DeviceChannel.objects.bulk_create(self._made, batch_size=500)
        followed = {}
        for row, body in self._followed:
            camera = row.camera
            followed[id(row)] = follow(camera, row.device) if body is None else put_body_back(camera, row.device, body)
            camera.save(update_fields=["archive_score"])
        rows = [row for _, row, _, _ in self._said]
        devices = {row.device_id for row in (*rows, *self._dated.values())}
        Camera.objects.filter(pk__in={row.camera_id for row in rows}).update(version=F("version") + 1)
        Device.objects.filter(pk__in=devices).update(version=F("version") + 1)
        self._record(actor, reason, followed)

    def _date(self, row: DeviceChannel) -> None:
        if row.pk is not None:  # one of this very chunk is written with its end
            self._dated[row.pk] = row

    def _record(self, actor: Actor, reason: str, followed: Mapping[int, dict[str, Any]]) -> None:
        for action in (CONNECTED, DISCONNECTED):
            said = [one for one in self._said if one[0] == action]
            of_devices = [_about_device(row, before) for _, row, before, _ in said]
            of_cameras = [
                _about_camera(row, before, ended, followed.get(id(row), {})) for _, row, before, ended in said
            ]
            for kind, name, abouts in (("device", action, of_devices), ("camera", CAMERA_SERVED, of_cameras)):
                record_many(actor, name, kind, abouts, policy=MANAGE_DEVICES, reason=reason)


def _about_device(row: DeviceChannel, before: dict[str, Any] | None) -> About:
    device = row.device
    division = device.organisation.division_id or ""
    return About(device.id, device.name, device.organisation_id, division, before, document(row, row.camera))


def _about_camera(
    row: DeviceChannel, before: dict[str, Any] | None, ended: DeviceChannel | None, followed: Mapping[str, Any]
) -> About:
    camera = row.camera
    if before is not None:
        before = {**document(row, None), "until_date": before["until_date"]}
    elif ended is not None:
        before = document(ended, None)
    after = {**document(row, None), **followed}
    return About(camera.id, camera.name, camera.organisation_id or "", camera.division_id or "", before, after)
