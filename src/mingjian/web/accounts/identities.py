"""Which identity of the foreign provider signs in which user (decision 0072): linked by an administrator, or by the rule
`oidc.match` the first time it comes. Nobody is made: whoever has no account here, or no link, is refused.

The rule takes a claim for a login name. Since people may change what a claim says, it is believed once: what it found is
kept as a link by `subject`, and another identity with the same claim is refused. It never finds an administrator, nor
what an administrator has unlinked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.identity_provider import IdentityProvider, ProvedIdentity
from mingjian.web import wiring
from mingjian.web.accounts.actions import sign_out_everywhere
from mingjian.web.accounts.models import IdentityLink, User, name_key
from mingjian.web.accounts.policies import SIGN_IN, USERS_MANAGE
from mingjian.web.accounts.queries import user_by_id
from mingjian.web.accounts.sessions import acting_as
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import AuditEntry, Outcome
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor, Role
from mingjian.web.http.problem import not_found, refused

LINKED = register("accounts.identity.link", "关联统一身份", "linked an identity")
UNLINKED = register("accounts.identity.unlink", "解除统一身份关联", "unlinked an identity")
REFUSED = register("accounts.identity.refuse", "统一身份登录被拒绝", "refused a sign-in through the identity provider")

_SHOWN_CLAIMS = ("preferred_username", "name", "email")
_STRANGERS_NS = 7 * 24 * 3600 * NS_PER_S
_MOST_STRANGERS = 5


@dataclass(frozen=True, slots=True)
class Stranger:
    """An identity that was refused lately because it is nobody's: an administrator may know whose it is."""

    subject: str
    names: dict[str, str]
    at_ns: int


def provider() -> IdentityProvider:
    """The configured provider. Raises MingjianError oidc_off."""
    found = wiring.identity_provider()
    if found is None:
        raise MingjianError(
            "oidc_off", Text("没有启用统一身份认证", "no identity provider is configured"), fault=Fault.USER
        )
    return found


def link_of(user_id: str) -> IdentityLink | None:
    """The user's link in force with the configured provider."""
    found = wiring.identity_provider()
    issuer = "" if found is None else found.issuer
    return IdentityLink.objects.filter(user_id=user_id, issuer=issuer, ended_ns=None).first()


def link(actor: Actor, user_id: str, subject: str) -> IdentityLink:
    """Let the identity sign the user in. Raises MingjianError oidc_off, conflict (field: subject), not_found."""
    USERS_MANAGE.require(actor)
    issuer, wanted = provider().issuer, subject.strip()
    if not wanted:
        raise refused("subject", "请填写统一身份编号", "give the subject")
    try:
        with transaction.atomic():
            user = user_by_id(user_id, lock=True)
            row = _new_link(user, issuer, wanted, actor.user)
            record(
                actor, LINKED, kind="user", object_id=user.id, name=user.name,
                after={"issuer": issuer, "subject": wanted}, policy=USERS_MANAGE,
            )  # fmt: skip
    except IntegrityError as error:
        raise MingjianError(
            "conflict",
            Text("此身份已关联某个用户，或此用户已有关联", "this identity has a user, or this user an identity"),
            fault=Fault.USER,
            field="subject",
            remedy=Text("请先解除原有关联", "unlink first"),
        ) from error
    return row


def unlink(actor: Actor, user_id: str, reason: str) -> None:
    """End the link; the user's sessions end with it, and no rule links anew. Raises MingjianError not_found."""
    USERS_MANAGE.require(actor)
    with transaction.atomic():
        user = user_by_id(user_id, lock=True)
        row = link_of(user.id)
        if row is None:
            raise not_found("此用户没有关联统一身份", "the user has no identity linked")
        row.ended_ns = wiring.clock().now_ns()
        row.save(update_fields=["ended_ns"])
        before = {"issuer": row.issuer, "subject": row.subject}
        record(
            actor, UNLINKED, kind="user", object_id=user.id, name=user.name, before=before, policy=USERS_MANAGE,
            reason=reason,
        )  # fmt: skip
        sign_out_everywhere(actor, user)


