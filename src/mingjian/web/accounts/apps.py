"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register names and receivers in every process, the command line's too: each reads what another wrote."""
        from mingjian.web.accounts import actions, identities, lock, second_factor, sessions, tokens  # noqa: F401
        from mingjian.web.authority.sources import keep_locks, keep_second_factors, keep_tokens

        keep_second_factors(second_factor.has_factor)
        keep_tokens(tokens.grant_of)
        keep_locks(lock.is_locked)
