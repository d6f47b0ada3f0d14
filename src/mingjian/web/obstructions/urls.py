"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.obstructions.api_cases import router as cases
from mingjian.web.obstructions.api_works import router as works

routers: list[tuple[str, Router]] = [("/obstructions", cases), ("/works", works)]
