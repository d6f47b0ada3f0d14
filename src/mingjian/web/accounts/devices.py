"""Browsers known to have signed in: a signed cookie, which gives no right but that of being counted apart.

`NONCE.MAC`, the MAC being over nonce and user id under Django's key. It is no session and signs nobody in.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from mingjian.web.accounts.models import User

COOKIE = "mingjian_device"
_KNOWN_FOR_S = 90 * 24 * 3600


def known_device(request: HttpRequest, user: User | None) -> str:
    """The browser's name if this user has signed in from it, else empty."""
    nonce, _, mac = request.COOKIES.get(COOKIE, "").partition(".")
    if user is None or len(nonce) != 32 or not constant_time_compare(mac, _mac(nonce, user)):
        return ""
    return nonce


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser be known under this user from now on."""
    nonce = known_device(request, user) or secrets.token_hex(16)
    response.set_cookie(
        COOKIE,
        f"{nonce}.{_mac(nonce, user)}",
        max_age=_KNOWN_FOR_S,
        path="/api/v1/auth",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _mac(nonce: str, user: User) -> str:
    return salted_hmac("mingjian.device", f"{nonce}\0{user.id}", algorithm="sha256").hexdigest()
