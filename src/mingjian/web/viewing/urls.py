"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.viewing.api import layouts_router, looks_router, tickets_router

routers: list[tuple[str, Router]] = [
    ("/tickets", tickets_router),
    ("/looks", looks_router),
    ("/layouts", layouts_router),
]
