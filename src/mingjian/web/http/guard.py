"""The guard of every endpoint: CSRF on whatever changes something, then the policy. No guard, no endpoint."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja.utils import check_csrf

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web import configuration
from mingjian.web.authority.actor import Actor, Binding, nobody
from mingjian.web.authority.policy import FREE_WHILE_LOCKED, Policy
from mingjian.web.authority.scopes import require_scope
from mingjian.web.authority.sources import (
    TokenGrant,
    bindings_of,
    grant_of,
    has_second_factor,
    is_locked,
    session_locked,
)
from mingjian.web.http.failures import csrf_error
from mingjian.web.http.language import remember_language
from mingjian.web.http.origin import address_of, request_id_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def actor_of(request: HttpRequest) -> Actor:
    """Who sends the request."""
    grant: TokenGrant | None = getattr(request, "_mingjian_grant", None)
    user: Any = getattr(request, "user", None) if grant is None else grant.user
    if user is None or not user.is_authenticated:
        return nobody(address_of(request), request_id_of(request))
    remember_language(request, user.language)
    bindings = _bindings(request, user.id)
    return Actor(
        user=user.id,
        name=user.display_name or user.name,
        unit=user.unit,
        role=user.role,
        address=address_of(request),
        request=request_id_of(request),
        must_change_password=user.must_change_password,
        must_enrol_second_factor=_must_enrol(request, user, bindings),
        bindings=bindings,
        token="" if grant is None else grant.token,
        scopes=None if grant is None else grant.scopes,
    )


def _token(request: HttpRequest) -> TokenGrant | None:
    """What the request's bearer token grants; the session's cookie does not count beside one. Raises invalid_token."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    grant = grant_of(text.strip(), address_of(request))
    request._mingjian_grant = grant  # type: ignore[attr-defined]
    request.user = grant.user
    return grant


def _bindings(request: HttpRequest, user_id: str) -> tuple[Binding, ...]:
    """Asked for once a request: guard and actions both want the actor."""
    kept: tuple[str, tuple[Binding, ...]] | None = getattr(request, "_mingjian_bindings", None)
    if kept is None or kept[0] != user_id:
        kept = (user_id, bindings_of(user_id))
        request._mingjian_bindings = kept  # type: ignore[attr-defined]
    return kept[1]


def _must_enrol(request: HttpRequest, user: Any, bindings: tuple[Binding, ...]) -> bool:
    """Whether a role of his has to have a second factor that he has not enrolled; one query, for such roles only."""
    demanding = configuration.current().second_factor_roles
    if user.role not in demanding and not any(binding.role in demanding for binding in bindings):
        return False
    if not getattr(request, "_mingjian_has_second_factor", False):  # enrolling may be what this request does
        request._mingjian_has_second_factor = has_second_factor(user.id)  # type: ignore[attr-defined]
    return not request._mingjian_has_second_factor  # type: ignore[attr-defined]


class Requires:
    """Lets a request through when `policy` allows its actor in general; actions ask again about their subject."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def __call__(self, request: HttpRequest) -> Actor:
        """The actor, by token or session. Raises MingjianError invalid_token, csrf_failed or session_locked, or Refused.

        A token is sent on purpose, never by the browser by itself: no CSRF token is asked beside it.
        """
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise MingjianError(
                "bad_request",
                Text(zh="地址含有空字符 U+0000", en="the address has a NUL character (U+0000)"),
                fault=Fault.USER,
            )
        changes = request.method not in SAFE_METHODS
        if _token(request) is None and changes and check_csrf(request) is not None:
            raise csrf_error()
        actor = self._awake(request, actor_of(request))
        require_scope(actor, self.policy, changes=changes)
        self.policy.require(actor)
        return actor

    def _awake(self, request: HttpRequest, actor: Actor) -> Actor:
        """The actor whose screen is not locked; what is open to anybody a locked one gets as nobody."""
        if not actor.signed_in or actor.scopes is not None or self.policy.name in FREE_WHILE_LOCKED:
            return actor
        if not is_locked(request, actor):
            return actor
        if not self.policy.who_may().anybody:
            raise session_locked()
        request.user = AnonymousUser()
        return actor_of(request)
