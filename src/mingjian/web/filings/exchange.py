"""The basic information table, exchanged with the national filing platform as a file: CSV, XLSX or JSON, both ways.

Out goes what is filed, from the filings' own snapshots; back in come the platform's numbers for the same rows. Nothing
is typed twice, and a file with one wrong row changes nothing.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.filings.models import Filing
from mingjian.web.filings.papers import KINDS
from mingjian.web.filings.policies import EXCHANGE, visible

EXPORTED = register("filings.exchange.export", "导出备案基本信息表", "exported the basic information table")
IMPORTED = register("filings.exchange.import", "导入全国备案平台编号", "took in the national platform's numbers")

COLUMNS = (
    ("filing", "备案标识"),
    ("number", "备案号"),
    ("national_number", "全国平台编号"),
    ("registered", "登记日期"),
    ("kind", "备案事项"),
    ("system", "系统名称"),
    ("unit", "备案单位"),
    ("credit_code", "统一社会信用代码"),
    ("division_code", "行政区划代码"),
    ("location", "建设位置"),
    ("devices_number", "设备数量"),
    ("devices_kind", "设备类型"),
    ("storage_period", "存储期限"),
)
MOST_ROWS = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_table(actor: Actor, form: str) -> bytes:
    """The registered filings of the actor's reach as "csv" (UTF-8 with BOM), "xlsx" or "json"."""
    EXCHANGE.require(actor)
    rows = [_row(filing) for filing in _registered(actor)]
    record(actor, EXPORTED, kind="filing", after={"format": form, "rows": len(rows)}, policy=EXCHANGE)
    return {"csv": _csv, "xlsx": _xlsx, "json": _json}[form](rows)


def import_numbers(actor: Actor, form: str, content: str) -> int:
    """Take the platform's numbers in; `content` is text, for xlsx base64. How many filings got a number.

    Raises MingjianError invalid naming row and column (JSON pointer /rows/N/COLUMN, rows from 0); nothing is kept then.
    """
    EXCHANGE.require(actor)
    rows = _read(form, content)
    if len(rows) > MOST_ROWS:
        raise _bad("", f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")
    changed = 0
    with transaction.atomic():
        mine = {filing.id: filing for filing in _registered(actor)}
        seen: dict[str, int] = {}
        for index, row in enumerate(rows):
            number = str(row.get("national_number") or "").strip()
            if not number:
                continue
            filing = mine.get(str(row.get("filing") or "").strip())
            if filing is None or (row.get("number") and str(row["number"]).strip() != filing.number):
                raise _bad(
                    f"/rows/{index}/filing",
                    f"第 {index + 1} 行不是本机关登记的备案",
                    f"row {index + 1}: no such filing",
                )
            if len(number) > 64 or number in seen:
                raise _bad(
                    f"/rows/{index}/national_number",
                    f"第 {index + 1} 行的全国平台编号过长或者与第 {seen.get(number, index) + 1} 行重复",
                    f"row {index + 1}: the number is too long or given twice",
                )
            seen[number] = index
            if filing.national_number != number:
                filing.national_number = number
                filing.version += 1
                filing.save()
                changed += 1
        record(actor, IMPORTED, kind="filing", after={"rows": len(rows), "numbers": changed}, policy=EXCHANGE)
    return changed


def _registered(actor: Actor) -> Iterable[Filing]:
    rows = visible(actor, Filing.objects.filter(state__in=("registered", "change_due")))
    rows = EXCHANGE.visible(actor, rows)
    return rows.select_related("system", "organisation", "division").order_by("number")


def _row(filing: Filing) -> dict[str, str]:
    return {
        "filing": filing.id,
        "number": filing.number,
        "national_number": filing.national_number,
        "registered": filing.registered_date,
        "kind": KINDS[filing.kind],
        "system": filing.system.name,
        "unit": filing.facts.get("unit", filing.organisation.name),
        "credit_code": filing.credit_code,
        "division_code": filing.division.code,
        **{
            part: filing.facts.get(part, "")
            for part in ("location", "devices_number", "devices_kind", "storage_period")
        },
    }


def _csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([title for _, title in COLUMNS])
    writer.writerows([_plain_cell(row[key]) for key, _ in COLUMNS] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(rows: list[dict[str, str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("基本信息表")
    sheet.append([title for _, title in COLUMNS])
    for row in rows:
        sheet.append([_plain_cell(row[key]) for key, _ in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _json(rows: list[dict[str, str]]) -> bytes:
    return (json.dumps({"rows": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def _plain_cell(text: str) -> str:
    """A spreadsheet runs what begins like a formula; an apostrophe makes it text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _read(form: str, content: str) -> list[Mapping[str, Any]]:
    if form == "json":
        return _read_json(content)
    lines = _read_xlsx(content) if form == "xlsx" else list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    if not lines:
        raise _bad("", "文件是空的", "the file is empty")
    keys = {title: key for key, title in COLUMNS}
    names = [keys.get(title.strip()) for title in lines[0]]
    if not {"filing", "national_number"} <= set(names):
        raise _bad("/rows", "第一行应有“备案标识”和“全国平台编号”两列", "the first row names the columns")
    return [
        {name: cell.removeprefix("'") for name, cell in zip(names, line, strict=False) if name}
        for line in lines[1:]
        if any(cell.strip() for cell in line)
    ]


def _read_json(content: str) -> list[Mapping[str, Any]]:
    try:
        given = json.loads(content)
    except ValueError:
        raise _bad("", "不是有效的 JSON", "not valid JSON") from None
    rows = given.get("rows") if isinstance(given, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _bad("/rows", '应为 {"rows": [...]}', 'it looks like {"rows": [...]}')
    return rows


def _read_xlsx(content: str) -> list[list[str]]:
    try:
        data = base64.b64decode(content, validate=True)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile, InvalidFileException):
        raise _bad("", "不是有效的 Excel 文件", "not a valid Excel file") from None
    sheet = book.worksheets[0]
    rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=64, values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def _bad(field: str, zh: str, en: str) -> MingjianError:
    return MingjianError("invalid", Text(zh, en), fault=Fault.USER, field=field or "content")
