"""Columns of the sheets, and how a cell becomes a value. What is wrong with a cell is said in both languages.

An empty cell says nothing: of a new object the field is unknown, of an existing one it stays. CLEAR in a cell empties
the field.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from mingjian.kernel.text import Text
from mingjian.web.dates import dated_fact

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
Sort = Literal["text", "number", "degrees", "date", "flag", "choice", "digits", "reference", "several"]

CLEAR = Text("清空", "CLEAR")
FORMULA = frozenset("=+-@")
"""A text that begins so would be calculated by a spreadsheet program."""

_UNLIKE = frozenset({"degrees", "digits", "several"})
"""Texts that seldom repeat, and values that are lists of their own."""

_KEPT = 4096
_YES = frozenset({"是", "有", "true", "yes", "y", "1", "√"})
_NO = frozenset({"否", "无", "false", "no", "n", "0", "×"})
_DATE = re.compile(r"([12][0-9]{3})(?:[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?)?月?)?年?\Z")
_CODED = re.compile(r"([0-9]{1,2})\s*[-.、:：]\s*")
_MOST_WORDS = 8  # of a label
_BETWEEN = re.compile(r"([、，,；;/\s]+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell or a row (column: ""), and what to do about it."""

    column: str
    said: Text
    remedy: Text | None = None

    def document(self) -> dict[str, str]:
        """As it is kept in a row."""
        remedy = self.remedy or Text("", "")
        return {
            "column": self.column, "zh": self.said.zh, "en": self.said.en, "remedy_zh": remedy.zh,
            "remedy_en": remedy.en,
        }  # fmt: skip


class WrongCell(ValueError):
    """A cell that cannot be read."""

    def __init__(self, zh: str, en: str, remedy_zh: str = "", remedy_en: str = "") -> None:
        super().__init__(en)
        self.said = Text(zh, en)
        self.remedy = Text(remedy_zh, remedy_en) if remedy_zh else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `choices`: value -> label, for the drop-down list; `longest` characters, or `low` to `high`."""

    key: str
    title: Text
    explained: Text = field(default=Text("", ""))
    sort: Sort = "text"
    required: bool = False
    choices: Mapping[str, Text] = field(default_factory=dict)
    numbered: bool = False  # choices are numbers in the register
    sample: str = ""

    def names(self) -> tuple[str, ...]:
        """What a header may call it."""
        return (self.title.zh, self.title.en, self.key)


def read_cell(column: Column, raw: Cell) -> Any:
    """The value; None for CLEAR. Raises WrongCell. Not called for empty cells."""
    text = text_of(raw)
    if text in (CLEAR.zh, CLEAR.en):
        if column.required:
            raise WrongCell("必填项不能清空", "a required field cannot be cleared")
        return None
    if column.sort in _READERS:
        return _READERS[column.sort](column, text)
    if column.sort == "digits":
        return _digits(raw, text)
    return text


class CellReader:
    """Reads the cells of one file, the same text in the same column once: most columns repeat themselves."""

    def __init__(self, columns: Sequence[Column | None]) -> None:
        self.columns = columns
        self._known: list[dict[Cell, Any]] = [{} for _ in columns]

    def read(self, place: int, column: Column, raw: Cell) -> Any:
        """As `read_cell`."""
        known = self._known[place]
        if raw in known:
            return known[raw]
        value = read_cell(column, raw)
        if type(raw) is str and column.sort not in _UNLIKE:
            if len(known) >= _KEPT:
                known.clear()
            known[raw] = value
        return value


def text_of(raw: Cell) -> str:
    """A cell as a person reads it: whole numbers without a point, dates as 2025-04-01."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        text = raw.strip()
        return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text  # as our exports guard it
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < 1e15 else repr(raw)
    if isinstance(raw, dt.datetime):
        return raw.date().isoformat()
    return str(raw)


def shown_value(column: Column, value: Any) -> str:
    """A value of the register as the sheet shows it: the label of a choice, 是 or 否."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(shown_value(column, one) for one in value)
    label = column.choices.get(str(value))
    return label.zh if label is not None else str(value)


def _number(column: Column, text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise WrongCell("应为整数", "must be a whole number", "只填数字，不带单位", "digits only, without a unit")
    return int(text)


def _degrees(column: Column, text: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,18})?", text):
        raise WrongCell(
            "应为十进制度数", "must be decimal degrees",
            "例如 120.382901；度分秒请换算", "such as 120.382901; convert degrees, minutes and seconds",
        )  # fmt: skip
    return text


def _date(column: Column, text: str) -> str:
    match = _DATE.match(text)
    found = "" if match is None else "-".join(part.zfill(2) for part in match.groups() if part)
    try:
        dated_fact(found)
    except ValueError:
        found = ""
    if not found:
        raise WrongCell(
            "不是日期", "is no date",
            "形如 2025-04-01；只知道年月的填 2025-04", "such as 2025-04-01, or 2025-04 when the day is not known",
        )  # fmt: skip
    return found


def _flag(column: Column, text: str) -> bool:
    folded = text.lower()
    if folded not in _YES | _NO:
        raise WrongCell("只能填“是”或者“否”", "is yes or no", "不清楚的留空", "leave it empty when it is not known")
    return folded in _YES


def _choice(column: Column, text: str) -> Any:
    coded, folded = _CODED.match(text), _folded(text)
    for value, label in column.choices.items():
        if text == value or folded in (_folded(label.zh), _folded(label.en)) or (coded and coded[1] == value):
            return int(value) if column.numbered else value
    labels = list(column.choices.values())
    raise WrongCell(
        f"“{text[:40]}”不在可选值之内", f"{text[:40]!r} is not one of the choices",
        f"可选：{'、'.join(label.zh for label in labels)}"[:300], f"one of: {', '.join(label.en for label in labels)}"[:300],
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _folded(text: str) -> str:
    """Brackets and letters of either width and case are the same: what was exported with others goes in again."""
    return unicodedata.normalize("NFKC", text).lower()


def _several(column: Column, text: str) -> list[Any]:
    """Choices between marks of either width or spaces. A label may hold such marks itself: the longest is tried first."""
    pieces = _BETWEEN.split(text)  # words at even places, the marks between them at odd ones
    found: list[Any] = []
    at = 0
    while at < len(pieces):
        for end in range(min(len(pieces), at + 2 * _MOST_WORDS - 1), at, -2):
            try:
                found.append(_choice(column, "".join(pieces[at:end])))
                break
            except WrongCell:
                if end == at + 1 and pieces[at]:
                    raise
        at = end + 1
    return list(dict.fromkeys(found))


def _digits(raw: Cell, text: str) -> str:
    """A long code: what Excel has made a number of has lost its last digits."""
    lost = isinstance(raw, float) and abs(raw) >= 1e15
    if lost or re.fullmatch(r"[0-9]\.[0-9]+[eE]\+[0-9]+", text):
        raise WrongCell(
            "编码被表格软件存成了数字，末尾数位已经丢失", "the spreadsheet made a number of this code: its last digits are lost",
            "请把该列设为文本格式，重新填写编码", "format the column as text and enter the code again",
        )  # fmt: skip
    return text.removeprefix("'")


_READERS = {
    "number": _number,
    "degrees": _degrees,
    "date": _date,
    "flag": _flag,
    "choice": _choice,
    "several": _several,
}
