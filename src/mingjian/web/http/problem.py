"""Errors as RFC 9457 problem+json, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.http.language import language_of
from mingjian.web.http.origin import request_id_of

CONTENT_TYPE = "application/problem+json"

_STATUS = {
    "bad_request": 400,
    "not_signed_in": 401,
    "invalid_token": 401,
    "wrong_credentials": 401,
    "second_factor_needed": 401,
    "wrong_second_factor": 401,
    "wrong_passkey": 401,
    "oidc_wrong_code": 401,
    "oidc_denied": 401,
    "forbidden": 403,
    "no_powers": 403,
    "not_trained": 403,
    "outside_scope": 403,
    "retrieval_needed": 403,
    "csrf_failed": 403,
    "password_change_needed": 403,
    "second_factor_enrolment_needed": 403,
    "wrong_setup_code": 403,
    "oidc_unknown_person": 403,
    "not_found": 404,
    "oidc_off": 404,
    "method_not_allowed": 405,
    "already_set_up": 409,
    "name_taken": 409,
    "conflict": 409,
    "changed_meanwhile": 412,
    "body_too_large": 413,
    "invalid": 422,
    "session_locked": 423,
    "precondition_required": 428,
    "too_many_attempts": 429,
    "engine_away": 503,
}
_BY_FAULT = {Fault.USER: 422, Fault.PEER: 502, Fault.ENVIRONMENT: 503, Fault.OURS: 500}

_TITLES = {
    400: Text(zh="请求有误", en="Bad request"),
    401: Text(zh="需要登录", en="Sign in needed"),
    403: Text(zh="没有权限", en="Not allowed"),
    404: Text(zh="没有找到", en="Not found"),
    405: Text(zh="不支持的操作", en="Method not allowed"),
    409: Text(zh="与现有数据冲突", en="Conflict"),
    412: Text(zh="内容已被他人修改", en="Changed meanwhile"),
    413: Text(zh="内容过大", en="Too large"),
    422: Text(zh="输入有误", en="Input not accepted"),
    423: Text(zh="屏幕已锁定", en="Locked"),
    428: Text(zh="缺少版本条件", en="Version needed"),
    429: Text(zh="尝试过于频繁", en="Too many attempts"),
    500: Text(zh="程序内部错误", en="Internal error"),
    502: Text(zh="对端设备异常", en="The other end failed"),
    503: Text(zh="服务暂不可用", en="Unavailable for now"),
}


def status_of(error: MingjianError) -> int:
    """The HTTP status of an error: by its code, else by whose fault it is."""
    return _STATUS.get(error.code, _BY_FAULT[error.fault])


def problem_body(error: MingjianError, request: HttpRequest, **extra: Any) -> dict[str, Any]:
    """The members of the problem: type, title, status, detail, code, fault, field, remedy, request."""
    language = language_of(request)
    status = status_of(error)
    return {
        "type": f"urn:mingjian:problem:{error.code}",
        "title": _TITLES[status].for_language(language),
        "status": status,
        "code": error.code,
        "detail": error.message.for_language(language),
        "field": _pointer(error.field),
        "remedy": None if error.remedy is None else error.remedy.for_language(language),
        "fault": error.fault.value,
        "request": request_id_of(request),
        **extra,
    }


def problem_response(error: MingjianError, request: HttpRequest, **extra: Any) -> HttpResponse:
    """The answer to a request that failed with `error`."""
    body = problem_body(error, request, **extra)
    response = JsonResponse(
        body, status=body["status"], content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    response["Content-Language"] = language_of(request)
    if response.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"  # RFC 6750; browsers ask nobody for it
    retry_s = getattr(error, "retry_after_s", None)
    if retry_s is not None:
        response["Retry-After"] = str(retry_s)
    return response


def not_found(zh: str = "没有这条记录", en: str = "there is no such record") -> MingjianError:
    """What is asked for does not exist, or not for the one who asks."""
    return MingjianError("not_found", Text(zh=zh, en=en), fault=Fault.USER)


def conflict(zh: str, en: str, remedy: Text | None = None) -> MingjianError:
    """What is asked for does not go with the state that the record is in."""
    return MingjianError("conflict", Text(zh=zh, en=en), fault=Fault.USER, remedy=remedy)


def refused(field: str, zh: str, en: str, code: str = "invalid") -> MingjianError:
    """An error of the user at a field."""
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, field=field)


def _pointer(field: str | None) -> str | None:
    """A JSON pointer (RFC 6901) of a field's name; what already is one stays."""
    if field is None or field.startswith("/"):
        return field
    return "/" + field.replace("~", "~0").replace(".", "/")
