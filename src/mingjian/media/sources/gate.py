"""What all sources of an engine share: how often one host is connected to, and how often a wrong password is tried."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.wire.rtsp.auth import Credentials

CONNECTIONS_PER_S = 20
LOGIN_RETRY_S = 60
Sleep = Callable[[float], Awaitable[None]]


class HostGate:
    """At most 20 new connections a second to one host, and one try a minute of credentials that were refused.

    Connections are spaced evenly: whoever comes later waits longer. One gate serves all sources of a process.
    """

    def __init__(self, clock: Clock, sleep: Sleep = asyncio.sleep, per_second: int = CONNECTIONS_PER_S) -> None:
        self._clock = clock
        self._sleep = sleep
        self._per_second = per_second
        self._gap_ns = NS_PER_S // per_second
        self._granted_ns: dict[str, deque[int]] = {}
        self._next_ns: dict[str, int] = {}
        self._refused_until_ns: dict[str, int] = {}

    async def wait_turn(self, host: str) -> None:
        """Wait until a new connection to `host` may be begun."""
        now = self._clock.mono_ns()
        turn = max(now, self._next_ns.get(host, 0))
        self._next_ns[host] = turn + self._gap_ns
        if len(self._next_ns) > 4096:
            self._next_ns = {name: at for name, at in self._next_ns.items() if at > now - NS_PER_S}
            self._granted_ns = {name: self._granted_ns[name] for name in self._next_ns if name in self._granted_ns}
        if turn > now:
            await self._sleep((turn - now) / NS_PER_S)
        # Sleepers wake late and then close together: the last ones of a second are counted, too.
        granted = self._granted_ns.setdefault(host, deque(maxlen=self._per_second))
        while len(granted) == self._per_second and (wait_ns := granted[0] + NS_PER_S - self._clock.mono_ns()) > 0:
            await self._sleep(wait_ns / NS_PER_S)
        granted.append(self._clock.mono_ns())

    async def wait_login(self, host: str, credentials: Credentials | None) -> None:
        """Wait until these credentials may be tried: at once, unless they were refused less than a minute ago."""
        key = _login_key(host, credentials)
        while True:
            until = self._refused_until_ns.get(key)
            if until is None:
                return
            now = self._clock.mono_ns()
            if now >= until:
                self._refused_until_ns[key] = now + LOGIN_RETRY_S * NS_PER_S  # the next one waits for our result
                return
            await self._sleep((until - now) / NS_PER_S)

    def login_refused(self, host: str, credentials: Credentials | None) -> None:
        """These credentials were refused now."""
        self._refused_until_ns[_login_key(host, credentials)] = self._clock.mono_ns() + LOGIN_RETRY_S * NS_PER_S

    def login_accepted(self, host: str, credentials: Credentials | None) -> None:
        """These credentials work."""
        self._refused_until_ns.pop(_login_key(host, credentials), None)


def _login_key(host: str, credentials: Credentials | None) -> str:
    pair = f"{credentials.user}\x00{credentials.password}" if credentials else ""
    return f"{host}\x00{hashlib.sha256(pair.encode()).hexdigest()}"
