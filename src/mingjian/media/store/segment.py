"""One growing segment file: what the recorder holds (`Segment`), and the jobs it sends to the volume's thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mingjian.kernel.canonical import canonical_bytes
from mingjian.ledger.merkle import Frontier
from mingjian.media.store.volume import segment_path
from mingjian.ports.recording import SegmentRecord
from mingjian.wire.fmp4.box import Buffer
from mingjian.wire.fmp4.build import TableRow, build_init
from mingjian.wire.fmp4.entries import TrackSpec


def init_of(record: SegmentRecord, tracks: tuple[TrackSpec, ...], instance: str) -> bytes:
    """The init segment with our metadata: from it and the fragments the index can be rebuilt.

    Raises ValueError when a track's configuration is incomplete.
    """
    told = {
        "segment": record.id, "camera": record.camera, "stream": record.stream, "run": record.run,
        "sequence": record.sequence, "start_ns": str(record.start_ns), "start_90k": str(record.start_90k),
        "digest": record.digest_alg, "instance": instance,
    }  # fmt: skip
    return build_init(tracks, canonical_bytes(told))


@dataclass(slots=True)
class FragmentJob:
    """One fragment on its way to disk: `[prft moof mdat-header, samples...]` and what the index wants to know.

    `start_90k`/`duration_90k` are relative to the segment's first sample, wall times by the arrival clock.
    """

    buffers: list[Buffer]
    size: int
    start_90k: int
    duration_90k: int
    start_ns: int
    end_ns: int
    keyframe: bool
    frames: int
    damaged: int
    clock_offset_ms: int | None = None


@dataclass(slots=True)
class Segment:
    """A segment being written. Fields below `failed` belong to the volume's writer thread.

    The recorder reads two flags: `failed` (nothing more gets to disk: begin another segment at the next keyframe) and
    `rotate` (please end at the next keyframe: the volume is getting full).
    """

    record: SegmentRecord
    init: bytes
    tracks: tuple[TrackSpec, ...]
    instance: str
    failed: bool = False
    rotate: bool = False
    fd: int | None = None
    frontier: Frontier = field(init=False)
    init_leaf: bytes = b""
    rows: list[TableRow] = field(default_factory=list)
    offset: int = 0
    unsynced: bool = False
    final: SegmentRecord | None = None  # the sealed row; it becomes `record` when its bytes are on the platter

    def __post_init__(self) -> None:
        self.frontier = Frontier(self.record.digest_alg)  # leaves and nodes of a tree have one algorithm

    @property
    def lead_track(self) -> int:
        """The track that the closing table counts by: video, or the only sound."""
        return next((track.track_id for track in self.tracks if track.is_video), self.tracks[0].track_id)

    def take_next_path(self) -> None:
        """The path is taken: go on to the next sequence number, in the file's metadata as well."""
        sequence = self.record.sequence + 1
        path = segment_path(self.record.camera, self.record.stream, self.record.start_ns, sequence)
        self.record = replace(self.record, sequence=sequence, path=path)
        self.init = init_of(self.record, self.tracks, self.instance)

    def advance(self, job: FragmentJob, size: int, trailer_bytes: int) -> None:
        """Take a fragment that is written into the account."""
        self.rows.append(
            TableRow(self.offset, size, trailer_bytes, job.start_90k, job.duration_90k, job.start_ns, job.keyframe)
        )
        self.offset += size + trailer_bytes
        record = self.record
        self.record = replace(
            record,
            end_ns=max(record.end_ns, job.end_ns),
            duration_90k=job.start_90k + job.duration_90k,
            bytes=self.offset,
            fragments=len(self.rows),
            frames=record.frames + job.frames,
            damaged_frames=record.damaged_frames + job.damaged,
            clock_offset_ms=record.clock_offset_ms if job.clock_offset_ms is None else job.clock_offset_ms,
        )
