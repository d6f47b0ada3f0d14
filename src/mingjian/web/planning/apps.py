"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.planning"
    label = "planning"

    def ready(self) -> None:
        """Register names in every process."""
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.planning import additional, coordination, plans, points  # noqa: F401
        from mingjian.web.planning.models import Plan, PlannedPoint

        keep_rows("plan", Plan)
        keep_rows("planned_point", PlannedPoint, "plan__organisation_id", "plan__division_id")
