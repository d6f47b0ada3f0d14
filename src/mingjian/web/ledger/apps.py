"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.ledger"
    label = "ledger"
