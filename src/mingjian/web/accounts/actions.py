"""What is done with accounts: the first administrator, users, passwords."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import configuration, wiring
from mingjian.web.accounts.models import SetupMark, User, name_key
from mingjian.web.accounts.passwords import check_password_rules
from mingjian.web.accounts.policies import OWN, OWN_PASSWORD, USERS_MANAGE
from mingjian.web.accounts.queries import user_by_id
from mingjian.web.accounts.signals import account_closed
from mingjian.web.accounts.throttle import count_attempt, forgive
from mingjian.web.audit.actions import changes, record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor, Role
from mingjian.web.http.versions import require_version

SET_UP = register("accounts.set_up", "首次设置管理员", "made the first administrator")
USER_CREATED = register("accounts.user.create", "新建用户", "made a user")
USER_CHANGED = register("accounts.user.change", "修改用户", "changed a user")
USER_DISABLED = register("accounts.user.disable", "停用用户", "disabled a user")
USER_ENABLED = register("accounts.user.enable", "启用用户", "enabled a user")
PASSWORD_CHANGED = register("accounts.password.change", "修改密码", "changed his password")
PASSWORD_RESET = register("accounts.password.reset", "重置密码", "reset a user's password")

_CHANGEABLE = frozenset({"display_name", "unit", "role"})
_OWN_CHANGEABLE = frozenset({"language", "theme"})


def set_up(actor: Actor, name: str, password: str, code: str = "") -> User:
    """Make the first administrator; only while there is no user at all, however many try at once.

    Raises MingjianError already_set_up, wrong_setup_code, weak_password or invalid (field: name).
    """
    now_ns = wiring.clock().now_ns()
    wanted = setup_code_for(actor)
    if wanted:
        count_attempt("set-up code", actor.address, now_ns)
    if wanted and not hmac.compare_digest(code.encode(), wanted.encode()):
        raise MingjianError(
            "wrong_setup_code",
            Text(zh="设置码不正确", en="the set-up code is wrong"),
            fault=Fault.USER,
            field="code",
            remedy=Text(zh="设置码打印在服务器启动时的终端和日志中", en="the server printed it when it started"),
        )
    check_password_rules(password, name)
    try:
        with transaction.atomic():
            if User.objects.exists():
                raise _already_set_up()
            SetupMark.objects.create(id=1, at_ns=now_ns)
            user = _new_user(name, password, Role.ADMIN, now_ns)
            user.save(force_insert=True)
            record(
                Actor(user.id, user.name, "", Role.ADMIN, actor.address, actor.request),
                SET_UP,
                kind="user",
                object_id=user.id,
                name=user.name,
            )
    except IntegrityError as error:
        raise _already_set_up() from error
    return user


def setup_code_for(actor: Actor) -> str:
    """The code a first-run set-up from this address has to show; empty when none is needed (on the machine itself)."""
    local = actor.address in ("127.0.0.1", "::1", "local")
    return "" if local else configuration.current().setup_code


def create_user(
    actor: Actor,
    *,
    name: str,
    password: str,
    role: str,
    display_name: str = "",
    unit: str = "",
    must_change_password: bool = True,
) -> User:
    """Make a user. Raises MingjianError name_taken, weak_password or invalid (field: name, role)."""
    USERS_MANAGE.require(actor)
    check_password_rules(password, name)
    now_ns = wiring.clock().now_ns()
    user = _new_user(name, password, _role(role), now_ns)
    user.display_name, user.unit, user.must_change_password = display_name, unit, must_change_password
    try:
        with transaction.atomic():
            SetupMark.objects.get_or_create(id=1, defaults={"at_ns": now_ns})
            user.save(force_insert=True)
            after = {"name": user.name, "display_name": display_name, "unit": unit, "role": user.role}
            record(actor, USER_CREATED, kind="user", object_id=user.id, name=name, after=after, policy=USERS_MANAGE)
    except IntegrityError as error:
        raise MingjianError(
            "name_taken",
            Text(zh=f"登录名“{name}”已被使用", en=f"the login name {name!r} is taken"),
            fault=Fault.USER,
            field="name",
            remedy=Text(zh="请换一个登录名", en="choose another one"),
        ) from error
    return user


def change_user(actor: Actor, user_id: str, values: Mapping[str, Any], expected_version: int | None) -> User:
    """Change display name, unit or role. The last active administrator stays one."""
    USERS_MANAGE.require(actor)
    if "role" in values:
        _role(values["role"])
    with transaction.atomic():
        user = user_by_id(user_id, lock=True)
        require_version(user.version, expected_version)
        before, after = changes(
            {key: getattr(user, key) for key in _CHANGEABLE},
            {key: value for key, value in values.items() if key in _CHANGEABLE},
        )
        if not after:
            return user
        if before.get("role") == Role.ADMIN:
            _keep_an_administrator(user)
        _save(user, after)
        record(
            actor, USER_CHANGED, kind="user", object_id=user.id, name=user.name, before=before, after=after,
            policy=USERS_MANAGE,
        )  # fmt: skip
        if "role" in after:
            account_closed.send(User, user=user, actor=actor)  # looks begun under the old role end
    return user


def change_own(actor: Actor, values: Mapping[str, Any]) -> User:
    """Change one's own language and theme: nobody else's business, so not audited."""
    OWN.require(actor)
    user = user_by_id(actor.user)
    wanted = {key: value for key, value in values.items() if key in _OWN_CHANGEABLE}
    for key, value in wanted.items():
        setattr(user, key, value)
    if wanted:
        user.save(update_fields=list(wanted))
    return user


def disable_user(actor: Actor, user_id: str, reason: str) -> User:
    """Disable: his sessions and tickets end at once. Raises MingjianError last_administrator."""
    USERS_MANAGE.require(actor)
    with transaction.atomic():
        user = user_by_id(user_id, lock=True)
        if not user.is_active:
            return user
        if user.role == Role.ADMIN:
            _keep_an_administrator(user)
        _save(user, {"is_active": False})
        record(actor, USER_DISABLED, kind="user", object_id=user.id, name=user.name, policy=USERS_MANAGE, reason=reason)
        account_closed.send(User, user=user, actor=actor)
    return user


def enable_user(actor: Actor, user_id: str) -> User:
    """Let him sign in again."""
    USERS_MANAGE.require(actor)
    with transaction.atomic():
        user = user_by_id(user_id, lock=True)
        if not user.is_active:
            _save(user, {"is_active": True})
            record(actor, USER_ENABLED, kind="user", object_id=user.id, name=user.name, policy=USERS_MANAGE)
    return user


def change_own_password(actor: Actor, current: str, new: str) -> User:
    """Change one's own password; other sessions of his end. Raises MingjianError wrong_password, weak_password."""
    OWN_PASSWORD.require(actor)
    user = user_by_id(actor.user)
    now_ns = wiring.clock().now_ns()
    own = f"own {user.id}"  # who found a session open must not find the password, too
    count_attempt(user.name, actor.address, now_ns, own)
    if not user.check_password(current):
        raise MingjianError(
            "wrong_password",
            Text(zh="当前密码不正确", en="the current password is wrong"),
            fault=Fault.USER,
            field="current",
        )
    forgive(user.name, actor.address, now_ns, own)
    check_password_rules(new, user.name, "new")
    if current == new:
        raise MingjianError(
            "weak_password",
            Text(zh="新密码不能与当前密码相同", en="the new password is the current one"),
            fault=Fault.USER,
            field="new",
        )
    with transaction.atomic():
        user = user_by_id(actor.user, lock=True)
        user.set_password(new)
        user.must_change_password = False
        _save(user, {}, "password", "must_change_password")
        record(actor, PASSWORD_CHANGED, kind="user", object_id=user.id, name=user.name, policy=OWN_PASSWORD)
    return user