def person_of(actor: Actor, identity: ProvedIdentity, match: str) -> IdentityLink:
    """The link of who is back from the provider. Raises MingjianError oidc_unknown_person, the same whatever is missing;
    why is in the audit record.
    """
    rows = IdentityLink.objects.select_related("user")
    row = rows.filter(issuer=identity.issuer, subject=identity.subject, ended_ns=None).first()
    if row is not None:
        return row if row.user.is_active else _refuse(actor, identity, "disabled", row.user)
    user, why = _matched(identity, match)
    if user is None or why:
        return _refuse(actor, identity, why, user)
    try:
        with transaction.atomic():
            row = _new_link(user, identity.issuer, identity.subject, "")
            record(
                acting_as(user, actor), LINKED, kind="user", object_id=user.id, name=user.name,
                after={**_told(identity), "rule": match}, policy=SIGN_IN,
            )  # fmt: skip
    except IntegrityError:
        return _refuse(actor, identity, "other_identity", user)
    return row


def strangers() -> list[Stranger]:
    """Identities of the last week that were refused and are nobody's, newest first."""
    issuer, since_ns = provider().issuer, wiring.clock().now_ns() - _STRANGERS_NS
    rows = AuditEntry.objects.filter(action=REFUSED, at_ns__gte=since_ns).order_by("-id")
    found: dict[str, Stranger] = {}
    for after, at_ns in rows.values_list("after", "at_ns")[:50]:
        if after and after.get("issuer") == issuer and "subject" in after:
            names = {key: after[key] for key in _SHOWN_CLAIMS if key in after}
            found.setdefault(after["subject"], Stranger(after["subject"], names, at_ns))
    linked = IdentityLink.objects.filter(issuer=issuer, subject__in=found, ended_ns=None)
    for subject in linked.values_list("subject", flat=True):
        del found[subject]
    return list(found.values())[:_MOST_STRANGERS]


def record_failure(actor: Actor, error: MingjianError) -> None:
    """That a sign-in failed before anybody was known."""
    record(actor, REFUSED, kind="user", reason=error.code, policy=SIGN_IN, outcome=Outcome.FAILED)


def _matched(identity: ProvedIdentity, match: str) -> tuple[User | None, str]:
    """Whom the rule finds, and why he is not to be linked."""
    claimed = identity.names.get(match, "") if match else ""
    if not claimed:
        return None, "claim_missing" if match else "not_linked"
    user = User.objects.filter(name_key=name_key(claimed)).first()
    if user is None:
        return None, "no_account"
    if not user.is_active:
        return user, "disabled"
    if user.role == Role.ADMIN:
        return user, "administrator"
    known = IdentityLink.objects.filter(issuer=identity.issuer)
    if known.filter(user=user, ended_ns=None).exists():
        return user, "other_identity"
    if known.filter(user=user).exists() or known.filter(subject=identity.subject).exists():
        return user, "unlinked"
    return user, ""


def _refuse(actor: Actor, identity: ProvedIdentity, why: str, user: User | None) -> IdentityLink:
    record(
        actor, REFUSED, kind="user", object_id=user.id if user else "", name=user.name if user else "",
        after=_told(identity), policy=SIGN_IN, reason=why, outcome=Outcome.FAILED,
    )  # fmt: skip
    raise MingjianError(
        "oidc_unknown_person",
        Text(
            "统一身份认证已通过，但本系统没有与之关联的可用账号",
            "the identity provider knows you, but no active account here is linked with that identity",
        ),
        fault=Fault.USER,
        remedy=Text("请联系管理员在用户管理中关联", "ask the administrator to link it to your account"),
    )


def _told(identity: ProvedIdentity) -> dict[str, Any]:
    names = {key: identity.names[key] for key in _SHOWN_CLAIMS if key in identity.names}
    return {"issuer": identity.issuer, "subject": identity.subject, **names}


def _new_link(user: User, issuer: str, subject: str, by: str) -> IdentityLink:
    now_ns = wiring.clock().now_ns()
    return IdentityLink.objects.create(
        id=new_id(now_ns), user=user, issuer=issuer, subject=subject, linked_by=by, created_ns=now_ns
    )
