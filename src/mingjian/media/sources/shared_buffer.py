"""One receive buffer for all connections of an event loop, and the pause that makes reads worth their cost.

An event loop asks a BufferedProtocol for a buffer, reads into it and says how much, without anything in between; so one
buffer serves every connection, and a connection keeps only its unread tail. 100 connections cost one buffer.

Packets of a hundred cameras come one by one, some 40,000 a second; a system call for each would cost more than all else.
So after each turn of the loop that read something, the loop rests for `rest_s`: by then several packets of each camera
wait and are read at once. A packet waits a millisecond at most for it; a loop that reads nothing never rests.
"""

from __future__ import annotations

import asyncio
import time

BUFFER_BYTES = 256 * 1024
REST_S = 0.001


class SharedBuffer:
    """The buffer and a view of it; both are never replaced. Used by one event loop."""

    def __init__(self, size: int = BUFFER_BYTES, rest_s: float = REST_S) -> None:
        self.data = bytearray(size)
        self.view = memoryview(self.data)
        self.resting = rest_s <= 0
        """Whether the rest after this turn is already arranged (or never wanted)."""
        self._rest_s = rest_s

    def rest_after_turn(self) -> None:
        """Call when something was read and `resting` is False."""
        self.resting = True
        asyncio.get_running_loop().call_soon(self._rest)

    def _rest(self) -> None:
        self.resting = False
        time.sleep(self._rest_s)
