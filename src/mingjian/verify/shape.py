"""Does a JSON document have exactly the form that the format asks for? Forms are data, shared with the checking page."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

from mingjian.kernel.canonical import canonical_bytes
from mingjian.wire.evidence_zip import is_name

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CRC = re.compile(r"[0-9a-f]{8}", re.ASCII)
_MAX_NS = (1 << 63) - 1
_MAX_COUNT = (1 << 53) - 1
_TEXT_LIMITS = {"name": (1, 256), "text": (1, 65_536), "note": (1, 1 << 20)}


class BadDocument(Exception):
    """The document is not of that form; the message says where (a JSON pointer) and is for programmers."""


@cache
def format_v1() -> dict[str, Any]:
    """Version 1 of the package: `steps`, `manifest`, `leaves`."""
    found: dict[str, Any] = json.loads(files("mingjian.verify").joinpath("evidence_v1.json").read_bytes())
    return found


def read_canonical(data: bytes, shape: object, *, any_keys: bool = False) -> dict[str, Any]:
    """The document of canonical bytes. Raises BadDocument for any other spelling and, unless `any_keys`, any other form."""
    try:
        value = json.loads(data.decode("utf-8"))
        same = (canonical_bytes(value) if any_keys else _plain_bytes(value)) == data
    except (ValueError, TypeError, RecursionError) as error:
        raise BadDocument("no canonical JSON") from error
    if not same or not isinstance(value, dict):
        raise BadDocument("no canonical JSON object")
    if not any_keys:
        check(value, shape, "")
    return value


def _plain_bytes(value: object) -> bytes:
    """`canonical_bytes` where forms are checked as well: these allow no floats, and ASCII keys only, whose order is one."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def check(value: object, shape: object, at: str) -> None:
    """Hold `value` against `shape`: an object with exactly these keys, a list of one form, or the name of a form.

    A key that ends with a question mark may be missing.
    """
    if isinstance(shape, dict):
        forms = {key.removesuffix("?"): form for key, form in shape.items()}
        needed = {key for key in shape if not key.endswith("?")}
        if not isinstance(value, dict) or not needed <= value.keys() <= forms.keys():
            raise BadDocument(f"{at or '/'}: other keys")
        for key, item in value.items():
            check(item, forms[key], f"{at}/{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            raise BadDocument(f"{at}: no list")
        for number, item in enumerate(value):
            check(item, shape[0], f"{at}/{number}")
    elif not _fits(value, str(shape)):
        raise BadDocument(f"{at}: not {shape}")


def _fits(value: object, form: str) -> bool:
    if form.startswith("?"):
        return value is None or _fits(value, form[1:])
    if form.startswith("="):
        return value == form[1:]
    if form in ("count", "int", "one"):
        number = isinstance(value, int) and not isinstance(value, bool)
        return number and (value == 1 if form == "one" else form == "int" or 0 <= value <= _MAX_COUNT)  # type: ignore[operator]
    if form == "flag":
        return isinstance(value, bool)
    return isinstance(value, str) and _text_fits(value, form)


def _text_fits(value: str, form: str) -> bool:
    if form in _TEXT_LIMITS:
        low, high = _TEXT_LIMITS[form]
        return low <= len(value) <= high
    if form == "ns":
        return _DECIMAL.fullmatch(value) is not None and int(value) <= _MAX_NS
    if form == "alg":
        return value in ("sha256", "sm3")
    if form == "member":
        return is_name(value)
    return {"hash": _HASH, "crc": _CRC}[form].fullmatch(value) is not None
