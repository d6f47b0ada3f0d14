"""Moving recorded fragments in time without touching a picture: only `tfdt`, `mfhd` and `prft` are written anew. Pure.

In its file a segment's media time begins at zero, so that it plays alone; where segments are joined into one stream
(HLS, an extract) they need one time line.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from mingjian.kernel.media_time import RATE_90K, rescale
from mingjian.wire.fmp4.box import Box, BrokenFile, reader_of, walk
from mingjian.wire.fmp4.read import InitInfo

_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")


def retimed(data: bytes, init: InitInfo, shift_90k: int, next_sequence: Callable[[], int] | None = None) -> bytearray:
    """Whole fragments with `shift_90k` added to their media time; `next_sequence` numbers them anew.

    Raises BrokenFile when the bytes are no fragments of `init`, or when a time would leave 0..2**64-1.
    """
    out = bytearray(data)
    for found in walk(reader_of(out), 0, len(out)):
        try:
            if found.kind == b"moof":
                _retime_moof(out, found, init, shift_90k, next_sequence)
            elif found.kind == b"prft" and out[found.body] == 1:
                _add_64(out, found.body + 16, shift_90k)
        except (struct.error, IndexError) as error:
            raise BrokenFile(f"a box {found.kind!r} is cut short inside", found.offset) from error
    return out


def _retime_moof(
    out: bytearray, moof: Box, init: InitInfo, shift_90k: int, next_sequence: Callable[[], int] | None
) -> None:
    for found in walk(reader_of(out), moof.body, moof.end):
        if found.kind == b"mfhd" and next_sequence is not None:
            _U32.pack_into(out, found.body + 4, next_sequence() & 0xFFFF_FFFF)
        elif found.kind == b"traf":
            _retime_traf(out, found, init, shift_90k)


def _retime_traf(out: bytearray, traf: Box, init: InitInfo, shift_90k: int) -> None:
    timescale = RATE_90K
    for found in walk(reader_of(out), traf.body, traf.end):
        if found.kind == b"tfhd":
            track = init.track(_U32.unpack_from(out, found.body + 4)[0])
            if track is None:
                raise BrokenFile("a fragment of a track that the init segment does not have", found.offset)
            timescale = track.timescale
        elif found.kind == b"tfdt":
            if out[found.body] != 1:
                raise BrokenFile("a tfdt box of 32 bits", found.offset)
            _add_64(out, found.body + 4, rescale(shift_90k, RATE_90K, timescale))


def _add_64(out: bytearray, at: int, shift: int) -> None:
    value = _U64.unpack_from(out, at)[0] + shift
    if not 0 <= value < 1 << 64:
        raise BrokenFile("a media time out of range", at)
    _U64.pack_into(out, at, value)
