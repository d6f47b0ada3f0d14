from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.media_time import ns_to_90k
from mingjian.media.playback.answers import plan_json
from mingjian.media.playback.chunks import Chunk, chunks_of
from mingjian.media.playback.plan import Cursor, Plan, make_plan, parse_cursor
from mingjian.media.playback.playlist import media_playlist
from mingjian.ports.recording import FragmentRef, GapReason, SegmentRecord, Span, SpanKind

INIT_BYTES = 700
S = NS_PER_S
EPOCH = 1_700_000_000 * S


def segment(
    number: int, start_s: float, fragments: Sequence[tuple[float, bool]], *, run: str = "r1", sealed: bool = True
) -> tuple[SegmentRecord, list[FragmentRef]]:
    """A segment `start_s` after EPOCH whose fragments are (seconds, keyframe)."""
    start_ns = EPOCH + int(start_s * S)
    refs: list[FragmentRef] = []
    offset, at_s = INIT_BYTES, 0.0
    for index, (length_s, keyframe) in enumerate(fragments, start=1):
        at_ns = int(at_s * S)
        refs.append(
            FragmentRef(
                index,
                offset,
                1000 + index,
                64,
                ns_to_90k(at_ns),
                ns_to_90k(int(length_s * S)),
                keyframe,
                start_ns + at_ns,
            )
        )
        offset += 1000 + index + 64
        at_s += length_s
    duration_ns = int(at_s * S)
    record = SegmentRecord(
        id=f"s{number}", camera="cam", stream="main", run=run, sequence=number, path=f"{number}.mp4",
        start_ns=start_ns, end_ns=start_ns + duration_ns, start_90k=ns_to_90k(int(start_s * S)),
        duration_90k=ns_to_90k(duration_ns), bytes=offset, init_bytes=INIT_BYTES, fragments=len(refs), frames=0,
        damaged_frames=0, codecs="avc1.4d401f", width=640, height=360, sealed=sealed, digest=None, digest_alg="sha256",
        recomputed=False, clock_offset_ms=None,
    )  # fmt: skip
    return record, refs


class Index:
    """Answers from lists, as a store would."""

    def __init__(self, *held: tuple[SegmentRecord, list[FragmentRef]]) -> None:
        self.held = {record.id: (record, refs) for record, refs in held}

    def segments(
        self, camera: str, stream: str, from_ns: int, to_ns: int, limit: int | None = None
    ) -> list[SegmentRecord]:
        found = [
            record
            for record, _ in self.held.values()
            if (record.camera, record.stream) == (camera, stream)
            and record.end_ns > from_ns
            and record.start_ns < to_ns
        ]
        return sorted(found, key=lambda record: (record.start_ns, record.id))[:limit]

    def segment(self, segment_id: str) -> SegmentRecord | None:
        return self.held[segment_id][0] if segment_id in self.held else None

    def fragments(self, record: SegmentRecord) -> list[FragmentRef]:
        return self.held[record.id][1]

    def path(self, record: SegmentRecord) -> Path:
        raise AssertionError("a plan opens no file")

    def spans(
        self, camera: str, stream: str, from_ns: int, to_ns: int, now_ns: int, language: str = "en"
    ) -> list[Span]:
        spans: list[Span] = []
        at = from_ns
        for record in self.segments(camera, stream, from_ns, to_ns):
            if record.start_ns > at:
                spans.append(Span(SpanKind.GAP, at, record.start_ns, GapReason.NETWORK))
            end_ns = min(to_ns, record.end_ns)
            spans.append(Span(SpanKind.RECORDED, max(at, record.start_ns), end_ns))
            at = max(at, end_ns)
        if at < to_ns:
            spans.append(Span(SpanKind.GAP, at, to_ns, GapReason.NETWORK))
        return spans


def plan(
    index: Index, from_s: float, to_s: float, cursor: Cursor | None = None, limit: int = 600, now_s: float = 10**8
) -> Plan:
    from_ns, to_ns, now_ns = (EPOCH + int(seconds * S) for seconds in (from_s, to_s, now_s))
    return make_plan(index, "cam", "main", from_ns, to_ns, now_ns, cursor, limit)


