"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.monitoring.api import router

routers: list[tuple[str, Router]] = [("/monitoring", router)]
