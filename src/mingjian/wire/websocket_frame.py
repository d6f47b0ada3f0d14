"""Frames a WebSocket server sends: unmasked, unfragmented, without extensions (RFC 6455 section 5.2). Sans-I/O.

Built once for all viewers of a feed; reading what clients send is the HTTP library's work.
"""

from __future__ import annotations

import struct

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
_FINAL = 0x80


def frame_header(opcode: int, length: int) -> bytes:
    """The header of one final frame of `length` payload bytes (5.2: 7, 16 or 64 bits of length)."""
    first = _FINAL | opcode
    if length < 126:
        return bytes((first, length))
    if length < 1 << 16:
        return struct.pack(">BBH", first, 126, length)
    return struct.pack(">BBQ", first, 127, length)


def build_frame(opcode: int, *parts: bytes) -> bytes:
    """Header and payload, joined once."""
    return b"".join((frame_header(opcode, sum(map(len, parts))), *parts))
