"""Cursors: where the last page ended, as an opaque text. Stable while rows come and go."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import IntegerField, Model, Q, QuerySet

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_Row = TypeVar("_Row")
Key = tuple[str | int, ...]


def page(
    rows: QuerySet[Any, _Row],
    order: Sequence[str],
    cursor: str | None,
    limit: int,
) -> tuple[list[_Row], str | None]:
    """At most `limit` rows after `cursor` in the order of the fields (`-` before a name: descending), and the next cursor.

    The fields together must be unique, and be attributes of a row: a model's, or a tuple's with their names. Raises
    MingjianError `invalid` (field: cursor) for a cursor not of ours.
    """
    names = [name.lstrip("-") for name in order]
    if cursor:
        key = key_of(cursor, [_kind(rows.model, name) for name in names])
        rows = rows.filter(_after(order, key))
    found = list(rows.order_by(*order)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], cursor_at(tuple(getattr(last, name) for name in names))


def _after(order: Sequence[str], key: Key) -> Q:
    """(a, b) > (x, y), spelled out for fields that may run in different directions."""
    condition = Q(pk__in=[])
    equal = Q()
    for name, value in zip(order, key, strict=True):
        field = name.lstrip("-")
        beyond = "lt" if name.startswith("-") else "gt"
        condition |= equal & Q(**{f"{field}__{beyond}": value})
        equal &= Q(**{field: value})
    return condition


def cursor_at(key: Key) -> str:
    """The cursor of what follows the row with this key."""
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def _kind(model: type[Model], name: str) -> type:
    return int if isinstance(model._meta.get_field(name), IntegerField) else str


def key_of(cursor: str, kinds: Sequence[type]) -> Key:
    """The key in a cursor, of values of these types. Raises MingjianError `invalid` (field: cursor)."""
    read: Callable[[str], object] = json.loads
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        value = read(raw.decode())
    except (ValueError, binascii.Error) as error:
        raise _bad_cursor() from error
    if not isinstance(value, list) or len(value) != len(kinds):
        raise _bad_cursor()
    for part, kind in zip(value, kinds, strict=True):
        if type(part) is not kind or (isinstance(part, int) and abs(part) >= 1 << 63):
            raise _bad_cursor()
    return tuple(value)


def _bad_cursor() -> MingjianError:
    return MingjianError(
        "invalid",
        Text(zh="翻页标记 cursor 无效", en="cursor is not one of ours"),
        fault=Fault.USER,
        field="/cursor",
        remedy=Text(zh="请从第一页重新查询", en="start from the first page"),
    )
