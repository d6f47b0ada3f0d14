"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.planning.api_coordination import router as coordination
from mingjian.web.planning.api_gaps import router as gaps
from mingjian.web.planning.api_plans import router as plans

routers: list[tuple[str, Router]] = [("/plans", plans), ("/planning", gaps), ("/coordination", coordination)]
