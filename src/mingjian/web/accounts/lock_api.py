"""Locking the screen, keeping it awake, and unlocking."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Field, Router, Schema, Status

from mingjian.web.accounts import lock, passkeys, policies
from mingjian.web.accounts.api import MeOut, Password, own_view
from mingjian.web.accounts.passkey_api import PasskeyAnswerIn
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.schemas import Input

lock_router = Router(tags=["auth"])
awake_router = Router(tags=["me"])
_OWN = Requires(policies.LOCK)


class LockIn(Input):
    """Why: the person himself (`hand`), or nobody touched a screen (`idle`)."""

    by: Literal["hand", "idle"] = "hand"


class LockOut(Schema):
    """Whether the session is locked, whose it is, whether he may show a passkey."""

    locked: bool
    name: str
    passkey: bool
    lock_after_s: int
    idle_ms: int


class AwakeIn(Input):
    """How long ago keyboard or pointer was touched last."""

    touched_ms_ago: int = Field(0, ge=0, le=86_400_000)


class UnlockIn(Input):
    """One's password."""

    password: Password


@lock_router.get("/lock", auth=_OWN, response=LockOut, operation_id="auth_lock_state")
def get_lock(request: HttpRequest) -> dict[str, Any]:
    """Is it locked, and whose is it? Also sets the CSRF cookie."""
    get_token(request)
    actor = actor_of(request)
    return {
        "locked": lock.is_locked(request, actor),
        "name": actor.name,
        "passkey": lock.can_show_passkey(actor),
        "lock_after_s": lock.lock_after_s(),
        "idle_ms": lock.idle_ms(request),
    }


@lock_router.post("/lock", auth=_OWN, response={204: None}, operation_id="auth_lock")
def post_lock(request: HttpRequest, data: LockIn) -> Status[None]:
    """Lock: every tab and every program of this session gets 423 until it is unlocked, and what it looks at ends."""
    lock.lock(request, actor_of(request), data.by)
    return Status(204, None)


@lock_router.post("/unlock", auth=_OWN, response=MeOut, operation_id="auth_unlock")
def unlock(request: HttpRequest, data: UnlockIn) -> dict[str, Any]:
    """Unlock by one's password."""
    return own_view(request, lock.unlock_by_password(request, actor_of(request), data.password))


@lock_router.post("/unlock/passkey/begin", auth=_OWN, response=dict[str, Any], operation_id="auth_unlock_passkey_begin")
def begin_unlocking(request: HttpRequest) -> dict[str, Any]:
    """Begin to unlock by a passkey of one's own: options for the browser."""
    return passkeys.begin_showing(request, actor_of(request).user)


@lock_router.post("/unlock/passkey", auth=_OWN, response=MeOut, operation_id="auth_unlock_passkey")
def unlock_by_passkey(request: HttpRequest, data: PasskeyAnswerIn) -> dict[str, Any]:
    """Unlock by it."""
    return own_view(request, lock.unlock_by_passkey(request, actor_of(request), data.answer))


@awake_router.post("/awake", auth=Requires(policies.OWN), response={204: None}, operation_id="me_awake")
def keep_awake(request: HttpRequest, data: AwakeIn) -> Status[None]:
    """Say that the person is still there; the page does it once a minute while he is."""
    lock.keep_awake(request, actor_of(request), data.touched_ms_ago)
    return Status(204, None)
