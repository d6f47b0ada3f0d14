"""Inserting thousands of rows without a model instance for each: tuples in the order of named columns.

Columns that are not named get the model's defaults. Nothing else of the ORM happens: no signals, no validation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows with values for the attributes `names` (`place_id`, not `place`). Inside a transaction."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    if isinstance(model._meta.pk, models.AutoField):
        fields = [field for field in fields if not field.primary_key]
    place = {name: index for index, name in enumerate(names)}
    unknown = set(names) - {field.attname for field in fields}
    if unknown:
        raise ValueError(f"no columns of {model.__name__}: {sorted(unknown)}")
    names_of = [field.column or field.attname for field in fields]
    defaults = [field.get_default() for field in fields]
    documents = frozenset(index for index, field in enumerate(fields) if isinstance(field, models.JSONField))
    named = [(index, place[field.attname]) for index, field in enumerate(fields) if field.attname in place]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name in names_of)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - our names

    def ready(row: Sequence[Any]) -> list[Any]:
        values = defaults.copy()
        for index, source in named:
            values[index] = row[source]
        for index in documents:
            if values[index] is not None:
                values[index] = json.dumps(values[index], ensure_ascii=False)
        return values

    with connection.cursor() as cursor:
        cursor.executemany(statement, [ready(row) for row in rows])
