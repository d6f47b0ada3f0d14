"""Divisions: made, loaded from a table, renamed and recoded, merged."""

from __future__ import annotations

import csv
import io

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.dates import check_date
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.codes import check_division_code
from mingjian.web.organisations.models import Division, DivisionName, Organisation
from mingjian.web.organisations.policies import STRUCTURE
from mingjian.web.organisations.queries import division_by_id
from mingjian.web.organisations.trees import DIVISIONS

MADE = register("organisations.division.create", "新建行政区划", "made a division")
LOADED = register("organisations.division.load", "导入行政区划", "loaded divisions")
RENAMED = register("organisations.division.rename", "变更区划名称或代码", "renamed or recoded a division")
MERGED = register("organisations.division.merge", "合并行政区划", "merged a division into another")

LEVELS = ("province", "city", "district", "street", "community", "functional_zone")
COLUMNS = ("code", "name", "level", "parent", "since")


def make_division(
    actor: Actor, *, name: str, code: str, level: str, parent_id: str | None = None, since_date: str = ""
) -> Division:
    """Make a division. Raises MingjianError conflict (the code is another's today), not_found, invalid."""
    STRUCTURE.require(actor)
    check_date(since_date, "since_date")
    with transaction.atomic():
        if parent_id is not None:
            division_by_id(parent_id)
        division = _make(name, code, level, parent_id, since_date)
        after = {"name": name, "code": code, "level": level, "parent": parent_id, "since_date": since_date}
        record(actor, MADE, kind="division", object_id=division.id, name=name, after=after, policy=STRUCTURE)
    return division


def load_divisions(actor: Actor, table: str) -> int:
    """Make the divisions of a CSV table (columns COLUMNS; parents by code, before their children); all or none.

    `level` is one of LEVELS; `parent` and `since` may be empty. Codes that exist today are left alone, so that a newer
    table only adds. Answers how many were made. Raises MingjianError invalid, naming the line.
    """
    STRUCTURE.require(actor)
    reader = csv.DictReader(io.StringIO(table.lstrip("\ufeff")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise _bad_line(1, f"首行应为 {','.join(COLUMNS)}", f"the first line must be {','.join(COLUMNS)}")
    made = 0
    with transaction.atomic():
        known = dict(Division.objects.filter(until_date="").values_list("code", "id"))
        for row in reader:
            if row["code"] in known:
                continue
            known[row["code"]] = _load_row(row, reader.line_num, known)
            made += 1
        record(actor, LOADED, kind="division", after={"made": made}, policy=STRUCTURE)
    return made


def rename_division(
    actor: Actor, division_id: str, *, name: str, code: str, on_date: str, version: int | None
) -> Division:
    """From `on_date` on it has this name and code; what it was stays dated (Jimo became a district in 2017)."""
    STRUCTURE.require(actor)
    check_date(on_date, "on_date", exact=True)
    check_division_code(code)
    with transaction.atomic():
        division = division_by_id(division_id, lock=True)
        require_version(division.version, version)
        _require_free(code, division.id)
        before = {"name": division.name, "code": division.code}
        division.names.filter(until_date="").update(until_date=on_date)
        DivisionName.objects.create(division=division, name=name, code=code, since_date=on_date)
        division.name, division.code = name, code
        division.version += 1
        division.save(update_fields=["name", "code", "version"])
        after = {"name": name, "code": code, "on_date": on_date}
        record(
            actor, RENAMED, kind="division", object_id=division.id, name=name, before=before, after=after,
            policy=STRUCTURE,
        )  # fmt: skip
    return division


def merge_division(actor: Actor, division_id: str, *, into_id: str, on_date: str, version: int | None) -> Division:
    """The division ends on `on_date`; its parts and organisations belong to the other one from then on.

    It lies below the other one itself: what is registered in it keeps its division, and is reached from there.
    """
    STRUCTURE.require(actor)
    check_date(on_date, "on_date", exact=True)
    with transaction.atomic():
        division = division_by_id(division_id, lock=True)
        require_version(division.version, version)
        into = division_by_id(into_id, lock=True)
        if division.until_date or into.until_date:
            raise _over()
        if into.id in DIVISIONS.below(division.id):
            raise MingjianError(
                "invalid",
                Text("不能并入自身或其下级区划", "a division cannot be merged into itself or what is below it"),
                fault=Fault.USER,
                field="into",
            )
        DIVISIONS.move(division.id, into.id)
        division.parent_id = into.id
        for child in Division.objects.filter(parent_id=division.id):
            DIVISIONS.move(child.id, into.id)
        Division.objects.filter(parent_id=division.id).update(parent_id=into.id)
        moved = Organisation.objects.filter(division_id=division.id).update(division_id=into.id)
        division.names.filter(until_date="").update(until_date=on_date)
        division.until_date = on_date
        division.version += 1
        division.save(update_fields=["parent_id", "until_date", "version"])
        after = {"into": into.id, "into_name": into.name, "on_date": on_date, "organisations": moved}
        record(actor, MERGED, kind="division", object_id=division.id, name=division.name, after=after, policy=STRUCTURE)
    return division


def _make(name: str, code: str, level: str, parent_id: str | None, since_date: str) -> Division:
    check_division_code(code)
    _require_free(code, "")
    division = Division.objects.create(
        id=new_id(wiring.clock().now_ns()), name=name, code=code, level=level, parent_id=parent_id
    )
    DivisionName.objects.create(division=division, name=name, code=code, since_date=since_date)
    DIVISIONS.attach(division.id, parent_id)
    return division


def _load_row(row: dict[str, str], line: int, known: dict[str, str]) -> str:
    texts = [row[column] for column in COLUMNS]
    if None in row or not all(isinstance(text, str) for text in texts):
        raise _bad_line(line, "列数不对", "the number of columns is wrong")
    code, name, level, parent, since = (text.strip() for text in texts)
    if not name or len(name) > 64 or level not in LEVELS:
        raise _bad_line(
            line, "名称为空、过长，或层级不可用", "the name is missing or too long, or the level is unknown"
        )
    if parent and parent not in known:
        raise _bad_line(line, f"上级 {parent} 不在此行之前", f"the parent {parent} does not come before it")
    try:
        check_date(since, "since")
        return _make(name, code, level, known[parent] if parent else None, since).id
    except MingjianError as error:
        raise _bad_line(line, error.message.zh, error.message.en) from error


def _require_free(code: str, own_id: str) -> None:
    if Division.objects.filter(code=code, until_date="").exclude(pk=own_id).exists():
        raise MingjianError(
            "conflict",
            Text(f"区划代码 {code} 已被使用", f"the division code {code} is in use"),
            fault=Fault.USER,
            field="code",
        )


def _over() -> MingjianError:
    return MingjianError("conflict", Text("该区划已撤销", "the division has been dissolved"), fault=Fault.USER)


def _bad_line(line: int, zh: str, en: str) -> MingjianError:
    return MingjianError("invalid", Text(f"第 {line} 行：{zh}", f"line {line}: {en}"), fault=Fault.USER, field="table")
