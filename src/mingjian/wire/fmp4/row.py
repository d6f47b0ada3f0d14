"""The closing table's row of a fragment without listing its samples: for files of our own, laid out as `build` does it."""

from __future__ import annotations

import struct

from mingjian.wire.fmp4.box import ReadAt
from mingjian.wire.fmp4.build import PRFT_BYTES, TableRow
from mingjian.wire.fmp4.read import InitInfo, prft_ns

# prft 32; moof and mfhd 24; traf 8; tfhd 16 (no defaults), tfdt 20 and trun 20 of a picture track, then 16 bytes a sample
_HEAD = struct.Struct(f">4x4s{PRFT_BYTES - 8}s 4x4s 4x4s8x 4x4s 4x4sII 4x4sIQ 4x4sIIi")
_KINDS = (b"prft", b"moof", b"mfhd", b"traf", b"tfhd", b"tfdt", b"trun")
_NOT_SYNC = 0x1_0000


def quick_row(read_at: ReadAt, at: int, size: int, trailer_bytes: int, init: InitInfo) -> TableRow | None:
    """The row of the fragment at `at`, as `Fragment.row` gives it; None when its layout is another (then read it whole)."""
    lead = init.video
    head = read_at(at, _HEAD.size)
    if lead is None or len(head) < _HEAD.size:
        return None
    prft, clock, moof, mfhd, traf, tfhd, tfhd_flags, track, tfdt, tfdt_flags, base, trun, flags, count, _ = (
        _HEAD.unpack(head)
    )
    shape = (prft, moof, mfhd, traf, tfhd, tfdt, trun) == _KINDS
    if not shape or (tfhd_flags, tfdt_flags, flags) != (0x02_0000, 0x0100_0000, 0x0100_0F01):
        return None
    rows = read_at(at + _HEAD.size, 16 * count) if 0 < count * 16 <= size else b""
    if not rows or len(rows) != 16 * count or track != lead.track_id:
        return None
    values = struct.unpack(f">{4 * count}I", rows)
    start = base * 90_000 // lead.timescale
    end = (base + sum(values[0::4])) * 90_000 // lead.timescale
    key = not values[2] & _NOT_SYNC
    return TableRow(at, size, trailer_bytes, start, end - start, prft_ns(clock, at), key)
