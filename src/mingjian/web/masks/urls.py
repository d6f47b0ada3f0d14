"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.masks.api import router
from mingjian.web.masks.api_lifts import router as lifts_router
from mingjian.web.masks.api_positions import router as positions_router

routers: list[tuple[str, Router]] = [
    ("/masks", router),
    ("/mask-lifts", lifts_router),
    ("/mask-positions", positions_router),
]
