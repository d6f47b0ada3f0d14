"""The second factor: one-time codes of an authenticator (RFC 6238, 30 s, six digits, SHA-1) and recovery codes.

A code is good once: the step it belongs to is kept, and neither it nor an earlier one is taken again. Recovery codes are
kept as keyed digests and shown when they are made, never later. Wrong codes are slowed down by a count of their own,
whatever address they come from, since who knows the password needs only six digits more.
"""

from __future__ import annotations

import base64
import hmac
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction
from django.utils.crypto import salted_hmac

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.sealing import seal, unseal
from mingjian.kernel.text import Text
from mingjian.web import configuration, wiring
from mingjian.web.accounts.models import RecoveryCode, SecondFactor, User
from mingjian.web.accounts.passkeys import forget, has_passkey, take_proof
from mingjian.web.accounts.policies import SECOND_FACTOR, USERS_MANAGE
from mingjian.web.accounts.queries import user_by_id
from mingjian.web.accounts.signals import account_closed
from mingjian.web.accounts.throttle import count_attempt, forgive
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import Outcome
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor

ENROLLED = register("accounts.second_factor.enrol", "启用二次验证", "enrolled a second factor")
CONFIRMED = register("accounts.second_factor.confirm", "二次验证", "confirmed with the second factor")
REMOVED = register("accounts.second_factor.remove", "停用二次验证", "removed his second factor")
RESET = register("accounts.second_factor.reset", "重置二次验证", "reset a user's second factor")

STEP_S = 30
_DRIFT_STEPS = 1  # the authenticator's clock may be off by one step either way
_KEY_BYTES = 20
RECOVERY_CODES = 10


def enrolled(user_id: str) -> bool:
    """Whether the user has a second factor that he has shown once."""
    return SecondFactor.objects.filter(user_id=user_id, confirmed_ns__isnull=False).exists()


def has_factor(user_id: str) -> bool:
    """Whether the user has any second factor: an authenticator, or a passkey."""
    return enrolled(user_id) or has_passkey(user_id)


def recovery_codes_left(user_id: str) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(user_id=user_id, used_ns__isnull=True).count()


def begin_enrolment(actor: Actor, password: str) -> tuple[str, str]:
    """A new key for the actor's authenticator: in base 32, and as the otpauth address of a QR code.

    It counts once a code of it was shown (finish_enrolment). Raises MingjianError wrong_password, conflict (he has one),
    too_many_attempts.
    """
    SECOND_FACTOR.require(actor)
    user = user_by_id(actor.user)
    check_own_password(user, actor, password)
    if enrolled(user.id):
        raise MingjianError(
            "conflict",
            Text("二次验证已启用", "a second factor is enrolled already"),
            fault=Fault.USER,
            remedy=Text("如需更换设备，请先停用", "remove it first to change the device"),
        )
    key = secrets.token_bytes(_KEY_BYTES)
    sealed = seal(configuration.current().secret_key, _context(user), base64.b64encode(key).decode())
    SecondFactor.objects.update_or_create(
        user=user, defaults={"key_sealed": sealed, "confirmed_ns": None, "last_step": 0}
    )
    return base64.b32encode(key).decode(), _totp(key).get_provisioning_uri(user.name, "Mingjian")


def finish_enrolment(actor: Actor, code: str) -> list[str]:
    """The first code is shown: the factor counts from now on. Answers the recovery codes, which are not shown again.

    Raises MingjianError wrong_second_factor (field: code), second_factor_missing, too_many_attempts.
    """
    SECOND_FACTOR.require(actor)
    user = user_by_id(actor.user)
    now_ns = wiring.clock().now_ns()
    _count(user, actor)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_ns__isnull=True).first()
        if factor is None:
            raise _missing()
        if not _take_code(factor, code, now_ns):
            raise _wrong()
        factor.confirmed_ns = now_ns
        factor.save(update_fields=["confirmed_ns"])
        RecoveryCode.objects.filter(user=user).delete()
        codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
        RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, each)) for each in codes])
        record(actor, ENROLLED, kind="user", object_id=user.id, name=user.name, policy=SECOND_FACTOR)
    _forgive(user, actor)
    return codes


def confirm_second_factor(actor: Actor, proof: str) -> None:
    """Let the actor confirm himself by a code of his authenticator, a recovery code or a passkey's proof, each good once.

    For signing in, and for what asks for it again, such as each of the two people at a retrieval. Call it before the
    transaction of what it confirms: a wrong code must stay counted when that is rolled back. Raises MingjianError
    wrong_second_factor (field: code), second_factor_missing, too_many_attempts.
    """
    user = user_by_id(actor.user)
    now_ns = wiring.clock().now_ns()
    _count(user, actor)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_ns__isnull=False).first()
        right = take_proof(user.id, proof, now_ns) or (
            factor is not None and (_take_code(factor, proof, now_ns) or _take_recovery_code(user, proof, now_ns))
        )
        outcome = Outcome.DONE if right else Outcome.FAILED
        record(
            actor, CONFIRMED, kind="user", object_id=user.id, name=user.name, policy=SECOND_FACTOR, outcome=outcome
        )  # fmt: skip
    if right:
        _forgive(user, actor)
        return
    if factor is None and not has_passkey(user.id):
        raise _missing()
    raise _wrong()


