"""ETag and If-Match (RFC 9110 sections 8.8.3 and 13.1.1): who saves over another's change is told."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_TAG = re.compile(r'\s*"v([0-9]{1,9})"\s*\Z')


def set_etag(response: HttpResponse, version: int) -> None:
    """Say which version the answer shows."""
    response["ETag"] = f'"v{version}"'


def expected_version(request: HttpRequest) -> int:
    """The version the sender has seen. Raises MingjianError precondition_required (428) or invalid (422)."""
    header = request.headers.get("If-Match")
    if header is None:
        raise MingjianError(
            "precondition_required",
            Text(zh="修改请求缺少 If-Match 请求头", en="a change needs the If-Match header"),
            fault=Fault.USER,
            remedy=Text(zh="请先读取记录，把其 ETag 放入 If-Match", en="read the record first and send its ETag"),
        )
    match = _TAG.match(header)
    if match is None:
        raise MingjianError(
            "invalid",
            Text(zh="If-Match 请求头不是本系统给出的 ETag", en="If-Match is not an ETag of ours"),
            fault=Fault.USER,
            remedy=Text(zh='应形如 "v3"', en='it looks like "v3"'),
        )
    return int(match[1])


def require_version(actual: int, expected: int | None) -> None:
    """Raise MingjianError changed_meanwhile (412) when the record moved on. `expected` None: the caller did not read it."""
    if expected is not None and actual != expected:
        raise MingjianError(
            "changed_meanwhile",
            Text(
                zh="在您编辑期间，他人已修改并保存了这条记录；您的修改没有保存",
                en="somebody else changed this record while you were editing; your change was not saved",
            ),
            fault=Fault.USER,
            remedy=Text(zh="请重新载入，核对后再保存", en="load it again, compare, and save once more"),
        )
