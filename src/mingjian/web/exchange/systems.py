"""Systems by sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.camera_columns import SECRECY
from mingjian.web.exchange.columns import Column, WrongCell
from mingjian.web.exchange.kinds import SheetRow, Work
from mingjian.web.exchange.matching import read_into
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.plain import PlainKind, PlainWork
from mingjian.web.http.bulk import insert_rows
from mingjian.web.http.problem import refused
from mingjian.web.organisations.models import Division
from mingjian.web.registry.models import System, SystemSearch
from mingjian.web.registry.rights import EXPORT, MANAGE_SYSTEMS, READ_SYSTEMS
from mingjian.web.registry.searching import initials, remember
from mingjian.web.registry.systems.actions import checked_system, governed, system_text
from mingjian.web.registry.systems.names import ADDED, CHANGED, REMOVED

_GRADES = {str(number): Text(f"{number}级", f"grade {number}") for number in range(1, 6)}
FUNDING = {
    "government": Text("政府投资", "government"),
    "own": Text("自筹", "own"),
    "mixed": Text("混合", "mixed"),
}
FUNCTIONS = {
    "collect": Text("采集", "collect"),
    "transmit": Text("传输", "transmit"),
    "display": Text("显示", "display"),
    "store": Text("存储", "store"),
}
SYSTEM_COLUMNS: tuple[Column, ...] = (
    Column("id", Text("登记标识", "id"), Text("导出表自带，用于修改；新增的留空", "from an export, to change it; empty for a new one")),
    Column("name", Text("名称", "name"), Text("最多 128 字", "at most 128 characters"), required=True, sample="湖心商场视频系统"),
    Column("organisation", Text("责任单位", "organisation"),
           Text("单位全称或者统一社会信用代码", "its full name or credit code"), "reference", required=True, sample="湖心商场有限公司"),
    Column("division", Text("行政区划", "division"), Text("名称或者代码", "name or code"), "reference", required=True, sample="370202"),
    Column("place", Text("主要场所", "place"), Text("场所名称；同名的填登记标识", "its name, or id where names repeat"), "reference"),
    Column("purpose", Text("用途", "purpose"), sample="治安防范"),
    Column("legal_basis", Text("建设依据", "legal basis")),
    Column("funding", Text("资金来源", "funding"), sort="choice", choices=FUNDING, sample="自筹"),
    Column("security_grade", Text("安全等级", "security grade"), sort="choice", choices=_GRADES, numbered=True),
    Column("sharing_grade", Text("共享等级", "sharing grade"), sort="choice", choices=_GRADES, numbered=True),
    Column("flag", Text("涉密标注", "secrecy"), sort="choice", choices=SECRECY),
    Column("business_use", Text("经营性", "for business"), sort="flag"),
    Column("keep_days", Text("保存天数", "days kept"), sort="number", sample="30"),
    Column("functions", Text("功能", "functions"), Text("可填多个，用“、”分隔", "several, with commas between"), "several",
           choices=FUNCTIONS, sample="采集、显示、存储"),
    Column("concerns_public_safety", Text("涉及公共安全", "concerns public safety"), sort="flag", sample="是"),
)  # fmt: skip
_PLAIN = (
    "name", "purpose", "legal_basis", "funding", "security_grade", "sharing_grade", "flag", "business_use", "keep_days",
    "functions", "concerns_public_safety",
)  # fmt: skip
_KEPT = (*_PLAIN, "organisation_id", "division_id", "place_id")
_LONGEST = {"purpose": 255, "legal_basis": 255}
_EMPTY = {"purpose": "", "legal_basis": "", "funding": "own", "flag": "none", "functions": []}


class Systems(PlainKind):
    """The kind."""

    name = "systems"
    title = Text("系统", "systems")
    columns = SYSTEM_COLUMNS

    def work(self, actor: Actor, *, again: bool = False, reason: str = "") -> Work:
        """Begin."""
        return _SystemWork(actor, reason)

    def rows(self, actor: Actor) -> QuerySet[System]:
        """The systems of the register within his reach."""
        return EXPORT.visible(actor, System.objects.filter(removed_ns=None)).order_by("id")

    def document(self, row: System) -> dict[str, Any]:
        """As values by attribute."""
        return _document(row)


class _SystemWork(PlainWork):
    model = System
    columns = SYSTEM_COLUMNS
    references: Mapping[str, str] = {"organisation": "organisation", "division": "division", "place": "place"}
    entry_kind = "system"
    policy = MANAGE_SYSTEMS
    added, changed, removed = ADDED, CHANGED, REMOVED

    def __init__(self, actor: Actor, reason: str) -> None:
        super().__init__(actor, reason)
        self._divisions: dict[str, Division] = {}

    def existing(self, rows: Sequence[SheetRow]) -> tuple[dict[str, Any], dict[Any, list[str]]]:
        ids = [row.values["id"] for row in rows if row.values.get("id")]
        names = [row.values["name"] for row in rows if row.values.get("name")]
        visible = READ_SYSTEMS.visible(self.actor, System.objects.filter(removed_ns=None))
        objects = {
            one.id: one
            for one in visible.filter(Q(pk__in=ids) | Q(name__in=names)).select_related("place", "organisation")
        }
        found: dict[Any, list[str]] = {}
        for one in objects.values():
            found.setdefault((one.name, one.organisation_id), []).append(one.id)
        return objects, found

    def identity(self, values: Mapping[str, Any]) -> Any:
        return values.get("name"), values.get("organisation_id")

    def stored(self, row: SheetRow, now: Any) -> dict[str, Any]:
        given, values = row.values, dict[str, Any]()
        for column in self.references:
            if given.get(column) is not None:
                read_into(values, row, column, self.found, column, given[column], now)
        for key in _PLAIN:
            if key in given:
                value = _EMPTY.get(key) if given[key] is None else given[key]
                read_into(values, row, key, _plain, key, value)
        values.pop("initials", None)
        return values

    def document(self, row: Any) -> dict[str, Any]:
        return _document(row)

    def law(self, document: Mapping[str, Any]) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
        system = System(**{key: document[key] for key in _KEPT if key in document})
        if system.division_id not in self._divisions:
            self._divisions[system.division_id] = Division.objects.get(pk=system.division_id)
        system.division = self._divisions[system.division_id]
        return tuple(governed(system)), ()

    def insert(self, rows: Sequence[ImportRow]) -> None:
        systems = []
        for row in rows:
            kept = {key: row.values[key] for key in _KEPT if key in row.values}
            systems.append(System(id=row.subject_id, created_ns=self.now_ns, initials=initials(kept["name"]), **kept))
        names = ("id", "created_ns", "initials", *_KEPT)
        insert_rows(System, names, ([getattr(one, name) for name in names] for one in systems))
        insert_rows(SystemSearch, ("subject_id", "text"), ([one.id, system_text(one)] for one in systems))

    def change(self, row: Any, values: Mapping[str, Any]) -> None:
        for key in _KEPT:
            if key in values:
                setattr(row, key, values[key])
        row.initials = initials(row.name)
        row.version += 1
        row.save()
        remember(SystemSearch, row.id, system_text(row))

    def remove(self, row: Any) -> dict[str, Any]:
        if row.cameras.filter(removed_ns=None).exists():
            raise refused("system", "该系统还有在册的摄像机", "cameras of it are still registered", "conflict")
        return self.taken_out(row)


def _plain(key: str, value: Any) -> dict[str, Any]:
    longest = _LONGEST.get(key)
    if longest is not None and len(value) > longest:
        raise WrongCell(f"最多 {longest} 字", f"at most {longest} characters")
    if key == "keep_days" and value is not None and not 1 <= value <= 36_500:
        raise WrongCell("应在 1 到 36500 之间", "between 1 and 36500")
    return checked_system({key: value})


def _document(system: System) -> dict[str, Any]:
    return {key: getattr(system, key) for key in _KEPT}
