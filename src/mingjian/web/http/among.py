"""`column__among=ids`: one of many texts, handed to the database as one value.

`__in` makes a parameter of each: for the three hundred ids of a page psycopg's splitting and quoting of them, and
Django's preparing, take longer than the database takes to answer.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, ForeignKey, Lookup

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


@ForeignKey.register_lookup
@CharField.register_lookup
class Among(_Lookup):
    """Whether a text column, or a key that is one, is among the texts."""

    lookup_name = "among"
    prepare_rhs = False

    def get_prep_lookup(self) -> list[str]:
        """The texts as a list."""
        texts: Collection[str] = self.rhs
        return list(texts)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """An array."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*values, self.rhs]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """A JSON list, which the database takes apart."""
        left, values = self.process_lhs(compiler, connection)
        return f"{left} IN (SELECT value FROM json_each(%s))", [*values, json.dumps(self.rhs)]  # noqa: S608 - a column
