"""Boxes: the length-prefixed records every ISO base media file is made of (ISO/IEC 14496-12, 4.2)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

Buffer = bytes | bytearray | memoryview
ReadAt = Callable[[int, int], bytes]
"""`read_at(offset, length)` gives at most `length` bytes from `offset`, fewer only at the end, as os.pread does."""

_HEADER = struct.Struct(">I4s")
_LARGE = struct.Struct(">Q")


class BrokenFile(MingjianError):
    """The bytes are no such file: fault of the environment (damage) at `offset`."""

    def __init__(self, what: str, offset: int) -> None:
        super().__init__(
            "broken_mp4",
            Text(zh=f"录像文件在第 {offset} 字节处损坏", en=f"the media file is damaged at byte {offset}"),
            fault=Fault.ENVIRONMENT,
            detail=f"{what} at byte {offset}",
        )
        self.what = what
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Box:
    """Where one box lies: `offset` of its header, `body` of its content, `end` behind it (all in the same source)."""

    kind: bytes
    offset: int
    body: int
    end: int
    usertype: bytes = b""

    @property
    def size(self) -> int:
        """Bytes from header to end."""
        return self.end - self.offset


def box(kind: bytes, *parts: Buffer) -> bytes:
    """One box around `parts`."""
    size = 8 + sum(len(part) for part in parts)
    return b"".join((_HEADER.pack(size, kind), *parts))


def full_box(kind: bytes, version: int, flags: int, *parts: Buffer) -> bytes:
    """A box with version and flags (ISO/IEC 14496-12, 4.2 FullBox)."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def uuid_box(usertype: bytes, *parts: Buffer) -> bytes:
    """A box of our own kind: 16 bytes of type, then the content."""
    return box(b"uuid", usertype, *parts)


def reader_of(source: Buffer) -> ReadAt:
    """A `ReadAt` over bytes that are in memory."""
    view = memoryview(source)

    def read_at(offset: int, length: int) -> bytes:
        return bytes(view[offset : offset + length])

    return read_at


def walk(read_at: ReadAt, start: int, end: int) -> Iterator[Box]:
    """The boxes in [start, end), one after the other, without their content.

    Raises BrokenFile with the offset of the first header that cannot be: too short, of an impossible size, or reaching
    beyond `end`.
    """
    at = start
    while at < end:
        found = _header(read_at, at, end)
        yield found
        at = found.end


def _header(read_at: ReadAt, at: int, end: int) -> Box:
    head = read_at(at, min(32, end - at))
    if len(head) < 8:
        raise BrokenFile("a box header is cut short", at)
    size, kind = _HEADER.unpack_from(head)
    body = at + 8
    if size == 1:
        if len(head) < 16:
            raise BrokenFile("a large box header is cut short", at)
        size = _LARGE.unpack_from(head, 8)[0]
        body = at + 16
    elif size == 0:
        size = end - at
    usertype = b""
    if kind == b"uuid":
        usertype = head[body - at : body - at + 16]
        body += 16
    if at + size < body or at + size > end:
        raise BrokenFile(f"a box {kind!r} of {size} bytes does not fit", at)
    return Box(kind, at, body, at + size, usertype)
