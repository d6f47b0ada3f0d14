"""How much of a stream must wait in the kernel before its socket wakes us (SO_RCVLOWAT, socket(7)).

A camera nobody watches need not be read picture by picture: each waking costs more than the picture, and what is read
at once is taken while the processor still has the connection's state at hand. So the socket of a camera that streams
steadily wakes us when about PATIENCE_S of it has come. It never waits for long: how much that is follows the quietest of
the last seconds, and a second in which nothing was read lets the next byte through. The end of a connection always wakes.

What is lost when the process dies is the fragment in progress, as before; a viewer who joins is served at once, because
the kernel looks again when the mark is lowered.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque

PATIENCE_S = 0.2
MOST_BYTES = 192 * 1024
"""Below the receive buffer, so that one read takes all."""
_SECONDS_SEEN = 4


class Patience:
    """Of one TCP connection. `tick` is called about once a second while media flows, `watch` when viewers come or go."""

    def __init__(self, transport: asyncio.BaseTransport, *, watched: bool = False) -> None:
        self._socket: socket.socket = transport.get_extra_info("socket")
        self._watched = watched
        self._total: int | None = None
        self._seconds: deque[int] = deque(maxlen=_SECONDS_SEEN)
        self.low_water = 1

    def watch(self, watched: bool) -> None:
        """Somebody watches from now on: every byte counts. Or nobody does any more."""
        self._watched = watched
        self._settle()

    def tick(self, total_bytes: int) -> None:
        """About a second later; `total_bytes` have been read so far."""
        if self._total is not None:
            self._seconds.append(total_bytes - self._total)
        self._total = total_bytes
        self._settle()

    def _settle(self) -> None:
        low_water = 1
        if not self._watched and len(self._seconds) == _SECONDS_SEEN:
            low_water = max(1, min(int(min(self._seconds) * PATIENCE_S), MOST_BYTES))
        if low_water != self.low_water:
            self.low_water = low_water
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, low_water)
