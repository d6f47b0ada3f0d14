"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.retrievals.api import router
from mingjian.web.retrievals.api_copies import router as copies_router
from mingjian.web.retrievals.api_desk import emergencies_router
from mingjian.web.retrievals.api_desk import router as desk_router
from mingjian.web.retrievals.api_holds import router as holds_router
from mingjian.web.retrievals.api_packages import router as packages_router
from mingjian.web.retrievals.api_proposing import router as proposing_router
from mingjian.web.retrievals.api_redactions import router as redactions_router
from mingjian.web.retrievals.api_releases import releases_router
from mingjian.web.retrievals.api_releases import router as retrieval_releases_router

routers: list[tuple[str, Router]] = [
    ("/retrievals", proposing_router),
    ("/retrievals", router),
    ("/retrievals", desk_router),
    ("/retrievals", packages_router),
    ("/retrievals", retrieval_releases_router),
    ("/retrievals", redactions_router),
    ("/releases", releases_router),
    ("/retrievals", copies_router),
    ("/emergencies", emergencies_router),
    ("/holds", holds_router),
]
