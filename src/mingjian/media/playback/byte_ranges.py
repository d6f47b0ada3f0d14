"""Which bytes of a body an HTTP Range header asks for (RFC 9110 section 14). Pure."""

from __future__ import annotations

import re

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

_PLACE = re.compile(r"(\d{1,15})-(\d{1,12})(\.m4s)?", re.ASCII)
_SINGLE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def parse_place(text: str) -> tuple[int, int, bool]:
    """`OFFSET-LENGTH` of a data URL, and whether `.m4s` follows. Raises MingjianError `bad_range` (field `range`)."""
    found = _PLACE.fullmatch(text)
    if found is None:
        raise MingjianError(
            "bad_range",
            Text(zh="字节位置应写成 起点-长度", en="bytes are named as OFFSET-LENGTH"),
            fault=Fault.USER,
            field="range",
        )
    return int(found[1]), int(found[2]), found[3] is not None


def requested_part(header: str | None, length: int) -> tuple[int, int] | None:
    """(start, end) within a body of `length` bytes for one byte range; the whole body without header.

    Several ranges, other units and broken headers count as no header, as the RFC allows (14.2). None when the range is
    well formed but lies outside the body: the answer is 416.
    """
    found = None if header is None else _SINGLE.fullmatch(header.strip())
    if found is None or not (found[1] or found[2]):
        return 0, length
    if not found[1]:
        suffix = int(found[2])
        return None if suffix == 0 or length == 0 else (max(0, length - suffix), length)
    start = int(found[1])
    end = int(found[2]) + 1 if found[2] else length
    if found[2] and end <= start:
        return 0, length
    return None if start >= length else (start, min(end, length))
