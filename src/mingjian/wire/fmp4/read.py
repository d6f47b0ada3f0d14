"""Reading our segment files back, from bytes or through a pread-like callable. Damage raises BrokenFile with its offset."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mingjian.kernel.ntp import ntp_to_ns
from mingjian.wire.fmp4.box import Box, BrokenFile, ReadAt, reader_of, walk
from mingjian.wire.fmp4.build import ALGORITHM_CODES, DELTA_SAMPLE_FLAGS, LEAF_UUID, METADATA_UUID, TABLE_UUID, TableRow
from mingjian.wire.fmp4.entries import TrackSpec, codec_strings

_ROW = struct.Struct(">QIIQIQB3x")
_ALGORITHMS = {code: name for name, code in ALGORITHM_CODES.items()}
_MAX_INIT_BYTES = 1 << 20
_MAX_MOOF_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class InitInfo:
    """What an init segment says. `metadata` is our JSON of moov/udta, empty when there is none; `size` is in bytes."""

    tracks: tuple[TrackSpec, ...]
    metadata: dict[str, Any]
    size: int

    @property
    def codecs(self) -> str:
        """RFC 6381 names, video first."""
        return codec_strings(self.tracks)

    @property
    def video(self) -> TrackSpec | None:
        """The picture track, if there is one."""
        return next((track for track in self.tracks if track.is_video), None)

    def track(self, track_id: int) -> TrackSpec | None:
        """The track of that id."""
        return next((track for track in self.tracks if track.track_id == track_id), None)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample: where its bytes lie in the source and when it is decoded and shown (its track's timescale)."""

    offset: int
    size: int
    dts: int
    pts: int
    duration: int
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Fragment:
    """One fragment with all its samples. `offset`/`size` cover prft, moof and mdat; `trailer_bytes` our leaf box.

    `wall_ns` is what the prft says, 0 without one; `leaf_hash` what the leaf box says, None without one.
    """

    offset: int
    size: int
    trailer_bytes: int
    sequence: int
    wall_ns: int
    samples: dict[int, tuple[Sample, ...]]
    leaf_hash: bytes | None
    leaf_algorithm: str
    leaf_index: int

    @property
    def end(self) -> int:
        """Where the next fragment begins."""
        return self.offset + self.size + self.trailer_bytes

    def row(self, init: InitInfo) -> TableRow:
        """The fragment as one row of the closing table: its first track's times, in 90 kHz."""
        lead = init.video or init.tracks[0]
        samples = self.samples.get(lead.track_id) or next(iter(self.samples.values()), ())
        if not samples:
            return TableRow(self.offset, self.size, self.trailer_bytes, 0, 0, self.wall_ns, False)
        start = samples[0].dts * 90_000 // lead.timescale
        end = (samples[-1].dts + samples[-1].duration) * 90_000 // lead.timescale
        return TableRow(
            self.offset, self.size, self.trailer_bytes, start, end - start, self.wall_ns, samples[0].keyframe
        )


def read_init(read_at: ReadAt, size: int) -> InitInfo:
    """The init segment at the beginning of a source of `size` bytes. Raises BrokenFile."""
    for found in walk(read_at, 0, size):
        if found.kind == b"moov":
            if found.size > _MAX_INIT_BYTES:
                raise BrokenFile("the moov box is too large", found.offset)
            return _parse_moov(read_at(found.offset, found.size), found)
        if found.kind not in (b"ftyp", b"styp", b"free", b"skip"):
            raise BrokenFile(f"a box {found.kind!r} before moov", found.offset)
    raise BrokenFile("no moov box", size)


def parse_init(data: bytes) -> InitInfo:
    """The init segment in memory. Raises BrokenFile."""
    return read_init(reader_of(data), len(data))


def walk_fragments(read_at: ReadAt, start: int, end: int, init: InitInfo) -> Iterator[Fragment]:
    """Every complete fragment in [start, end), with its leaf box if one follows.

    Ends silently at the `mfra` of a sealed file or exactly at `end`; raises BrokenFile where anything else stands: the
    fragments given before it are whole in structure (their bytes are proved by their leaf hash only).
    """
    at = start
    while at < end:
        found = read_fragment(read_at, at, end, init)
        if found is None:
            return
        yield found
        at = found.end


