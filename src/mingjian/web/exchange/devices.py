"""Devices by sheet: recorders, camera bodies, encoders. Which camera a channel serves is a sheet of its own (channels)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Column, WrongCell
from mingjian.web.exchange.kinds import SheetRow, Work
from mingjian.web.exchange.matching import read_into, twice
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.plain import PlainKind, PlainWork
from mingjian.web.exchange.refusals import outdated
from mingjian.web.http.bulk import insert_rows
from mingjian.web.http.problem import refused
from mingjian.web.organisations.models import Identifier, Organisation
from mingjian.web.registry.devices.fields import (
    CODE_KIND,
    SUBJECT,
    TEXTS,
    check_code,
    checked_device,
    code_taken,
    device_taken,
    end_code,
    give_code,
)  # fmt: skip
from mingjian.web.registry.devices.names import ADDED, CHANGED, SCRAPPED
from mingjian.web.registry.devices.queries import DIVISION, ORGANISATION, scope_of
from mingjian.web.registry.models import Device, DeviceSearch
from mingjian.web.registry.rights import EXPORT, MANAGE_DEVICES, READ_DEVICES
from mingjian.web.registry.searching import device_text, initials, remember

DEVICE_KINDS = {
    "recorder": Text("录像机", "recorder"),
    "camera": Text("摄像机机身", "camera body"),
    "encoder": Text("编码器", "encoder"),
    "storage": Text("存储设备", "storage"),
    "platform": Text("平台服务器", "platform server"),
}
DEVICE_COLUMNS: tuple[Column, ...] = (
    Column("id", Text("登记标识", "id"), Text("导出表自带，用于修改；新增的留空", "from an export, to change it; empty for a new one")),
    Column("name", Text("名称", "name"), Text("最多 128 字", "at most 128 characters"), required=True, sample="一号录像机"),
    Column("kind", Text("设备类型", "kind"), sort="choice", required=True, choices=DEVICE_KINDS, sample="录像机"),
    Column("organisation", Text("所属单位", "organisation"),
           Text("单位全称或者统一社会信用代码", "its full name or credit code"), "reference", required=True, sample="湖心商场有限公司"),
    Column("code", Text("国标编码", "GB/T 28181 code"), Text("20 位数字，该列须为文本格式", "20 digits; format the column as text"),
           "digits", sample="37020200001185000001"),
    Column("manufacturer", Text("生产厂商", "manufacturer"), sample="云视"),
    Column("model", Text("型号", "model"), sort="digits", sample="NVR-16"),
    Column("serial", Text("序列号", "serial number"), Text("出厂序列号，该列须为文本格式", "the maker's; format the column as text"),
           "digits", sample="YS2024000117"),
    Column("mac", Text("MAC 地址", "MAC address"), Text("形如 00:1a:2b:3c:4d:5e", "such as 00:1a:2b:3c:4d:5e"),
           sample="00:1a:2b:3c:4d:5e"),
    Column("host", Text("IP 地址", "address in the network"), sample="10.0.0.9"),
    Column("firmware", Text("固件版本", "firmware"), sort="digits"),
    Column("certificate", Text("强制性标准检测证书", "certificate of the mandatory standard"), sort="digits"),
    Column("installed_date", Text("安装日期", "installed on"),
           Text("2025-04-01，或者 2025-04、2025", "2025-04-01, 2025-04 or 2025"), "date", sample="2024-05"),
)  # fmt: skip
_PLAIN = ("name", "kind", *TEXTS, "mac", "installed_date")
_KEPT = (*_PLAIN, "code", "organisation_id", "scrapped_date")
_ONCE = ("mac", "serial")
"""What one piece of equipment has and no other in use; a serial number together with its maker."""


class Devices(PlainKind):
    """The kind."""

    name = "devices"
    title = Text("设备", "devices")
    columns = DEVICE_COLUMNS
    organisation_path = ORGANISATION
    division_path = DIVISION

    def work(self, actor: Actor, *, again: bool = False, reason: str = "") -> Work:
        """Begin."""
        return _DeviceWork(actor, reason)

    def rows(self, actor: Actor) -> QuerySet[Device]:
        """The devices in use within his reach."""
        return EXPORT.visible(actor, Device.objects.filter(scrapped_date=""), ORGANISATION, DIVISION).order_by("id")

    def document(self, row: Device) -> dict[str, Any]:
        """As values by attribute."""
        return _document(row)


class _DeviceWork(PlainWork):
    model = Device
    columns = DEVICE_COLUMNS
    references: Mapping[str, str] = {"organisation": "organisation"}
    entry_kind = "device"
    policy = MANAGE_DEVICES
    added, changed, removed = ADDED, CHANGED, SCRAPPED

    def __init__(self, actor: Actor, reason: str) -> None:
        super().__init__(actor, reason)
        self._divisions: dict[str, str | None] = {}  # of organisations
        self._codes: dict[str, Identifier] = {}
        self._equipment: dict[tuple[str, ...], list[Device]] = {}  # in use, by what is given out once
        self._in_file: dict[Any, int] = {}

    def where(self, values: Mapping[str, Any], now: Any) -> tuple[str | None, str | None]:
        organisation = values.get("organisation_id", None if now is None else now.organisation_id)
        if organisation is not None and organisation not in self._divisions:
            found = Organisation.objects.filter(pk=organisation).values_list("division_id", flat=True)
            self._divisions[organisation] = found.first()
        return organisation, self._divisions.get(organisation or "")

    def existing(self, rows: Sequence[SheetRow]) -> tuple[dict[str, Any], dict[Any, list[str]]]:
        given = {
            key: [row.values[key] for row in rows if row.values.get(key)] for key in ("id", "name", "code", *_ONCE)
        }
        held = Identifier.objects.filter(kind=CODE_KIND, value__in=given["code"])
        self._codes = {one.value: one for one in held}
        self._load_equipment(given)
        coded = [one.subject_id for one in self._codes.values() if one.subject_kind == SUBJECT]
        wanted = Q(pk__in=given["id"]) | Q(name__in=given["name"]) | Q(serial__in=given["serial"])
        wanted |= Q(mac__in=[_mac(one) for one in given["mac"]])
        in_use = Device.objects.filter(wanted, scrapped_date="") | Device.objects.filter(pk__in=coded, scrapped_date="")
        back = ImportRow.objects.filter(subject_id__in=coded, change="new", batch__state="undone").values("subject_id")
        returning = Device.objects.filter(pk__in=back)
        mine = READ_DEVICES.visible(self.actor, in_use | returning, ORGANISATION, DIVISION)
        objects = {one.id: one for one in mine.select_related("organisation")}
        found: dict[Any, list[str]] = {}
        for one in objects.values():
            for key in _identities(vars(one)):
                found.setdefault(key, []).append(one.id)
        return objects, found

    def identity(self, values: Mapping[str, Any]) -> Any:
        return next(_identities(values), None)

    def stored(self, row: SheetRow, now: Any) -> dict[str, Any]:
        given, values = row.values, dict[str, Any]()
        if given.get("organisation") is not None:
            read_into(values, row, "organisation", self.found, "organisation", given["organisation"], now)
        for key in _PLAIN:
            if key in given:
                read_into(values, row, key, checked_device, {key: given[key] or ""})
        values.pop("initials", None)
        if given.get("code"):
            read_into(values, row, "code", self._checked_code, given["code"], values, now)
        elif "code" in given:
            values["code"] = ""
        return values

    def checked(self, row: SheetRow, values: dict[str, Any], now: Any) -> None:
        if now is not None and values.get("kind", now.kind) != now.kind:
            row.wrong("kind", WrongCell(
                "设备类型不能修改", "a device does not become one of another kind", "请另行登记", "register another device"
            ))  # fmt: skip
        if now is not None and now.scrapped_date:  # an import that was taken back is imported again
            values["scrapped_date"] = ""
        self._check_once(row, values, now)

    def document(self, row: Any) -> dict[str, Any]:
        return _document(row)

    def locked(self, ids: Sequence[str]) -> dict[str, Any]:
        rows = Device.objects.select_for_update(of=("self",)).filter(pk__in=ids).select_related("organisation")
        return {one.id: one for one in rows}

    def insert(self, rows: Sequence[ImportRow]) -> None:
        devices = [_made(row, self.now_ns) for row in rows]
        names = ("id", "created_ns", "initials", *_KEPT)
        insert_rows(Device, names, ([getattr(one, name) for name in names] for one in devices))
        insert_rows(DeviceSearch, ("subject_id", "text"), ([one.id, device_text(one)] for one in devices))
        codes = ([CODE_KIND, one.code, SUBJECT, one.id, self.day.isoformat()] for one in devices if one.code)
        try:
            insert_rows(Identifier, ("kind", "value", "subject_kind", "subject_id", "since_date"), codes)
        except IntegrityError as error:
            raise outdated() from error

    def change(self, row: Any, values: Mapping[str, Any]) -> None:
        for key in _KEPT:
            if key in values and key != "code":
                setattr(row, key, values[key])
        if values.get("scrapped_date"):
            end_code(row)
        elif "code" in values or "scrapped_date" in values:
            give_code(row, values.get("code", row.code))
        row.initials = initials(row.name)
        row.version += 1
        row.save()
        remember(DeviceSearch, row.id, device_text(row))

    def remove(self, row: Any) -> dict[str, Any]:
        if row.channels.filter(until_date="").exists():
            raise refused("device", "该设备还接有摄像机", "it still serves cameras", "conflict")
        row.scrapped_date = self.day.isoformat()
        row.version += 1
        row.save()
        end_code(row)
        return {"scrapped_date": row.scrapped_date}

    def _checked_code(self, code: str, values: Mapping[str, Any], now: Any) -> dict[str, Any]:
        kind = values.get("kind") or (None if now is None else now.kind)
        if kind is not None:
            check_code(kind, code)
        holder = self._codes.get(code)
        if holder is not None and holder.subject_kind != SUBJECT:
            raise code_taken()
        return {"code": code}

    def _load_equipment(self, given: Mapping[str, Sequence[str]]) -> None:
        """Devices in use anywhere that have a MAC or a serial number of these rows."""
        macs = [_mac(one) for one in given["mac"]]
        rows = Device.objects.filter(Q(mac__in=macs) | Q(serial__in=given["serial"]), scrapped_date="")
        self._equipment = {}
        for one in rows.select_related("organisation"):
            for key in _equipment(vars(one)):
                self._equipment.setdefault(key, []).append(one)

    def _check_once(self, row: SheetRow, values: Mapping[str, Any], now: Any) -> None:
        """One piece of equipment is registered once while it is in use, whoever registered it; a code names one thing."""
        kept = {} if now is None else vars(now)
        merged = {key: values.get(key, kept.get(key, "")) for key in (*_ONCE, "manufacturer")}
        own = "" if now is None else now.id
        for key in _equipment(merged):
            twice(row, key, self._in_file, key[0])
            for other in self._equipment.get(key, ()):
                if other.id != own:
                    seen = READ_DEVICES.allows(self.actor, scope_of(other))
                    row.wrong(key[0], device_taken(key[0], other, seen=seen))
        code = values.get("code")
        holder = self._codes.get(code or "")
        if code and holder is not None and holder.subject_kind == SUBJECT and holder.subject_id != own:
            row.wrong("code", code_taken())


def _identities(values: Mapping[str, Any]) -> Any:
    """What tells a device apart, the surest first: a row means the device that has its first one."""
    if values.get("code"):
        yield "code", values["code"]
    yield from _equipment(values)
    yield values.get("name"), values.get("organisation_id")


def _equipment(values: Mapping[str, Any]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    if values.get("serial"):
        found.append(("serial", values.get("manufacturer") or "", values["serial"]))
    if values.get("mac"):
        found.append(("mac", values["mac"]))
    return found


def _mac(text: str) -> str:
    return text.strip().lower().replace("-", ":")


def _made(row: ImportRow, now_ns: int) -> Device:
    kept = {key: row.values[key] for key in _KEPT if key in row.values}
    return Device(id=row.subject_id, created_ns=now_ns, initials=initials(kept["name"]), **kept)


def _document(device: Device) -> dict[str, Any]:
    return {key: getattr(device, key) for key in _KEPT}
