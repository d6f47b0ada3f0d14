"""Django's authentication backend: it only finds the session's user again; signing in is accounts.actions."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.db import connection

from mingjian.web.accounts.models import User
from mingjian.web.http.known_query import KnownQuery

_COLUMNS = [field.attname for field in User._meta.concrete_fields]
_ACTIVE = KnownQuery(lambda user_id: User.objects.filter(pk=user_id, is_active=True).values_list(*_COLUMNS), str)


class UserBackend(BaseBackend):
    """A session of a disabled user is nobody's."""

    def get_user(self, user_id: object) -> User | None:
        """The active user of the id."""
        rows = _ACTIVE.rows(str(user_id))
        return User.from_db(connection.alias, _COLUMNS, rows[0]) if rows else None
