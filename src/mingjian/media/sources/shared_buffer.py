"""One receive buffer for all connections of an event loop, and the pause that makes reads worth their cost.

An event loop asks a BufferedProtocol for a buffer, reads into it and says how much, without anything in between; so one
buffer serves every connection, and a connection keeps only its unread tail. 100 connections cost one buffer.

Packets of a hundred cameras come one by one, some 40,000 a second; a system call for each would cost more than all else.
So after each turn of the loop that read something, the loop rests: by then several packets of each camera wait and are
read at once. While somebody watches, a packet waits a millisecond at most for it; while nobody does, PATIENT_S: sockets
wake us five times a second for each camera (Patience), and the longer the rest, the more cameras are taken in one turn,
with the interpreter still in the processor's cache. A loop that reads no media never rests.

A rest must not be longer than sockets hold. Over TCP nothing is lost, a full buffer holds up the sender. Datagrams are
lost: while a source of them is there, the rest is at most DATAGRAM_S (a keyframe at 100 Mb/s is 125 kB then, and a stock
kernel gives a socket 200).
"""

from __future__ import annotations

import asyncio
import time

BUFFER_BYTES = 256 * 1024
REST_S = 0.001
DATAGRAM_S = 0.010
PATIENT_S = 0.050


class SharedBuffer:
    """The buffer and a view of it; both are never replaced. Used by one event loop.

    `rest_s` is how long the loop rests while somebody watches, `patient_s` while nobody does (at first).
    """

    def __init__(self, size: int = BUFFER_BYTES, rest_s: float = REST_S, patient_s: float = PATIENT_S) -> None:
        self.data = bytearray(size)
        self.view = memoryview(self.data)
        self.resting = rest_s <= 0
        """Whether the rest after this turn is already arranged (or never wanted)."""
        self._watched_s, self._patient_s = rest_s, max(rest_s, patient_s)
        self._watched = False
        self._datagram_sources = 0
        self._rest_s = self._patient_s

    def watch(self, watched: bool) -> None:
        """Somebody watches one of the streams from now on, or nobody does any more."""
        self._watched = watched
        self._settle()

    def datagrams(self, flow: bool) -> None:
        """One more source sends datagrams to this loop, or one less. Call in pairs."""
        self._datagram_sources += 1 if flow else -1
        self._settle()

    def _settle(self) -> None:
        longest = min(self._patient_s, max(self._watched_s, DATAGRAM_S)) if self._datagram_sources else self._patient_s
        self._rest_s = self._watched_s if self._watched else longest

    def rest_after_turn(self) -> None:
        """Call when something was read and `resting` is False."""
        self.resting = True
        asyncio.get_running_loop().call_soon(self._rest)

    def _rest(self) -> None:
        self.resting = False
        time.sleep(self._rest_s)
