"""Idempotency-Key: a creation sent twice (a lost answer, a double click) creates once and answers twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from mingjian.kernel.clock import DAY_NS
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.http.models import IdempotencyRecord

KEPT_NS = 7 * DAY_NS
_KEY = re.compile(r"[\x21-\x7e]{1,128}\Z")


def create_once(
    request: HttpRequest, response: HttpResponse, owner: str, create: Callable[[], dict[str, Any]]
) -> tuple[int, dict[str, Any]]:
    """Run `create` and answer 201 with what it returns; with the same key and request again, answer the same.

    The record is kept in the creation's own transaction. Raises MingjianError `invalid` for a malformed key and
    `idempotency_key_reused` when the key was used for another request.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return 201, create()
    if not _KEY.match(key):
        raise _refused(
            "invalid", "Idempotency-Key 须为 1 到 128 个可见字符", "Idempotency-Key has 1 to 128 visible characters"
        )
    digest = _digest(request)
    earlier = IdempotencyRecord.objects.filter(owner=owner, key=key).first()
    if earlier is None:
        try:
            return _create_and_record(owner, key, digest, create)
        except IntegrityError:  # the same request arrived twice at once, and the other one was first
            earlier = IdempotencyRecord.objects.filter(owner=owner, key=key).first()
            if earlier is None:
                raise
    if earlier.digest != digest:
        raise _refused(
            "idempotency_key_reused",
            "此 Idempotency-Key 已用于另一个请求",
            "this Idempotency-Key was used for another request",
        )
    response["Idempotency-Replayed"] = "true"
    return earlier.status, earlier.body


def _create_and_record(
    owner: str, key: str, digest: str, create: Callable[[], dict[str, Any]]
) -> tuple[int, dict[str, Any]]:
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        IdempotencyRecord.objects.filter(created_ns__lt=now_ns - KEPT_NS).delete()
        record = IdempotencyRecord.objects.create(
            owner=owner, key=key, digest=digest, status=201, body={}, created_ns=now_ns
        )
        record.body = create()
        record.save(update_fields=["body"])
    return 201, record.body


def _digest(request: HttpRequest) -> str:
    """Keyed with Django's key: the body may hold a camera's password, which a plain hash would let be guessed."""
    message = f"{request.method} {request.path}\n".encode() + request.body
    return salted_hmac("mingjian.idempotency", message, algorithm="sha256").hexdigest()


def _refused(code: str, zh: str, en: str) -> MingjianError:
    remedy = Text(zh="请为每个新请求使用新的键", en="use a new key for each new request")
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, remedy=remedy)
