"""Init segments, fragments, leaf boxes and the closing `mfra`, as buffers ready for writev.

Media bytes are never joined or copied here: a fragment comes out as [header, sample, sample, ...].
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from mingjian.kernel.ntp import NTP_EPOCH_S
from mingjian.wire.fmp4.box import Buffer, box, full_box, uuid_box
from mingjian.wire.fmp4.entries import TrackSpec, sample_entry

# Our own boxes (version 5 UUIDs would need a name space; these are random, fixed for good).
METADATA_UUID = bytes.fromhex("6d696e676a69616ea0c24e5f8b3d7101")
LEAF_UUID = bytes.fromhex("6d696e676a69616ea0c24e5f8b3d7102")
TABLE_UUID = bytes.fromhex("6d696e676a69616ea0c24e5f8b3d7103")

ALGORITHM_CODES = {"sha256": 1, "sm3": 2}
LEAF_BOX_BYTES = 8 + 16 + 8 + 32

KEY_SAMPLE_FLAGS = 0x0200_0000  # sample_depends_on = 2: needs no other (ISO/IEC 14496-12, 8.8.3.1)
DELTA_SAMPLE_FLAGS = 0x0101_0000  # depends on others, is no sync sample

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_TABLE_ROW = struct.Struct(">QIIQIQB3x")


@dataclass(slots=True)
class TrackRun:
    """The samples of one track in one fragment; the four lists and `buffers` run in parallel, in decoding order.

    `base_time` is the decoding time of the first sample, `durations` and `offsets` (presentation minus decoding time,
    may be negative) are in the track's timescale.
    """

    track_id: int
    base_time: int
    video: bool = True
    durations: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    keys: list[bool] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    buffers: list[Buffer] = field(default_factory=list)

    def add(self, data: Buffer, duration: int, *, key: bool = True, offset: int = 0) -> None:
        """Append one sample."""
        self.buffers.append(data)
        self.sizes.append(len(data))
        self.durations.append(duration)
        self.keys.append(key)
        self.offsets.append(offset)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One fragment in the table that closes a file; times as in ports.recording.FragmentRef."""

    offset: int
    size: int
    trailer_bytes: int
    start_90k: int
    duration_90k: int
    start_ns: int
    keyframe: bool


def build_init(tracks: Sequence[TrackSpec], metadata: bytes = b"") -> bytes:
    """`ftyp moov`. `metadata` is our canonical JSON, put into moov/udta; empty leaves it out (live).

    Raises ValueError when a track's configuration is incomplete.
    """
    ftyp = box(b"ftyp", b"iso6", struct.pack(">I", 1), b"iso6", b"iso5", b"mp41")
    mvhd = full_box(
        b"mvhd", 0, 0,
        struct.pack(">IIIIIH10x", 0, 0, 90_000, 0, 0x10000, 0x100),
        _MATRIX, bytes(24), struct.pack(">I", max(track.track_id for track in tracks) + 1),
    )  # fmt: skip
    extends = box(b"mvex", *(_trex(track) for track in tracks))
    user = box(b"udta", uuid_box(METADATA_UUID, metadata)) if metadata else b""
    return ftyp + box(b"moov", mvhd, *(_trak(track) for track in tracks), extends, user)


def build_fragment(sequence: int, runs: Sequence[TrackRun], prefix: bytes = b"") -> list[Buffer]:
    """`prefix moof mdat` as [header, samples...]. Runs without samples are left out; `prefix` is a `prft` or nothing.

    One `traf` per track in the order given; offsets count from the moof (default-base-is-moof, 8.8.7).
    """
    filled = [run for run in runs if run.buffers]
    moof_bytes = 8 + 16 + sum(_traf_bytes(run) for run in filled)
    at = moof_bytes + 8
    parts = [prefix, struct.pack(">I4sI4sII", moof_bytes, b"moof", 16, b"mfhd", 0, sequence)]
    buffers: list[Buffer] = [b""]
    for run in filled:
        parts.append(_traf(run, at))
        at += sum(run.sizes)
        buffers += run.buffers
    parts.append(struct.pack(">I4s", at - moof_bytes, b"mdat"))
    buffers[0] = b"".join(parts)
    return buffers


