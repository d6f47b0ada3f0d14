"""The frame of an evidence package: a ZIP64 archive of stored members with one spelling. Bytes in, values out.

Any unzip program reads it, but it leaves nothing to choose: no compression, no comments, no extra fields but ZIP64's
(always there, whatever the sizes), all times 1980-01-01, members and directory without a byte between them. So the frame
follows from names, sizes, CRCs and order, and a reader can demand every byte of it. Layout: docs/design/evidence.md.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ReadAt = Callable[[int, int], bytes | memoryview]
"""`read_at(offset, length)` gives at most `length` bytes from `offset`, fewer only at the end."""

MAX_MEMBERS = 10_000
_MAX_SIZE = 1 << 53
_NAME = re.compile(r"[a-z0-9][a-z0-9._/-]{0,127}", re.ASCII)
_DATE = 0x0021  # 1980-01-01 as MS-DOS writes it
_VERSION = 45  # ZIP64
_NEXT = 0xFFFF_FFFF  # "see the ZIP64 field"

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR = struct.Struct("<4sIQI")
_END = struct.Struct("<4s4H2IH")
TAIL_BYTES = _END64.size + _LOCATOR.size + _END.size


class BadFrame(Exception):
    """The archive is not exactly as it must be: bytes [offset, end) are the first that differ."""

    def __init__(self, offset: int, end: int, why: str) -> None:
        super().__init__(why)
        self.offset = offset
        self.end = end


@dataclass(frozen=True, slots=True)
class Member:
    """One member. `offset` is where its own header lies in the archive; its data follow that header."""

    name: str
    size: int
    crc32: int
    offset: int

    @property
    def data_offset(self) -> int:
        """Where the member's bytes begin."""
        return self.offset + local_size(self.name)

    @property
    def end(self) -> int:
        """Where the next member's header begins."""
        return self.data_offset + self.size


def is_name(name: str) -> bool:
    """Whether a member may have this name: lower-case ASCII, no way to climb out of a folder."""
    return _NAME.fullmatch(name) is not None and not any(part in ("", ".", "..") for part in name.split("/"))


def local_size(name: str) -> int:
    """Bytes of a member's header."""
    return _LOCAL.size + len(name) + 20


def local_header(name: str, size: int, crc32: int) -> bytes:
    """What stands before a member's bytes."""
    head = _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, 0, _DATE, crc32, _NEXT, _NEXT, len(name), 20)
    return head + name.encode("ascii") + struct.pack("<2H2Q", 1, 16, size, size)


def directory(members: Sequence[Member], at: int) -> bytes:
    """What follows the last member, at `at`: the directory and the three closing records."""
    rows = b"".join(map(_central, members))
    count, end = len(members), at + len(rows)
    return b"".join(
        (
            rows,
            _END64.pack(b"PK\x06\x06", 44, _VERSION, _VERSION, 0, 0, count, count, len(rows), at),
            _LOCATOR.pack(b"PK\x06\x07", 0, end, 1),
            _END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, _NEXT, _NEXT, 0),
        )
    )


def _central(member: Member) -> bytes:
    name = member.name.encode("ascii")
    head = _CENTRAL.pack(
        b"PK\x01\x02", _VERSION, _VERSION, 0, 0, 0, _DATE, member.crc32, _NEXT, _NEXT, len(name), 28, 0, 0, 0, 0, _NEXT
    )
    return head + name + struct.pack("<2H3Q", 1, 24, member.size, member.size, member.offset)


def read_members(read_at: ReadAt, size: int) -> list[Member]:
    """The members of an archive of `size` bytes, in order, without their data (whose CRCs are not computed).

    Raises BadFrame unless every byte of the frame is what the format says: nothing before, between or behind, no name
    twice, directory and headers agreeing.
    """
    tail_at = size - TAIL_BYTES
    tail = bytes(read_at(tail_at, TAIL_BYTES)) if tail_at >= 0 else b""
    if len(tail) != TAIL_BYTES or tail[:4] != b"PK\x06\x06":
        raise BadFrame(max(0, tail_at), size, "the closing records are missing")
    count, _, length, at = struct.unpack_from("<4Q", tail, 24)
    if count > MAX_MEMBERS or at + length != tail_at:
        raise BadFrame(tail_at, size, "the closing records do not fit the file")
    rows = bytes(read_at(at, length))
    members = _parse_rows(rows, at, count)
    expected = directory(members, at)
    _compare(rows + tail, expected, at)
    _check_order(members, at)
    for member in members:
        header = local_header(member.name, member.size, member.crc32)
        _compare(bytes(read_at(member.offset, len(header))), header, member.offset)
    return members


def _parse_rows(rows: bytes, at: int, count: int) -> list[Member]:
    members: list[Member] = []
    position = 0
    for _ in range(count):
        if position + _CENTRAL.size > len(rows):
            raise BadFrame(at + position, at + len(rows), "the directory is cut short")
        crc32, name_bytes = struct.unpack_from("<I8xH", rows, position + 16)
        end = position + _CENTRAL.size + name_bytes + 28
        if end > len(rows):
            raise BadFrame(at + position, at + len(rows), "the directory is cut short")
        raw = rows[position + _CENTRAL.size : end - 28]
        name = raw.decode("latin-1")
        if not is_name(name):
            raise BadFrame(at + position, at + end, "a name that no member may have")
        size, _, offset = struct.unpack_from("<3Q", rows, end - 24)
        if size > _MAX_SIZE or offset > _MAX_SIZE:
            raise BadFrame(at + position, at + end, "an impossible size")
        members.append(Member(name, size, crc32, offset))
        position = end
    return members


def _check_order(members: Sequence[Member], at: int) -> None:
    """Members follow one another from byte 0 to the directory, and no name comes twice."""
    reached = 0
    seen: set[str] = set()
    for member in members:
        if member.name in seen:
            raise BadFrame(member.offset, member.end, f"{member.name} comes twice")
        seen.add(member.name)
        if member.offset != reached:
            raise BadFrame(min(reached, member.offset), max(reached, member.offset), "bytes that belong to no member")
        reached = member.end
    if reached != at:
        raise BadFrame(min(reached, at), max(reached, at), "bytes that belong to no member")


def _compare(found: bytes, expected: bytes, at: int) -> None:
    if found == expected:
        return
    same = next((i for i, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]), None)
    first = min(len(found), len(expected)) if same is None else same
    raise BadFrame(at + first, at + max(len(found), len(expected)), "a byte of the frame differs")
