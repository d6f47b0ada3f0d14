"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.retention.api import router
from mingjian.web.retention.api_deleting import router as deleting_router

routers: list[tuple[str, Router]] = [("/retention", router), ("/retention", deleting_router)]
