"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class MasksConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.masks"
    label = "masks"

    def ready(self) -> None:
        """Register audit names, what is to be done and receivers in every process."""
        from mingjian.web.masks import actions, lifts, moves, positions, todo  # noqa: F401
