"""Dates of the register: texts with the precision they are known to. The empty text is "unknown", never "passed"."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.day_count import DatedFact, Precision

_FORM = re.compile(r"(?P<year>[12][0-9]{3})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?)?\Z")


@lru_cache(maxsize=8192)
def dated_fact(text: str) -> DatedFact:
    """The text as the rules take it. Raises ValueError for one that check_date would not let in."""
    if not text:
        return DatedFact(None, Precision.UNKNOWN)
    match = _FORM.match(text)
    if match is None:
        raise ValueError(f"no date of the register: {text!r}")
    precision = Precision.DAY if match["day"] else Precision.MONTH if match["month"] else Precision.YEAR
    day = dt.date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    return DatedFact(day, precision)


def check_date(text: str, field: str, *, exact: bool = False) -> str:
    """The text when it is a date. Raises MingjianError naming the field; `exact`: known to the day."""
    try:
        fact = dated_fact(text)
    except ValueError as error:
        raise _bad(field, exact) from error
    if exact and fact.precision is not Precision.DAY:
        raise _bad(field, exact)
    return text


def _bad(field: str, exact: bool) -> MingjianError:
    forms_zh = "2025-04-01" if exact else "2025、2025-04 或者 2025-04-01"
    forms_en = "2025-04-01" if exact else "2025, 2025-04 or 2025-04-01"
    return MingjianError(
        "invalid",
        Text(zh=f"日期应形如 {forms_zh}", en=f"a date looks like {forms_en}"),
        fault=Fault.USER,
        field=field,
    )
