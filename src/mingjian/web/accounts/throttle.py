"""Slowing down who guesses passwords, without locking out whom they guess at.

Counted in the database, so that a restart forgives nobody. Three scopes, each with its limit:

- name from address: 5 failures, then a wait that doubles from 30 s to 15 min;
- address alone: 30 failures within an hour, then 15 min: one machine trying many names;
- name alone, only from addresses it never signed in from: 50 failures within an hour, then 5 min: many machines trying
  one name. Its owner, at an address the account is known at, is not slowed by them.

An attempt is counted before the password is looked at, so that a thousand at once are a thousand attempts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.accounts.models import AttemptCount, KnownAddress, name_key

WINDOW_NS = 3600 * NS_PER_S
_KNOWN_FOR_NS = 90 * 24 * 3600 * NS_PER_S


@dataclass(frozen=True, slots=True)
class _Limit:
    """So many failures are free; then the first wait, doubling up to the longest."""

    free: int
    first_wait_s: int
    longest_wait_s: int

    def wait_ns(self, failures: int) -> int:
        """The wait after `failures` (0: none)."""
        over = failures - self.free
        if over < 0:
            return 0
        return min(self.first_wait_s << min(over, 16), self.longest_wait_s) * NS_PER_S


_PAIR = _Limit(free=5, first_wait_s=30, longest_wait_s=900)
_ADDRESS = _Limit(free=30, first_wait_s=900, longest_wait_s=900)
_NAME = _Limit(free=50, first_wait_s=300, longest_wait_s=300)


class TooManyAttempts(MingjianError):
    """Wait before trying again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            "too_many_attempts",
            Text(
                zh=f"登录失败次数过多,请在 {wait_s} 秒后再试",
                en=f"too many failed attempts: wait {wait_s} seconds",
            ),
            fault=Fault.USER,
            remedy=Text(
                zh="如忘记口令,请联系管理员重置", en="if you forgot the password, the administrator can reset it"
            ),
        )
        self.retry_after_s = wait_s


def count_attempt(name: str, address: str, now_ns: int) -> None:
    """Count an attempt as failed until it succeeds. Raises TooManyAttempts when a scope has to wait."""
    with transaction.atomic():
        AttemptCount.objects.filter(since_ns__lt=now_ns - WINDOW_NS, blocked_until_ns__lt=now_ns).delete()
        rows = [(_locked(scope, now_ns), limit) for scope, limit in _scopes(name, address, now_ns)]
        blocked_until_ns = max(row.blocked_until_ns for row, _ in rows)
        if blocked_until_ns <= now_ns:
            for row, limit in rows:
                row.failures += 1
                wait_ns = limit.wait_ns(row.failures)
                row.blocked_until_ns = now_ns + wait_ns if wait_ns else 0
                row.save()
    if blocked_until_ns > now_ns:
        raise TooManyAttempts(-(-(blocked_until_ns - now_ns) // NS_PER_S))


def forgive(user_id: str, name: str, address: str, now_ns: int) -> None:
    """The attempt succeeded: its own count starts anew, the other scopes lose it, the address is known."""
    with transaction.atomic():
        for scope, limit in _scopes(name, address, now_ns):
            row = _locked(scope, now_ns)
            row.failures = 0 if limit is _PAIR else max(row.failures - 1, 0)
            row.blocked_until_ns = 0 if limit.wait_ns(row.failures) == 0 else row.blocked_until_ns
            row.save()
        KnownAddress.objects.update_or_create(user_id=user_id, address=address, defaults={"last_ns": now_ns})


def _scopes(name: str, address: str, now_ns: int) -> Iterator[tuple[str, _Limit]]:
    key = name_key(name)
    yield _digest("pair", key, address), _PAIR
    yield _digest("address", address), _ADDRESS
    known = KnownAddress.objects.filter(
        user__name_key=key, address=address, last_ns__gte=now_ns - _KNOWN_FOR_NS
    ).exists()
    if not known:
        yield _digest("name", key), _NAME


def _locked(scope: str, now_ns: int) -> AttemptCount:
    row, _ = AttemptCount.objects.select_for_update().get_or_create(scope=scope, defaults={"since_ns": now_ns})
    return row


def _digest(*parts: str) -> str:
    return salted_hmac("mingjian.attempts", "\0".join(parts), algorithm="sha256").hexdigest()