def remove_own(actor: Actor, proof: str) -> None:
    """Give up one's own second factor, shown once more. Raises MingjianError conflict when a role of his needs it."""
    SECOND_FACTOR.require(actor)
    if demanded_of(actor) and not has_passkey(actor.user):
        raise MingjianError(
            "conflict",
            Text("您的角色必须启用二次验证，不能停用", "your role has to have a second factor: it cannot be removed"),
            fault=Fault.USER,
            remedy=Text("更换设备请联系管理员重置", "to change the device, ask the administrator to reset it"),
        )
    confirm_second_factor(actor, proof)
    with transaction.atomic():
        user = user_by_id(actor.user, lock=True)
        _forget(user)
        record(actor, REMOVED, kind="user", object_id=user.id, name=user.name, policy=SECOND_FACTOR)


def reset(actor: Actor, user_id: str, reason: str) -> User:
    """Take away the second factor of somebody who lost his device; his sessions' tickets end."""
    USERS_MANAGE.require(actor)
    with transaction.atomic():
        user = user_by_id(user_id, lock=True)
        _forget_all(user)
        user.session_epoch += 1
        user.save(update_fields=["session_epoch"])
        record(actor, RESET, kind="user", object_id=user.id, name=user.name, policy=USERS_MANAGE, reason=reason)
        account_closed.send(User, user=user, actor=actor)
    return user


def demanded_of(actor: Actor) -> bool:
    """Whether a role of his has to have a second factor."""
    demanding = configuration.current().second_factor_roles
    return actor.role in demanding or any(binding.role in demanding for binding in actor.bindings)


def _take_code(factor: SecondFactor, code: str, now_ns: int) -> bool:
    """Whether the code belongs to a step around now that was not taken yet; takes it."""
    context = _context(factor.user)
    totp = _totp(base64.b64decode(unseal(configuration.current().secret_key, context, factor.key_sealed)))
    now_step = now_ns // NS_PER_S // STEP_S
    for step in range(now_step - _DRIFT_STEPS, now_step + _DRIFT_STEPS + 1):
        if step > factor.last_step and hmac.compare_digest(totp.generate(step * STEP_S), code.strip().encode()):
            factor.last_step = step
            factor.save(update_fields=["last_step"])
            return True
    return False


def _take_recovery_code(user: User, code: str, now_ns: int) -> bool:
    rows = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_ns__isnull=True)
    return rows.update(used_ns=now_ns) == 1


def check_own_password(user: User, actor: Actor, password: str) -> None:
    """One's password once more, counted like sign-ins. Raises MingjianError wrong_password, too_many_attempts."""
    now_ns, own = wiring.clock().now_ns(), f"own {user.id}"
    count_attempt(user.name, actor.address, now_ns, own)
    if not user.check_password(password):
        raise MingjianError(
            "wrong_password", Text("当前密码不正确", "the password is wrong"), fault=Fault.USER, field="password"
        )
    forgive(user.name, actor.address, now_ns, own)


def _totp(key: bytes) -> TOTP:
    """SHA-1, since authenticators ignore other choices; HMAC-SHA-1 is sound here (RFC 6238)."""
    return TOTP(key, 6, SHA1(), STEP_S)  # noqa: S303


def _new_recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return f"{text[:4]}-{text[4:8]}-{text[8:12]}-{text[12:]}"


def _digest(user: User, code: str) -> str:
    plain = code.strip().lower().replace("-", "")
    return salted_hmac("mingjian.recovery", f"{user.id}\0{plain}", algorithm="sha256").hexdigest()


def _context(user: User) -> str:
    return f"second-factor:{user.id}"


def _forget(user: User) -> None:
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def _forget_all(user: User) -> None:
    _forget(user)
    forget(user)


def _count(user: User, actor: Actor) -> None:
    count_attempt(user.name, actor.address, wiring.clock().now_ns(), f"factor {user.id}")


def _forgive(user: User, actor: Actor) -> None:
    forgive(user.name, actor.address, wiring.clock().now_ns(), f"factor {user.id}")


def _wrong() -> MingjianError:
    return MingjianError(
        "wrong_second_factor",
        Text("验证码不正确或已用过", "the code is wrong, or was used already"),
        fault=Fault.USER,
        field="code",
        remedy=Text("请等待下一个验证码，或使用恢复码", "wait for the next code, or use a recovery code"),
    )


def _missing() -> MingjianError:
    return MingjianError(
        "second_factor_missing",
        Text("尚未启用二次验证", "no second factor is enrolled"),
        fault=Fault.USER,
        remedy=Text("请在个人设置中启用", "enrol one in your own settings"),
    )
