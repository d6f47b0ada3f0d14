"""Channels by sheet: which camera a device's channel serves, from which day to which.

A row begins a connection, or ends the one that is there. What it ends besides (the camera's device of the same kind
until now) and what of the camera's file follows a new body is as with a single connection (registry.devices.channels).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import QuerySet

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Column, Problem, WrongCell
from mingjian.web.exchange.connections import Around, Changes
from mingjian.web.exchange.dated import DatedWork
from mingjian.web.exchange.kinds import Finding, Names, SheetRow, Work
from mingjian.web.exchange.matching import Rights
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.refusals import outdated, touched
from mingjian.web.registry.devices.channels import LAST_CHANNEL, OF_BODY
from mingjian.web.registry.devices.queries import scope_of
from mingjian.web.registry.models import Camera, CameraArchive, Device, DeviceChannel
from mingjian.web.registry.policies import MANAGE, READ
from mingjian.web.registry.rights import EXPORT, MANAGE_DEVICES, READ_DEVICES

CHANNEL_COLUMNS: tuple[Column, ...] = (
    Column("device", Text("设备", "device"),
           Text("设备的国标编码、序列号、登记标识，或者不重名的名称", "its code, serial number or id, or a name that no other has"),
           "reference", required=True, sample="37020200001185000001"),
    Column("channel", Text("通道号", "channel"), Text("不填视为 1", "1 when empty"), "number", sample="1"),
    Column("camera", Text("摄像机", "camera"),
           Text("摄像机的国标编码、登记标识，或者不重名的名称", "its code or id, or a name that no other has"),
           "reference", required=True, sample="37020200001321000001"),
    Column("since_date", Text("接入日期", "served since"), Text("不填视为今天", "today when empty"), "date", sample="2024-05-01"),
    Column("until_date", Text("断开日期", "served until"), Text("仍在接入的留空", "empty while it still serves it"), "date"),
)  # fmt: skip
_KEY = ("device_id", "camera_id", "channel", "since_date")


class Channels:
    """The kind."""

    name = "channels"
    title = Text("设备通道", "device channels")
    columns: tuple[Column, ...] = CHANNEL_COLUMNS
    organisation_path = "device__organisation_id"
    division_path = "device__organisation__division_id"

    def work(self, actor: Actor, *, again: bool = False, reason: str = "") -> Work:
        """Begin."""
        return _ChannelWork(actor, reason)

    def cells(self, values: Mapping[str, Any], names: Names) -> dict[str, str]:
        """Texts by column key."""
        return names.texts(self.columns, values)

    def rows(self, actor: Actor) -> QuerySet[DeviceChannel]:
        """Connections of devices in use to cameras of the register, of any time; both ends within his reach."""
        present = DeviceChannel.objects.filter(device__scrapped_date="", camera__removed_ns=None)
        mine = EXPORT.visible(actor, present, self.organisation_path, self.division_path)
        return mine.filter(camera__in=READ.visible(actor, Camera.objects.all())).order_by("id")

    def exported(self, some: Sequence[DeviceChannel]) -> Iterator[dict[str, str]]:
        """Device and camera by what no other has: code, else id."""
        devices = Device.objects.in_bulk([row.device_id for row in some])
        cameras = Camera.objects.in_bulk([row.camera_id for row in some])
        for row in some:
            device, camera = devices[row.device_id], cameras[row.camera_id]
            yield {
                "device": device.code or device.id, "channel": str(row.channel), "camera": camera.code or camera.id,
                "since_date": row.since_date, "until_date": row.until_date,
            }  # fmt: skip


class _ChannelWork(DatedWork):
    kinds = ("device", "camera")
    columns = CHANNEL_COLUMNS
    ends_early = Text("断开日期早于接入日期", "it ends before it begins")

    def __init__(self, actor: Actor, reason: str) -> None:
        super().__init__(actor, reason)
        self._device_rights = Rights(actor, MANAGE_DEVICES)
        self._camera_rights = Rights(actor, MANAGE)
        self._before: dict[str, list[Finding]] = defaultdict(list)  # rows of this file so far, by device and by camera

    # --- looking ---------------------------------------------------------------------------------------------------

    def look(self, rows: Sequence[SheetRow]) -> list[Finding]:
        """As Work."""
        findings, whole = self._read(rows)
        before = self._related({one.values[key] for one in whole for key in ("device_id", "camera_id")})
        around = Around([(one.values["device_id"], one.values["camera_id"]) for one in (*before, *whole)], lock=False)
        _repeat(before, around)
        for finding in findings:
            if not finding.row.problems:
                self._look_at(finding, around)
            if finding.row.problems:
                finding.change = "refused"
            elif finding.change != "same":
                for key in ("device_id", "camera_id"):
                    self._before[finding.values[key]].append(finding)
        return findings

    def _related(self, ids: set[str]) -> list[Finding]:
        """Rows of the file so far that touch these devices and cameras, or what those rows touch; in the file's order."""
        found: dict[int, Finding] = {}
        known, fresh = set(ids), list(ids)
        while fresh:
            for one in self._before.get(fresh.pop(), ()):
                if one.row.number not in found:
                    found[one.row.number] = one
                    more = {one.values["device_id"], one.values["camera_id"]} - known
                    known |= more
                    fresh += more
        return [found[number] for number in sorted(found)]

    def _further(self, row: SheetRow) -> dict[str, Any]:
        channel = row.values.get("channel") or 1
        if not 1 <= channel <= LAST_CHANNEL:
            row.wrong("channel", WrongCell(f"应在 1 到 {LAST_CHANNEL} 之间", f"between 1 and {LAST_CHANNEL}"))
        return {"channel": channel}

    def _look_at(self, finding: Finding, around: Around) -> None:
        row, values = finding.row, finding.values
        device, camera = around.devices[values["device_id"]], around.cameras[values["camera_id"]]
        finding.name = f"{device.name} · {values['channel']} · {camera.name}"
        scope = scope_of(device)
        self._device_rights.check(row, scope.organisation_id, scope.division_id, "device")
        self._camera_rights.check(row, camera.organisation_id, camera.division_id, "camera")
        there = _there(around, values)
        if there is not None:
            self._compare(finding, there)
            return
        values.setdefault("since_date", self._day)
        values.setdefault("until_date", "")
        self._in_order(row, values["since_date"], values["until_date"])
        if row.problems:
            return
        try:
            _, ended = around.connect(values)
        except MingjianError as error:
            row.wrong(error.field or "", error)
            return
        finding.before = {"ended": None if ended is None else _key(ended), "body": self._body(device, camera, values)}
        if ended is not None:
            finding.notes.append(self._ends(ended))

    def _compare(self, finding: Finding, there: DeviceChannel) -> None:
        """A connection that is there: it stays, or the row ends it."""
        row, values = finding.row, finding.values
        if values.get("since_date", there.since_date) != there.since_date:
            row.wrong("since_date", WrongCell(
                f"该接入自 {there.since_date} 起已登记", f"this connection is registered since {there.since_date}",
                "接入日期不通过导入修改；留空即可", "that day is not changed by an import: leave it empty",
            ))  # fmt: skip
            return
        until = values.get("until_date", there.until_date)
        if until == there.until_date:
            finding.change, finding.values = "same", {**values, "since_date": there.since_date, "until_date": until}
            return
        if there.until_date:
            row.wrong("until_date", WrongCell(
                f"该接入已于 {there.until_date} 断开", f"this connection ended on {there.until_date}",
                "断开日期不通过导入修改；留空即可", "that day is not changed by an import: leave it empty",
            ))  # fmt: skip
            return
        if not self._in_order(row, there.since_date, until):
            return
        finding.change = "changed"
        finding.values = {**values, "since_date": there.since_date, "until_date": until}
        finding.before = {**finding.values, "until_date": ""}
        there.until_date = until

    def _body(self, device: Device, camera: Camera, values: Mapping[str, Any]) -> dict[str, str] | None:
        """What the camera's file says of its body, when this connection puts in another one."""
        if device.kind != "camera" or values["until_date"]:
            return None
        archive = CameraArchive.objects.filter(camera=camera).first() or CameraArchive(camera=camera)
        return {key: getattr(archive, key) for key in OF_BODY}

    def _ends(self, row: DeviceChannel) -> Problem:
        device = row.device
        if not READ_DEVICES.allows(self._actor, scope_of(device)):
            return Problem("", Text("同时断开其他单位的设备", "it ends the connection to somebody else's device"))
        said = Text(
            f"同时断开“{device.name}”通道 {row.channel}",
            f"it ends the connection to {device.name}, channel {row.channel}",
        )
        return Problem("", said)

    # --- applying --------------------------------------------------------------------------------------------------

    def apply(self, rows: Sequence[ImportRow]) -> None:
        """As Work."""
        around = Around([(row.values["device_id"], row.values["camera_id"]) for row in rows], lock=True)
        changes = Changes()
        for row in rows:
            device, camera = around.devices.get(row.values["device_id"]), around.cameras.get(row.values["camera_id"])
            if device is None or camera is None or device.scrapped_date or camera.removed_ns is not None:
                raise outdated(row.number)
            self._require(device, camera)
            if row.change == "new":
                changes.begin(*self._as_previewed(row, partial(around.connect, row.values), _key))
                continue
            lasting = [one for one in around.same(row.values) if not one.until_date]
            if not lasting or _key(lasting[0]) != _key_of(row.values):
                raise outdated(row.number)
            changes.end(lasting[0], row.values["until_date"])
        changes.write(self._actor, self._reason)

    def undo(self, rows: Sequence[ImportRow]) -> dict[int, MingjianError]:
        """As Work, the last first: what began is gone as if it had not been, and what ended goes on."""
        around = Around([(row.values["device_id"], row.values["camera_id"]) for row in rows], lock=True)
        refused: dict[int, MingjianError] = {}
        changes = Changes()
        for row in rows:
            made = next((one for one in around.same(row.values) if _is(one, row.values)), None)
            if made is None or not self._undo_one(row, made, around, changes):
                refused[row.number] = touched()
        changes.write(self._actor, self._reason)
        return refused

    def _undo_one(self, row: ImportRow, made: DeviceChannel, around: Around, changes: Changes) -> bool:
        if row.change == "changed":
            if not around.reopens(made):
                return False
            changes.reopen(made)
            return True
        before = row.before or {}
        ended = None
        if before.get("ended") is not None:
            of_camera = around.of_camera[made.camera_id, made.device.kind]
            ended = next((one for one in of_camera if _key(one) == before["ended"]), None)
            if ended is None or ended.until_date != made.since_date:
                return False
        around.take(made)
        if ended is not None and not around.reopens(ended):
            around.put(made)
            return False
        changes.forget(made, before.get("body"))
        if ended is not None:
            changes.reopen(ended)
        return True

    def _require(self, device: Device, camera: Camera) -> None:
        scope = scope_of(device)
        self._device_rights.require(scope.organisation_id, scope.division_id)
        self._camera_rights.require(camera.organisation_id, camera.division_id)


