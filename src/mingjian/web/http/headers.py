"""Which request headers an endpoint reads, told by its own code, so that the document cannot say otherwise.

An endpoint reads `If-Match` where it calls `expected_version`, and `Idempotency-Key` where it calls `create_once`: itself,
in a function within it, or in a function of its own module that it calls.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from mingjian.web.http.idempotency import create_once
from mingjian.web.http.versions import expected_version

PARAMETERS: dict[str, dict[str, Any]] = {
    "IfMatch": {
        "in": "header",
        "name": "If-Match",
        "required": True,
        "description": "The ETag of what was read: 412 when somebody changed it since, 428 when it is missing (RFC 9110 13.1.1).",
        "schema": {"type": "string", "pattern": '^"v[0-9]{1,9}"$'},
    },
    "IdempotencyKey": {
        "in": "header",
        "name": "Idempotency-Key",
        "required": False,
        "description": "1 to 128 visible characters of the caller's choice: sent again with the same request, nothing is made "
        "twice, and the answer is the first one.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
    },
}
"""`components.parameters` of the document."""
_READ_BY = {"IfMatch": expected_version, "IdempotencyKey": create_once}


def headers_of(view: Callable[..., Any]) -> list[dict[str, Any]]:
    """References to the PARAMETERS that `view` reads."""
    reached = set(_reached(inspect.unwrap(view), set()))
    return [{"$ref": f"#/components/parameters/{name}"} for name, by in _READ_BY.items() if by in reached]


def _reached(function: Callable[..., Any], seen: set[Callable[..., Any]]) -> Iterator[Callable[..., Any]]:
    """Functions that `function` names, and what those of its module name in turn."""
    if function in seen:
        return
    seen.add(function)
    for name in _names(function.__code__):
        found = function.__globals__.get(name)
        if not inspect.isfunction(found):
            continue
        yield found
        if found.__module__ == function.__module__:
            yield from _reached(found, seen)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
