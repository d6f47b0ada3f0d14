"""Where a request comes from and what it is called, as the first middleware settled it."""

from __future__ import annotations

from django.http import HttpRequest

REQUEST_ID = "mingjian.request_id"
FROM_EDGE = "mingjian.edge"


def request_id_of(request: HttpRequest) -> str:
    """The request's id."""
    return str(request.META.get(REQUEST_ID, ""))


def address_of(request: HttpRequest) -> str:
    """The client's address as PeerMiddleware settled it."""
    return str(request.META.get("REMOTE_ADDR", ""))
