"""One receive buffer for all connections of an event loop.

An event loop asks a BufferedProtocol for a buffer, reads into it and says how much, without anything in between; so one
buffer serves every connection, and a connection keeps only its unread tail. 100 connections cost one buffer.
"""

from __future__ import annotations

BUFFER_BYTES = 256 * 1024


class SharedBuffer:
    """The buffer and a view of it; both are never replaced."""

    def __init__(self, size: int = BUFFER_BYTES) -> None:
        self.data = bytearray(size)
        self.view = memoryview(self.data)
