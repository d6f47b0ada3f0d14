"""Errors as RFC 9457 problem+json in the reader's language, and the middleware that makes them of exceptions."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_LOG = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
_BY_FAULT = {Fault.USER: 422, Fault.PEER: 502, Fault.ENVIRONMENT: 503, Fault.OURS: 500}
_BY_CODE = {
    "invalid": 422,
    "not_found": 404,
    "method_not_allowed": 405,
    "session_unknown": 404,
    "ticket_invalid": 401,
    "ticket_expired": 401,
    "ticket_stale": 401,
    "ticket_used": 403,
    "ticket_edge": 403,
    "ticket_revoked": 403,
    "not_covered": 403,
    "too_many_sessions": 503,
    "engine_away": 503,
    "web_away": 503,
    "busy": 503,
    "body_too_large": 413,
}
_TITLES = {
    400: Text(zh="请求有误", en="Bad request"),
    401: Text(zh="凭证无效", en="No valid ticket"),
    403: Text(zh="没有权限", en="Not allowed"),
    404: Text(zh="没有找到", en="Not found"),
    405: Text(zh="不支持的操作", en="Method not allowed"),
    413: Text(zh="内容过大", en="Too large"),
    422: Text(zh="输入有误", en="Input not accepted"),
    500: Text(zh="程序内部错误", en="Internal error"),
    502: Text(zh="对端设备异常", en="The other end failed"),
    503: Text(zh="服务暂不可用", en="Unavailable for now"),
}
_OTHER_TITLE = Text(zh="请求未能完成", en="The request failed")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def language_of(request: web.BaseRequest) -> str:
    """`zh` or `en`: the language the client names first, Chinese when it names none (RFC 9110 12.5.4)."""
    first = request.headers.get("Accept-Language", "zh").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "zh"


def problem_body(error: MingjianError, status: int, language: str) -> dict[str, Any]:
    """The members of the problem; the same as web's."""
    return {
        "type": f"urn:mingjian:problem:{error.code}",
        "title": _TITLES.get(status, _OTHER_TITLE).for_language(language),
        "status": status,
        "code": error.code,
        "detail": error.message.for_language(language),
        "field": error.field,
        "remedy": None if error.remedy is None else error.remedy.for_language(language),
        "fault": error.fault.value,
    }


class Problems:
    """Which HTTP status each error code has; slices add theirs."""

    def __init__(self) -> None:
        self._statuses = dict(_BY_CODE)

    def add(self, statuses: dict[str, int]) -> None:
        """More codes."""
        self._statuses |= statuses

    def response(self, error: MingjianError, request: web.BaseRequest) -> web.Response:
        """The answer to a request that failed with `error`."""
        status = self._statuses.get(error.code, _BY_FAULT[error.fault])
        body = orjson.dumps(problem_body(error, status, language_of(request)))
        headers = {"Cache-Control": "no-store"}
        if status == 503:
            headers["Retry-After"] = "2"
        return web.Response(body=body, status=status, content_type=CONTENT_TYPE, headers=headers)

    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Run `handler`; whatever it raises becomes a problem. An unknown exception is logged and is our fault."""
        try:
            return await handler(request)
        except MingjianError as error:
            if error.fault is Fault.OURS:
                _LOG.exception("%s failed", request.path)
            return self.response(error, request)
        except web.HTTPException as error:
            if error.status < 400 or error.status not in (404, 405, 413):
                raise
            return self.response(_http_error(error.status), request)
        except ConnectionError:
            raise  # the client went away; nobody is left to answer
        except Exception as error:  # noqa: BLE001 - the last line of defence: logged with its trace, told as ours
            _LOG.exception("%s failed", request.path)
            return self.response(_internal(error), request)


def _http_error(status: int) -> MingjianError:
    texts = {
        404: ("not_found", Text(zh="这个地址不存在", en="there is nothing at this address")),
        405: ("method_not_allowed", Text(zh="这个地址不支持该操作", en="this address does not take that method")),
        413: ("body_too_large", Text(zh="提交的内容过大", en="what was sent is too large")),
    }
    code, text = texts[status]
    return MingjianError(code, text, fault=Fault.USER)


def _internal(error: Exception) -> MingjianError:
    text = Text(zh="程序内部错误，已记入日志", en="an internal error, written to the log")
    return MingjianError("internal", text, fault=Fault.OURS, detail=type(error).__name__)
