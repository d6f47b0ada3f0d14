"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class ViewingConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.viewing"
    label = "viewing"

    def ready(self) -> None:
        """Register names and receivers in every process, the command line's too: each reads what another wrote."""
        from mingjian.web.viewing import actions, exports, tickets  # noqa: F401
