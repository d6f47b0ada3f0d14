"""From the cells of a row to the values of a camera, and which camera of the register the row means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import new_ids
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.camera_columns import CAMERA_COLUMNS
from mingjian.web.exchange.camera_drafts import ARCHIVE_DEFAULTS, Drafts, file_of
from mingjian.web.exchange.columns import WrongCell
from mingjian.web.exchange.kinds import Finding, SheetRow
from mingjian.web.exchange.matching import Rights, read_into, require_columns
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.references import References
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.archive.codes import KIND as CODE_KIND
from mingjian.web.registry.archive.codes import SUBJECT
from mingjian.web.registry.archive.fields import ARCHIVE_FIELDS, OF_CAMERA, checked_fields
from mingjian.web.registry.keeping import judge_keep_days
from mingjian.web.registry.models import Camera
from mingjian.web.registry.names import ADDED
from mingjian.web.registry.policies import MANAGE, READ
from mingjian.web.registry.shared import clean, placed
from mingjian.web.wiring import clock
from mingjian.wire.gb_code import check_camera_code

REFERENCES = {
    "organisation": "organisation", "division": "division", "place": "place", "system": "system",
    "builder": "organisation",
}  # fmt: skip
_FIELD_KEYS = frozenset({*OF_CAMERA, *ARCHIVE_FIELDS})


class CameraReader:
    """Reads rows of one file for one actor."""

    def __init__(self, actor: Actor, drafts: Drafts) -> None:
        self._actor = actor
        self._drafts = drafts
        self._refs = References(actor)
        self._rights = Rights(actor, MANAGE)
        self._codes: dict[str, int] = {}  # of this file
        self._days: dict[int, MingjianError | None] = {}

    def read(self, rows: Sequence[SheetRow]) -> tuple[list[Finding], dict[str, Camera]]:
        """Findings, not judged yet, and the cameras they mean by id. What is wrong is noted in the rows."""
        for key, kind in REFERENCES.items():
            self._refs.load(kind, [row.values[key] for row in rows if isinstance(row.values.get(key), str)])
        existing = self._existing(rows)
        fresh = iter(new_ids(clock().now_ns(), len(rows)))
        findings = [self._finding(row, existing, fresh) for row in rows]
        self._drafts.load(finding.values for finding in findings)
        for finding in findings:
            self._finish_where(finding)
        return findings, existing

    def _existing(self, rows: Sequence[SheetRow]) -> dict[str, Camera]:
        """Those that rows mean, by id: named by id or by code. Rows learn the id they mean."""
        coded = {row.values["code"]: row for row in rows if row.values.get("code")}
        held = {
            one.value: one
            for one in Identifier.objects.filter(kind=CODE_KIND, value__in=list(coded), subject_kind=SUBJECT)
        }
        ids = {row.values["id"] for row in rows if row.values.get("id")} | {one.subject_id for one in held.values()}
        cameras = Camera.objects.select_related(
            "archive", "place", "part", "room", "system", "organisation", "division", "archive__builder"
        ).in_bulk(list(ids))
        mine = set(READ.visible(self._actor, Camera.objects.filter(pk__in=ids)).values_list("pk", flat=True))
        returning = set(
            ImportRow.objects.filter(subject_id__in=ids, change="new", batch__state="undone").values_list(
                "subject_id", flat=True
            )
        )
        for row in rows:
            self._meant(row, held, cameras, mine, returning)
        return cameras

    def _meant(
        self, row: SheetRow, held: Mapping[str, Identifier], cameras: Mapping[str, Camera], mine: set[str],
        returning: set[str],
    ) -> None:  # fmt: skip
        """Settle which camera the row is about: `row.values["id"]`."""
        given, code = row.values.get("id"), row.values.get("code")
        if given is not None and (given not in mine or cameras[given].removed_ns is not None):
            row.wrong("id", WrongCell(
                "没有这个登记标识，或者不在您的权限范围", "no such id, or none within your reach",
                "新增的请留空", "leave it empty for a new camera",
            ))  # fmt: skip
            del row.values["id"]
            return
        if not code:
            return
        if code in self._codes:
            row.wrong("code", WrongCell(
                f"与第 {self._codes[code]} 行编码相同", f"the same code as row {self._codes[code]}",
                "每台摄像机编码唯一", "each camera has a code of its own",
            ))  # fmt: skip
            return
        self._codes[code] = row.number
        holder = held.get(code)
        if holder is None or holder.subject_id == given:
            return
        camera = cameras.get(holder.subject_id)
        there = camera is not None and (camera.removed_ns is None or camera.id in returning)
        if given is None and there and holder.subject_id in mine:
            row.values["id"] = holder.subject_id
            return
        contact = "" if camera is None or camera.organisation is None else camera.organisation.name
        row.wrong("code", WrongCell(
            "该编码已属于另一台设备，不得重复使用", "this code names another device", f"请联系{contact or '管理员'}核对",
            f"check with {contact or 'the administrator'}",
        ))  # fmt: skip

    def _finding(self, row: SheetRow, existing: Mapping[str, Camera], fresh: Iterator[str]) -> Finding:
        camera = existing.get(row.values.get("id", ""))
        back = camera is not None and camera.removed_ns is not None
        changing = camera is not None and not back
        finding = Finding(
            row, "changed" if changing else "new", "" if camera is None else camera.id,
            0 if camera is None else camera.version, str(row.values.get("name") or (camera.name if camera else "")),
        )  # fmt: skip
        if camera is None:
            finding.subject_id = next(fresh)
        if not changing:
            require_columns(row, CAMERA_COLUMNS)
        finding.values = self._stored(row, camera if changing else None)
        self._check_right(row, finding.values, camera if changing else None)
        return finding

    def _stored(self, row: SheetRow, camera: Camera | None) -> dict[str, Any]:
        """What the row says, as it will be stored. Cells that do not fit become problems of the row."""
        given, values = row.values, dict[str, Any]()
        for key, kind in REFERENCES.items():
            if key in given:
                read_into(values, row, key, self._reference, kind, key, row, camera)
        if given.get("name") is not None:
            read_into(values, row, "name", lambda: {"name": clean(given["name"], "name", 1, 128)})
        if "group" in given:
            read_into(values, row, "group", lambda: {"group": _path(given["group"] or "")})
        unread = {one.column for one in row.problems}
        for key in ("lon", "lat"):
            alone = (given.get("lon") is None) != (given.get("lat") is None)
            if alone and given.get(key) is None and not unread & {"lon", "lat"}:
                row.wrong(key, WrongCell("经度和纬度须一并填写", "longitude and latitude come together"))
        if given.get("lon") is not None and given.get("lat") is not None:
            where = {"datum": given.get("datum") or "WGS-84", "lon": given["lon"], "lat": given["lat"]}
            read_into(values, row, "lon", placed, where)
        self._fields(row, values)
        if given.get("code"):
            read_into(values, row, "code", self._code, given["code"], values, camera)
        if given.get("keep_days") is not None:
            read_into(values, row, "keep_days", self._keep_days, given["keep_days"], camera)
        return values

    def _fields(self, row: SheetRow, values: dict[str, Any]) -> None:
        """Plain fields of the file; those that do not fit one by one."""
        given = {key: value for key, value in row.values.items() if key in _FIELD_KEYS}
        for key, value in given.items():
            if value is None:
                given[key] = ARCHIVE_DEFAULTS.get(key)
        try:
            parts = checked_fields(given)
        except MingjianError:
            for key, value in given.items():
                read_into(values, row, key, lambda one: _merged(checked_fields(one)), {key: value})
        else:
            values |= _merged(parts)

    def _reference(self, kind: str, key: str, row: SheetRow, camera: Camera | None) -> dict[str, Any]:
        text = row.values[key]
        if text is None:
            return {f"{key}_id": None}
        now = None if camera is None else getattr(file_of(camera) if key == "builder" else camera, key)
        if now is not None and text in (now.id, now.name):  # unchanged, though the name may be another's as well
            return {f"{key}_id": str(now.id)}
        return {f"{key}_id": self._refs.find(kind, text)}

    def _code(self, code: str, values: Mapping[str, Any], camera: Camera | None) -> dict[str, Any]:
        division = values.get("division_id") or (None if camera is None else camera.division_id)
        check_camera_code(code, "" if division is None else self._refs.code_of(division))
        return {"code": code}

    def _keep_days(self, days: int, camera: Camera | None) -> dict[str, Any]:
        if camera is not None:
            if days == camera.keep_days:
                return {}
            raise WrongCell(
                "已登记摄像机的保存天数不通过导入修改", "how long a registered camera is kept is not changed by an import",
                "请在摄像机设置中修改", "change it in the camera's settings",
            )  # fmt: skip
        if days not in self._days:
            try:
                judge_keep_days(self._actor, ADDED, days)
                self._days[days] = None
            except MingjianError as error:
                self._days[days] = error
        if (wrong := self._days[days]) is not None:
            raise wrong
        return {"keep_days": days}

    def _check_right(self, row: SheetRow, values: Mapping[str, Any], camera: Camera | None) -> None:
        """Where the camera is, and where the row would have it."""
        organisation, division = (None, None) if camera is None else (camera.organisation_id, camera.division_id)
        if camera is not None:
            self._rights.check(row, organisation, division)
        if camera is not None or "organisation_id" in values:
            self._rights.check(row, values.get("organisation_id", organisation), values.get("division_id", division))

    def _finish_where(self, finding: Finding) -> None:
        """Part and room belong to the row's place: the part by its kind, the room by its name or kind."""
        given = finding.row.values
        place = self._drafts.places.get(finding.values.get("place_id") or "")
        for key in ("part", "room"):
            if key not in given:
                continue
            if given[key] is None:
                finding.values[f"{key}_id"] = None
                continue
            if place is None:
                if finding.change == "new" or "place_id" in finding.values:
                    finding.row.wrong(key, WrongCell("须同时填写所在场所", "needs the place, too"))
                continue
            found = (self._drafts.part_in if key == "part" else self._drafts.room_in)(place, given[key])
            if found is None:
                finding.row.wrong(key, WrongCell(
                    "该场所没有登记这个部位或者房间", "the place has no such part or room",
                    "请先在场所中登记", "register it at the place first",
                ))  # fmt: skip
            else:
                finding.values[f"{key}_id"] = found


def _merged(parts: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    return parts[0] | parts[1]


def _path(text: str) -> str:
    return "/".join(part for part in (one.strip() for one in clean(text, "group", 0, 255).split("/")) if part)
