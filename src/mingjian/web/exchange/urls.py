"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.exchange.api import exports, imports

routers: list[tuple[str, Router]] = [("/imports", imports), ("/exports", exports)]
