"""What a ticket lets its bearer read. Everything is refused that is not plainly covered.

Paths never come from the client: it names a segment by id and bytes by offset, and both must belong to the ticket's
camera, stream and stretch of time. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.media.playback.chunks import Chunk, chunks_of, clip_chunks
from mingjian.ports.recording import FragmentRef, SegmentRecord
from mingjian.ports.ticket import Right, Ticket


def not_covered(field: str) -> MingjianError:
    """The one refusal: it does not tell whether what was asked exists."""
    return MingjianError(
        "not_covered",
        Text(zh="观看凭证不包含所请求的录像", en="the viewing ticket does not cover the footage that was asked for"),
        fault=Fault.USER,
        field=field,
        remedy=Text(
            zh="请按需要的摄像机和时间重新打开画面", en="open the picture again for the camera and time you need"
        ),
    )


def require(ticket: Ticket, right: Right, stream: str) -> None:
    """Raises MingjianError `not_covered` unless the ticket gives `right` on `stream`."""
    if right.value not in ticket.rights:
        raise not_covered("right")
    if stream not in ticket.streams:
        raise not_covered("stream")


def covered_range(ticket: Ticket, from_ns: int, to_ns: int) -> tuple[int, int]:
    """The part of [from, to) that the ticket covers. Raises MingjianError `not_covered` when there is none."""
    low_ns, high_ns = max(from_ns, ticket.from_ms * NS_PER_MS), min(to_ns, ticket.to_ms * NS_PER_MS)
    if low_ns >= high_ns:
        raise not_covered("from")
    return low_ns, high_ns


def covered_segment(ticket: Ticket, record: SegmentRecord | None, rights: Sequence[Right]) -> SegmentRecord:
    """The segment, if it is of the ticket's camera and streams, overlaps its time, and one of `rights` is given."""
    if record is None or record.camera != ticket.camera or record.stream not in ticket.streams:
        raise not_covered("segment")
    if not any(right.value in ticket.rights for right in rights):
        raise not_covered("right")
    if record.end_ns <= ticket.from_ms * NS_PER_MS or record.start_ns >= ticket.to_ms * NS_PER_MS:
        raise not_covered("segment")
    return record


def covered_chunks(ticket: Ticket, record: SegmentRecord, fragments: Sequence[FragmentRef]) -> list[Chunk]:
    """The chunks of a covered segment that hold any covered instant (the first may begin before: its keyframe)."""
    return clip_chunks(chunks_of(record, fragments), ticket.from_ms * NS_PER_MS, ticket.to_ms * NS_PER_MS)


def covered_bytes(
    ticket: Ticket, record: SegmentRecord, fragments: Sequence[FragmentRef], offset: int, length: int
) -> list[FragmentRef]:
    """The fragments in bytes [offset, offset + length) of a covered segment.

    Raises MingjianError `not_covered` unless these bytes are whole neighbouring fragments inside covered chunks. The
    bytes of a fragment may or may not include what trails it.
    """
    chunks = covered_chunks(ticket, record, fragments)
    if not chunks:
        raise not_covered("range")
    first, last = chunks[0].first, chunks[-1].last
    inside = [ref for ref in fragments if first <= ref.index <= last and offset <= ref.offset < offset + length]
    if not inside or inside[0].offset != offset:
        raise not_covered("range")
    tail = inside[-1]
    if offset + length not in (tail.offset + tail.size, tail.offset + tail.size + tail.trailer_bytes):
        raise not_covered("range")
    return inside
