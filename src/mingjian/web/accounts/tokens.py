"""API tokens: made with one's password, shown once, kept as digests, ended by time, by hand or with their account.

The text is `mjt_ID_SECRET`: a prefix that scanners for leaked keys can look for, the row's id, 256 random bits. It
stands in the header Authorization and nowhere else: an address is written to logs, so none is read from there.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver

from mingjian.kernel.clock import DAY_NS, NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.accounts.models import ApiToken, User
from mingjian.web.accounts.policies import TOKENS, USERS_MANAGE
from mingjian.web.accounts.queries import user_by_id
from mingjian.web.accounts.second_factor import check_own_password, confirm_second_factor, has_factor
from mingjian.web.accounts.signals import account_closed, signed_out
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.authority.scopes import known_scopes
from mingjian.web.authority.sources import TokenGrant, invalid_token
from mingjian.web.http.problem import not_found

CREATED = register("accounts.token.create", "新建接口令牌", "made an API token")
REVOKED = register("accounts.token.revoke", "撤销接口令牌", "revoked an API token")

MOST_DAYS = 366
MOST_TOKENS = 20
_SEEN_EVERY_NS = 60 * NS_PER_S  # last use is kept to the minute: not a write for every request
_TEXT = re.compile(r"mjt_([0-9A-Za-z]{26})_([0-9A-Za-z_-]{43})\Z")


def create_token(
    actor: Actor, *, name: str, scopes: Iterable[str], days: int, password: str, code: str = ""
) -> tuple[ApiToken, str]:
    """A new token of the actor's own, and its text, which is shown now and never again.

    `days` until it ends. Asks for the password and, of who has one, the second factor. Raises MingjianError
    wrong_password, wrong_second_factor, invalid (field), conflict for one too many.
    """
    TOKENS.require(actor)
    user = user_by_id(actor.user)
    wanted = sorted(set(scopes))
    unknown = [one for one in wanted if one not in known_scopes()]
    if unknown or not wanted:
        raise MingjianError(
            "invalid",
            Text(f"没有这些范围：{'、'.join(unknown)}", f"no such scopes: {', '.join(unknown)}")
            if unknown
            else Text("请至少选择一个范围", "name at least one scope"),
            fault=Fault.USER,
            field="scopes",
        )
    check_own_password(user, actor, password)
    if has_factor(user.id):
        confirm_second_factor(actor, code)
    now_ns, secret = wiring.clock().now_ns(), secrets.token_urlsafe(32)
    with transaction.atomic():
        user_by_id(actor.user, lock=True)  # two at once are counted one after the other
        if _living(user.id, now_ns).count() >= MOST_TOKENS:
            raise MingjianError(
                "conflict",
                Text(f"每人最多 {MOST_TOKENS} 个有效令牌", f"at most {MOST_TOKENS} tokens a person"),
                fault=Fault.USER,
                remedy=Text("请先撤销不用的令牌", "revoke one that is not used"),
            )
        token = ApiToken.objects.create(
            id=new_id(now_ns), user=user, name=name.strip()[:64], digest=_digest(secret), scopes=wanted,
            created_ns=now_ns, expires_ns=now_ns + days * DAY_NS,
        )  # fmt: skip
        after = {"name": token.name, "scopes": wanted, "expires_at": format_iso_ns(token.expires_ns)}
        record(actor, CREATED, kind="api_token", object_id=token.id, name=token.name, after=after, policy=TOKENS)
    return token, f"mjt_{token.id}_{secret}"


def tokens_of(user_id: str) -> list[ApiToken]:
    """A person's tokens, newest first, those that ended too."""
    return list(ApiToken.objects.filter(user_id=user_id).order_by("-created_ns", "-id")[:200])


def revoke_own(actor: Actor, token_id: str) -> ApiToken:
    """End one of one's own tokens. Raises MingjianError not_found."""
    TOKENS.require(actor)
    return _revoke_one(actor, actor.user, token_id, "", TOKENS)


def revoke_of(actor: Actor, user_id: str, token_id: str, reason: str) -> ApiToken:
    """End a token of somebody. Raises MingjianError not_found."""
    USERS_MANAGE.require(actor)
    return _revoke_one(actor, user_id, token_id, reason, USERS_MANAGE)


def grant_of(text: str, address: str) -> TokenGrant:
    """What a token's text grants now. Raises MingjianError invalid_token: the same whatever is wrong with it."""
    found = _TEXT.match(text)
    if found is None:
        raise invalid_token()
    token = ApiToken.objects.select_related("user").filter(pk=found[1]).first()
    now_ns = wiring.clock().now_ns()
    right = token is not None and hmac.compare_digest(token.digest, _digest(found[2]))
    if token is None or not right or token.revoked_ns is not None or token.expires_ns <= now_ns:
        raise invalid_token()
    if not token.user.is_active:
        raise invalid_token()
    if token.last_used_ns is None or now_ns - token.last_used_ns >= _SEEN_EVERY_NS:
        ApiToken.objects.filter(pk=token.pk).update(last_used_ns=now_ns, last_used_address=address)
    return TokenGrant(token.user, token.id, frozenset(token.scopes))


def token_digest(token_id: str) -> str:
    """What viewing tickets are bound to that a token has asked for, as those of a browser are to its session."""
    return hashlib.sha256(b"mingjian-api-token\x00" + token_id.encode()).hexdigest()[:32]


@receiver(account_closed)
def _on_account_closed(sender: type[User], user: User, actor: Actor, **kwargs: object) -> None:
    """What ends a person's sessions ends his tokens: disabling, another role, a reset."""
    now_ns = wiring.clock().now_ns()
    for token in ApiToken.objects.select_for_update().filter(user=user, revoked_ns=None, expires_ns__gt=now_ns):
        _revoke(actor, token, "账号停用、角色变更或者重置", None)


def _revoke_one(actor: Actor, user_id: str, token_id: str, reason: str, policy: Policy) -> ApiToken:
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(pk=token_id, user_id=user_id).first()
        if token is None:
            raise not_found("没有这个令牌", "there is no such token")
        if token.revoked_ns is None:
            _revoke(actor, token, reason, policy)
    return token


def _revoke(actor: Actor, token: ApiToken, reason: str, policy: Policy | None) -> None:
    token.revoked_ns, token.revoke_reason = wiring.clock().now_ns(), reason
    token.save(update_fields=["revoked_ns", "revoke_reason"])
    record(
        actor, REVOKED, kind="api_token", object_id=token.id, name=token.name, policy=policy, reason=reason
    )  # fmt: skip
    signed_out.send(User, user=token.user, actor=actor, session_digest=token_digest(token.id))


def _living(user_id: str, now_ns: int) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user_id=user_id, revoked_ns=None, expires_ns__gt=now_ns)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
