"""Queries that every request asks: compiled to SQL once, since Django needs longer for that than the database to answer.

    _NAMES = KnownQuery(lambda user: Post.objects.filter(user_id=user).values_list("title"), str)
    for (title,) in _NAMES.rows(user_id): ...

Only for hot paths (the guard, refusals): everywhere else the ORM is asked as usual.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_PLACES: dict[type, Callable[[int], Any]] = {str: "\x00{}".format, int: lambda number: -(1 << 62) - number}
"""Values that nobody asks for and that fields leave as they are: they tell where a parameter goes."""


class _Compiled:
    def __init__(self, query: QuerySet[Any, Any], marks: list[Any]) -> None:
        compiler = query.query.get_compiler(connection=connection)
        self.sql, parameters = compiler.as_sql()
        self.parameters = list(parameters)
        self.places = [(at, marks.index(one)) for at, one in enumerate(self.parameters) if one in marks]
        missing = set(range(len(marks))) - {number for _, number in self.places}
        if missing:
            raise ValueError(f"the query does not use its parameters {sorted(missing)}")
        columns = compiler.select[: compiler.col_count]
        self.converters = compiler.get_converters([column for column, _, _ in columns])
        self.compiler = compiler


class KnownQuery:
    """`build` takes one value of each of `kinds` (str or int) and gives a `values_list`; its shape must not depend on them."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *kinds: type) -> None:
        self._build = build
        self._marks = [_PLACES[kind](number) for number, kind in enumerate(kinds)]
        self._by_vendor: dict[str, _Compiled] = {}

    def rows(self, *values: str | int) -> list[tuple[Any, ...]]:
        """The rows for these values, as the ORM would give them. One query. Raises ValueError for another number of values."""
        if len(values) != len(self._marks):
            raise ValueError(f"{len(self._marks)} values are asked for, {len(values)} were given")
        known = self._by_vendor.get(connection.vendor)
        if known is None:
            known = self._by_vendor[connection.vendor] = _Compiled(self._build(*self._marks), self._marks)
        parameters = known.parameters.copy()
        for at, number in known.places:
            parameters[at] = values[number]
        with connection.cursor() as cursor:
            cursor.execute(known.sql, parameters)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not known.converters:
            return found
        return [tuple(row) for row in known.compiler.apply_converters(found, known.converters)]
