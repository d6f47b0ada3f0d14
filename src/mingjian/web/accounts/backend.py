"""Django's authentication backend: it only finds the session's user again; signing in is accounts.actions."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from mingjian.web.accounts.models import User


class UserBackend(BaseBackend):
    """A session of a disabled user is nobody's."""

    def get_user(self, user_id: object) -> User | None:
        """The active user of the id."""
        return User.objects.filter(pk=user_id, is_active=True).first()
