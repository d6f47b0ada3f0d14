"""Signing in through the identity provider (decision 0072): there and back, the second factor, and out again.

The provider sends the browser to a page of ours, which posts what it brought: so the session's cookie stays
SameSite=Strict, and the answer is taken with the CSRF token of the browser that asked. What belongs to the way out lies in
the session, is good for ten minutes and for one answer.

The provider stands for the password. Who has a second factor here shows it as after a password, unless the provider says
that he has shown one and the operator has said which of its words count (`oidc.second_factor`). That counts for signing
in alone: where a code is asked again, such as for a retrieval, it is ours.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.identity_provider import BegunSignIn, ProvedIdentity, sign_in_used_up
from mingjian.web import wiring
from mingjian.web.accounts.identities import person_of, provider, record_failure
from mingjian.web.accounts.models import IdentityLink, User
from mingjian.web.accounts.policies import SIGN_IN
from mingjian.web.accounts.second_factor import confirm_second_factor, enrolled, has_factor
from mingjian.web.accounts.sessions import SIGNED_IN, acting_as, begin_session, second_factor_needed, sign_out
from mingjian.web.accounts.throttle import count_attempt, forgive
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.http.language import language_of

log = logging.getLogger("mingjian.web")

BACK_PATH = "/login/provider"
"""Where the provider sends people back: registered there, under each name the installation has."""

_OUT = "provider_out"
_PENDING = "provider_pending"
_OUT_S = 600
_PENDING_S = 300


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """What the browser brought back: the parameters of the address it was sent to."""

    state: str
    code: str = ""
    issuer: str | None = None
    error: str = ""


def begin(request: HttpRequest) -> str:
    """The address at the provider to go to. Raises MingjianError oidc_off and what the port says."""
    try:
        begun = provider().begin(_own_address(request, BACK_PATH), language_of(request))
    except MingjianError as error:
        _log_failure(error)
        raise
    request.session[_OUT] = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "redirect": begun.redirect,
        "until_ns": str(_until_ns(_OUT_S)),
    }
    return begun.address


def finish(request: HttpRequest, actor: Actor, answer: ProviderAnswer) -> User:
    """Begin a session for who is back.

    Raises MingjianError oidc_wrong_code, oidc_denied, oidc_unknown_person, second_factor_needed (then `finish_by_code`),
    too_many_attempts, oidc_off, and what the port says.
    """
    asked, now_ns, scope = provider(), wiring.clock().now_ns(), f"oidc {actor.address}"
    count_attempt("oidc", actor.address, now_ns, scope)
    try:
        begun = _taken(request, answer.state)
        if answer.error:
            raise _denied(answer.error)
        identity = asked.finish(begun, answer.code, answer.issuer)
    except MingjianError as error:
        record_failure(actor, error)
        _log_failure(error)
        if error.fault is not Fault.USER:
            forgive("oidc", actor.address, now_ns, scope)  # not the person's fault
        raise
    link = person_of(actor, identity, asked.match)
    forgive("oidc", actor.address, now_ns, scope)
    if not has_factor(link.user_id):
        return _enter(request, actor, link, _told(identity, "none"))
    if identity.methods & asked.second_factor:
        return _enter(request, actor, link, _told(identity, "provider"))
    _wait_for_code(request, link, identity)


def finish_by_code(request: HttpRequest, actor: Actor, code: str) -> User:
    """Begin the session that waits for the second factor.

    Raises MingjianError wrong_second_factor, oidc_wrong_code when nothing waits (any more), too_many_attempts.
    """
    pending = request.session.get(_PENDING)
    if pending is None or int(pending["until_ns"]) <= wiring.clock().now_ns():
        raise sign_in_used_up()
    link = IdentityLink.objects.select_related("user").filter(pk=pending["link"], ended_ns=None).first()
    if link is None or not link.user.is_active:
        raise sign_in_used_up()
    confirm_second_factor(acting_as(link.user, actor), code)
    return _enter(request, actor, link, pending["told"])


def leave(request: HttpRequest, actor: Actor) -> str | None:
    """Sign out here; answers where to sign out at the provider, None when it has no such place or is away."""
    sign_out(request, actor)
    found = wiring.identity_provider()
    return None if found is None else found.leave(_own_address(request, "/login")) or None


def _enter(request: HttpRequest, actor: Actor, link: IdentityLink, told: dict[str, Any]) -> User:
    user = link.user
    link.last_used_ns = wiring.clock().now_ns()
    link.save(update_fields=["last_used_ns"])
    begin_session(request, user, by_provider=True)
    record(
        acting_as(user, actor), SIGNED_IN, kind="user", object_id=user.id, name=user.name, after=told, policy=SIGN_IN
    )  # fmt: skip
    return user


def _wait_for_code(request: HttpRequest, link: IdentityLink, identity: ProvedIdentity) -> NoReturn:
    """Who has only a passkey signs in by it, as after a password: it is two factors in one."""
    if enrolled(link.user_id):
        request.session[_PENDING] = {
            "link": link.id,
            "told": _told(identity, "own"),
            "until_ns": str(_until_ns(_PENDING_S)),
        }
    raise second_factor_needed(enrolled(link.user_id))


def _told(identity: ProvedIdentity, factor: str) -> dict[str, Any]:
    return {
        "by": "oidc",
        "issuer": identity.issuer,
        "subject": identity.subject,
        "methods": sorted(identity.methods)[:10],
        "second_factor": factor,
    }


def _taken(request: HttpRequest, state: str) -> BegunSignIn:
    """What this browser was sent out with; it is taken whatever becomes of it."""
    kept = request.session.pop(_OUT, None)
    if kept is None or int(kept["until_ns"]) <= wiring.clock().now_ns():
        raise sign_in_used_up()
    if not constant_time_compare(kept["state"], state):
        raise sign_in_used_up()
    return BegunSignIn("", kept["state"], kept["nonce"], kept["verifier"], kept["redirect"])


def _own_address(request: HttpRequest, path: str) -> str:
    return f"{request.scheme}://{request.get_host()}{path}"


def _until_ns(seconds: int) -> int:
    return wiring.clock().now_ns() + seconds * NS_PER_S


def _log_failure(error: MingjianError) -> None:
    """What the operator needs beyond the sentence; no code, token or secret is in it."""
    if error.detail:
        log.warning("identity provider: %s: %s", error.code, error.detail)


def _denied(error: str) -> MingjianError:
    """The provider sent him back without a code (RFC 6749, section 4.1.2.1)."""
    if error in ("access_denied", "login_required", "interaction_required", "consent_required"):
        return MingjianError(
            "oidc_denied",
            Text("统一身份认证没有完成", "you were not signed in at the identity provider"),
            fault=Fault.USER,
            remedy=Text("请重新登录；如被拒绝，请联系统一身份认证的管理员", "try again, or ask who runs it"),
        )
    return MingjianError(
        "oidc_untrusted",
        Text("统一身份认证返回错误", "the identity provider answered with an error"),
        fault=Fault.PEER,
        remedy=Text("请稍后再试或用密码登录", "try again later, or sign in by password"),
        detail=error[:200],
    )
