"""The Django app of the slice; it keeps no records of its own."""

from __future__ import annotations

from django.apps import AppConfig


class SystemConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.system"
    label = "system"

    def ready(self) -> None:
        """Register names and receivers in every process, the command line's too: each reads what another wrote."""
        from mingjian.web.system import actions  # noqa: F401
