"""Where the slice's endpoints are."""

from __future__ import annotations

from ninja import Router

from mingjian.web.organisations.api import divisions, organisations, people, rights, who_may

routers: list[tuple[str, Router]] = [
    ("/divisions", divisions.router),
    ("/organisations", organisations.router),
    ("/people", people.people_router),
    ("/posts", people.posts_router),
    ("/appointments", people.appointments_router),
    ("/bindings", rights.bindings_router),
    ("/grants", rights.grants_router),
    ("/agreements", rights.agreements_router),
    ("/who-may", who_may.router),
    ("/qualifications", rights.qualifications_router),
]
