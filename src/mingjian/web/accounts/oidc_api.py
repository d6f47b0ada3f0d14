"""Signing in through the identity provider, and which identity signs in whom."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Path, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web import wiring
from mingjian.web.accounts import identities, policies, provider_sign_in
from mingjian.web.accounts.api import MeOut, own_view
from mingjian.web.accounts.devices import remember_device
from mingjian.web.accounts.models import IdentityLink
from mingjian.web.accounts.queries import user_by_id
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Input, Reason

provider_router = Router(tags=["auth"])
own_identity_router = Router(tags=["me"])
user_identity_router = Router(tags=["users"])
UserId = Annotated[str, Path(max_length=26)]


class ProviderOut(Schema):
    """Whether there is an identity provider, and what its button says (empty: the screen's own word)."""

    configured: bool
    name: str


class AddressOut(Schema):
    """Where the browser goes next; null: nowhere."""

    address: str | None


class ProviderAnswerIn(Input):
    """The parameters with which the provider sent the browser back."""

    state: str = Field(min_length=1, max_length=200)
    code: str = Field("", max_length=4096)
    iss: str | None = Field(None, max_length=255)
    error: str = Field("", max_length=200)


class ProviderCodeIn(Input):
    """A code of one's authenticator, or a recovery code."""

    code: str = Field(min_length=1, max_length=32)


class IdentityOut(Schema):
    """An identity at the provider that signs somebody in. `by_rule`: found by a claim, not linked by an administrator."""

    issuer: str
    subject: str
    by_rule: bool
    linked_at: str
    last_used_at: str | None


class OwnIdentityOut(Schema):
    """One's own identity, if one is linked."""

    configured: bool
    name: str
    linked: IdentityOut | None


class StrangerOut(Schema):
    """An identity that was refused lately because nobody is linked with it."""

    subject: str
    names: dict[str, str]
    at: str


class UserIdentityOut(OwnIdentityOut):
    """A user's identity, and whom it might be linked with."""

    strangers: list[StrangerOut]


class LinkIn(Input):
    """The identity's unchangeable name at the provider (`sub`)."""

    subject: str = Field(min_length=1, max_length=255)


@provider_router.get("", auth=Requires(policies.SIGN_IN), response=ProviderOut, operation_id="auth_oidc_get")
def get_provider(request: HttpRequest) -> dict[str, Any]:
    """Is there an identity provider?"""
    return _provider()


@provider_router.post("/begin", auth=Requires(policies.SIGN_IN), response=AddressOut, operation_id="auth_oidc_begin")
def begin(request: HttpRequest) -> dict[str, Any]:
    """Begin to sign in there: the browser goes to the address."""
    return {"address": provider_sign_in.begin(request)}


@provider_router.post("", auth=Requires(policies.SIGN_IN), response=MeOut, operation_id="auth_oidc")
def finish(request: HttpRequest, response: HttpResponse, data: ProviderAnswerIn) -> dict[str, Any]:
    """Begin a session with what the provider sent back; 401 `second_factor_needed` asks for `auth/oidc/code`."""
    answer = provider_sign_in.ProviderAnswer(data.state, data.code, data.iss, data.error)
    user = provider_sign_in.finish(request, actor_of(request), answer)
    remember_device(request, response, user)
    return own_view(request, user)


@provider_router.post("/code", auth=Requires(policies.SIGN_IN), response=MeOut, operation_id="auth_oidc_code")
def finish_by_code(request: HttpRequest, response: HttpResponse, data: ProviderCodeIn) -> dict[str, Any]:
    """Begin the session that waits for the second factor."""
    user = provider_sign_in.finish_by_code(request, actor_of(request), data.code)
    remember_device(request, response, user)
    return own_view(request, user)


@provider_router.post("/logout", auth=Requires(policies.SIGN_OUT), response=AddressOut, operation_id="auth_oidc_logout")
def leave(request: HttpRequest) -> dict[str, Any]:
    """Sign out here; the address is where one signs out there."""
    return {"address": provider_sign_in.leave(request, actor_of(request))}


@own_identity_router.get("", auth=Requires(policies.OWN), response=OwnIdentityOut, operation_id="me_identity")
def get_own(request: HttpRequest) -> dict[str, Any]:
    """Which identity signs oneself in."""
    return {**_provider(), "linked": _out(identities.link_of(actor_of(request).user))}


@user_identity_router.get(
    "/{user_id}/identity", auth=Requires(policies.USERS_READ), response=UserIdentityOut, operation_id="users_identity"
)
def get_identity(request: HttpRequest, user_id: UserId) -> dict[str, Any]:
    """Which identity signs the user in, and which have come lately that are nobody's."""
    user, told = user_by_id(user_id), _provider()
    found = identities.strangers() if told["configured"] else []
    return {
        **told,
        "linked": _out(identities.link_of(user.id)),
        "strangers": [{"subject": one.subject, "names": one.names, "at": format_iso_ns(one.at_ns)} for one in found],
    }


@user_identity_router.post(
    "/{user_id}/identity", auth=Requires(policies.USERS_MANAGE), response={201: IdentityOut},
    operation_id="users_identity_link",
)  # fmt: skip
def link(request: HttpRequest, response: HttpResponse, user_id: UserId, data: LinkIn) -> Status[Any]:
    """Link an identity to the user. Takes Idempotency-Key."""
    actor = actor_of(request)
    return Status(
        *create_once(request, response, actor.user, lambda: _out(identities.link(actor, user_id, data.subject)) or {})
    )


@user_identity_router.post(
    "/{user_id}/identity/unlink", auth=Requires(policies.USERS_MANAGE), response={204: None},
    operation_id="users_identity_unlink",
)  # fmt: skip
def unlink(request: HttpRequest, user_id: UserId, data: Reason) -> Status[None]:
    """End the link: the user's sessions and tickets end at once."""
    identities.unlink(actor_of(request), user_id, data.reason)
    return Status(204, None)


def _provider() -> dict[str, Any]:
    found = wiring.identity_provider()
    return {"configured": found is not None, "name": "" if found is None else found.name}


def _out(row: IdentityLink | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "issuer": row.issuer,
        "subject": row.subject,
        "by_rule": row.linked_by == "",
        "linked_at": format_iso_ns(row.created_ns),
        "last_used_at": None if row.last_used_ns is None else format_iso_ns(row.last_used_ns),
    }
