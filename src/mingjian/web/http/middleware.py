"""Middleware before everything else: where a request comes from, its id, the headers of every answer."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import split_domain_port, validate_host

from mingjian.kernel.ids import new_id
from mingjian.web import configuration, wiring
from mingjian.web.http.failures import method_not_allowed
from mingjian.web.http.origin import FROM_EDGE, REQUEST_ID

GetResponse = Callable[[HttpRequest], HttpResponse]

log = logging.getLogger("mingjian.web")

_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class PeerMiddleware:
    """Settle the client's address, before anything reads it.

    Only our own edge reaches us over the unix socket, so only there X-Forwarded-For (its last entry: the one the edge
    itself wrote), X-Forwarded-Proto and X-Request-Id are believed; from anywhere else they are removed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with META as it may be trusted."""
        meta = request.META
        forwarded = meta.pop("HTTP_X_FORWARDED_FOR", "")
        if meta.get("REMOTE_ADDR"):
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
            meta.pop("HTTP_X_REQUEST_ID", None)
        else:
            meta[FROM_EDGE] = True
            meta["REMOTE_ADDR"] = forwarded.rpartition(",")[2].strip()[:45] or "unix"
        return self._get_response(request)


class RequestIdMiddleware:
    """Give each request an id that the answer, the audit record and the log share."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with X-Request-Id."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ID.match(given) else new_id(wiring.clock().now_ns())
        request.META[REQUEST_ID] = request_id
        start_ns = wiring.clock().mono_ns()
        response = self._get_response(request)
        response["X-Request-Id"] = request_id
        taken_ms = (wiring.clock().mono_ns() - start_ns) // 1_000_000
        log.info("%s %s %d %d ms %s", request.method, request.path, response.status_code, taken_ms, request_id)
        return response


class HeadersMiddleware:
    """What every answer of web says: not for caches, not for frames, no scripts; and no bare 405."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers."""
        response = self._get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            response = method_not_allowed(request, response["Allow"])
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Security-Policy", _CSP)
        return response


class HostMiddleware:
    """Answer only under a name of ours, or under an address (of which a rebound DNS name is none).

    Names are those of the settings and "localhost"; without this a page of any site whose name is pointed at our
    address could read with the browser's session.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse with DisallowedHost (which becomes a 400)."""
        name, _ = split_domain_port(request.get_host())
        if not (_is_address(name) or validate_host(name, ["localhost", *configuration.current().hosts])):
            raise DisallowedHost("the request names a host that is not ours")
        return self._get_response(request)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
