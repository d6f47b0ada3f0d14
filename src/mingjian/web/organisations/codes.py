"""The codes of divisions (GB/T 2260, GB/T 10114) and the unified social credit code (GB 32100-2015). Pure."""

from __future__ import annotations

import re

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_DIVISION = re.compile(r"[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?\Z")


def credit_check_character(first_17: str) -> str:
    """The 18th character (GB 32100-2015 annex A): weights 3**i mod 31. Raises ValueError for foreign characters."""
    total = sum(_CREDIT.index(char) * pow(3, place, 31) for place, char in enumerate(first_17))
    return _CREDIT[-total % 31]


def check_credit_code(text: str, field: str = "credit_code") -> str:
    """The code in capitals. Raises MingjianError `invalid` naming the field when its check character does not fit."""
    code = text.strip().upper()
    if len(code) != 18 or any(char not in _CREDIT for char in code):
        raise _bad(field, "统一社会信用代码应为 18 位", "a unified social credit code has 18 characters")
    if credit_check_character(code[:17]) != code[17]:
        raise _bad(
            field,
            "统一社会信用代码校验位不符，请核对",
            "the check character of the unified social credit code is wrong",
        )
    return code


def check_division_code(text: str, field: str = "code") -> str:
    """The code of 6, 9 or 12 digits. Raises MingjianError `invalid` naming the field."""
    if _DIVISION.match(text) is None:
        raise _bad(field, "行政区划代码应为 6、9 或 12 位数字", "a division code has 6, 9 or 12 digits")
    return text


def _bad(field: str, zh: str, en: str) -> MingjianError:
    return MingjianError("invalid", Text(zh=zh, en=en), fault=Fault.USER, field=field)
