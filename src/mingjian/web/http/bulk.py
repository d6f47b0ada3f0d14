"""Inserting and changing thousands of rows without a model instance for each: tuples in the order of named columns.

Columns that are not named get the model's defaults. Nothing else of the ORM happens: no signals, no validation.
PostgreSQL takes them by COPY, which is several times as fast there as a statement for each row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

_dumped = json.JSONEncoder(ensure_ascii=False).encode
_WIDE_KIB = 64 << 10


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    always: Mapping[str, Any] | None = None,
) -> None:
    """Insert rows with values for the attributes `names` (`place_id`, not `place`). Inside a transaction.

    `always`: attributes with the same value in every row.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
    if isinstance(model._meta.pk, models.AutoField):
        del fields[model._meta.pk.attname]
    same = dict(always or {})
    unknown = (set(names) | same.keys()) - fields.keys()
    if unknown:
        raise ValueError(f"no columns of {model.__name__}: {sorted(unknown)}")
    same = {key: same.get(key, field.get_default()) for key, field in fields.items() if key not in names}
    attributes = (*names, *same)
    documents = [place for place, name in enumerate(attributes) if isinstance(fields[name], models.JSONField)]
    columns = [fields[name].column or name for name in attributes]
    rest = tuple(same.values())

    def ready(row: Sequence[Any]) -> list[Any]:
        values = [*row, *rest]
        for place in documents:
            value = values[place]
            if value is not None:
                values[place] = "[]" if value == [] else _dumped(value)
        return values

    _write(model._meta.db_table, columns, [ready(row) for row in rows])


def _write(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    into = f"{quote(table)} ({', '.join(quote(name) for name in columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608 - our names


def update_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Give rows new values for the plain attributes `names`; each tuple ends with the primary key. In a transaction.

    One prepared statement for all: Django's bulk_update writes a CASE of every row and resolves each of its branches,
    at some milliseconds a row.
    """
    names_of = {field.attname: field.column or field.attname for field in model._meta.concrete_fields}
    columns, pk = [names_of[name] for name in names], names_of[model._meta.pk.attname]
    quote = connection.ops.quote_name
    values = ", ".join(f"{quote(column)} = %s" for column in columns)
    where = f"{quote(pk)} = %s"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(model._meta.db_table)} SET {values} WHERE {where}",  # noqa: S608 - our names
            list(rows),
        )


@contextmanager
def many_changes() -> Iterator[None]:
    """For one large transaction: SQLite keeps 64 MB of changed pages instead of 2, so that each is written once."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA cache_size").fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = -{_WIDE_KIB}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {usual}")
