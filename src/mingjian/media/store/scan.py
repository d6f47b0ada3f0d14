"""Reading a segment file from the ground up: which of its fragments are whole, by structure and by leaf hash."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.ledger.merkle import Frontier, leaf_hash
from mingjian.media.store.volume import segment_path
from mingjian.ports.recording import SegmentRecord
from mingjian.wire.fmp4.box import BrokenFile
from mingjian.wire.fmp4.build import TableRow
from mingjian.wire.fmp4.read import Fragment, InitInfo, read_fragment, read_init, read_table


@dataclass(slots=True)
class Scan:
    """What a file holds. `good_end` is behind the last whole fragment; `damage_at` the first bad byte, None if none.

    `sealed` says that a whole closing table follows the last fragment and nothing else.
    """

    init: InitInfo | None = None
    init_leaf: bytes = b""
    rows: list[TableRow] = field(default_factory=list)
    frames: int = 0
    size: int = 0
    good_end: int = 0
    damage_at: int | None = None
    damage: str = ""
    sealed: bool = False
    frontier: Frontier | None = None

    @property
    def intervals(self) -> list[tuple[int, int]]:
        """Wall time of the footage, fragment by fragment."""
        return [(row.start_ns, row.start_ns + ticks_90k_to_ns(row.duration_90k)) for row in self.rows]


def scan_file(path: Path, *, hashed: bool) -> Scan:
    """Walk a segment file; with `hashed` every fragment is checked against its leaf box. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _scan(fd, hashed=hashed)
    finally:
        os.close(fd)


def _scan(fd: int, *, hashed: bool) -> Scan:
    scan = Scan(size=os.fstat(fd).st_size)

    def read_at(offset: int, length: int) -> bytes:
        return os.pread(fd, length, offset)

    try:
        scan.init = read_init(read_at, scan.size)
        algorithm = str(scan.init.metadata.get("digest", "sha256"))
        scan.frontier = Frontier(algorithm)
        scan.init_leaf = leaf_hash(algorithm, (read_at(0, scan.init.size),))
        scan.frontier.append(scan.init_leaf)
        scan.good_end = scan.init.size
        while scan.good_end < scan.size:
            fragment = read_fragment(read_at, scan.good_end, scan.size, scan.init)
            if fragment is None:
                table = read_table(read_at, scan.size)
                scan.sealed = table == scan.rows
                if not scan.sealed:
                    raise BrokenFile("the closing table is broken", scan.good_end)
                return scan
            _take(scan, fragment, read_at(fragment.offset, fragment.size) if hashed else None)
    except (BrokenFile, MingjianError) as error:
        scan.damage_at = error.offset if isinstance(error, BrokenFile) else scan.good_end
        scan.damage = error.what if isinstance(error, BrokenFile) else error.code
    return scan


def _take(scan: Scan, fragment: Fragment, data: bytes | None) -> None:
    assert scan.init is not None
    assert scan.frontier is not None
    leaf = fragment.leaf_hash
    if leaf is None or fragment.leaf_index != len(scan.rows) + 1:
        raise BrokenFile("a fragment without its leaf", fragment.offset)
    if data is not None and leaf_hash(scan.frontier.algorithm, (data,)) != leaf:
        raise BrokenFile("a fragment that differs from its leaf", fragment.offset)
    scan.rows.append(fragment.row(scan.init))
    scan.frontier.append(leaf)
    lead = scan.init.video or scan.init.tracks[0]
    scan.frames += len(fragment.samples.get(lead.track_id, ()))
    scan.good_end = fragment.end


def record_of(scan: Scan, path: str, volume: str, known: SegmentRecord | None = None) -> SegmentRecord:
    """The index row of a scanned file. Raises ValueError when the file does not say whose it is or lies elsewhere."""
    init = scan.init
    if init is None or scan.frontier is None or not init.metadata.get("segment"):
        raise ValueError("the file does not say whose it is")
    told = init.metadata
    start_ns = int(told["start_ns"])
    if segment_path(told["camera"], told["stream"], start_ns, int(told["sequence"])) != path:
        raise ValueError("the file lies elsewhere than it says")
    picture = init.video
    last = scan.rows[-1] if scan.rows else None
    return SegmentRecord(
        id=str(told["segment"]), camera=str(told["camera"]), stream=str(told["stream"]), run=str(told["run"]),
        sequence=int(told["sequence"]), path=path, start_ns=start_ns,
        end_ns=max((end for _, end in scan.intervals), default=start_ns), start_90k=int(told["start_90k"]),
        duration_90k=last.start_90k + last.duration_90k if last else 0, bytes=scan.size, init_bytes=init.size,
        fragments=len(scan.rows), frames=scan.frames, damaged_frames=known.damaged_frames if known else 0,
        codecs=init.codecs, width=picture.width if picture else 0, height=picture.height if picture else 0,
        sealed=scan.sealed, digest=scan.frontier.root().hex() if scan.sealed else None,
        digest_alg=scan.frontier.algorithm, recomputed=False,
        clock_offset_ms=known.clock_offset_ms if known else None, volume=volume,
    )  # fmt: skip
