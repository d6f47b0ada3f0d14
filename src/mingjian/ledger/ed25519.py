"""Ed25519 (RFC 8032 section 5.1): signing by OpenSSL, checking by OpenSSL or with nothing but integers.

Where OpenSSL is at hand (`cryptography`) it answers, a hundred times faster; the single-file verifier has no libraries
and uses `verify_plainly`, which nothing secret ever enters. Both refuse the same things: S not below the group's order,
a key that is not the one spelling of a point, the two points with x = 0. What is compared is the encoding of
[S]B - [k]A with R, without the cofactor, as OpenSSL does it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
except ImportError:  # in the single-file verifier
    HAS_LIBRARY = False
else:
    HAS_LIBRARY = True

PUBLIC_BYTES = 32
SIGNATURE_BYTES = 64

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

_Point = tuple[int, int, int, int]  # extended coordinates (RFC 8032 5.1.4): x = X/Z, y = Y/Z, xy = T/Z
_NEUTRAL: _Point = (0, 1, 1, 0)


def _add(left: _Point, right: _Point) -> _Point:
    x1, y1, z1, t1 = left
    x2, y2, z2, t2 = right
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _multiply(factor: int, point: _Point) -> _Point:
    result = _NEUTRAL
    while factor:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


@lru_cache(maxsize=64)  # a log's key is asked for again and again
def _decode(data: bytes) -> _Point | None:
    """The point of 32 bytes (5.1.3), None when it is none, has x = 0, or is spelt in another way than it must be."""
    value = int.from_bytes(data, "little")
    sign, y = value >> 255, value & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * _ROOT_OF_MINUS_ONE % P
    if x == 0 or x * x % P != square:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _encode(point: _Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_B = _decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def acceptable(public: bytes, signature: bytes) -> bool:
    """Whether the key is the one spelling of a point with x != 0, and S is below the order: asked before any check."""
    if len(public) != PUBLIC_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    return int.from_bytes(signature[32:], "little") < L and _decode(public) is not None


def verify_plainly(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature over `message` is the key's, in about 5 ms."""
    if not acceptable(public, signature):
        return False
    key = _decode(public)
    assert key is not None
    assert _B is not None
    x, y, z, t = key
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    found = _add(_multiply(int.from_bytes(signature[32:], "little"), _B), _multiply(k, (P - x, y, z, P - t)))
    return _encode(found) == signature[:32]


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature over `message` is the key's."""
    if not HAS_LIBRARY:
        return verify_plainly(public, message, signature)
    if not acceptable(public, signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def public_key(private: bytes) -> bytes:
    """The public key of a private one of 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes) -> bytes:
    """64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)
