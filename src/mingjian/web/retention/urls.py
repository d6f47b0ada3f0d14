"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.retention.api import router

routers: list[tuple[str, Router]] = [("/retention", router)]