def _repeat(findings: Sequence[Finding], around: Around) -> None:
    """What the rows before did is there for the rows after them."""
    for one in findings:
        if one.change == "new":
            around.connect(one.values)
        else:
            _lasting(around, one.values).until_date = one.values["until_date"]


def _there(around: Around, values: Mapping[str, Any]) -> DeviceChannel | None:
    """The connection that a row means: the one that began on its day, else the one that lasts."""
    same = around.same(values)
    began = [row for row in same if row.since_date == values.get("since_date")]
    lasting = [row for row in same if not row.until_date and not _before(values, row)]
    return next(iter([*began, *lasting]), None)


def _before(values: Mapping[str, Any], row: DeviceChannel) -> bool:
    """Whether a row speaks of a time that was over when the connection began."""
    return bool(values.get("until_date")) and values["until_date"] <= row.since_date


def _lasting(around: Around, values: Mapping[str, Any]) -> DeviceChannel:
    return next(row for row in around.same(values) if not row.until_date)


def _is(row: DeviceChannel, values: Mapping[str, Any]) -> bool:
    return (row.since_date, row.until_date) == (values["since_date"], values["until_date"])


def _key(row: DeviceChannel) -> list[Any]:
    return [getattr(row, name) for name in _KEY]


def _key_of(values: Mapping[str, Any]) -> list[Any]:
    return [values[name] for name in _KEY]
