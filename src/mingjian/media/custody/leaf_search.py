"""Leaves of one time in a log of any length: found by halving over `offsets`, then read on. Nothing is trusted."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path

_OFFSET = struct.Struct(">Q")
_AT = re.compile(rb'"at_ns":"(\d{1,19})"')
_MOST_LEAF_BYTES = (64 << 10) + 1


def written_ns(leaf: bytes) -> int:
    """When a leaf was written, by its own word; 0 for what is no leaf."""
    found = _AT.search(leaf)
    return 0 if found is None else int(found[1])


def leaves_from(folder: Path, at_ns: int, size: int) -> Iterator[tuple[int, bytes]]:
    """(index, leaf) of the first `size` leaves, from about the first that was written at or after `at_ns`.

    Leaves stand in the order they were written. Where the clock was set back the search may begin too late: who misses
    something reads from `at_ns` 0. Raises OSError when there is no log.
    """
    with (folder / "leaves.jl").open("rb") as leaves, (folder / "offsets").open("rb") as offsets:
        kept = min(size, os.fstat(offsets.fileno()).st_size // _OFFSET.size)
        low, high = 0, kept if at_ns > 0 else 0
        while low < high:
            middle = (low + high) // 2
            begins = _end(offsets.fileno(), middle - 1)
            length = min(_end(offsets.fileno(), middle) - begins, _MOST_LEAF_BYTES)
            if written_ns(os.pread(leaves.fileno(), length, begins)) < at_ns:
                low = middle + 1
            else:
                high = middle
        leaves.seek(_end(offsets.fileno(), low - 1))
        for index in range(low, size):
            line = leaves.readline(_MOST_LEAF_BYTES)
            if not line.endswith(b"\n"):
                return
            yield index, line[:-1]


def _end(offsets: int, index: int) -> int:
    """Where the line of a leaf ends; the beginning of the file for -1."""
    if index < 0:
        return 0
    return int(_OFFSET.unpack(os.pread(offsets, _OFFSET.size, index * _OFFSET.size))[0])
