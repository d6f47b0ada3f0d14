"""The clause list of a regulation, cut from its text: article, paragraph, item.

Pure. The packs are checked against it clause by clause, so that no clause is forgotten and no word is changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = "零一二三四五六七八九"
_NUMERAL = "[一二三四五六七八九十百]+"
_ARTICLE = re.compile(rf"^(?:###\s*)?第({_NUMERAL})条(?:[ \u3000]+(.*))?$")
_ITEM = re.compile(rf"^[(（]({_NUMERAL})[)）]")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a clause stands: article and paragraph from 1, item from 1, or 0 for the paragraph itself."""

    article: int
    paragraph: int
    item: int = 0

    def __str__(self) -> str:
        tail = f".{self.item}" if self.item else ""
        return f"{self.article}.{self.paragraph}{tail}"


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause as the text has it, without its surrounding white space."""

    address: Address
    text: str


def cut_clauses(text: str) -> tuple[ClauseText, ...]:
    """All clauses of a regulation written one paragraph per line, in order.

    Lines before the first article, headings of chapters and blank lines are no clauses. An item belongs to the
    paragraph before it. Raises ValueError when articles or items do not count 1, 2, 3, ...
    """
    found: list[ClauseText] = []
    article = paragraph = item = 0
    for line in (raw.strip() for raw in text.splitlines()):
        opening = _ARTICLE.match(line)
        if opening:
            number = chinese_number(opening[1])
            if number != article + 1:
                raise ValueError(f"article {number} follows article {article}")
            article, paragraph, item = number, 0, 0
            line = (opening[2] or "").strip()
        if not line or article == 0 or line.startswith("#"):
            continue
        marker = _ITEM.match(line)
        if marker:
            number = chinese_number(marker[1])
            if number != item + 1:
                raise ValueError(f"article {article}: item {number} follows item {item}")
            item = number
        else:
            paragraph, item = paragraph + 1, 0
        found.append(ClauseText(Address(article, paragraph, item), line))
    return tuple(found)


def chinese_number(numeral: str) -> int:
    """1..99 as Chinese writes it: 九, 十, 十六, 三十六. Raises ValueError for anything else."""
    if not re.fullmatch(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]", numeral):
        raise ValueError(f"{numeral!r} is no Chinese numeral from 1 to 99")
    if "十" not in numeral:
        return _DIGITS.index(numeral)
    tens, units = numeral.split("十")
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(units) if units else 0)


def chinese_numeral(number: int) -> str:
    """The inverse of `chinese_number`. Raises ValueError outside 1..99."""
    if not 1 <= number <= 99:
        raise ValueError(f"{number} is outside 1..99")
    tens, units = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[units] if units else "")


def article_label(address: Address, paragraphs: int) -> str:
    """How a document cites a clause: 第七条第一款第(一)项; an article of one paragraph names no paragraph."""
    label = f"第{chinese_numeral(address.article)}条"
    if paragraphs > 1:
        label += f"第{chinese_numeral(address.paragraph)}款"
    if address.item:
        label += f"第({chinese_numeral(address.item)})项"
    return label
