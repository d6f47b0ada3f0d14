from __future__ import annotations

from dataclasses import replace

import pytest

from mingjian.kernel.errors import MingjianError
from mingjian.media.playback.access import covered_bytes, covered_range, covered_segment, require
from mingjian.ports.recording import FragmentRef, SegmentRecord
from mingjian.ports.ticket import Right, Ticket

MS = 1_000_000
TICKET = Ticket(
    id="t", viewer="u", viewer_name="张三 市局", camera="cam", streams=("main",), rights=("playback",), purpose="巡查",
    issued_ms=0, expires_ms=10**15, from_ms=10_000, to_ms=14_000, edge="e", session="s",
)  # fmt: skip
RECORD = SegmentRecord(
    id="s1", camera="cam", stream="main", run="r", sequence=1, path="p", start_ns=8_000 * MS, end_ns=20_000 * MS,
    start_90k=0, duration_90k=0, bytes=0, init_bytes=700, fragments=6, frames=0, damaged_frames=0, codecs="", width=0,
    height=0, sealed=True, digest=None, digest_alg="sha256", recomputed=False, clock_offset_ms=None,
)  # fmt: skip
# Six fragments of 2 s from 8 s on; GOPs of 4 s. The ticket (10 s to 14 s) touches the first two GOPs.
REFS = [
    FragmentRef(i, 700 + 164 * (i - 1), 100, 64, 180_000 * (i - 1), 180_000, i % 2 == 1, (6_000 + 2_000 * i) * MS)
    for i in range(1, 7)
]


def refused(call: object, *args: object) -> str | None:
    with pytest.raises(MingjianError) as caught:
        call(*args)  # type: ignore[operator]
    assert caught.value.code == "not_covered"
    return caught.value.field


def test_right_and_stream_must_be_on_the_ticket() -> None:
    require(TICKET, Right.PLAYBACK, "main")
    assert refused(require, TICKET, Right.SNAPSHOT, "main") == "right"
    assert refused(require, TICKET, Right.PLAYBACK, "sub") == "stream"


def test_time_is_clipped_to_the_ticket_and_refused_outside_it() -> None:
    assert covered_range(TICKET, 0, 12_000 * MS) == (10_000 * MS, 12_000 * MS)
    assert refused(covered_range, TICKET, 14_000 * MS, 99_000 * MS) == "from"
    assert refused(covered_range, TICKET, 12_000 * MS, 11_000 * MS) == "from"
    live = replace(TICKET, from_ms=0, to_ms=0)
    assert refused(covered_range, live, 0, 99_000 * MS) == "from"


@pytest.mark.parametrize(
    "other",
    [
        None,
        replace(RECORD, camera="another"),
        replace(RECORD, stream="sub"),
        replace(RECORD, end_ns=10_000 * MS),
        replace(RECORD, start_ns=14_000 * MS),
    ],
)
def test_a_segment_of_another_camera_stream_or_time_looks_like_none_at_all(other: SegmentRecord | None) -> None:
    assert refused(covered_segment, TICKET, other, (Right.PLAYBACK,)) == "segment"


def test_a_segment_needs_one_of_the_rights() -> None:
    assert covered_segment(TICKET, RECORD, (Right.EXPORT, Right.PLAYBACK)) is RECORD
    assert refused(covered_segment, TICKET, RECORD, (Right.SNAPSHOT,)) == "right"


@pytest.mark.parametrize(
    ("offset", "length", "indexes"),
    [
        (700, 328, [1, 2]),  # one chunk: it begins at the keyframe before the ticket's time
        (700, 264, [1, 2]),  # without what trails the last fragment
        (700, 656, [1, 2, 3, 4]),
        (864, 164, [2]),  # the rest of a chunk that grew
    ],
)
def test_whole_fragments_of_covered_chunks_are_given(offset: int, length: int, indexes: list[int]) -> None:
    assert [ref.index for ref in covered_bytes(TICKET, RECORD, REFS, offset, length)] == indexes


@pytest.mark.parametrize(
    ("offset", "length"),
    [
        (0, 700),  # the init part has its own call
        (700, 657),
        (700, 10**9),
        (701, 163),
        (700, 100_000),
        (1356, 164),  # the third GOP is outside the ticket's time
        (1028, 492),  # reaches into it
        (-700, 1400),
        (700, 0),
        (700, -5),
        (10**12, 1),
    ],
)
def test_all_other_bytes_are_refused(offset: int, length: int) -> None:
    assert refused(covered_bytes, TICKET, RECORD, REFS, offset, length) == "range"
