"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class ZonesConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.zones"
    label = "zones"

    def ready(self) -> None:
        """Register names in every process."""
        from mingjian.web.zones import actions  # noqa: F401
