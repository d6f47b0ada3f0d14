"""One's own API tokens, and those of others for the administrator."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Path, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.accounts import policies, tokens
from mingjian.web.accounts.models import ApiToken
from mingjian.web.authority.scopes import known_scopes
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Input, Reason

own_tokens_router = Router(tags=["me"])
user_tokens_router = Router(tags=["users"])
Id = Annotated[str, Path(max_length=26)]


class TokenIn(Input):
    """A new token: what for, which scopes, for how many days; one's password and, if enrolled, a code."""

    name: str = Field(min_length=1, max_length=64)
    scopes: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=64)
    days: int = Field(90, ge=1, le=tokens.MOST_DAYS)
    password: str = Field(min_length=1, max_length=128)
    code: str = Field("", max_length=32)


class TokenOut(Schema):
    """A token, without its secret. `last_used_at` is true to the minute."""

    id: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str
    last_used_at: str | None
    last_used_address: str
    revoked_at: str | None
    revoke_reason: str


class TokenMadeOut(TokenOut):
    """A new token. `text` is what goes behind "Bearer" in the header Authorization: not shown again."""

    text: str


class ScopeOut(Schema):
    """A scope and what people call it."""

    scope: str
    label: str


@own_tokens_router.get("", auth=Requires(policies.TOKENS), response=list[TokenOut], operation_id="tokens_list")
def list_tokens(request: HttpRequest) -> list[dict[str, Any]]:
    """One's own tokens, newest first."""
    return [_out(one) for one in tokens.tokens_of(actor_of(request).user)]


@own_tokens_router.get(
    "/scopes", auth=Requires(policies.TOKENS), response=list[ScopeOut], operation_id="tokens_scopes"
)  # fmt: skip
def list_scopes(request: HttpRequest) -> list[dict[str, str]]:
    """The scopes there are. A scope gives nothing that one may not do oneself."""
    language = language_of(request)
    return [{"scope": scope, "label": label.for_language(language)} for scope, label in known_scopes().items()]


@own_tokens_router.post(
    "", auth=Requires(policies.TOKENS), response={201: TokenMadeOut}, operation_id="tokens_create"
)  # fmt: skip
def create_token(request: HttpRequest, data: TokenIn) -> Status[dict[str, Any]]:
    """Make a token. Its text is in this answer only, so this takes no Idempotency-Key: that would keep it."""
    token, text = tokens.create_token(actor_of(request), **data.model_dump())
    return Status(201, {**_out(token), "text": text})


@own_tokens_router.post(
    "/{token_id}/revoke", auth=Requires(policies.TOKENS), response=TokenOut, operation_id="tokens_revoke"
)
def revoke_token(request: HttpRequest, token_id: Id) -> dict[str, Any]:
    """End a token at once."""
    return _out(tokens.revoke_own(actor_of(request), token_id))


@user_tokens_router.get(
    "/{user_id}/tokens", auth=Requires(policies.USERS_READ), response=list[TokenOut], operation_id="users_tokens"
)
def list_user_tokens(request: HttpRequest, user_id: Id) -> list[dict[str, Any]]:
    """The tokens of a user, newest first."""
    return [_out(one) for one in tokens.tokens_of(user_id)]


@user_tokens_router.post(
    "/{user_id}/tokens/{token_id}/revoke",
    auth=Requires(policies.USERS_MANAGE),
    response=TokenOut,
    operation_id="users_token_revoke",
)
def revoke_user_token(request: HttpRequest, user_id: Id, token_id: Id, data: Reason) -> dict[str, Any]:
    """End a user's token at once."""
    return _out(tokens.revoke_of(actor_of(request), user_id, token_id, data.reason))


def _out(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes,
        "created_at": format_iso_ns(token.created_ns),
        "expires_at": format_iso_ns(token.expires_ns),
        "last_used_at": None if token.last_used_ns is None else format_iso_ns(token.last_used_ns),
        "last_used_address": token.last_used_address,
        "revoked_at": None if token.revoked_ns is None else format_iso_ns(token.revoked_ns),
        "revoke_reason": token.revoke_reason,
    }
