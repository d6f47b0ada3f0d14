"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        """Register audit names and what is to be done in every process."""
        from django.db.models import Q

        from mingjian.kernel.text import Text
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.monitoring import conduct, re_aiming, rooms, staff, todo  # noqa: F401
        from mingjian.web.monitoring.models import MonitoringRoom
        from mingjian.web.organisations.holdings import hold

        keep_rows("monitoring_room", MonitoringRoom)
        hold("monitoring_room", Text("监看场所", "monitoring rooms"), MonitoringRoom, Q())
