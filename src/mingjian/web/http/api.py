"""The API object: its errors, and the routers of the slices under /api/v1."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

import mingjian
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.audit.actions import record_refusal, record_ruled_out
from mingjian.web.authority.applying import RuledOut
from mingjian.web.authority.policy import Refused
from mingjian.web.http.document import DocumentedApi
from mingjian.web.http.failures import DATABASE_AWAY, crashed_error, database_error
from mingjian.web.http.guard import Requires
from mingjian.web.http.language import language_of
from mingjian.web.http.origin import request_id_of
from mingjian.web.http.problem import not_found, problem_response
from mingjian.web.http.validation import field_pointer, sentence

log = logging.getLogger("mingjian.web")

_DESCRIPTION = """Sign in with POST /api/v1/auth/login; send the cookie, and the value of the cookie `csrftoken` as
`X-CSRFToken` with everything that changes something. A program sends a token of its person instead, as
`Authorization: Bearer mjt_...`; each endpoint names the scope it asks of one. Lists answer `{items, next}`; `next` goes
back as `?cursor=`. Changes need `If-Match` with the `ETag` that was read; creations take `Idempotency-Key`. Errors are
problem+json (RFC 9457)."""


class _Utf8Json(JSONRenderer):
    """Chinese as itself: a third of the bytes, and readable in a log or a terminal."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


def build_api(routers: Sequence[tuple[str, Router]]) -> NinjaAPI:
    """The API with the routers of the slices. Raises ValueError when an endpoint has no guard."""
    api = DocumentedApi(
        title="Mingjian 明鉴",
        version=mingjian.__version__,
        description=_DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        urls_namespace="api",
        auth=_refuse_all,
        renderer=_Utf8Json(),
    )
    for prefix, router in routers:
        _check_guarded(prefix, router)
        api.add_router(f"/v1{prefix}", router)
    api.add_exception_handler(MingjianError, _on_mingjian_error)
    api.add_exception_handler(ValidationError, _on_validation_error)
    api.add_exception_handler(HttpError, _on_http_error)
    api.add_exception_handler(Http404, _on_404)
    api.add_exception_handler(RequestDataTooBig, _on_too_big)
    for kind in DATABASE_AWAY:
        api.add_exception_handler(kind, _on_database_away)
    api.add_exception_handler(Exception, _on_crash)
    return api


def _refuse_all(request: HttpRequest) -> None:
    """What guards an endpoint that names no policy, should one slip past the check below."""
    raise not_found()


def _check_guarded(prefix: str, router: Router) -> None:
    for path, view in router.path_operations.items():
        for operation in view.operations:
            guards = operation.auth_callbacks
            if len(guards) != 1 or not isinstance(guards[0], Requires):
                raise ValueError(f"{operation.methods} {prefix}{path} has no policy")


def _on_mingjian_error(request: HttpRequest, error: MingjianError | type[MingjianError]) -> HttpResponse:
    assert isinstance(error, MingjianError)
    if isinstance(error, Refused) and error.actor.signed_in:
        record_refusal(error, request.path)
    if isinstance(error, RuledOut):
        record_ruled_out(error)
    if error.fault is Fault.OURS:
        log.error("%s %s: %s", request_id_of(request), error.code, error.detail or error, exc_info=error)
    return problem_response(error, request)


def _on_validation_error(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    language = language_of(request)
    found: list[dict[str, Any]] = [
        {
            "field": field_pointer(item["loc"]) or None,
            "code": item["type"],
            "detail": sentence(item).for_language(language),
        }
        for item in error.errors
    ]
    first = MingjianError("invalid", sentence(error.errors[0]), fault=Fault.USER, field=found[0]["field"])
    return problem_response(first, request, errors=found)


def _on_http_error(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    """Ninja raises it for a body that cannot be parsed."""
    assert isinstance(error, HttpError)
    said = Text(zh="请求内容不是有效的 JSON", en="the request is not valid JSON")
    return problem_response(MingjianError("invalid", said, fault=Fault.USER), request)


def _on_404(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    return problem_response(not_found(), request)


def _on_too_big(request: HttpRequest, error: RequestDataTooBig | type[RequestDataTooBig]) -> HttpResponse:
    said = Text(zh="请求内容过大，最多 1 MiB", en="the request is too large: at most 1 MiB")
    return problem_response(MingjianError("body_too_large", said, fault=Fault.USER), request)


def _on_database_away(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    log.error("%s the database is away: %s", request_id_of(request), error)
    return problem_response(database_error(), request)


def _on_crash(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """A defect: the log has the traceback, the reader the request's id. Nothing was committed."""
    log.error("%s %s %s", request_id_of(request), request.method, request.path, exc_info=error)  # type: ignore[arg-type]
    return problem_response(crashed_error(), request)
