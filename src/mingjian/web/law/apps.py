"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class LawConfig(AppConfig):
    """Names the app; it keeps nothing."""

    name = "mingjian.web.law"
    label = "law"
