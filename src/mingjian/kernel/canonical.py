"""One value, one string of bytes: the canonical JSON that is hashed and signed.

RFC 8785 (JCS) restricted to what evidence needs: objects with string keys, arrays, strings, integers within
+-(2**53 - 1), true, false, null. Floats are refused: a measured value is an integer with its unit in the name.
Keys are sorted by UTF-16 code units as RFC 8785 section 3.2.3 says.
"""

from __future__ import annotations

import json

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

_MAX_SAFE = (1 << 53) - 1


def canonical_bytes(value: object) -> bytes:
    """The canonical bytes of `value`.

    Raises TypeError for floats and foreign types, ValueError for integers beyond 2**53 - 1 (write them as strings)
    and lone surrogates.
    """
    return _encode(value).encode("utf-8")


def _encode(value: object) -> str:
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        if abs(value) > _MAX_SAFE:
            raise ValueError(f"integer {value} is beyond 2**53-1: write it as a string")
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple):
        return "[" + ",".join(_encode(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(_member(key, value[key]) for key in _sorted_keys(value)) + "}"
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _sorted_keys(value: dict[object, object]) -> list[str]:
    keys: list[str] = []
    for key in value:
        if not isinstance(key, str):
            raise TypeError("an object's keys are strings")
        keys.append(key)
    return sorted(keys, key=lambda key: key.encode("utf-16-be"))


def _member(key: str, value: object) -> str:
    return f"{json.dumps(key, ensure_ascii=False)}:{_encode(value)}"
