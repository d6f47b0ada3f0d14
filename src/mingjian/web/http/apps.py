"""The Django app of what HTTP shares: it keeps idempotency records."""

from __future__ import annotations

from django.apps import AppConfig


class HttpConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.http"
    label = "http"

    def ready(self) -> None:
        """The lookup `among` is known wherever Django is."""
        from mingjian.web.http import among  # noqa: F401