def place(chunk: Chunk) -> tuple[str, int, int]:
    return chunk.segment.id, chunk.first, chunk.last


GOP = [(2.0, True)] * 3


def test_the_first_chunk_holds_from_and_the_last_one_the_instant_before_to() -> None:
    index = Index(segment(1, 0, GOP), segment(2, 6, GOP))
    got = plan(index, 3.0, 8.0)
    assert [place(chunk) for chunk in got.chunks] == [("s1", 2, 2), ("s1", 3, 3), ("s2", 1, 1)]
    assert (got.cursor, got.growing, got.gaps) == (None, False, ())


def test_a_long_gop_of_many_fragments_is_one_chunk_of_neighbouring_bytes() -> None:
    record, refs = segment(1, 0, [(2.0, True), (2.0, False), (1.0, False), (2.0, True), (2.0, False)])
    chunks = chunks_of(record, refs)
    assert [place(chunk) for chunk in chunks] == [("s1", 1, 3), ("s1", 4, 5)]
    assert chunks[0].offset == INIT_BYTES
    assert chunks[0].offset + chunks[0].length == chunks[1].offset
    assert chunks[1].offset + chunks[1].length == record.bytes
    assert chunks[0].end_ns == chunks[1].start_ns
    assert (chunks[0].duration_90k, chunks[1].start_90k) == (450_000, 450_000)


def test_a_plan_from_inside_a_gap_begins_behind_it_and_shows_it_with_its_reason() -> None:
    index = Index(segment(1, 0, GOP), segment(2, 20, GOP, run="r2"))
    got = plan(index, 7.0, 30.0)
    assert place(got.chunks[0]) == ("s2", 1, 1)
    assert (got.gaps[0].start_ns, got.gaps[0].end_ns) == (EPOCH + 7 * S, EPOCH + 20 * S)
    assert got.gaps[0].reason is GapReason.NETWORK


def test_a_growing_chunk_goes_on_exactly_where_the_cursor_stopped() -> None:
    sealed = segment(1, 0, GOP)
    index = Index(sealed, segment(2, 6, [(2.0, True), (2.0, True), (2.0, False)], sealed=False))
    first = plan(index, 0, 100, now_s=14)
    assert place(first.chunks[-1]) == ("s2", 2, 3)
    assert first.chunks[-1].partial
    assert first.growing
    assert first.planned_to_ns == first.chunks[-1].end_ns
    assert first.cursor is not None
    index = Index(
        sealed, segment(2, 6, [(2.0, True), (2.0, True), (2.0, False), (1.0, False), (2.0, True)], sealed=False)
    )
    second = plan(index, 0, 100, parse_cursor(first.cursor.text()), now_s=17)
    assert [(place(chunk), chunk.keyframe) for chunk in second.chunks] == [(("s2", 4, 4), False), (("s2", 5, 5), True)]
    assert second.chunks[0].offset == first.chunks[-1].offset + first.chunks[-1].length
    again = plan(index, 12, 100, now_s=17)
    assert place(again.chunks[0]) == ("s2", 2, 4)


def test_what_is_younger_than_the_index_is_not_yet_planned() -> None:
    index = Index(segment(1, 0, GOP))
    young = plan(index, 0, 60, now_s=10)
    assert (young.growing, young.planned_to_ns) == (True, EPOCH + 6 * S)
    assert young.cursor == Cursor("s1", 3)
    later = plan(index, 0, 60, now_s=40)
    assert (later.growing, later.planned_to_ns) == (True, EPOCH + 25 * S)
    assert [(gap.start_ns, gap.end_ns) for gap in later.gaps] == [(EPOCH + 6 * S, EPOCH + 25 * S)]
    settled = plan(index, 0, 60, now_s=75)
    assert (settled.growing, settled.planned_to_ns, settled.cursor) == (False, EPOCH + 60 * S, None)


