"""One fragment of a segment file against the digests stored for it, and its oldest picture decoded. Blocks."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mingjian.ledger.merkle import leaf_hash, tree_root
from mingjian.ledger.retention import OldestFrame
from mingjian.media.retention.picture import CodedFrame, Decode, UndecodableError
from mingjian.ports.recording import SegmentRecord
from mingjian.wire.fmp4.box import BrokenFile, ReadAt
from mingjian.wire.fmp4.build import LEAF_UUID, TableRow
from mingjian.wire.fmp4.read import InitInfo, parse_fragment, read_init, read_table, walk_fragments

_LEAF_BOX_BYTES = 64
_LEAF_HEAD = b"\x00\x00\x00\x40uuid" + LEAF_UUID
_MAX_ERROR = 400


@dataclass(frozen=True, slots=True)
class Compared:
    """A fragment (counted from 1) compared with what is stored of it; measures are 0 where it cannot be read."""

    fragment: int
    leaf: str | None
    state: str
    codecs: str = ""
    width: int = 0
    height: int = 0
    pictures: int = 0
    duration_90k: int = 0
    bytes: int = 0


def compare(path: Path, record: SegmentRecord, at_ns: int) -> Compared:
    """The fragment of a segment that stands at an instant: its bytes, its leaf hash, and the root over its file's leaves.

    One fragment is read; of the others only the leaf boxes, which must lead to the digest kept in the index.
    """
    try:
        with _opened(path) as (read_at, size):
            init = read_init(read_at, size)
            rows = _rows(read_at, size, init, record)
            if not rows:
                return Compared(0, None, "missing")
            number = max(0, bisect_right([row.start_ns for row in rows], at_ns) - 1)
            row = rows[number]
            data = read_at(row.offset, row.size)
            if len(data) != row.size:
                return Compared(number + 1, None, "missing")
            kept = _leaf_hashes(read_at, rows)
            hashed = leaf_hash(record.digest_alg, (data,))
            intact = hashed == kept[number]
            if record.sealed:
                leaves = [leaf_hash(record.digest_alg, (read_at(0, init.size),)), *(one or b"" for one in kept)]
                intact = intact and None not in kept and tree_root(record.digest_alg, leaves).hex() == record.digest
            return _measured(number + 1, hashed.hex(), "intact" if intact else "altered", data, row, init)
    except OSError:
        return Compared(0, None, "missing")
    except BrokenFile:
        return Compared(0, None, "altered")


def _measured(number: int, leaf: str, state: str, data: bytes, row: TableRow, init: InitInfo) -> Compared:
    video = init.video
    try:
        samples = parse_fragment(data, init).samples.get(video.track_id, ()) if video is not None else ()
    except BrokenFile:
        samples = ()
    return Compared(
        number, leaf, state, init.codecs, 0 if video is None else video.width, 0 if video is None else video.height,
        len(samples), row.duration_90k, sum(sample.size for sample in samples),
    )  # fmt: skip


def decode_oldest(path: Path, record: SegmentRecord, at_ns: int, decode: Decode) -> OldestFrame:
    """The first picture at or after an instant that decodes alone (the last one before, where none follows), decoded."""
    try:
        with _opened(path) as (read_at, size):
            init = read_init(read_at, size)
            rows = _rows(read_at, size, init, record)
            number = _keyframe(rows, at_ns)
            row = rows[number]
            coded = _first_picture(read_at(row.offset, row.size), init)
        picture = decode(coded)
    except (OSError, BrokenFile, LookupError, UndecodableError) as error:
        return OldestFrame(
            at_ns=at_ns, segment=record.id, fragment=0, decoded=False, width=0, height=0, pixel_format=None,
            picture=None, error=(str(error) or type(error).__name__)[:_MAX_ERROR],
        )  # fmt: skip
    return OldestFrame(
        at_ns=row.start_ns, segment=record.id, fragment=number + 1, decoded=True, width=picture.width,
        height=picture.height, pixel_format=picture.pixel_format, picture=picture.sha256, error=None,
    )  # fmt: skip


def _first_picture(data: bytes, init: InitInfo) -> CodedFrame:
    """The fragment's first sample as it is stored. Raises LookupError, BrokenFile."""
    if init.video is None:
        raise LookupError("no video track")
    sample = parse_fragment(data, init).samples[init.video.track_id][0]
    return CodedFrame(init.video, data[sample.offset : sample.offset + sample.size])


def _keyframe(rows: Sequence[TableRow], at_ns: int) -> int:
    """The first fragment that begins with a keyframe at or after `at_ns`, else the last before. Raises LookupError."""
    keyed = [number for number, row in enumerate(rows) if row.keyframe]
    if not keyed:
        raise LookupError("no keyframe")
    return next((number for number in keyed if rows[number].start_ns >= at_ns), keyed[-1])


def _rows(read_at: ReadAt, size: int, init: InitInfo, record: SegmentRecord) -> list[TableRow]:
    """All fragments: from the closing table, or by walking the whole ones of a file that has none. Raises BrokenFile."""
    table = read_table(read_at, size) if record.sealed else None
    if table is not None:
        return table
    found: list[TableRow] = []
    try:
        for fragment in walk_fragments(read_at, init.size, size, init):
            if fragment.leaf_hash is None:
                break  # still being written
            found.append(fragment.row(init))
    except BrokenFile:
        if record.sealed:
            raise
    return found


def _leaf_hashes(read_at: ReadAt, rows: Sequence[TableRow]) -> list[bytes | None]:
    """What the leaf box behind each fragment says, None where there is none."""
    found: list[bytes | None] = []
    for row in rows:
        box = read_at(row.offset + row.size, _LEAF_BOX_BYTES)
        found.append(box[32:64] if len(box) == _LEAF_BOX_BYTES and box.startswith(_LEAF_HEAD) else None)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[tuple[ReadAt, int]]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        yield lambda offset, length: os.pread(descriptor, length, offset), os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
