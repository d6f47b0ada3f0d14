"""Organisations by sheet: made, renamed and changed by the single actions themselves, in the file's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.columns import Column, WrongCell
from mingjian.web.exchange.kinds import Finding, Names, SheetRow, Work
from mingjian.web.exchange.matching import read_into, require_columns, twice
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.references import References
from mingjian.web.exchange.refusals import outdated, touched
from mingjian.web.organisations import policies
from mingjian.web.organisations.actions.organisations import (
    change_organisation,
    dissolve_organisation,
    make_organisation,
    rename_organisation,
)
from mingjian.web.organisations.codes import check_credit_code
from mingjian.web.organisations.kinds import ORGANISATION_KINDS
from mingjian.web.organisations.models import Identifier, Organisation
from mingjian.web.organisations.queries import organisations
from mingjian.web.registry.judging import today
from mingjian.web.registry.rights import EXPORT
from mingjian.web.registry.shared import clean
from mingjian.web.wiring import clock

ORGANISATION_COLUMNS: tuple[Column, ...] = (
    Column("id", Text("登记标识", "id"), Text("导出表自带，用于修改；新增的留空", "from an export, to change it; empty for a new one")),
    Column("name", Text("名称", "name"), Text("单位全称", "its full name"), required=True, sample="湖心商场有限公司"),
    Column("kind", Text("单位类型", "kind"), sort="choice", choices=ORGANISATION_KINDS, required=True, sample="管理、使用单位"),
    Column("division", Text("行政区划", "division"), Text("名称或者代码", "name or code"), "reference", required=True, sample="370202"),
    Column("parent", Text("上级单位", "parent"), Text("可以是本表前面的单位", "may be one of the rows above"), "reference"),
    Column("credit_code", Text("统一社会信用代码", "unified social credit code"), sort="digits"),
    Column("sector", Text("行业", "sector")),
    Column("address", Text("地址", "address")),
    Column("contact", Text("联系人", "contact")),
    Column("telephone", Text("联系电话", "telephone"), sort="digits"),
    Column("note", Text("备注", "note")),
)  # fmt: skip
_LENGTHS = {
    "name": (1, 128),
    "sector": (0, 32),
    "address": (0, 255),
    "contact": (0, 64),
    "telephone": (0, 32),
    "note": (0, 1000),
}
_CHANGEABLE = ("sector", "address", "contact", "telephone", "note")


class Organisations:
    """The kind."""

    name = "organisations"
    title = Text("单位", "organisations")
    columns = ORGANISATION_COLUMNS
    organisation_path = "id"
    division_path = "division_id"

    def work(self, actor: Actor, *, again: bool = False, reason: str = "") -> Work:
        """Begin."""
        return _OrganisationWork(actor, reason)

    def cells(self, values: Mapping[str, Any], names: Names) -> dict[str, str]:
        """Texts by column key."""
        return names.texts(self.columns, values)

    def rows(self, actor: Actor) -> QuerySet[Organisation]:
        """The organisations within his reach, those above before those below."""
        return EXPORT.visible(actor, Organisation.objects.filter(dissolved_date=""), organisation="id").order_by("id")

    def exported(self, some: Sequence[Organisation]) -> Iterator[dict[str, str]]:
        """As the sheet has them."""
        held = Identifier.objects.filter(kind="credit_code", until_date="", subject_id__in=[one.id for one in some])
        codes = dict(held.values_list("subject_id", "value"))
        documents = [_document(one, codes.get(one.id, "")) for one in some]
        names = Names(documents)
        for one, document in zip(some, documents, strict=True):
            yield self.cells(document, names) | {"id": one.id}


class _OrganisationWork:
    def __init__(self, actor: Actor, reason: str) -> None:
        self._actor = actor
        self._reason = reason
        self._refs = References(actor)
        self._now_ns = clock().now_ns()
        self._day = today().isoformat()
        self._seen: dict[Any, int] = {}
        self._coming: dict[str, str] = {}  # id -> kind, of rows before

    def look(self, rows: Sequence[SheetRow]) -> list[Finding]:
        """As Work."""
        wanted = [row.values["parent"] for row in rows if isinstance(row.values.get("parent"), str)]
        self._refs.load("organisation", wanted)
        codes = [row.values["credit_code"].upper() for row in rows if row.values.get("credit_code")]
        held = dict(Identifier.objects.filter(kind="credit_code", value__in=codes).values_list("value", "subject_id"))
        ids = {row.values["id"] for row in rows if row.values.get("id")} | set(held.values())
        names = [row.values["name"] for row in rows if row.values.get("name")]
        mine = organisations(self._actor).filter(dissolved_date="")
        objects = {one.id: one for one in mine.filter(pk__in=ids) | mine.filter(name__in=names)}
        return [self._finding(row, objects, held) for row in rows]

    def _finding(self, row: SheetRow, objects: Mapping[str, Organisation], held: Mapping[str, str]) -> Finding:
        values = self._stored(row)
        now = self._meant(row, values, objects, held)
        finding = Finding(row, "new", new_id(self._now_ns), name=str(values.get("name", "")))
        if now is None:
            require_columns(row, ORGANISATION_COLUMNS)
            self._check_new(row, values)
            finding.values = values
            if not row.problems:
                self._coming[finding.subject_id] = values["kind"]
                self._refs.add("organisation", values["name"], finding.subject_id)
        else:
            self._compare(finding, values, now, held)
        if row.problems:
            finding.change = "refused"
        return finding

    def _stored(self, row: SheetRow) -> dict[str, Any]:
        given, values = row.values, dict[str, Any]()
        for key, (shortest, longest) in _LENGTHS.items():
            if key in given:
                text = given[key] or ""
                read_into(values, row, key, _cleaned, text, key, shortest, longest)
        if given.get("kind"):
            values["kind"] = given["kind"]
        if given.get("division"):
            read_into(values, row, "division", self._found, "division", "division_id", given["division"])
        if given.get("parent"):
            read_into(values, row, "parent", self._found, "organisation", "parent_id", given["parent"])
        if given.get("credit_code"):
            read_into(values, row, "credit_code", lambda: {"credit_code": check_credit_code(given["credit_code"])})
        return values

    def _found(self, kind: str, attribute: str, text: str) -> dict[str, Any]:
        return {attribute: self._refs.find(kind, text)}

    def _meant(
        self, row: SheetRow, values: Mapping[str, Any], objects: Mapping[str, Organisation], held: Mapping[str, str]
    ) -> Organisation | None:  # fmt: skip
        given, holder = row.values.get("id"), held.get(values.get("credit_code", ""))
        if given is not None and given not in objects:
            row.wrong(
                "id", WrongCell("没有这个登记标识，或者不在您的权限范围", "no such id, or none within your reach")
            )
            return None
        if holder is not None and (holder not in objects or given not in (None, holder)):
            row.wrong("credit_code", WrongCell(
                "该统一社会信用代码已登记过", "this unified social credit code is registered already",
                "请核对；单位撤销后代码不再使用", "check it; a code is not used again after its organisation ended",
            ))  # fmt: skip
            return None
        if given is not None or holder is not None:
            return objects[given or holder or ""]
        key = (values.get("name"), values.get("division_id"))
        twice(row, key, self._seen)
        same = [one for one in objects.values() if (one.name, one.division_id) == key]
        return same[0] if len(same) == 1 else None

    def _check_new(self, row: SheetRow, values: Mapping[str, Any]) -> None:
        parent = values.get("parent_id")
        if policies.STRUCTURE.allows(self._actor):
            return
        above = None if parent is None else Organisation.objects.filter(pk=parent).first()
        if parent in self._coming and self._coming[parent] == values.get("kind"):
            return
        if above is None or above.kind != values.get("kind") or not policies.CHANGE.allows(self._actor, above):
            row.wrong("parent", WrongCell(
                "您只能在本单位之下登记同类型的单位", "you may register organisations of its kind below your own only",
                "其他单位请由管理员导入", "others are imported by the administrator",
            ))  # fmt: skip

    def _compare(
        self, finding: Finding, values: Mapping[str, Any], now: Organisation, held: Mapping[str, str]
    ) -> None:  # fmt: skip
        row = finding.row
        code = next((one for one, holder in held.items() if holder == now.id), "")
        kept = _document(now, code)
        changed = {key: value for key, value in values.items() if kept.get(key) != value}
        for key in set(changed) & {"kind", "division_id", "parent_id", "credit_code"}:
            row.wrong(key.removesuffix("_id"), WrongCell(
                "不通过导入修改", "is not changed by an import", "请在单位页面办理", "change it on the organisation's page"
            ))  # fmt: skip
        if changed and not policies.CHANGE.allows(self._actor, now):
            row.wrong("name", WrongCell("您没有修改该单位资料的权限", "you have no right to change this organisation"))
        finding.subject_id, finding.seen_version, finding.name = now.id, now.version, now.name
        finding.values = changed
        finding.before = {key: kept[key] for key in changed} or None
        finding.change = "changed" if changed else "same"

    def apply(self, rows: Sequence[ImportRow]) -> None:
        """As Work."""
        for row in rows:
            if row.change == "new":
                values = dict(row.values)
                make_organisation(
                    self._actor, organisation_id=row.subject_id, kind=values.pop("kind"), name=values.pop("name"),
                    division_id=values.pop("division_id"), parent_id=values.pop("parent_id", None),
                    credit_code=values.pop("credit_code", ""), **values,
                )  # fmt: skip
            elif row.change == "changed":
                self._change(row, row.values, row.seen_version)

    def _change(self, row: ImportRow, values: Mapping[str, Any], version: int) -> None:
        try:
            plain = {key: value for key, value in values.items() if key in _CHANGEABLE}
            if plain:
                version = change_organisation(self._actor, row.subject_id, plain, version).version
            if "name" in values:
                rename_organisation(
                    self._actor, row.subject_id, name=values["name"], on_date=self._day, version=version
                )
        except MingjianError as error:
            raise outdated(row.number) if error.code == "changed_meanwhile" else error from error

    def finish(self) -> None:
        """Nothing is left to do."""

    def undo(self, rows: Sequence[ImportRow]) -> dict[int, MingjianError]:
        """As Work: the last first, so that what is below goes before what is above."""
        refused: dict[int, MingjianError] = {}
        for row in rows:
            try:
                with transaction.atomic():
                    self._undo_one(row)
            except MingjianError as error:
                late = error.code in ("import_outdated", "changed_meanwhile", "not_found")
                refused[row.number] = touched() if late else error
        return refused

    def _undo_one(self, row: ImportRow) -> None:
        changes = sum((any(key in _CHANGEABLE for key in row.values), "name" in row.values))
        version = 1 if row.change == "new" else row.seen_version + changes
        if row.change == "new":
            dissolve_organisation(self._actor, row.subject_id, on_date=self._day, reason=self._reason, version=version)
        else:
            self._change(row, row.before or {}, version)


def _cleaned(text: str, key: str, shortest: int, longest: int) -> dict[str, Any]:
    return {key: clean(text, key, shortest, longest)}


def _document(one: Organisation, credit_code: str) -> dict[str, Any]:
    kept = ("name", "kind", "division_id", "parent_id", *_CHANGEABLE)
    return {key: getattr(one, key) for key in kept} | {"credit_code": credit_code}