def reset_password(actor: Actor, user_id: str, new: str) -> User:
    """Give a user a new password that he has to change when he signs in; his sessions and tickets end."""
    USERS_MANAGE.require(actor)
    user = user_by_id(user_id)
    check_password_rules(new, user.name)
    with transaction.atomic():
        user = user_by_id(user_id, lock=True)
        user.set_password(new)
        user.must_change_password = True
        _save(user, {}, "password", "must_change_password")
        record(actor, PASSWORD_RESET, kind="user", object_id=user.id, name=user.name, policy=USERS_MANAGE)
        account_closed.send(User, user=user, actor=actor)
    return user


def sign_out_everywhere(actor: Actor, user: User) -> None:
    """End his sessions and tickets; within the transaction, and under the right, of what makes it due."""
    locked = user_by_id(user.id, lock=True)
    locked.session_epoch += 1
    locked.save(update_fields=["session_epoch"])
    account_closed.send(User, user=locked, actor=actor)


def _new_user(name: str, password: str, role: Role, now_ns: int) -> User:
    if not name.strip() or name != name.strip() or len(name) > 64 or any(ord(char) < 33 for char in name):
        raise MingjianError(
            "invalid",
            Text(zh="登录名须为 1 到 64 个字符，不含空格", en="a login name has 1 to 64 characters and no spaces"),
            fault=Fault.USER,
            field="name",
        )
    user = User(id=new_id(now_ns), name=name, name_key=name_key(name), role=role.value, created_ns=now_ns)
    user.set_password(password)
    return user


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        wanted = "、".join(role.value for role in Role)
        raise MingjianError(
            "invalid",
            Text(zh=f"角色只能是：{wanted}", en=f"the role must be one of: {wanted.replace('、', ', ')}"),
            fault=Fault.USER,
            field="role",
        ) from error


def _save(user: User, values: Mapping[str, Any], *more: str) -> None:
    for key, value in values.items():
        setattr(user, key, value)
    user.version += 1
    user.save(update_fields=[*values, *more, "version"])


def _keep_an_administrator(user: User) -> None:
    others = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise MingjianError(
            "last_administrator",
            Text(zh="这是最后一个可用的管理员，不能停用或降级", en="this is the last active administrator"),
            fault=Fault.USER,
            remedy=Text(zh="请先指定另一位管理员", en="make another administrator first"),
        )


def _already_set_up() -> MingjianError:
    return MingjianError(
        "already_set_up",
        Text(zh="系统已完成首次设置", en="the system has been set up already"),
        fault=Fault.USER,
        remedy=Text(zh="请直接登录", en="sign in instead"),
    )