def read_fragment(read_at: ReadAt, at: int, end: int, init: InitInfo) -> Fragment | None:
    """The fragment at `at`, None when a `mfra` stands there. Raises BrokenFile."""
    moof: Box | None = None
    wall_ns = 0
    for found in walk(read_at, at, end):
        if found.kind == b"mfra":
            return None
        if found.kind == b"prft":
            wall_ns = prft_ns(read_at(found.body, found.end - found.body), found.offset)
        elif found.kind == b"moof":
            moof = found
        elif found.kind == b"mdat" and moof is not None:
            return _fragment(read_at, at, end, init, moof, found, wall_ns)
        elif found.kind not in (b"styp", b"sidx", b"emsg", b"free", b"uuid"):
            raise BrokenFile(f"a box {found.kind!r} where a fragment begins", found.offset)
    raise BrokenFile("a fragment without its end", at)


def parse_fragment(data: bytes, init: InitInfo) -> Fragment:
    """The first fragment of `data`. Raises BrokenFile."""
    found = read_fragment(reader_of(data), 0, len(data), init)
    if found is None:
        raise BrokenFile("no fragment", 0)
    return found


def read_table(read_at: ReadAt, size: int) -> list[TableRow] | None:
    """The table of fragments of a sealed file, None when the file has no (whole) `mfra`."""
    try:
        return _read_table(read_at, size)
    except (BrokenFile, struct.error):
        return None


def _read_table(read_at: ReadAt, size: int) -> list[TableRow] | None:
    tail = read_at(max(0, size - 16), 16)
    if len(tail) < 16 or tail[4:8] != b"mfro":
        return None
    length = struct.unpack(">I", tail[12:])[0]
    if not 24 <= length <= size:
        return None
    base = size - length
    data = read_at(base, length)
    inner = reader_of(data)
    outer = next(walk(inner, 0, len(data)))
    if outer.kind != b"mfra":
        return None
    for found in walk(inner, outer.body, outer.end):
        if found.usertype == TABLE_UUID:
            version, count = struct.unpack_from(">II", data, found.body)
            if version != 1 or found.body + 8 + count * _ROW.size != found.end:
                return None
            return [_row(data, found.body + 8 + index * _ROW.size) for index in range(count)]
    return None


def _row(data: bytes, at: int) -> TableRow:
    offset, size, trailer, start_90k, duration_90k, start_ns, key = _ROW.unpack_from(data, at)
    return TableRow(offset, size, trailer, start_90k, duration_90k, start_ns, bool(key))


def prft_ns(body: bytes, at: int) -> int:
    """Wall time of a prft box with this body; `at` is where the box lies. Raises BrokenFile."""
    if len(body) < 16:
        raise BrokenFile("a prft box is cut short", at)
    return ntp_to_ns(*struct.unpack_from(">II", body, 8))


def _fragment(read_at: ReadAt, at: int, end: int, init: InitInfo, moof: Box, mdat: Box, wall_ns: int) -> Fragment:
    if moof.size > _MAX_MOOF_BYTES:
        raise BrokenFile("a moof box is too large", moof.offset)
    data = read_at(moof.offset, moof.size)
    try:
        sequence, samples = _parse_moof(data, moof, init)
    except (struct.error, IndexError) as error:
        raise BrokenFile("a moof box is broken inside", moof.offset) from error
    for track_samples in samples.values():
        for sample in (track_samples[0], track_samples[-1]) if track_samples else ():
            if sample.offset < mdat.body or sample.offset + sample.size > mdat.end:
                raise BrokenFile("samples lie outside their mdat", moof.offset)
    trailer, leaf_hash, algorithm, index = _leaf(read_at, mdat.end, end)
    return Fragment(at, mdat.end - at, trailer, sequence, wall_ns, samples, leaf_hash, algorithm, index)


def _leaf(read_at: ReadAt, at: int, end: int) -> tuple[int, bytes | None, str, int]:
    head = read_at(at, 64) if at < end else b""
    if len(head) < 64 or head[:8] != b"\x00\x00\x00\x40uuid" or head[8:24] != LEAF_UUID or at + 64 > end:
        return 0, None, "", 0
    version, code, _, index = struct.unpack_from(">BBHI", head, 24)
    if version != 1 or code not in _ALGORITHMS:
        return 0, None, "", 0
    return 64, head[32:64], _ALGORITHMS[code], index


