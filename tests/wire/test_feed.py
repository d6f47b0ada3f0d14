"""The engine socket's frames: round trips in any cutting, exact refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire import feed
from mingjian.wire.feed import BrokenFeed, Frame, FrameReader, Kind, LiveFragment, LiveInit

frames = st.lists(
    st.builds(Frame, st.sampled_from(Kind), st.integers(0, 2**32 - 1), st.binary(max_size=300)), max_size=8
)


@given(frames, st.lists(st.integers(1, 400), min_size=1, max_size=30))
def test_any_cutting_gives_the_frames_back(sent: list[Frame], cuts: list[int]) -> None:
    stream = b"".join(feed.encode_frame(frame.kind, frame.channel, frame.payload) for frame in sent)
    reader, got, at, turn = FrameReader(), [], 0, 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        got += reader.feed(stream[at : at + step])
        at, turn = at + step, turn + 1
    assert got == sent


@given(st.lists(st.binary(max_size=64), max_size=20))
def test_garbage_is_refused_or_awaited_and_never_crashes(parts: list[bytes]) -> None:
    reader, got, refused = FrameReader(), 0, False
    try:
        for part in parts:
            got += sum(9 + len(frame.payload) for frame in reader.feed(part))
    except BrokenFeed:
        refused = True
    assert refused or got <= sum(map(len, parts))


@given(
    st.integers(0, 255), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1), st.binary()
)
def test_fragment_round_trip(flags: int, start_ns: int, arrival_ns: int, duration_90k: int, data: bytes) -> None:
    fragment = LiveFragment(flags, start_ns, arrival_ns, duration_90k, data)
    [frame] = FrameReader().feed(feed.encode_fragment(7, fragment))
    assert (frame.kind, frame.channel) == (Kind.LIVE_FRAGMENT, 7)
    assert feed.decode_fragment(frame.payload) == fragment


def test_init_round_trip_keeps_binary_newlines() -> None:
    init = LiveInit("video/mp4", "avc1.42e01e,flac", 640, 360, "r1", b"\n\x00ftyp\n")
    [frame] = FrameReader().feed(feed.encode_init(3, init))
    assert feed.decode_init(frame.payload) == init


@pytest.mark.parametrize(
    ("stream", "detail"),
    [
        (b"\x00\x00\x00\x04", "a frame of 4 bytes"),
        (b"\xff\xff\xff\xff", "a frame of 4294967295 bytes"),
        (b"\x00\x00\x00\x05\x09\x00\x00\x00\x00", "a frame of kind 9"),
    ],
)
def test_impossible_frames_say_why(stream: bytes, detail: str) -> None:
    with pytest.raises(BrokenFeed) as caught:
        FrameReader().feed(stream)
    assert caught.value.detail == detail


@pytest.mark.parametrize("payload", [b"", b"[]\n", b"{}", b'{"mime":1}\n', b"\xff\n"])
def test_broken_init_frames_are_refused(payload: bytes) -> None:
    with pytest.raises(BrokenFeed):
        feed.decode_init(payload)


def test_a_frame_beyond_the_limit_is_not_built() -> None:
    with pytest.raises(ValueError, match="a frame of"):
        feed.encode_frame(Kind.EVENT, 0, bytes(feed.MAX_FRAME_BYTES))
