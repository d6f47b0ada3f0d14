"""Django's sessions in the database, with the columns of the lock: read in the one query that reads the session."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db

from mingjian.web import wiring


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
        self.row = self._get_session_from_db()  # type: ignore[attr-defined]
        return self.decode(self.row.session_data) if self.row is not None else {}

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """A row; of a new one somebody has just shown himself."""
        made: Any = super().create_model_instance(data)
        made.active_ns = wiring.clock().now_ns()
        return made
