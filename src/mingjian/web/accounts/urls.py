"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.accounts.api import auth_router, me_router, setup_router, users_router

routers: list[tuple[str, Router]] = [
    ("/setup", setup_router),
    ("/auth", auth_router),
    ("/me", me_router),
    ("/users", users_router),
]
