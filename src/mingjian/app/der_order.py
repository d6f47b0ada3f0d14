"""Certificates of a time stamp's answer in the order that DER wants.

RFC 5652 calls them a SET, and openssl among others writes them signer first; the library that judges answers reads them
in DER's order only. They lie outside of what is signed, and sorting changes no length, so an answer sorted says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

_SEQUENCE, _CONTEXT_0 = 0x30, 0xA0


def with_sorted_certificates(answer: bytes) -> bytes:
    """A TimeStampResp (RFC 3161 2.4.2) whose certificates ascend; bytes that are none of the kind come back as they are."""
    try:
        start, end = _certificates(answer)
        members = sorted(answer[first:last] for _, first, _, last in _elements(answer, start, end))
    except ValueError:
        return answer
    return answer[:start] + b"".join(members) + answer[end:]


def _certificates(der: bytes) -> tuple[int, int]:
    """Where the members lie: response, token (second), content (second), SignedData, its [0] (RFC 5652 5.1)."""
    start, end = 0, len(der)
    for tag, place in ((_SEQUENCE, 0), (_SEQUENCE, 1), (_CONTEXT_0, 1), (_SEQUENCE, 0), (_CONTEXT_0, 3)):
        found = next(islice(_elements(der, start, end), place, None), None)
        if found is None or found[0] != tag:
            raise ValueError("no such element")
        _, _, start, end = found
    return start, end


def _elements(der: bytes, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """(tag, first byte, first byte of the content, end) of each element. Raises ValueError."""
    while start < end:
        if end - start < 2:
            raise ValueError("cut short")
        length, content = der[start + 1], start + 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 4:
                raise ValueError("no definite length")
            length, content = int.from_bytes(der[content : content + size], "big"), content + size
        if content + length > end:
            raise ValueError("cut short")
        yield der[start], start, content, content + length
        start = content + length
