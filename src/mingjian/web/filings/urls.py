"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.filings.api import router
from mingjian.web.filings.deadlines_api import router as deadlines_router
from mingjian.web.filings.removals_api import router as removals_router

routers: list[tuple[str, Router]] = [
    ("/filings", router),
    ("/filing-deadlines", deadlines_router),
    ("/removals", removals_router),
]
