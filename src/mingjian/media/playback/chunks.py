"""Chunks: what a player fetches at once. A chunk runs from a keyframe to before the next one, inside one segment.

Pure: index rows in, chunks out. A chunk is one stretch of bytes of the segment's file, exactly as recorded, so that
chunks laid end to end are the segment without its init part, and nothing is lost or repeated between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mingjian.kernel.media_time import ticks_90k_to_ns
from mingjian.ports.recording import FragmentRef, SegmentRecord


@dataclass(frozen=True, slots=True)
class Chunk:
    """Fragments [first, last] of `segment`; bytes [offset, offset + length) of its file.

    `start_90k` counts from the segment's first sample, as `tfdt` in the bytes does; adding `segment.start_90k` gives
    the run's time. `start_ns`/`end_ns` are wall time. `keyframe` is false only for a stretch that continues a chunk
    fetched before (see `after`). `partial` says that the segment may still grow this chunk.
    """

    segment: SegmentRecord
    first: int
    last: int
    offset: int
    length: int
    start_90k: int
    duration_90k: int
    start_ns: int
    end_ns: int
    keyframe: bool
    partial: bool

    @property
    def wall_end_ns(self) -> int:
        """Where the last sample ends by the media clock."""
        return self.start_ns + ticks_90k_to_ns(self.duration_90k)


def chunks_of(record: SegmentRecord, fragments: Sequence[FragmentRef], after: int = -1) -> list[Chunk]:
    """The chunks of a segment, oldest first.

    `after` is the index of the last fragment that was fetched before (-1: none): a chunk of which a part was fetched
    yields only its rest, marked `keyframe=False`.
    """
    groups: list[list[FragmentRef]] = []
    for fragment in fragments:
        if fragment.index <= after:
            continue
        if fragment.keyframe or not groups:
            groups.append([fragment])
        else:
            groups[-1].append(fragment)
    chunks: list[Chunk] = []
    for number, group in enumerate(groups):
        following = groups[number + 1][0] if number + 1 < len(groups) else None
        chunks.append(_chunk(record, group, following))
    return chunks


def _chunk(record: SegmentRecord, group: Sequence[FragmentRef], following: FragmentRef | None) -> Chunk:
    head, tail = group[0], group[-1]
    duration_90k = tail.start_90k + tail.duration_90k - head.start_90k
    if following is not None:
        end_ns = following.start_ns
    else:
        end_ns = max(record.end_ns, head.start_ns + ticks_90k_to_ns(duration_90k) if not record.sealed else 0)
    return Chunk(
        segment=record,
        first=head.index,
        last=tail.index,
        offset=head.offset,
        length=tail.offset + tail.size + tail.trailer_bytes - head.offset,
        start_90k=head.start_90k,
        duration_90k=duration_90k,
        start_ns=head.start_ns,
        end_ns=max(end_ns, head.start_ns + 1),
        keyframe=head.keyframe,
        partial=following is None and not record.sealed,
    )


def clip_chunks(chunks: Iterable[Chunk], from_ns: int, to_ns: int) -> list[Chunk]:
    """The chunks that hold any instant of [from, to): the first one begins at the keyframe at or before `from`."""
    return [chunk for chunk in chunks if chunk.end_ns > from_ns and chunk.start_ns < to_ns]


def wall_ns(chunk: Chunk, media_90k: int) -> int:
    """Wall time of an instant of the segment's media time inside `chunk`."""
    return chunk.start_ns + ticks_90k_to_ns(media_90k - chunk.start_90k)
