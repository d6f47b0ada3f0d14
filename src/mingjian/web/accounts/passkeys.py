"""Passkeys (WebAuthn level 2) by the library fido2: to sign in without a password, and where a code would be asked.

The device verifies its holder (PIN, finger) each time, so that a passkey is two factors in one. A challenge lies in the
session, is good for five minutes and for one answer. The relying party is the host's name as the browser sees it: under
a bare address browsers know no passkeys. Attestation is not asked: which make of key somebody has is his own business.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.crypto import salted_hmac
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.accounts.models import Passkey, PasskeyProof, User
from mingjian.web.accounts.policies import SECOND_FACTOR
from mingjian.web.accounts.queries import user_by_id
from mingjian.web.accounts.throttle import count_attempt, forgive
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import Outcome
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.http.problem import not_found

ADDED = register("accounts.passkey.add", "添加通行密钥", "added a passkey")
REMOVED = register("accounts.passkey.remove", "移除通行密钥", "removed a passkey")
REFUSED = register("accounts.passkey.refuse", "通行密钥验证失败", "a passkey was refused")

MOST_PASSKEYS = 10
PROOF_S = 120
_CHALLENGE_S = 300
_STATE = "passkey"
_VERIFY = UserVerificationRequirement.REQUIRED


def has_passkey(user_id: str) -> bool:
    """Whether the person has one."""
    return Passkey.objects.filter(user_id=user_id).exists()


def passkeys_of(user_id: str) -> list[Passkey]:
    """The person's passkeys, in the order they were added."""
    return list(Passkey.objects.filter(user_id=user_id).order_by("created_ns", "id"))


