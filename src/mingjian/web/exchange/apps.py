"""The Django app of the slice."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Names the app."""

    name = "mingjian.web.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Register names in every process: each reads what another wrote."""
        from mingjian.web.authority.subjects import keep_rows
        from mingjian.web.exchange import names  # noqa: F401
        from mingjian.web.exchange.models import ImportBatch

        keep_rows("import", ImportBatch, division="")
