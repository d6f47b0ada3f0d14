"""Slowing down who guesses passwords, without locking out whom they guess at.

Counted in the database, so that a restart forgives nobody. Scopes, each with its limit:

- name from address: 5 failures, then a wait that doubles from 30 s to 15 min;
- address alone: 30 failures within an hour, then 15 min: one machine trying many names;
- name alone: 50 failures within an hour, then 5 min: many machines trying one name;
- a browser that has signed in under this name before (accounts.devices) is counted by itself, by the first limit, and
  by nothing else: what others do behind the same address, or elsewhere under the same name, does not slow its owner.

An attempt is counted before the password is looked at, so that a thousand at once are a thousand attempts.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.accounts.models import AttemptCount, name_key

WINDOW_NS = 3600 * NS_PER_S


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
                zh=f"失败次数过多，请在 {wait_s} 秒后再试",
                en=f"too many failed attempts: wait {wait_s} seconds",
            ),
            fault=Fault.USER,
            remedy=Text(
                zh="如忘记密码，请联系管理员重置", en="if you forgot the password, the administrator can reset it"
            ),
        )
        self.retry_after_s = wait_s


def count_attempt(name: str, address: str, now_ns: int, device: str = "") -> None:
    """Count an attempt as failed until it succeeds. Raises TooManyAttempts when a scope has to wait.

    `device` names a browser known under this name; empty when it is not known.
    """
    with transaction.atomic():
        AttemptCount.objects.filter(since_ns__lt=now_ns - WINDOW_NS, blocked_until_ns__lt=now_ns).delete()
        rows = [(_locked(scope, now_ns), limit) for scope, limit in _scopes(name, address, device)]
        blocked_until_ns = max(row.blocked_until_ns for row, _ in rows)
        if blocked_until_ns <= now_ns:
            for row, limit in rows:
                row.failures += 1
                wait_ns = limit.wait_ns(row.failures)
                row.blocked_until_ns = now_ns + wait_ns if wait_ns else 0
                row.save()
    if blocked_until_ns > now_ns:
        raise TooManyAttempts(-(-(blocked_until_ns - now_ns) // NS_PER_S))


def forgive(name: str, address: str, now_ns: int, device: str = "") -> None:
    """The attempt succeeded: its own count starts anew, the wider scopes lose this one."""
    with transaction.atomic():
        for scope, limit in _scopes(name, address, device):
            row = _locked(scope, now_ns)
            row.failures = 0 if limit is _PAIR else max(row.failures - 1, 0)
            row.blocked_until_ns = 0 if limit.wait_ns(row.failures) == 0 else row.blocked_until_ns
            row.save()


def _scopes(name: str, address: str, device: str) -> list[tuple[str, _Limit]]:
    """Always in the same order, so that two attempts lock their rows without waiting for each other in a circle."""
    if device:
        return [(_digest("device", device), _PAIR)]
    key = name_key(name)
    scopes = [
        (_digest("pair", key, address), _PAIR),
        (_digest("address", address), _ADDRESS),
        (_digest("name", key), _NAME),
    ]
    return sorted(scopes, key=lambda scope: scope[0])


def _locked(scope: str, now_ns: int) -> AttemptCount:
    row, _ = AttemptCount.objects.select_for_update().get_or_create(scope=scope, defaults={"since_ns": now_ns})
    return row


def _digest(*parts: str) -> str:
    return salted_hmac("mingjian.attempts", "\0".join(parts), algorithm="sha256").hexdigest()