def _parse_moof(data: bytes, moof: Box, init: InitInfo) -> tuple[int, dict[int, tuple[Sample, ...]]]:
    read_at = reader_of(data)
    sequence = 0
    samples: dict[int, tuple[Sample, ...]] = {}
    for found in walk(read_at, moof.body - moof.offset, len(data)):
        if found.kind == b"mfhd":
            sequence = struct.unpack_from(">I", data, found.body + 4)[0]
        elif found.kind == b"traf":
            track_id, listed = _parse_traf(data, found, moof.offset)
            if init.track(track_id) is None:
                raise BrokenFile(f"a fragment of track {track_id}, which the file does not have", moof.offset)
            samples[track_id] = samples.get(track_id, ()) + tuple(listed)
    return sequence, samples


@dataclass(slots=True)
class _Defaults:
    track_id: int = 0
    duration: int = 0
    size: int = 0
    flags: int = DELTA_SAMPLE_FLAGS
    time: int = 0
    base: int = 0


def _parse_traf(data: bytes, traf: Box, moof_offset: int) -> tuple[int, list[Sample]]:
    defaults = _Defaults(base=moof_offset)
    samples: list[Sample] = []
    for found in walk(reader_of(data), traf.body, traf.end):
        if found.kind == b"tfhd":
            _parse_tfhd(data, found, defaults)
        elif found.kind == b"tfdt":
            wide = data[found.body] == 1
            defaults.time = struct.unpack_from(">Q" if wide else ">I", data, found.body + 4)[0]
        elif found.kind == b"trun":
            samples += _parse_trun(data, found, defaults)
    return defaults.track_id, samples


def _parse_tfhd(data: bytes, tfhd: Box, defaults: _Defaults) -> None:
    flags, defaults.track_id = struct.unpack_from(">II", data, tfhd.body)
    at = tfhd.body + 8
    if flags & 0x1:
        defaults.base = struct.unpack_from(">Q", data, at)[0]
        at += 8
    at += 4 if flags & 0x2 else 0
    for bit, name in ((0x8, "duration"), (0x10, "size"), (0x20, "flags")):
        if flags & bit:
            setattr(defaults, name, struct.unpack_from(">I", data, at)[0])
            at += 4


def _parse_trun(data: bytes, trun: Box, defaults: _Defaults) -> list[Sample]:
    flags, count = struct.unpack_from(">II", data, trun.body)
    at = trun.body + 8
    position = defaults.base
    if flags & 0x1:
        position += struct.unpack_from(">i", data, at)[0]
        at += 4
    first_flags: int | None = None
    if flags & 0x4:
        first_flags = struct.unpack_from(">I", data, at)[0]
        at += 4
    fields = [bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)]
    width = sum(fields)
    if at + 4 * width * count > trun.end or count > 1_000_000:
        raise BrokenFile("a trun box counts more samples than it has", defaults.base)
    values = iter(struct.unpack_from(f">{width * count}I", data, at))
    samples: list[Sample] = []
    time = defaults.time
    for index in range(count):
        duration = next(values) if fields[0] else defaults.duration
        size = next(values) if fields[1] else defaults.size
        own = next(values) if fields[2] else defaults.flags
        if index == 0 and first_flags is not None:
            own = first_flags
        shift = next(values) if fields[3] else 0
        if shift >= 1 << 31:
            shift -= 1 << 32
        samples.append(Sample(position, size, time, time + shift, duration, not own & 0x1_0000))
        position += size
        time += duration
    defaults.time = time
    return samples


def _parse_moov(data: bytes, moov: Box) -> InitInfo:
    read_at = reader_of(data)
    tracks: list[TrackSpec] = []
    metadata: dict[str, Any] = {}
    try:
        for found in walk(read_at, moov.body - moov.offset, len(data)):
            if found.kind == b"trak":
                tracks.append(_parse_trak(data, found))
            elif found.kind == b"udta":
                metadata = _parse_udta(data, found)
    except (struct.error, IndexError, ValueError) as error:
        raise BrokenFile("the moov box is broken inside", moov.offset) from error
    if not tracks:
        raise BrokenFile("the moov box has no track we know", moov.offset)
    return InitInfo(tuple(tracks), metadata, moov.end)


def _parse_udta(data: bytes, udta: Box) -> dict[str, Any]:
    for found in walk(reader_of(data), udta.body, udta.end):
        if found.usertype == METADATA_UUID:
            value = json.loads(data[found.body : found.end])
            if isinstance(value, dict):
                return value
    return {}


