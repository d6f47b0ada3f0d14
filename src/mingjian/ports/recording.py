"""What the store knows about time: spans, gaps with their reasons, segments, fragments.

Wall times (`*_ns`) are UTC nanoseconds since 1970 by the arrival clock of the machine that recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SpanKind(StrEnum):
    """What became of a stretch of time. Every second of a camera-day is one of these."""

    RECORDED = "recorded"
    GAP = "gap"
    BACKFILLED = "backfilled"
    EXPIRED = "expired"
    NOT_PLANNED = "not_planned"
    FUTURE = "future"


class GapReason(StrEnum):
    """Why footage that was planned is not there."""

    UNREACHABLE = "unreachable"  # no connection, refused, or closed: nothing answers as a camera
    AUTHENTICATION = "authentication"  # the camera refuses our credentials
    NETWORK = "network"  # connected, but media stopped or was lost on the way
    ENGINE_DOWN = "engine_down"  # our recorder was not running
    STORAGE = "storage"  # disk full, read-only, too slow or broken
    DISABLED = "disabled"  # an operator switched the camera off
    UNKNOWN = "unknown"  # a defect of ours: no test may ever produce it


@dataclass(frozen=True, slots=True)
class Span:
    """[start_ns, end_ns) of one kind; a gap has its reason and perhaps a detail for people."""

    kind: SpanKind
    start_ns: int
    end_ns: int
    reason: GapReason | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """One row of a volume's index: an immutable fMP4 file, sealed or still growing.

    `path` is relative to the volume. `start_90k` is the stream's running media time at the first sample, continuous
    within a Run; media time inside the file begins at zero. `digest` is hex of the RFC 6962 root over the init segment
    and each fragment, None while open; `recomputed` says that it was hashed again from the file, not while writing.
    """

    id: str
    camera: str
    stream: str
    run: str
    sequence: int
    path: str
    start_ns: int
    end_ns: int
    start_90k: int
    duration_90k: int
    bytes: int
    init_bytes: int
    fragments: int
    frames: int
    damaged_frames: int
    codecs: str  # RFC 6381, video first: "avc1.4d401f,mp4a.40.2"
    width: int
    height: int
    sealed: bool
    digest: str | None
    digest_alg: str  # "sha256" or "sm3"
    recomputed: bool
    clock_offset_ms: int | None  # camera clock minus ours, None while no sender report came
    volume: str = ""


@dataclass(frozen=True, slots=True)
class FragmentRef:
    """One fragment inside a segment file: [prft] moof mdat, then the uuid box with its leaf hash.

    `offset` and `size` cover prft+moof+mdat, the bytes under the leaf hash; `trailer_bytes` is what follows before the
    next fragment. Times are relative to the segment's first sample (90 kHz).
    """

    index: int
    offset: int
    size: int
    trailer_bytes: int
    start_90k: int
    duration_90k: int
    keyframe: bool
    start_ns: int


class FootageIndex(Protocol):
    """What knows what became of every second; safe to share between threads, needs no running engine."""

    def spans(
        self, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int, language: str = "en"
    ) -> Sequence[Span]:
        """[from, to) without hole, oldest first."""
