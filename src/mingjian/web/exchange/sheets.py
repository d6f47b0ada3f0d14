"""Reading the files: which form they have is told from their bytes, their rows come one at a time.

Workbooks are read by python-calamine (Rust, no macros, no external entities): ten times as fast as openpyxl, which
writes them. The file's unpacked size is bounded before it is opened.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.exchange.columns import Cell

MOST_ROWS = 200_000
MOST_COLUMNS = 200
UNPACKED_BYTES = 400 << 20
"""Of a workbook: 100,000 rows of 40 columns unpack to about 160 MB."""

_PIECE = 1 << 20
_LONGEST_CELL = 32_767  # Excel's own limit


def form_of(path: Path) -> str:
    """xlsx, gb28181 or csv, from the first bytes. Raises MingjianError `invalid` for other kinds of files."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!")):
        raise bad_file(
            "不是可导入的文件", "this kind of file cannot be imported",
            Text("请另存为 .xlsx 或者 .csv 后再导入", "save it as .xlsx or .csv"),
        )  # fmt: skip
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return "gb28181" if start.startswith(b"<") else "csv"


def rows_of(path: Path, form: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows with their numbers as a person counts them, the header (1) first; empty rows are left out.

    Raises MingjianError `invalid`, also in the middle of the file.
    """
    rows = _workbook_rows(path) if form == "xlsx" else _csv_rows(path)
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS + 1:
            raise bad_file(
                f"最多 {MOST_ROWS:,} 行", f"at most {MOST_ROWS:,} rows", Text("请分成几个文件", "split the file")
            )
        if len(row) > MOST_COLUMNS:
            raise bad_file(f"第 {number} 行列数过多", f"row {number} has too many columns")
        if any(cell not in (None, "") for cell in row):
            yield number, row


def bad_file(zh: str, en: str, remedy: Text | None = None) -> MingjianError:
    """The file as a whole cannot be read."""
    return MingjianError("invalid", Text(zh, en), fault=Fault.USER, field="content", remedy=remedy)


def _workbook_rows(path: Path) -> Iterator[Sequence[Cell]]:
    _refuse_bombs(path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            yield from book.get_sheet_by_index(0).iter_rows()
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise _damaged() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader's own: no subclass of Exception
            raise _damaged() from error
        raise


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise _damaged() from error
    if len(parts) > 10_000 or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise bad_file("工作簿解开后过大", "the workbook unpacks to too much", Text("请分成几个文件", "split the file"))
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise bad_file("不是 Excel 工作簿（.xlsx）", "no Excel workbook (.xlsx)")


def _damaged() -> MingjianError:
    return bad_file(
        "工作簿无法读取，可能已损坏或者加了密", "the workbook cannot be read: damaged, or protected by a password",
        Text("用表格软件打开后另存为 .xlsx", "open it in a spreadsheet program and save it as .xlsx"),
    )  # fmt: skip


def _csv_rows(path: Path) -> Iterator[Sequence[Cell]]:
    csv.field_size_limit(_LONGEST_CELL * 4)
    with path.open(encoding=charset_of(path), newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(file), strict=True)
        try:
            for row in reader:
                yield ["" if "\x00" in cell else cell for cell in row]
        except csv.Error as error:
            line = reader.line_num
            raise bad_file(
                f"CSV 第 {line} 行引号不配对或者单元格过长",
                f"line {line} of the CSV: unpaired quotes, or a cell too long",
            ) from error


def charset_of(path: Path) -> str:
    """utf-8-sig, utf-16 or gb18030: the first in which every byte reads. Raises MingjianError `invalid`."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        for charset in ("utf-8-sig", "gb18030"):
            file.seek(0)
            if _reads(file, charset):
                return charset
    raise bad_file(
        "文件既不是 UTF-8 也不是 GB18030 编码", "the file is neither UTF-8 nor GB18030",
        Text("用表格软件另存为“CSV UTF-8”", 'save it as "CSV UTF-8" in a spreadsheet program'),
    )  # fmt: skip


def _reads(file: IO[bytes], charset: str) -> bool:
    decoder = codecs.getincrementaldecoder(charset)()
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(file: io.TextIOBase) -> str:
    """Comma, tab or semicolon: whichever the header has most of."""
    try:
        header = file.readline(64 << 10)
        file.seek(0)
    except UnicodeDecodeError as error:
        raise bad_file("文件编码有误", "the file's encoding is wrong") from error
    return max(",\t;", key=header.count)
