"""Writing sheets: exports as they stream, and templates with explanations and drop-down lists."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from mingjian.kernel.text import Text
from mingjian.web.exchange.columns import CLEAR, FORMULA, Column

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 256 << 10
_LAST_ROW = 200_001
_REQUIRED = PatternFill("solid", fgColor="FFF2CC")
_PLAIN = PatternFill("solid", fgColor="E7EEF7")


def csv_pieces(columns: Sequence[Column], rows: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, for Excel's sake; header in Chinese."""
    yield "\ufeff".encode()
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.title.zh for column in columns])
    for row in rows:
        writer.writerow([guarded(row.get(column.key, "")) for column in columns])
        if buffer.tell() > _PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_pieces(columns: Sequence[Column], title: Text, rows: Iterable[Mapping[str, str]]) -> Iterator[bytes]:
    """A workbook, written row by row to a file that is gone when it has been sent."""
    book = Workbook(write_only=True)
    _sheet(book, columns, title, rows)
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def template(columns: Sequence[Column], title: Text) -> bytes:
    """A workbook to fill in: an empty sheet, explanations with samples, lists for choices."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    sheet = _sheet(book, columns, title, ())
    _explain(book, columns)
    lists = book.create_sheet("选项")
    chosen = [column for column in columns if column.choices or column.sort == "flag"]
    for place, column in enumerate(chosen, 1):
        labels = [label.zh for label in column.choices.values()] or ["是", "否"]
        for row, text in enumerate([column.title.zh, *labels], 1):
            lists.cell(row, place, text)
        if column.sort == "several":
            continue  # a list would allow one choice only
        letter, target = get_column_letter(place), get_column_letter(columns.index(column) + 1)
        rule = DataValidation(
            type="list", formula1=f"'选项'!${letter}$2:${letter}${len(labels) + 1}", allow_blank=True,
            showErrorMessage=False,
        )  # fmt: skip
        rule.add(f"{target}2:{target}{_LAST_ROW}")
        sheet.add_data_validation(rule)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def csv_template(columns: Sequence[Column]) -> bytes:
    """The header alone."""
    return b"".join(csv_pieces(columns, ()))


def guarded(text: str) -> str:
    """A text that a spreadsheet program would calculate is kept a text; numbers stay numbers."""
    if text[:1] not in FORMULA or text.replace(".", "", 1).lstrip("-").isdigit():
        return text
    return f"'{text}"


def _sheet(book: Workbook, columns: Sequence[Column], title: Text, rows: Iterable[Mapping[str, str]]) -> Any:
    sheet: Any = book.create_sheet(title.zh)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, len(column.title.zh) * 2 + 4)
        if column.sort == "digits":
            sheet.column_dimensions[get_column_letter(place)].number_format = "@"
    header = []
    for column in columns:
        cell: Any = WriteOnlyCell(sheet, value=column.title.zh)
        cell.font = Font(bold=True)
        cell.fill = _REQUIRED if column.required else _PLAIN
        header.append(cell)
    sheet.append(header)
    for row in rows:
        sheet.append([_text(sheet, row.get(column.key)) for column in columns])
    return sheet


def _text(sheet: Any, value: str | None) -> Any:
    """Everything is text: codes keep their digits, nothing is calculated."""
    if not value:
        return None
    if value[0] not in FORMULA:
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    return cell


def _explain(book: Workbook, columns: Sequence[Column]) -> None:
    sheet: Any = book.create_sheet("说明")
    for letter, width in zip("ABCDEF", (24, 8, 60, 28, 24, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(["列", "必填", "说明", "示例", "Column", "Explanation"])
    for column in columns:
        choices = "、".join(label.zh for label in column.choices.values())
        in_english = ", ".join(label.en for label in column.choices.values())
        zh = ";".join(part for part in (column.explained.zh, f"可选：{choices}" if choices else "") if part)
        en = "; ".join(part for part in (column.explained.en, f"one of: {in_english}" if choices else "") if part)
        cells = [column.title.zh, "是" if column.required else "", zh, column.sample, column.title.en, en]
        sheet.append([_wrapped(sheet, cell) for cell in cells])
    sheet.append([f"留空表示不填写(新增)或者不修改(已有);填“{CLEAR.zh}”表示删除原值。"])
    sheet.append([
        f"An empty cell says nothing (new) or changes nothing (existing); {CLEAR.en} empties the field."
    ])  # fmt: skip


def _wrapped(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
