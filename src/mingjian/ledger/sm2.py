"""Signatures with SM2 over SM3 (GB/T 32918.2-2016, curve of GB/T 32918.5-2017).

A private key is 32 bytes, a public key 65 (0x04, x, y), a signature 64 (r, s); all big endian. The nonce is made
from key and message as RFC 6979 section 3.2 does it, with HMAC-SM3: no random source can betray the key, and the same
message gets the same signature. Not constant in time: keys are used by the machine that owns them, never as an oracle.
"""

from __future__ import annotations

from mingjian.ledger.sm3 import hmac_sm3, sm3

PRIVATE_BYTES = 32
PUBLIC_BYTES = 65
SIGNATURE_BYTES = 64
DEFAULT_ID = b"1234567812345678"  # GM/T 0009-2012 clause 10: the signer's name when none is agreed

# GB/T 32918.5 clause 2: y^2 = x^3 + ax + b over the field of P, base point G of order N
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

_Point = tuple[int, int]
_Jacobian = tuple[int, int, int]  # x = X/Z^2, y = Y/Z^3; Z = 0 is infinity
_INFINITY: _Jacobian = (1, 1, 0)


def _double(point: _Jacobian) -> _Jacobian:
    x, y, z = point
    if z == 0 or y == 0:
        return _INFINITY
    square = y * y % P
    s = 4 * x * square % P
    z2 = z * z % P
    m = 3 * (x - z2) * (x + z2) % P  # a = -3
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * square * square) % P, 2 * y * z % P


def _add(left: _Jacobian, right: _Jacobian) -> _Jacobian:
    if left[2] == 0:
        return right
    if right[2] == 0:
        return left
    x1, y1, z1 = left
    x2, y2, z2 = right
    z1_2, z2_2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * z2_2 % P, x2 * z1_2 % P
    s1, s2 = y1 * z2_2 * z2 % P, y2 * z1_2 * z1 % P
    if u1 == u2:
        return _double(left) if s1 == s2 else _INFINITY
    h, r = (u2 - u1) % P, (s2 - s1) % P
    h2 = h * h % P
    h3 = h2 * h % P
    v = u1 * h2 % P
    x3 = (r * r - h3 - 2 * v) % P
    return x3, (r * (v - x3) - s1 * h3) % P, h * z1 * z2 % P


def _multiply(factor: int, point: _Point) -> _Jacobian:
    result = _INFINITY
    base = (*point, 1)
    for bit in bin(factor)[2:]:
        result = _double(result)
        if bit == "1":
            result = _add(result, base)
    return result


def _affine(point: _Jacobian) -> _Point:
    x, y, z = point
    inverse = pow(z, -1, P)
    return x * inverse * inverse % P, y * inverse * inverse * inverse % P


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _private(key: bytes) -> int:
    value = int.from_bytes(key, "big")
    if len(key) != PRIVATE_BYTES or not 1 <= value <= N - 2:
        raise ValueError("an SM2 private key is 32 bytes between 1 and n-2")
    return value


def _public(key: bytes) -> _Point:
    if len(key) != PUBLIC_BYTES or key[0] != 4:
        raise ValueError("an SM2 public key is 65 bytes beginning with 04")
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    if x >= P or y >= P or (y * y - x * x * x - A * x - B) % P:
        raise ValueError("not a point of the SM2 curve")
    return x, y


def public_key(private: bytes) -> bytes:
    """The public key of a private one. Raises ValueError when it is out of range."""
    x, y = _affine(_multiply(_private(private), G))
    return b"\x04" + _word(x) + _word(y)


def message_digest(public: bytes, message: bytes, signer_id: bytes = DEFAULT_ID) -> bytes:
    """e of GB/T 32918.2 clause 6.1: SM3(Z || message), Z binding the signer's name, the curve and the key (5.5)."""
    bits = len(signer_id) * 8
    z = sm3(bits.to_bytes(2, "big") + signer_id + b"".join(map(_word, (A, B, *G))) + public[1:])
    return sm3(z + message)


class _Nonces:
    """RFC 6979 section 3.2, steps b to h; SM2's order and SM3 are both 256 bits, so no bits are cut."""

    def __init__(self, private: bytes, digest: bytes) -> None:
        seed = private + _word(int.from_bytes(digest, "big") % N)
        self._v, self._k = b"\x01" * 32, b"\x00" * 32
        for mark in (b"\x00", b"\x01"):
            self._stir(mark + seed)

    def _stir(self, data: bytes) -> None:
        self._k = hmac_sm3(self._k, self._v + data)
        self._v = hmac_sm3(self._k, self._v)

    def next(self) -> int:
        while True:
            self._v = hmac_sm3(self._k, self._v)
            found = int.from_bytes(self._v, "big")
            self._stir(b"\x00")
            if 1 <= found < N:
                return found


def sign(private: bytes, message: bytes, signer_id: bytes = DEFAULT_ID) -> bytes:
    """r and s over `message` (GB/T 32918.2 clause 6.1). Raises ValueError for a key out of range."""
    d = _private(private)
    digest = message_digest(public_key(private), message, signer_id)
    e = int.from_bytes(digest, "big")
    nonces = _Nonces(private, digest)
    while True:
        k = nonces.next()
        r = (e + _affine(_multiply(k, G))[0]) % N
        s = pow(1 + d, -1, N) * (k - r * d) % N
        if r and r + k != N and s:
            return _word(r) + _word(s)


def verify(public: bytes, message: bytes, signature: bytes, signer_id: bytes = DEFAULT_ID) -> bool:
    """Whether the signature is right (GB/T 32918.2 clause 7.1). Raises ValueError when `public` is no key."""
    point = _public(public)
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    t = (r + s) % N
    if not (1 <= r < N and 1 <= s < N and t):
        return False
    where = _add(_multiply(s, G), _multiply(t, point))
    if where[2] == 0:
        return False
    e = int.from_bytes(message_digest(public, message, signer_id), "big")
    return (e + _affine(where)[0]) % N == r
