"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.inspections"
    label = "inspections"

    def ready(self) -> None:
        """Register audit names in every process."""
        from mingjian.web.inspections import leads, todo  # noqa: F401
