"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.audit"
    label = "audit"

    def ready(self) -> None:
        """Register names and receivers in every process, the command line's too: each reads what another wrote."""
        from mingjian.web.audit import actions  # noqa: F401
