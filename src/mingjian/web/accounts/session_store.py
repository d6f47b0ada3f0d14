"""Django's sessions in the database, with the columns of the lock: read in the one query that reads the session."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from mingjian.web import wiring
from mingjian.web.http.known_query import KnownQuery


def _columns() -> list[str]:
    return [field.attname for field in SessionStore.get_model_class()._meta.concrete_fields]


_OF_KEY = KnownQuery(
    lambda key: SessionStore.get_model_class().objects.filter(session_key=key).values_list(*_columns()), str
)


class SessionStore(db.SessionStore):
    """`row` is what was read, None for a session that this very request begins."""

    row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        """Ours. Imported late: Django loads this module before its apps."""
        from mingjian.web.accounts.models import BrowserSession

        return BrowserSession

    def load(self) -> dict[str, Any]:
        """The session's content; an unknown or expired one is empty and has no key."""
        self.row = self._get_session_from_db()
        return self.decode(self.row.session_data) if self.row is not None else {}

    def _get_session_from_db(self) -> Any:
        """As Django's own, which compiles its query anew for every request: None, and no key, where there is none."""
        rows = [] if self.session_key is None else _OF_KEY.rows(self.session_key)
        found = self.get_model_class().from_db(connection.alias, _columns(), rows[0]) if rows else None
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """A row; of a new one somebody has just shown himself."""
        made: Any = super().create_model_instance(data)
        made.active_ns = wiring.clock().now_ns()
        return made
