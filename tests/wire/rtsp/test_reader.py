"""Messages out of bytes: any chunking, frames in between, odd peers, bounds."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.rtsp.message import Message, Request, Response, RtspError, interleaved
from mingjian.wire.rtsp.reader import MAX_BODY, Frame, StreamReader, TextReader

_NAMES = st.sampled_from(["CSeq", "Session", "Transport", "X-Odd", "Public"])
_VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n", exclude_categories=["Z", "C"]), max_size=20)
_HEADERS = st.lists(st.tuples(_NAMES, _VALUES), max_size=5).map(tuple)
_BODIES = st.binary(max_size=60).filter(lambda body: not body.startswith(b"$"))
_REQUESTS = st.builds(
    Request, st.sampled_from(["OPTIONS", "GET_PARAMETER", "PLAY"]), st.just("rtsp://a/b?c=1 2"), _HEADERS, _BODIES
)
_RESPONSES = st.builds(Response, st.integers(100, 599), st.sampled_from(["OK", "Not Found"]), _HEADERS, _BODIES)
_FRAMES = st.builds(Frame, st.integers(0, 255), st.binary(max_size=40))


def _bytes(item: Message | Frame) -> bytes:
    return interleaved(item.channel, item.payload) if isinstance(item, Frame) else item.to_bytes()


def _plain(item: Message | Frame) -> Message | Frame:
    """Content-Length is written and so read back as a header: leave it out of the comparison."""
    if isinstance(item, Frame):
        return item
    headers = tuple(header for header in item.headers if header[0] != "Content-Length")
    if isinstance(item, Request):
        return Request(item.method, item.url, headers, item.body)
    return Response(item.status, item.reason, headers, item.body)


@given(st.lists(st.one_of(_REQUESTS, _RESPONSES, _FRAMES), max_size=6), st.data())
def test_round_trip_whatever_the_chunks(items: list[Message | Frame], data: st.DataObject) -> None:
    raw = b"".join(map(_bytes, items))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    reader = StreamReader()
    got = [
        item
        for start, stop in zip([0, *cuts], [*cuts, len(raw)], strict=True)
        for item in reader.receive(raw[start:stop])
    ]
    assert [_plain(item) for item in got] == items


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_garbage_raises_only_ours(chunks: list[bytes]) -> None:
    reader = StreamReader()
    with contextlib.suppress(RtspError):
        for chunk in chunks:
            reader.receive(chunk)


def test_a_frame_between_header_lines_and_before_the_body() -> None:
    frame = interleaved(0, b"\x80rtp")
    raw = b"RTSP/1.0 200 OK\r\nCSeq: 4\r\n" + frame + b"Content-Length: 3\r\n\r\n" + frame + b"abc" + frame
    got = StreamReader().receive(raw)
    assert [item for item in got if isinstance(item, Frame)] == [Frame(0, b"\x80rtp")] * 3
    message = next(item for item in got if isinstance(item, Response))
    assert (message.cseq, message.body) == (4, b"abc")


def test_lf_only_blank_lines_folding_and_odd_headers() -> None:
    raw = b"\r\n\nRTSP/1.0 200\nCSeq:7\nno colon here\nSession : 12;timeout=30\nX: a\n b\n\n"
    (message,) = StreamReader().receive(raw)
    assert isinstance(message, Response)
    assert (message.status, message.cseq, message.session, message.get("x")) == (200, 7, "12", "a b")


def test_stray_text_after_a_lying_content_length_is_passed_over() -> None:
    raw = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nv=0\nleft over line\r\nRTSP/1.0 404 X\r\nCSeq: 2\r\n\r\n"
    assert [item.cseq for item in StreamReader().receive(raw) if isinstance(item, Response)] == [1, 2]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"RTSP/1.0 200 OK\r\nX: " + b"a" * 20_000, "rtsp_too_large"),
        (b"RTSP/1.0 200 OK\r\n" + b"X: a\r\n" * 12_000, "rtsp_too_large"),
        (b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1), "rtsp_too_large"),
        (b"nonsense\n" * 10_000, "rtsp_malformed"),
    ],
)
def test_bounds(raw: bytes, code: str) -> None:
    with pytest.raises(RtspError) as caught:
        StreamReader().receive(raw)
    assert caught.value.code == code


def test_blanks_that_only_text_knows_are_no_blanks_in_a_status_line() -> None:
    """Found by the fuzzer: str.split parts at 0x1f, bytes.split does not."""
    (message,) = StreamReader().receive(b"RTSP/\x1f1.0 200 OK\r\n\r\n")
    assert isinstance(message, Response)
    assert message.status == 200


def test_text_reader_leaves_frames_to_its_caller() -> None:
    reader = TextReader()
    raw = b"RTSP/1.0 200 OK\r\n$\x00\x00\x01x"
    position, message = reader.push(raw, 0, len(raw))
    assert (position, message, reader.at_boundary, reader.idle) == (17, None, True, False)


def test_a_header_value_cannot_smuggle_a_header() -> None:
    raw = Request("OPTIONS", "*", (("X", "a\r\nEvil: 1"),)).to_bytes()
    assert b"\r\nEvil" not in raw
