"""The addresses of web: the API of every slice that is installed, and the answers of Django itself."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import path
from ninja import Router

from mingjian.web.http import docs_page
from mingjian.web.http.api import build_api


def slice_routers() -> list[tuple[str, Router]]:
    """`routers` of each slice's urls module, in the order of INSTALLED_APPS: a slice is named in one place only."""
    own = [name for name in settings.INSTALLED_APPS if name.startswith("mingjian.web.")]
    modules = [import_module(f"{name}.urls") for name in own if find_spec(f"{name}.urls") is not None]
    return [router for module in modules for router in module.routers]


api = build_api(slice_routers())

urlpatterns = [*docs_page.urls, path("api/", api.urls)]

handler400 = "mingjian.web.http.failures.bad_request"
handler404 = "mingjian.web.http.failures.page_not_found"
handler500 = "mingjian.web.http.failures.server_error"
