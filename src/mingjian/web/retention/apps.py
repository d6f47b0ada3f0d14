"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.retention"
    label = "retention"

    def ready(self) -> None:
        """Register audit names and what is to be done in every process."""
        from mingjian.web.retention import actions, deleting, purposes, todo  # noqa: F401
