"""Passkeys: one's own, shown where a code is asked, and signing in."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.accounts import passkeys, policies, second_factor, sessions
from mingjian.web.accounts.api import MeOut, own_view
from mingjian.web.accounts.devices import remember_device
from mingjian.web.accounts.models import Passkey
from mingjian.web.accounts.queries import user_by_id
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.schemas import Input

passkeys_router = Router(tags=["me"])
sign_in_router = Router(tags=["auth"])
_OWN = Requires(policies.SECOND_FACTOR)


class PasswordOnceMoreIn(Input):
    """One's password, once more."""

    password: str = Field(min_length=1, max_length=128)


class PasskeyIn(Input):
    """A new passkey: what one calls the device, and what the browser's `credentials.create` gave (`toJSON`)."""

    name: str = Field(min_length=1, max_length=64)
    answer: dict[str, Any]


class PasskeyAnswerIn(Input):
    """What the browser's `credentials.get` gave (`toJSON`)."""

    answer: dict[str, Any]


class PasskeyOut(Schema):
    """A passkey."""

    id: str
    name: str
    created_at: str
    last_used_at: str | None


class PasskeyProofOut(Schema):
    """What stands for a code where one is asked: once, within two minutes."""

    proof: str


@passkeys_router.get("", auth=Requires(policies.OWN), response=list[PasskeyOut], operation_id="passkeys_list")
def list_passkeys(request: HttpRequest) -> list[dict[str, Any]]:
    """One's own passkeys."""
    return [_out(one) for one in passkeys.passkeys_of(actor_of(request).user)]


@passkeys_router.post("/begin", auth=_OWN, response=dict[str, Any], operation_id="passkeys_begin")
def begin_adding(request: HttpRequest, data: PasswordOnceMoreIn) -> dict[str, Any]:
    """Begin to add one: options for the browser, in JSON form (WebAuthn level 3, parseCreationOptionsFromJSON)."""
    actor = actor_of(request)
    second_factor.check_own_password(user_by_id(actor.user), actor, data.password)
    return passkeys.begin_adding(request, actor)


@passkeys_router.post("", auth=_OWN, response={201: PasskeyOut}, operation_id="passkeys_add")
def add_passkey(request: HttpRequest, data: PasskeyIn) -> Status[dict[str, Any]]:
    """Add it."""
    return Status(201, _out(passkeys.finish_adding(request, actor_of(request), data.name, data.answer)))


@passkeys_router.post("/{passkey_id}/remove", auth=_OWN, response={204: None}, operation_id="passkeys_remove")
def remove_passkey(
    request: HttpRequest, passkey_id: Annotated[str, Path(max_length=26)], data: PasswordOnceMoreIn
) -> Status[None]:
    """Take one away."""
    actor = actor_of(request)
    second_factor.check_own_password(user_by_id(actor.user), actor, data.password)
    needed = second_factor.demanded_of(actor) and not second_factor.enrolled(actor.user)
    passkeys.remove_passkey(actor, passkey_id, last_is_needed=needed)
    return Status(204, None)


@passkeys_router.post("/show/begin", auth=_OWN, response=dict[str, Any], operation_id="passkeys_show_begin")
def begin_showing(request: HttpRequest) -> dict[str, Any]:
    """Begin to show one of one's own, for what asks for a code."""
    return passkeys.begin_showing(request, actor_of(request).user)


@passkeys_router.post("/show", auth=_OWN, response=PasskeyProofOut, operation_id="passkeys_show")
def show(request: HttpRequest, data: PasskeyAnswerIn) -> dict[str, str]:
    """Show it: the answer goes where the code would."""
    actor = actor_of(request)
    passkeys.shown_by(request, actor, data.answer)
    return {"proof": passkeys.new_proof(actor)}


@sign_in_router.post(
    "/begin", auth=Requires(policies.SIGN_IN), response=dict[str, Any], operation_id="auth_passkey_begin"
)
def begin_signing_in(request: HttpRequest) -> dict[str, Any]:
    """Begin to sign in by passkey: options for the browser. No name is asked, so none can be tried."""
    return passkeys.begin_showing(request)


@sign_in_router.post("", auth=Requires(policies.SIGN_IN), response=MeOut, operation_id="auth_passkey")
def sign_in(request: HttpRequest, response: HttpResponse, data: PasskeyAnswerIn) -> dict[str, Any]:
    """Begin a session."""
    user = sessions.sign_in_by_passkey(request, actor_of(request), data.answer)
    remember_device(request, response, user)
    return own_view(request, user)


def _out(row: Passkey) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "created_at": format_iso_ns(row.created_ns),
        "last_used_at": None if row.last_used_ns is None else format_iso_ns(row.last_used_ns),
    }
