"""The lock of a screen that nobody attends (qd204 19(4)): kept with the session, so that it holds for every tab and program.

The page says when its person was last at keyboard or pointer. Five minutes after that, or at once when he locks it
himself, the session opens nothing but its own unlocking, and what it looks at ends. That the time is over is judged at
each request: a page that was closed or does not speak any more is locked, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.web import configuration, wiring
from mingjian.web.accounts.models import BrowserSession, User
from mingjian.web.accounts.passkeys import has_passkey, shown_by
from mingjian.web.accounts.policies import LOCK
from mingjian.web.accounts.queries import user_by_id
from mingjian.web.accounts.second_factor import check_own_password
from mingjian.web.accounts.sessions import session_digest
from mingjian.web.accounts.signals import session_locked
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import Outcome
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor

LOCKED = register("accounts.lock", "锁定屏幕", "locked the screen")
UNLOCKED = register("accounts.unlock", "解锁屏幕", "unlocked the screen")

BY_HAND, BY_IDLENESS = "hand", "idle"


def idle_ms(request: HttpRequest) -> int:
    """How long nobody has touched any of the session's screens, in milliseconds."""
    row = _row(request)
    return 0 if row is None else max(0, wiring.clock().now_ns() - row.active_ns) // NS_PER_MS


def is_locked(request: HttpRequest, actor: Actor) -> bool:
    """Whether the signed-in actor's session is locked; whose time is over is locked by this."""
    row = _row(request)
    if row is None:
        return False
    if row.locked_ns is None and idle_ms(request) >= configuration.current().lock_after_s * 1000:
        lock(request, actor, BY_IDLENESS)
        return True
    return row.locked_ns is not None


def keep_awake(request: HttpRequest, actor: Actor, touched_ms_ago: int) -> None:
    """The person was at one of the session's screens so long ago; an older word than the last changes nothing."""
    LOCK.require(actor)
    touched_ns = wiring.clock().now_ns() - touched_ms_ago * NS_PER_MS
    rows = BrowserSession.objects.filter(pk=request.session.session_key, locked_ns__isnull=True)
    rows.filter(active_ns__lt=touched_ns).update(active_ns=touched_ns)


def lock(request: HttpRequest, actor: Actor, by: str) -> None:
    """Lock every screen of the session, and end what it looks at. `by`: hand or idle. Locked already, nothing happens."""
    LOCK.require(actor)
    now_ns = wiring.clock().now_ns()
    rows = BrowserSession.objects.filter(pk=request.session.session_key, locked_ns__isnull=True)
    if rows.update(locked_ns=now_ns) == 0:
        return
    user = user_by_id(actor.user)
    after = {"by": by, "after_s": configuration.current().lock_after_s if by == BY_IDLENESS else 0}
    record(actor, LOCKED, kind="user", object_id=user.id, name=user.name, after=after, policy=LOCK)
    session_locked.send(User, user=user, session_digest=session_digest(request))


def unlock_by_password(request: HttpRequest, actor: Actor, password: str) -> User:
    """Open it again by the password of the same person. Raises MingjianError wrong_password, too_many_attempts."""
    LOCK.require(actor)
    user = user_by_id(actor.user)
    try:
        check_own_password(user, actor, password)
    except MingjianError:
        record(
            actor, UNLOCKED, kind="user", object_id=user.id, name=user.name, outcome=Outcome.FAILED, policy=LOCK
        )  # fmt: skip
        raise
    return _unlock(request, actor, user, "password")


def unlock_by_passkey(request: HttpRequest, actor: Actor, answer: Mapping[str, Any]) -> User:
    """Open it again by a passkey of the same person. Raises MingjianError wrong_passkey, too_many_attempts."""
    LOCK.require(actor)
    return _unlock(request, actor, shown_by(request, actor, answer), "passkey")


def can_show_passkey(actor: Actor) -> bool:
    """Whether the person has one to unlock by."""
    return has_passkey(actor.user)


def lock_after_s() -> int:
    """After how many seconds without a touch."""
    return configuration.current().lock_after_s


def _unlock(request: HttpRequest, actor: Actor, user: User, by: str) -> User:
    now_ns, row = wiring.clock().now_ns(), _row(request)
    locked_ns = None if row is None else row.locked_ns
    rows = BrowserSession.objects.filter(pk=request.session.session_key)
    rows.update(locked_ns=None, active_ns=now_ns)
    if row is not None:
        row.locked_ns, row.active_ns = None, now_ns
    after = {"by": by, "locked_s": 0 if locked_ns is None else (now_ns - locked_ns) // NS_PER_S}
    record(actor, UNLOCKED, kind="user", object_id=user.id, name=user.name, after=after, policy=LOCK)
    return user


def _row(request: HttpRequest) -> BrowserSession | None:
    """The session as it was read; None for a token's request and for a session that begins."""
    if getattr(request, "_mingjian_grant", None) is not None:
        return None
    row = getattr(request.session, "row", None)
    return row if isinstance(row, BrowserSession) and row.session_key == request.session.session_key else None