def begin_adding(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """What the browser's `credentials.create` takes (JSON form). The caller has asked for the password."""
    SECOND_FACTOR.require(actor)
    user = user_by_id(actor.user)
    known = passkeys_of(user.id)
    if len(known) >= MOST_PASSKEYS:
        raise MingjianError(
            "conflict",
            Text(f"每人最多 {MOST_PASSKEYS} 个通行密钥", f"at most {MOST_PASSKEYS} passkeys a person"),
            fault=Fault.USER,
        )
    who = PublicKeyCredentialUserEntity(
        id=user.id.encode(), name=user.name, display_name=user.display_name or user.name
    )  # fmt: skip
    options, state = _server(request).register_begin(
        who, [_key(one) for one in known], ResidentKeyRequirement.REQUIRED, _VERIFY
    )
    _keep_state(request, "add", state)
    return dict(options.public_key)


def finish_adding(request: HttpRequest, actor: Actor, name: str, answer: Mapping[str, Any]) -> Passkey:
    """Keep the new public key. Raises MingjianError wrong_passkey, conflict for one that is known already."""
    SECOND_FACTOR.require(actor)
    user, state = user_by_id(actor.user), _take_state(request, "add")
    try:
        data = _server(request).register_complete(state, answer)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _wrong() from error
    made = data.credential_data
    if made is None:
        raise _wrong()
    now_ns = wiring.clock().now_ns()
    try:
        with transaction.atomic():
            row = Passkey.objects.create(
                id=new_id(now_ns), user=user, name=name.strip()[:64], digest=_digest_of(made.credential_id),
                key=base64.b64encode(bytes(made)).decode(), uses=data.counter, created_ns=now_ns,
            )  # fmt: skip
            record(
                actor, ADDED, kind="user", object_id=user.id, name=user.name, after={"name": row.name},
                policy=SECOND_FACTOR,
            )  # fmt: skip
    except IntegrityError as error:
        raise MingjianError(
            "conflict", Text("此通行密钥已添加", "this passkey is there already"), fault=Fault.USER
        ) from error
    return row


def remove_passkey(actor: Actor, passkey_id: str, *, last_is_needed: bool) -> None:
    """Take one of one's own away; the caller has asked for the password. `last_is_needed`: the last one has to stay."""
    SECOND_FACTOR.require(actor)
    with transaction.atomic():
        user = user_by_id(actor.user, lock=True)
        row = Passkey.objects.filter(pk=passkey_id, user=user).first()
        if row is None:
            raise not_found("没有这个通行密钥", "there is no such passkey")
        if last_is_needed and Passkey.objects.filter(user=user).count() == 1:
            raise MingjianError(
                "conflict",
                Text(
                    "您的角色必须启用二次验证，不能移除最后一个通行密钥",
                    "your role needs a second factor: the last one stays",
                ),
                fault=Fault.USER,
                remedy=Text("请先添加另一个通行密钥或者启用验证器", "add another passkey or an authenticator first"),
            )
        before = {"name": row.name}
        row.delete()
        record(
            actor, REMOVED, kind="user", object_id=user.id, name=user.name, before=before, policy=SECOND_FACTOR
        )  # fmt: skip


def begin_showing(request: HttpRequest, user_id: str = "") -> dict[str, Any]:
    """What the browser's `credentials.get` takes (JSON form): for one's own keys, or, signing in, for whichever it has."""
    keys = [_key(one) for one in passkeys_of(user_id)] if user_id else None
    options, state = _server(request).authenticate_begin(keys, _VERIFY)
    _keep_state(request, f"show {user_id}", state)
    return dict(options.public_key)


def shown_by(request: HttpRequest, actor: Actor, answer: Mapping[str, Any]) -> User:
    """Whose passkey was shown: the signed-in actor's own, or, signing in, anybody's who is active.

    Raises MingjianError wrong_passkey, the same whatever is wrong, and too_many_attempts.
    """
    now_ns, scope = wiring.clock().now_ns(), f"passkey {actor.user or actor.address}"
    count_attempt("passkey", actor.address, now_ns, scope)
    state = _take_state(request, f"show {actor.user}")
    with transaction.atomic():
        row = _verified(request, actor, state, answer)
        if row is not None:
            row.last_used_ns = now_ns
            row.save(update_fields=["uses", "last_used_ns"])
    if row is None:
        record(actor, REFUSED, kind="user", object_id=actor.user, outcome=Outcome.FAILED)
        raise _wrong()
    forgive("passkey", actor.address, now_ns, scope)
    return row.user


def new_proof(actor: Actor) -> str:
    """What stands for a code where one is asked, once and within two minutes."""
    proof, now_ns = f"pk-{secrets.token_urlsafe(18)}", wiring.clock().now_ns()
    PasskeyProof.objects.filter(expires_ns__lte=now_ns).delete()
    PasskeyProof.objects.create(
        user_id=actor.user, digest=_proof_digest(actor.user, proof), expires_ns=now_ns + PROOF_S * NS_PER_S
    )
    return proof


def take_proof(user_id: str, proof: str, now_ns: int) -> bool:
    """Whether it is a proof of this person that still counts; takes it."""
    rows = PasskeyProof.objects.filter(
        user_id=user_id, digest=_proof_digest(user_id, proof.strip()), expires_ns__gt=now_ns
    )
    return rows.delete()[0] == 1


def forget(user: User) -> None:
    """Of somebody who lost his device."""
    Passkey.objects.filter(user=user).delete()
    PasskeyProof.objects.filter(user=user).delete()


def _verified(request: HttpRequest, actor: Actor, state: Any, answer: Mapping[str, Any]) -> Passkey | None:
    """The row of the key that signed, with the count it showed; None for anything that does not fit."""
    try:
        response = AuthenticationResponse.from_dict(answer)
        rows = Passkey.objects.select_for_update(of=("self",)).select_related("user")
        row = rows.filter(digest=_digest_of(response.raw_id)).first()
        if row is None or not row.user.is_active or (actor.user and row.user_id != actor.user):
            return None
        _server(request).authenticate_complete(state, [_key(row)], response)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    uses = response.response.authenticator_data.counter
    if uses <= row.uses and (uses or row.uses):
        return None  # a copy of the key has been used: WebAuthn 7.2, step 21
    row.uses = uses
    return row


def _server(request: HttpRequest) -> Fido2Server:
    name, _ = split_domain_port(request.get_host())
    if not any(char.isalpha() for char in name.split(".")[-1]):
        raise MingjianError(
            "passkeys_need_a_name",
            Text("通过 IP 地址访问时不能使用通行密钥", "there are no passkeys under a bare address"),
            fault=Fault.USER,
            remedy=Text("请用域名访问本系统", "open the installation under its name"),
        )
    origin = f"{request.scheme}://{request.get_host()}"
    party = PublicKeyCredentialRpEntity(name="Mingjian 明鉴", id=name)
    return Fido2Server(party, verify_origin=lambda given: given == origin)


def _keep_state(request: HttpRequest, use: str, state: Any) -> None:
    request.session[_STATE] = {"use": use, "until_ns": str(_until_ns()), "state": dict(state)}


def _take_state(request: HttpRequest, use: str) -> Any:
    kept = request.session.pop(_STATE, None)
    if kept is None or kept["use"] != use or int(kept["until_ns"]) <= wiring.clock().now_ns():
        raise _wrong()
    return kept["state"]


def _until_ns() -> int:
    return wiring.clock().now_ns() + _CHALLENGE_S * NS_PER_S


def _key(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(base64.b64decode(row.key))


def _digest_of(credential_id: bytes) -> str:
    return hashlib.sha256(credential_id).hexdigest()


def _proof_digest(user_id: str, proof: str) -> str:
    return salted_hmac("mingjian.passkey_proof", f"{user_id}\0{proof}", algorithm="sha256").hexdigest()


def _wrong() -> MingjianError:
    return MingjianError(
        "wrong_passkey",
        Text("通行密钥验证未通过", "the passkey was not accepted"),
        fault=Fault.USER,
        remedy=Text("请重试，或者改用密码登录", "try again, or sign in with your password"),
    )
