"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.inspections.api import router
from mingjian.web.inspections.areas_api import router as areas

routers: list[tuple[str, Router]] = [("/leads", router), ("/area-inspections", areas)]
