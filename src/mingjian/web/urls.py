"""The addresses of web: the API, and the answers of Django itself."""

from __future__ import annotations

from django.urls import path

from mingjian.web.accounts.urls import routers as accounts_routers
from mingjian.web.audit.urls import routers as audit_routers
from mingjian.web.http.api import build_api
from mingjian.web.inspections.urls import routers as inspections_routers
from mingjian.web.registry.urls import routers as registry_routers
from mingjian.web.system.urls import routers as system_routers
from mingjian.web.viewing.urls import routers as viewing_routers

api = build_api(
    [
        *accounts_routers,
        *audit_routers,
        *registry_routers,
        *inspections_routers,
        *viewing_routers,
        *system_routers,
    ]
)

urlpatterns = [path("api/", api.urls)]

handler400 = "mingjian.web.http.failures.bad_request"
handler404 = "mingjian.web.http.failures.page_not_found"
handler500 = "mingjian.web.http.failures.server_error"
