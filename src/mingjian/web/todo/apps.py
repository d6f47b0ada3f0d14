"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class TodoConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.todo"
    label = "todo"
