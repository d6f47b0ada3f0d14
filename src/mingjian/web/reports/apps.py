"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.reports"
    label = "reports"

    def ready(self) -> None:
        """Register audit names in every process."""
        from mingjian.web.reports import actions  # noqa: F401
