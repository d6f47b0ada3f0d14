"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.registry.api import router
from mingjian.web.registry.archive.api import router as files
from mingjian.web.registry.archive.memberships_api import router as memberships
from mingjian.web.registry.devices.api import router as devices
from mingjian.web.registry.maps.api import router as maps
from mingjian.web.registry.places.api import router as places
from mingjian.web.registry.search_api import router as search_router
from mingjian.web.registry.systems.api import router as systems

routers: list[tuple[str, Router]] = [
    ("/cameras", search_router),
    ("/cameras", files),
    ("/cameras", memberships),
    ("/cameras", router),
    ("/devices", devices),
    ("/map", maps),
    ("/places", places),
    ("/systems", systems),
]