def test_nothing_new_keeps_the_cursor() -> None:
    index = Index(segment(1, 0, GOP, sealed=False))
    first = plan(index, 0, 100, now_s=8)
    second = plan(index, 0, 100, first.cursor, now_s=50)
    assert (second.chunks, second.cursor, second.growing) == ((), first.cursor, True)
    assert second.planned_to_ns == EPOCH + 6 * S
    abandoned = plan(index, 0, 100, now_s=200)
    assert (abandoned.growing, abandoned.planned_to_ns) == (False, EPOCH + 100 * S)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.0, 0.0, 3.0, 4000.0, -3.0]),
            st.lists(st.tuples(st.sampled_from([0.5, 2.0]), st.booleans()), min_size=1, max_size=6),
        ),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 7),
)
def test_pages_by_cursor_give_every_fragment_once_in_order(
    shapes: list[tuple[float, list[tuple[float, bool]]]], limit: int
) -> None:
    held = []
    at = 10.0
    for number, (gap, fragments) in enumerate(shapes, start=100):
        at = max(0.0, at + gap)
        held.append(segment(number, at, [(fragments[0][0], True), *fragments[1:]]))
        at += sum(length for length, _ in fragments)
    index = Index(*held)
    got: list[Chunk] = []
    cursor: Cursor | None = None
    for _ in range(2000):
        page = plan(index, 0, 10**7, cursor, limit)
        got += page.chunks
        cursor = page.cursor
        if cursor is None:
            break
    assert cursor is None
    fragments_got = [(chunk.segment.id, index) for chunk in got for index in range(chunk.first, chunk.last + 1)]
    ordered = sorted(held, key=lambda pair: (pair[0].start_ns, pair[0].id))
    assert fragments_got == [(record.id, ref.index) for record, refs in ordered for ref in refs]


@pytest.mark.parametrize("text", ["", "s1", "s1.", ".3", "s1.-1", "s1.x", "s1.²", "a" * 300 + ".1"])
def test_broken_cursors_are_refused(text: str) -> None:
    with pytest.raises(MingjianError) as caught:
        parse_cursor(text)
    assert (caught.value.code, caught.value.field) == ("bad_cursor", "cursor")


def test_a_cursor_of_another_stream_is_refused() -> None:
    index = Index(segment(1, 0, GOP))
    with pytest.raises(MingjianError) as caught:
        make_plan(index, "cam", "sub", EPOCH, EPOCH + 9 * S, EPOCH + 9 * S, Cursor("s1", 1))
    assert caught.value.code == "bad_cursor"


def test_the_answer_and_the_playlist_name_bytes_by_segment_and_offset() -> None:
    index = Index(segment(1, 0, GOP), segment(2, 6, GOP))
    got = plan(index, 2.0, 8.0)
    answer = plan_json("main", got)
    assert answer["chunks"][0] == {
        "segment": "s1", "run": "r1", "init": "init/s1", "url": "data/s1/1765-1066", "bytes": 1066,
        "start": "2023-11-14T22:13:22Z", "end": "2023-11-14T22:13:24Z", "start_90k": 180_000, "duration_90k": 180_000,
        "offset_90k": 0, "codecs": "avc1.4d401f", "width": 640, "height": 360, "keyframe": True, "partial": False,
    }  # fmt: skip
    assert media_playlist(got.chunks, ended=True) == (
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MAP:URI="init/s1.mp4"\n#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:22Z\n'
        "#EXTINF:2.00000,\ndata/s1/1765-1066.m4s\n#EXTINF:2.00000,\ndata/s1/2831-1067.m4s\n"
        '#EXT-X-MAP:URI="init/s2.mp4"\n#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:26Z\n'
        "#EXTINF:2.00000,\ndata/s2/700-1065.m4s\n#EXT-X-ENDLIST\n"
    )


def test_a_playlist_breaks_its_time_line_only_where_a_run_ends() -> None:
    index = Index(segment(1, 0, GOP), segment(2, 6, GOP), segment(3, 20, GOP, run="r2"))
    text = media_playlist(plan(index, 0, 30).chunks, ended=False)
    assert text.count("#EXT-X-MAP") == 3
    assert text.count('#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init/s3.mp4"') == text.count("DISCONTINUITY") == 1
    assert "#EXT-X-PLAYLIST-TYPE:EVENT" in text
    assert "ENDLIST" not in text
