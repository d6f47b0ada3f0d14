"""What a leaf's fields may hold and how each is written: the alphabet of docs/design/ledger.md section 2."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from mingjian.ledger.merkle import ALGORITHMS

MAX_NS = (1 << 63) - 1
MAX_COUNT = (1 << 53) - 1
MAX_NAME = 256
MAX_TEXT = 4096
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Form:
    """One form of value: `check` says whether a Python value fits; `write` and `read` turn it into JSON's and back.

    `read` raises ValueError for what is not its form's only spelling.
    """

    name: str
    check: Callable[[Any], bool]
    write: Callable[[Any], Any] = lambda value: value
    read: Callable[[Any], Any] = lambda value: value

    def to_json(self, value: object) -> object:
        """The JSON value. Raises ValueError when it does not fit."""
        if not self.check(value):
            raise ValueError(f"not {self.name}")
        return self.write(value)

    def from_json(self, value: object) -> object:
        """The Python value. Raises ValueError when it does not fit."""
        found = self.read(value)
        if not self.check(found):
            raise ValueError(f"not {self.name}")
        return found


def _read_ns(value: object) -> int:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError("not nanoseconds as a decimal string")
    return int(value)


def _is_int(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_text(value: object, most: int) -> bool:
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        return False
    return not any(0xD800 <= ord(char) <= 0xDFFF for char in value)  # a lone surrogate has no UTF-8


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


NS = Form("nanoseconds 0..2^63-1", lambda value: _is_int(value, 0, MAX_NS), str, _read_ns)
COUNT = Form("an integer 0..2^53-1", lambda value: _is_int(value, 0, MAX_COUNT))
SIGNED = Form("an integer -(2^53-1)..2^53-1", lambda value: _is_int(value, -MAX_COUNT, MAX_COUNT))
FLAG = Form("true or false", lambda value: isinstance(value, bool))
NAME = Form("a text of 1..256 characters", lambda value: _is_text(value, MAX_NAME))
TEXT = Form("a text of 1..4096 characters", lambda value: _is_text(value, MAX_TEXT))
HASH = Form("64 lower-case hex digits", _is_hash)
ALGORITHM = Form("sha256 or sm3", lambda value: isinstance(value, str) and value in ALGORITHMS)


def one_of(*words: str) -> Form:
    """Exactly one of these words."""
    return Form(" or ".join(words), lambda value: isinstance(value, str) and value in words)


def optional(form: Form) -> Form:
    """The form, or null."""
    return replace(
        form,
        name=f"{form.name}, or null",
        check=lambda value: value is None or form.check(value),
        write=lambda value: None if value is None else form.write(value),
        read=lambda value: None if value is None else form.read(value),
    )
