"""Signing in and out: the session's beginning and end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.accounts.devices import known_device
from mingjian.web.accounts.hashers import hashing
from mingjian.web.accounts.models import User, name_key
from mingjian.web.accounts.passkeys import shown_by
from mingjian.web.accounts.policies import SIGN_IN, SIGN_OUT
from mingjian.web.accounts.second_factor import confirm_second_factor, enrolled, has_factor
from mingjian.web.accounts.signals import signed_out
from mingjian.web.accounts.throttle import count_attempt, forgive
from mingjian.web.accounts.tokens import token_digest
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import Outcome
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.sources import TokenGrant

SIGNED_IN = register("accounts.sign_in", "登录", "signed in")
SIGNED_OUT = register("accounts.sign_out", "退出登录", "signed out")

_BY_PROVIDER = "by_provider"
_BACKEND = "mingjian.web.accounts.backend.UserBackend"


def sign_in(request: HttpRequest, actor: Actor, name: str, password: str, code: str = "") -> User:
    """Begin a session for the name and password; the session's key and the CSRF token are new ones.

    Raises MingjianError `wrong_credentials` (the same for a wrong name, a wrong password and a disabled account) or
    `too_many_attempts`; for who has a second factor, once the password is right, `second_factor_needed` without a code
    and `wrong_second_factor` for a wrong one.
    """
    now_ns = wiring.clock().now_ns()
    user = User.objects.filter(name_key=name_key(name)).first()
    device = known_device(request, user)
    count_attempt(name, actor.address, now_ns, device)
    if user is None:
        with hashing:
            make_password(password)  # takes as long as checking one: the time must not tell which names exist
        record(actor, SIGNED_IN, kind="user", outcome=Outcome.FAILED, policy=SIGN_IN)
        raise _wrong_credentials()
    with hashing:
        right = user.check_password(password)
    if not right or not user.is_active:
        record(actor, SIGNED_IN, kind="user", object_id=user.id, name=user.name, outcome=Outcome.FAILED, policy=SIGN_IN)
        raise _wrong_credentials()
    if has_factor(user.id):
        if not code:
            raise second_factor_needed(enrolled(user.id))  # not forgiven: it is no success yet
        confirm_second_factor(acting_as(user, actor), code)
    forgive(name, actor.address, now_ns, device)
    begin_session(request, user)
    record(acting_as(user, actor), SIGNED_IN, kind="user", object_id=user.id, name=user.name, policy=SIGN_IN)
    return user


def sign_in_by_passkey(request: HttpRequest, actor: Actor, answer: Mapping[str, Any]) -> User:
    """Begin a session for whose passkey was shown: the device has verified its holder, nothing else is asked.

    Raises MingjianError wrong_passkey, too_many_attempts.
    """
    anybody = replace(actor, user="")  # whoever is signed in at this browser: the key says who comes
    user = shown_by(request, anybody, answer)
    begin_session(request, user)
    record(
        acting_as(user, actor), SIGNED_IN, kind="user", object_id=user.id, name=user.name, after={"by": "passkey"},
        policy=SIGN_IN,
    )  # fmt: skip
    return user


def begin_session(request: HttpRequest, user: User, *, by_provider: bool = False) -> None:
    """A fresh session: whatever the browser brought before is dropped (session fixation)."""
    request.session.flush()
    request.session.clear_expired()
    login(request, user, backend=_BACKEND)
    rotate_token(request)
    if by_provider:
        request.session[_BY_PROVIDER] = True


def begun_by_provider(request: HttpRequest) -> bool:
    """Whether the session was begun through the identity provider, where one has to sign out as well."""
    return bool(request.session.get(_BY_PROVIDER))


def sign_out(request: HttpRequest, actor: Actor) -> None:
    """End the session and take back the tickets issued to it."""
    SIGN_OUT.require(actor)
    user = request.user
    assert isinstance(user, User)
    digest = session_digest(request)
    record(actor, SIGNED_OUT, kind="user", object_id=user.id, name=user.name, policy=SIGN_OUT)
    signed_out.send(User, user=user, actor=actor, session_digest=digest)
    logout(request)


def session_digest(request: HttpRequest) -> str:
    """What tickets are bound to: the session without its key, or the API token they are asked for with."""
    grant: TokenGrant | None = getattr(request, "_mingjian_grant", None)
    if grant is not None:
        return token_digest(grant.token)
    key = request.session.session_key or ""
    return hashlib.sha256(b"mingjian-session\x00" + key.encode()).hexdigest()[:32]


def acting_as(user: User, actor: Actor) -> Actor:
    """The actor who has just shown to be this user."""
    return Actor(user.id, user.display_name or user.name, user.unit, user.role, actor.address, actor.request)


def second_factor_needed(authenticator: bool) -> MingjianError:
    """What somebody with a second factor is told who has shown the first alone; only a code has a field to go into."""
    if not authenticator:
        return MingjianError(
            "second_factor_needed",
            Text("您已启用通行密钥，请用它登录", "you have a passkey: sign in with it"),
            fault=Fault.USER,
            remedy=Text("密钥设备丢失时请联系管理员重置", "when the device is lost, the administrator can reset it"),
        )
    return MingjianError(
        "second_factor_needed",
        Text("请输入验证器显示的验证码", "the code of your authenticator is needed, too"),
        fault=Fault.USER,
        field="code",
        remedy=Text("设备不在身边时可使用恢复码", "a recovery code does when you do not have it with you"),
    )


def _wrong_credentials() -> MingjianError:
    return MingjianError(
        "wrong_credentials",
        Text(zh="登录名或密码不正确", en="the name or the password is wrong"),
        fault=Fault.USER,
        remedy=Text(
            zh="请核对大小写；如忘记密码，请联系管理员", en="check capitals; the administrator can reset a password"
        ),
    )
