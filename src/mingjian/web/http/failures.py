"""Answers of Django itself (unknown address, CSRF, crash) in the same form as everybody else's."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.http.problem import not_found, problem_response

DATABASE_AWAY = (OperationalError, InterfaceError)


def csrf_error() -> MingjianError:
    """The CSRF token is missing or stale."""
    return MingjianError(
        "csrf_failed",
        Text(zh="页面安全令牌缺失或已失效", en="the page's security token (X-CSRFToken) is missing or stale"),
        fault=Fault.USER,
        remedy=Text(zh="请刷新页面后重试", en="reload the page and try again"),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF failure view."""
    return problem_response(csrf_error(), request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400: a host not named in the settings, a malformed request."""
    error = MingjianError(
        "bad_request",
        Text(
            zh="请求格式有误，或访问的主机名未在设置中登记", en="the request is malformed, or its host name is not ours"
        ),
        fault=Fault.USER,
        remedy=Text(
            zh="请用登记过的主机名访问，或把它加入 mingjian.toml 的 web.hosts",
            en="use a known host name, or add this one to web.hosts in mingjian.toml",
        ),
    )
    return problem_response(error, request)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return problem_response(not_found("没有这个地址", "there is nothing at this address"), request)


def crashed_error() -> MingjianError:
    """A defect of ours; the log has it under the request's id."""
    return MingjianError(
        "internal",
        Text(zh="程序内部错误，操作可能没有完成", en="an internal error: what you asked for may not be done"),
        fault=Fault.OURS,
        remedy=Text(zh="请把请求编号告知管理员，以便查日志", en="give the request's id to the administrator"),
    )


def database_error() -> MingjianError:
    """The database is locked, full or gone; recording and watching go on without it."""
    return MingjianError(
        "database_away",
        Text(
            zh="数据库暂时不可用，操作没有完成；录像不受影响",
            en="the database is away: nothing was changed, recording goes on",
        ),
        fault=Fault.ENVIRONMENT,
        remedy=Text(
            zh="请稍后重试；如持续出现，请检查数据库和磁盘",
            en="try again; if it stays, look at the database and its disk",
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: what went wrong outside of an endpoint, such as while the session was read or saved."""
    crash = sys.exc_info()[1]
    return problem_response(database_error() if isinstance(crash, DATABASE_AWAY) else crashed_error(), request)


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """The address is right, the method is not."""
    error = MingjianError(
        "method_not_allowed",
        Text(zh=f"此地址不支持 {request.method}", en=f"{request.method} is not possible at this address"),
        fault=Fault.USER,
        remedy=Text(zh=f"可用：{allowed}", en=f"it takes: {allowed}"),
    )
    response = problem_response(error, request)
    response["Allow"] = allowed
    return response
