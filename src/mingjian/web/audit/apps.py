"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.audit"
    label = "audit"
