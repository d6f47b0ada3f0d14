"""The digest SM3 (GB/T 32905-2016, the same as GM/T 0004-2012), for small inputs where no OpenSSL need be trusted.

About a thousand times slower than OpenSSL's: signatures and checkpoints use it, footage is hashed by `merkle.hasher`.
"""

from __future__ import annotations

import struct

DIGEST_BYTES = 32
BLOCK_BYTES = 64
_MASK = 0xFFFF_FFFF
_START = (
    0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E,
)  # fmt: skip


def _rotate(value: int, bits: int) -> int:
    return (value << bits | value >> (32 - bits)) & _MASK


# clause 4.2: T_j, here already rotated left by j as clause 5.3.3 uses it
_T = tuple(_rotate(0x79CC4519 if j < 16 else 0x7A879D8A, j % 32) for j in range(64))


def _expand(block: bytes) -> list[int]:
    """Clause 5.3.2: 16 words become 68."""
    words = list(struct.unpack(">16I", block))
    for j in range(16, 68):
        mixed = words[j - 16] ^ words[j - 9] ^ _rotate(words[j - 3], 15)
        mixed ^= _rotate(mixed, 15) ^ _rotate(mixed, 23)  # P1
        words.append(mixed ^ _rotate(words[j - 13], 7) ^ words[j - 6])
    return words


def _compress(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    """Clause 5.3.3: one block into the state of eight words."""
    words = _expand(block)
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        turned = _rotate(a, 12)
        ss1 = _rotate((turned + e + _T[j]) & _MASK, 7)
        ss2 = ss1 ^ turned
        if j < 16:
            ff, gg = a ^ b ^ c, e ^ f ^ g
        else:
            ff, gg = (a & b) | (a & c) | (b & c), (e & f) | (~e & g)
        tt1 = (ff + d + ss2 + (words[j] ^ words[j + 4])) & _MASK
        tt2 = (gg + h + ss1 + words[j]) & _MASK
        a, b, c, d = tt1, a, _rotate(b, 9), c
        e, f, g, h = tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17), e, _rotate(f, 19), g  # P0
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True))


def sm3(data: bytes) -> bytes:
    """The digest of `data`, 32 bytes."""
    # clause 5.2: a one bit, zeros, the length in bits as 64 bits
    padded = data + b"\x80" + b"\x00" * ((55 - len(data)) % 64) + struct.pack(">Q", len(data) * 8)
    state: tuple[int, ...] = _START
    for at in range(0, len(padded), BLOCK_BYTES):
        state = _compress(state, padded[at : at + BLOCK_BYTES])
    return struct.pack(">8I", *state)


class Sm3:
    """The same bit by bit, as hashlib's objects: `update` with bytes, then `digest`."""

    def __init__(self) -> None:
        self._state: tuple[int, ...] = _START
        self._rest = b""
        self._bytes = 0

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take more bytes."""
        self._bytes += len(data)
        joined = self._rest + bytes(data)
        whole = len(joined) - len(joined) % BLOCK_BYTES
        for at in range(0, whole, BLOCK_BYTES):
            self._state = _compress(self._state, joined[at : at + BLOCK_BYTES])
        self._rest = joined[whole:]

    def digest(self) -> bytes:
        """The digest of all bytes taken; more may follow."""
        tail = self._rest + b"\x80" + b"\x00" * ((55 - len(self._rest)) % 64) + struct.pack(">Q", self._bytes * 8)
        state = self._state
        for at in range(0, len(tail), BLOCK_BYTES):
            state = _compress(state, tail[at : at + BLOCK_BYTES])
        return struct.pack(">8I", *state)


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """HMAC of RFC 2104 over SM3."""
    if len(key) > BLOCK_BYTES:
        key = sm3(key)
    key = key.ljust(BLOCK_BYTES, b"\x00")
    inner = sm3(bytes(byte ^ 0x36 for byte in key) + data)
    return sm3(bytes(byte ^ 0x5C for byte in key) + inner)
