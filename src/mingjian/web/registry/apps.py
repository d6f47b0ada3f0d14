"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.registry"
    label = "registry"