def build_prft(track_id: int, wall_ns: int, media_time: int) -> bytes:
    """Producer reference time (8.16.5): arrival wall time `wall_ns` of the sample presented at `media_time`.

    The fraction of 2**-32 s is rounded up, so that nanoseconds survive the way there and back exactly.
    """
    seconds, ns = divmod(wall_ns, 1_000_000_000)
    fraction = -(-(ns << 32) // 1_000_000_000)
    ntp = ((seconds + NTP_EPOCH_S) & 0xFFFF_FFFF) << 32 | fraction
    return full_box(b"prft", 1, 8, struct.pack(">IQQ", track_id, ntp, media_time))


def build_leaf(algorithm: str, index: int, leaf_hash: bytes) -> bytes:
    """The box behind a fragment: its leaf number (the init segment is leaf 0) and RFC 6962 leaf hash."""
    return uuid_box(LEAF_UUID, struct.pack(">BBHI", 1, ALGORITHM_CODES[algorithm], 0, index), leaf_hash)


def build_mfra(track_id: int, rows: Sequence[TableRow]) -> bytes:
    """The index at the end of a sealed file (8.8.9): `tfra` of the fragments that begin with a keyframe, our table of
    all fragments, and `mfro`, whose last four bytes say how long it all is."""
    random = [row for row in rows if row.keyframe]
    entries = b"".join(struct.pack(">QQBBB", row.start_90k, _moof_at(row), 1, 1, 1) for row in random)
    tfra = full_box(b"tfra", 1, 0, struct.pack(">III", track_id, 0, len(random)), entries)
    table = uuid_box(TABLE_UUID, struct.pack(">II", 1, len(rows)), *(_row(row) for row in rows))
    size = 8 + len(tfra) + len(table) + 16
    return box(b"mfra", tfra, table, full_box(b"mfro", 0, 0, struct.pack(">I", size)))


PRFT_BYTES = 32


def _moof_at(row: TableRow) -> int:
    """A fragment of ours begins with its prft; tfra points at the moof."""
    return row.offset + PRFT_BYTES


def _row(row: TableRow) -> bytes:
    return _TABLE_ROW.pack(
        row.offset, row.size, row.trailer_bytes, row.start_90k, row.duration_90k, row.start_ns, row.keyframe
    )


def _row_bytes(run: TrackRun) -> int:
    """Bytes per sample in the trun: sound of even duration needs only sizes."""
    if run.video:
        return 16
    return 4 if min(run.durations) == max(run.durations) else 8


def _traf_bytes(run: TrackRun) -> int:
    # traf 8 + tfhd 16 (video) or 24 + tfdt 20 + trun 20 and its rows
    return 8 + (16 if run.video else 24) + 20 + 20 + len(run.buffers) * _row_bytes(run)


def _traf(run: TrackRun, data_at: int) -> bytes:
    count = len(run.buffers)
    if run.video:
        tfhd = struct.pack(">I4sII", 16, b"tfhd", 0x020000, run.track_id)
        rows = [0] * (4 * count)
        rows[0::4] = run.durations
        rows[1::4] = run.sizes
        rows[2::4] = [KEY_SAMPLE_FLAGS if key else DELTA_SAMPLE_FLAGS for key in run.keys]
        rows[3::4] = [offset & 0xFFFF_FFFF for offset in run.offsets]
        trun = struct.pack(f">I4sIIi{4 * count}I", 20 + 16 * count, b"trun", 0x0100_0F01, count, data_at, *rows)
    else:  # sound: each a sync sample, mostly one duration for all
        tfhd = struct.pack(">I4sIIII", 24, b"tfhd", 0x020028, run.track_id, run.durations[0], KEY_SAMPLE_FLAGS)
        flags, rows = 0x201, run.sizes
        if _row_bytes(run) == 8:
            flags, rows = 0x301, [0] * (2 * count)
            rows[0::2], rows[1::2] = run.durations, run.sizes
        trun = struct.pack(f">I4sIIi{len(rows)}I", 20 + 4 * len(rows), b"trun", flags, count, data_at, *rows)
    tfdt = struct.pack(">I4sIQ", 20, b"tfdt", 0x0100_0000, run.base_time)
    return struct.pack(">I4s", 8 + len(tfhd) + 20 + len(trun), b"traf") + tfhd + tfdt + trun


def _trex(track: TrackSpec) -> bytes:
    flags = DELTA_SAMPLE_FLAGS if track.is_video else KEY_SAMPLE_FLAGS
    return full_box(b"trex", 0, 0, struct.pack(">IIIII", track.track_id, 1, 0, 0, flags))


def _trak(track: TrackSpec) -> bytes:
    volume = 0 if track.is_video else 0x100
    tkhd = full_box(
        b"tkhd", 0, 7,
        struct.pack(">IIIII8xHHHH", 0, 0, track.track_id, 0, 0, 0, 0 if track.is_video else 1, volume, 0),
        _MATRIX, struct.pack(">II", track.width << 16, track.height << 16),
    )  # fmt: skip
    mdhd = full_box(b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, track.timescale, 0, 0x55C4, 0))
    name = b"vide" if track.is_video else b"soun"
    hdlr = full_box(b"hdlr", 0, 0, struct.pack(">I4s12x", 0, name), b"Mingjian\0")
    media = full_box(b"vmhd", 0, 1, bytes(8)) if track.is_video else full_box(b"smhd", 0, 0, bytes(4))
    dref = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    stbl = box(
        b"stbl",
        full_box(b"stsd", 0, 0, struct.pack(">I", 1), sample_entry(track)),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
    minf = box(b"minf", media, box(b"dinf", dref), stbl)
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, minf))
