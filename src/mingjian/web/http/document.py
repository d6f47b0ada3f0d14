"""What the OpenAPI document says beside the endpoints: how to be known, which scope a token needs, which headers are read,
how errors look."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from mingjian.web.authority.policy import OpenPolicy
from mingjian.web.authority.scopes import scope_of
from mingjian.web.http.guard import SAFE_METHODS, Requires
from mingjian.web.http.headers import PARAMETERS, headers_of
from mingjian.web.http.problem import CONTENT_TYPE

_TEXT_OR_NULL = {"anyOf": [{"type": "string"}, {"type": "null"}]}
_PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "An error (RFC 9457). `field` is a JSON pointer; `errors` names every field of a body that does not "
    "fit; `request` is the id under which the server's log has it.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "field": _TEXT_OR_NULL,
        "remedy": _TEXT_OR_NULL,
        "fault": {"type": "string", "enum": ["user", "peer", "environment", "ours"]},
        "request": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": _TEXT_OR_NULL,
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["field", "code", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "detail", "field", "remedy", "fault", "request"],
}
_SCHEMES: dict[str, Any] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "mingjian",
        "description": "The cookie of POST auth/login; with it, what changes something needs X-CSRFToken.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of POST me/tokens. The names beside it are scopes: one that the endpoint needs.",
    },
}
_DEFAULT = {
    "description": "Problem",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def answers_file(*kinds: str, status: int = 200) -> dict[str, Any]:
    """`openapi_extra` of an endpoint that answers a file of one of these media types."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {"responses": {status: {"content": content}}}


class DocumentedApi(NinjaAPI):
    """Ninja's API, whose document also says what Ninja does not know."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The document with security schemes, the scope of each endpoint, and the form of errors.

        One for all who ask, made when it is asked for first (it takes seconds): not to be changed.
        """
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        prefix = f"/{prefix.strip('/')}/"
        if prefix not in self._documents:
            self._documents[prefix] = self._document(prefix)
        return self._documents[prefix]

    @functools.cached_property
    def _documents(self) -> dict[str, OpenAPISchema]:
        return {}

    def _document(self, prefix: str) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=prefix)
        operations = dict(_operations(self))
        for methods in document["paths"].values():
            for method, operation in methods.items():
                known = operations.get(operation["operationId"])
                if known is not None:
                    (guard,) = known.auth_callbacks  # http.api has made sure
                    if isinstance(guard, Requires):
                        operation["security"] = _security(guard, changes=method.upper() not in SAFE_METHODS)
                    operation["parameters"] = [*operation.get("parameters", ()), *headers_of(known.view_func)]
                answers = {str(status): answer for status, answer in operation["responses"].items()}
                operation["responses"] = {**answers, "default": _DEFAULT}
        document["components"]["schemas"]["Problem"] = _PROBLEM
        document["components"]["parameters"] = PARAMETERS
        document["components"]["securitySchemes"] = _SCHEMES
        return document


def _operations(api: NinjaAPI) -> Iterator[tuple[str, Operation]]:
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                yield operation.operation_id or api.get_openapi_operation_id(operation), operation


def _security(guard: Requires, *, changes: bool) -> list[dict[str, list[str]]]:
    """One of these is enough; an empty list: nobody has to be known."""
    if isinstance(guard.policy, OpenPolicy):
        return []
    scope = scope_of(guard.policy, changes=changes)
    return [{"session": []}, *([{"token": [scope]}] if scope else [])]
