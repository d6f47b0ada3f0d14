"""Identifiers: 26 characters of Crockford base 32, 48 bits of milliseconds and 80 random bits (the ULID layout).

They sort by time of making, are safe in paths, URLs and logs, and say nothing about what they name.
"""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # ten bits at a time
_VALID = frozenset(_ALPHABET)


def new_id(now_ns: int, random_bits: int | None = None) -> str:
    """A new identifier. `random_bits` (80 bits) is for tests; by default the system's secure source."""
    bits = secrets.randbits(80) if random_bits is None else random_bits & ((1 << 80) - 1)
    value = ((now_ns // 1_000_000) & ((1 << 48) - 1)) << 80 | bits
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10)])


def new_ids(now_ns: int, number: int) -> list[str]:
    """Many at once, ascending: in this order a database adds them to its indexes page after page."""
    return sorted(new_id(now_ns) for _ in range(number))


def is_id(text: str) -> bool:
    """Whether `text` has the shape of an identifier: what may be used as a folder name."""
    return len(text) == _LENGTH and text[0] <= "7" and _VALID.issuperset(text)


def id_time_ms(identifier: str) -> int:
    """Milliseconds since 1970 at which the identifier was made. Raises ValueError if it is none."""
    if not is_id(identifier):
        raise ValueError("not an identifier: 26 characters of 0-9a-z without i, l, o, u")
    value = 0
    for char in identifier:
        value = value << 5 | _ALPHABET.index(char)
    return value >> 80
