"""Places by sheet: what they are, where they are, their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement
from mingjian.rules.place_kinds import PLACE_KINDS, PLACE_PARTS
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.camera_columns import DATUMS
from mingjian.web.exchange.columns import Column
from mingjian.web.exchange.kinds import Names, SheetRow, Work, position_texts
from mingjian.web.exchange.matching import read_into
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.plain import PlainKind, PlainWork
from mingjian.web.http.bulk import insert_rows
from mingjian.web.http.problem import refused
from mingjian.web.registry.models import Place, PlaceKind, PlacePart, PlaceSearch
from mingjian.web.registry.places.actions import (
    checked_place,
    exemptions,
    place_text,
    remember_place,
)
from mingjian.web.registry.places.judging import listing
from mingjian.web.registry.places.names import ADDED, CHANGED, REMOVED
from mingjian.web.registry.rights import EXPORT, MANAGE_PLACES, READ_PLACES
from mingjian.web.registry.searching import initials
from mingjian.web.registry.shared import placed

PLACE_COLUMNS: tuple[Column, ...] = (
    Column("id", Text("登记标识", "id"), Text("导出表自带，用于修改；新增的留空", "from an export, to change it; empty for a new one")),
    Column("name", Text("名称", "name"), Text("最多 128 字", "at most 128 characters"), required=True, sample="湖心商场"),
    Column("division", Text("行政区划", "division"), Text("名称或者代码", "name or code"), "reference", required=True, sample="370202"),
    Column("organisation", Text("管理单位", "organisation"),
           Text("单位全称或者统一社会信用代码", "its full name or credit code"), "reference", sample="湖心商场有限公司"),
    Column("kinds", Text("场所类别", "kinds"), Text("可填多个，用“、”分隔", "several, with commas between"), "several",
           choices=PLACE_KINDS, sample="商贸中心"),
    Column("parts", Text("部位", "parts"), Text("可填多个；不填视为“整体”", "several; the whole when empty"), "several",
           choices=PLACE_PARTS, sample="出入口、公共区域"),
    Column("public_place", Text("公共场所", "public place"), sort="flag", sample="是"),
    Column("movable", Text("可移动场所", "movable"), Text("公共汽车、船舶等填“是”", "yes for buses, ships and the like"), "flag"),
    Column("address", Text("地址", "address"), sample="香港中路 10 号"),
    Column("datum", Text("坐标系", "datum"), Text("不填视为 WGS-84", "WGS-84 when empty"), "choice", choices=DATUMS, sample="WGS-84"),
    Column("lon", Text("经度", "longitude"), Text("十进制度", "decimal degrees"), "degrees", sample="120.382901"),
    Column("lat", Text("纬度", "latitude"), Text("十进制度", "decimal degrees"), "degrees", sample="36.064402"),
    Column("sector", Text("行业", "sector")),
    Column("licence", Text("证照号码", "licence"), sort="digits"),
    Column("note", Text("备注", "note")),
)  # fmt: skip
_PLAIN = ("name", "sector", "address", "public_place", "movable", "licence", "note")
_EMPTY = {"public_place": None, "movable": False}
_KEPT = (*_PLAIN, "division_id", "organisation_id", "lon_e7", "lat_e7", "given")


class Places(PlainKind):
    """The kind."""

    name = "places"
    title = Text("场所", "places")
    columns = PLACE_COLUMNS

    def work(self, actor: Actor, *, again: bool = False, reason: str = "") -> Work:
        """Begin."""
        return _PlaceWork(actor, reason)

    def cells(self, values: Mapping[str, Any], names: Names) -> dict[str, str]:
        """Texts by column key."""
        return super().cells(values, names) | position_texts(values)

    def rows(self, actor: Actor) -> QuerySet[Place]:
        """The places of the register within his reach."""
        return (
            EXPORT.visible(actor, Place.objects.filter(removed_ns=None))
            .prefetch_related("kinds", "parts")
            .order_by("id")
        )

    def document(self, row: Place) -> dict[str, Any]:
        """As values by attribute."""
        return _document(row)


class _PlaceWork(PlainWork):
    model = Place
    columns = PLACE_COLUMNS
    references: Mapping[str, str] = {"division": "division", "organisation": "organisation"}
    entry_kind = "place"
    policy = MANAGE_PLACES
    added, changed, removed = ADDED, CHANGED, REMOVED

    def __init__(self, actor: Actor, reason: str) -> None:
        super().__init__(actor, reason)
        self._said: dict[Any, tuple[tuple[Judgement, ...], tuple[str, ...]]] = {}

    def existing(self, rows: Sequence[SheetRow]) -> tuple[dict[str, Any], dict[Any, list[str]]]:
        ids = [row.values["id"] for row in rows if row.values.get("id")]
        names = [row.values["name"] for row in rows if row.values.get("name")]
        visible = READ_PLACES.visible(self.actor, Place.objects.filter(removed_ns=None))
        objects = {
            place.id: place
            for place in visible.filter(Q(pk__in=ids) | Q(name__in=names))
            .select_related("organisation")
            .prefetch_related("kinds", "parts")
        }
        found: dict[Any, list[str]] = {}
        for place in objects.values():
            found.setdefault((place.name, place.division_id), []).append(place.id)
        return objects, found

    def identity(self, values: Mapping[str, Any]) -> Any:
        return values.get("name"), values.get("division_id")

    def stored(self, row: SheetRow, now: Any) -> dict[str, Any]:
        given, values = row.values, dict[str, Any]()
        for column in self.references:
            if given.get(column) is not None:
                read_into(values, row, column, self.found, column, given[column], now)
        for key in _PLAIN:
            if key in given:
                value = _EMPTY.get(key, "") if given[key] is None else given[key]
                read_into(values, row, key, checked_place, {key: value})
        values.pop("initials", None)
        if given.get("lon") is not None and given.get("lat") is not None:
            where = {"datum": given.get("datum") or "WGS-84", "lon": given["lon"], "lat": given["lat"]}
            read_into(values, row, "lon", placed, where)
        for key in ("kinds", "parts"):
            if given.get(key):
                values[key] = sorted(given[key])
        if "parts" not in values and now is None:
            values["parts"] = ["whole"]
        if now is not None and "parts" in values:  # parts are added here, never taken away: duties hang on them
            values["parts"] = sorted({*values["parts"], *(part.part for part in now.parts.all())})
        return values

    def document(self, row: Any) -> dict[str, Any]:
        return _document(row)

    def law(self, document: Mapping[str, Any]) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
        public = document.get("public_place")
        key = (public, tuple(document.get("kinds", ())), tuple(document.get("parts", ())))
        if key not in self._said:
            judgements = exemptions(Place(public_place=public), key[1], key[2])
            self._said[key] = tuple(judgements), tuple(listing(key[1], key[2], self.day))
        return self._said[key]

    def insert(self, rows: Sequence[ImportRow]) -> None:
        places = [_made(row, self.now_ns) for row in rows]
        names = ("id", "created_ns", "initials", *_KEPT)
        insert_rows(Place, names, ([getattr(place, name) for name in names] for place in places))
        insert_rows(PlaceSearch, ("subject_id", "text"), ([place.id, place_text(place)] for place in places))
        kinds = ([row.subject_id, kind] for row in rows for kind in row.values.get("kinds", ()))
        insert_rows(PlaceKind, ("place_id", "kind"), kinds)
        parts = ([new_id(self.now_ns), row.subject_id, part] for row in rows for part in row.values["parts"])
        insert_rows(PlacePart, ("id", "place_id", "part"), parts)

    def change(self, row: Any, values: Mapping[str, Any]) -> None:
        for key in _KEPT:
            if key in values:
                setattr(row, key, values[key])
        row.initials = initials(row.name)
        if "kinds" in values:
            self._set_kinds(row, values["kinds"])
        if "parts" in values:
            there = set(row.parts.values_list("part", flat=True))
            fresh = [
                PlacePart(id=new_id(self.now_ns), place=row, part=one) for one in values["parts"] if one not in there
            ]
            PlacePart.objects.bulk_create(fresh)
        row.version += 1
        row.save()
        remember_place(row)

    def remove(self, row: Any) -> dict[str, Any]:
        if row.cameras.filter(removed_ns=None).exists() or row.systems.filter(removed_ns=None).exists():
            raise refused(
                "place", "该场所还有在册的系统或者摄像机", "systems or cameras are still registered there", "conflict"
            )
        return self.taken_out(row)

    def _set_kinds(self, place: Place, kinds: Sequence[str]) -> None:
        """What it is no more ends today; what it is from now on begins today."""
        day = self.day.isoformat()
        still = {row.kind: row for row in place.kinds.filter(until_date="")}
        for kind, row in still.items():
            if kind not in kinds:
                row.until_date = day
                row.save(update_fields=["until_date"])
        PlaceKind.objects.bulk_create(
            PlaceKind(place=place, kind=one, since_date=day) for one in kinds if one not in still
        )


def _made(row: ImportRow, now_ns: int) -> Place:
    kept = {key: row.values[key] for key in _KEPT if key in row.values}
    return Place(id=row.subject_id, created_ns=now_ns, initials=initials(kept["name"]), **kept)


def _document(place: Place) -> dict[str, Any]:
    found = {key: getattr(place, key) for key in _KEPT}
    found["kinds"] = sorted(row.kind for row in place.kinds.all() if not row.until_date)
    found["parts"] = sorted({part.part for part in place.parts.all()})
    return found
