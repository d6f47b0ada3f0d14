"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.planning"
    label = "planning"

    def ready(self) -> None:
        """Register names in every process."""
        from mingjian.web.planning import additional, coordination, plans, points  # noqa: F401
