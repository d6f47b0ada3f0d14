"""The Django app of what HTTP shares: it keeps idempotency records."""

from __future__ import annotations

from django.apps import AppConfig


class HttpConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.http"
    label = "http"