def _child(data: bytes, parent: Box, *path: bytes) -> Box:
    for kind in path:
        parent = _only(data, parent, kind)
    return parent


def _only(data: bytes, parent: Box, kind: bytes) -> Box:
    for found in walk(reader_of(data), parent.body, parent.end):
        if found.kind == kind:
            return found
    raise ValueError(f"no {kind!r} box")


def _parse_trak(data: bytes, trak: Box) -> TrackSpec:
    tkhd = _child(data, trak, b"tkhd")
    track_id = struct.unpack_from(">I", data, tkhd.body + (20 if data[tkhd.body] else 12))[0]
    mdhd = _child(data, trak, b"mdia", b"mdhd")
    timescale = struct.unpack_from(">I", data, mdhd.body + (20 if data[mdhd.body] else 12))[0]
    if not timescale:
        raise ValueError("a timescale of zero")
    stsd = _child(data, trak, b"mdia", b"minf", b"stbl", b"stsd")
    entry = next(walk(reader_of(data), stsd.body + 8, stsd.end), None)
    if entry is None:
        raise ValueError("no sample entry")
    return _parse_entry(data, entry, track_id, timescale)


def _parse_entry(data: bytes, entry: Box, track_id: int, timescale: int) -> TrackSpec:
    kind = entry.kind
    if kind in (b"avc1", b"avc3", b"hvc1", b"hev1"):
        width, height = struct.unpack_from(">HH", data, entry.body + 24)
        hevc = kind[:1] == b"h"
        inner = Box(kind, entry.offset, entry.body + 78, entry.end)
        config_box = _only(data, inner, b"hvcC" if hevc else b"avcC")
        body = data[config_box.body : config_box.end]
        config = _hvcc_nals(body) if hevc else _avcc_nals(body)
        return TrackSpec(track_id, "h265" if hevc else "h264", timescale, config, 0, width, height)
    if kind in (b"mp4a", b"alaw", b"ulaw", b"fLaC"):
        channels = struct.unpack_from(">H", data, entry.body + 16)[0]
        if kind == b"fLaC":
            dfla = _only(data, Box(kind, entry.offset, entry.body + 28, entry.end), b"dfLa")
            return TrackSpec(track_id, "flac", timescale, (data[dfla.body + 8 : dfla.body + 42],), channels)
        if kind != b"mp4a":
            return TrackSpec(track_id, "pcma" if kind == b"alaw" else "pcmu", timescale, (), channels)
        esds = _only(data, Box(kind, entry.offset, entry.body + 28, entry.end), b"esds")
        return TrackSpec(track_id, "aac", timescale, (_specific_config(data[esds.body + 4 : esds.end]),), channels)
    raise ValueError(f"a sample entry {kind!r}")


def _counted(body: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    nals: list[bytes] = []
    for _ in range(count):
        length = struct.unpack_from(">H", body, at)[0]
        if at + 2 + length > len(body):
            raise ValueError("a parameter set is cut short")
        nals.append(body[at + 2 : at + 2 + length])
        at += 2 + length
    return nals, at


def _avcc_nals(body: bytes) -> tuple[bytes, ...]:
    sets, at = _counted(body, 6, body[5] & 31)
    pictures, _ = _counted(body, at + 1, body[at])
    return tuple(sets + pictures)


def _hvcc_nals(body: bytes) -> tuple[bytes, ...]:
    at = 23
    nals: list[bytes] = []
    for _ in range(body[22]):
        found, at = _counted(body, at + 3, struct.unpack_from(">H", body, at + 1)[0])
        nals += found
    return tuple(nals)


def _specific_config(body: bytes) -> bytes:
    """Descend ES (3) > DecoderConfig (4) > DecoderSpecificInfo (5): ISO/IEC 14496-1 7.2.6."""
    at = 0
    for tag, skip in ((3, 3), (4, 13), (5, 0)):
        if body[at] != tag:
            raise ValueError("an esds box without its descriptors")
        at += 1
        length = 0
        while True:
            byte = body[at]
            at += 1
            length = length << 7 | byte & 0x7F
            if not byte & 0x80:
                break
        if tag == 5:
            return body[at : at + length]
        at += skip
    raise ValueError("no AudioSpecificConfig")
