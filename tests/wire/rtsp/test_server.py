"""The server machine: serving, receiving, refusing."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from mingjian.wire.rtsp.auth import Credentials, authorization, parse_challenges
from mingjian.wire.rtsp.control import resolve, track_of
from mingjian.wire.rtsp.message import Request, Response, RtspError
from mingjian.wire.rtsp.reader import Frame, StreamReader
from mingjian.wire.rtsp.server import (
    AnnounceAsked,
    DescribeAsked,
    Ended,
    PlayAsked,
    RecordAsked,
    RtspServer,
    ServerEvent,
    SetupAsked,
)
from mingjian.wire.rtsp.transport import TransportSpec, format_transport, parse_transports

URL = "rtsp://127.0.0.1:8554/c0"


class Peer:
    """A client by hand."""

    def __init__(self, server: RtspServer) -> None:
        self.server, self.reader, self.cseq = server, StreamReader(), 0

    def ask(self, method: str, url: str = URL, *headers: tuple[str, str], body: bytes = b"") -> list[ServerEvent]:
        self.cseq += 1
        return self.server.receive(Request(method, url, (("CSeq", str(self.cseq)), *headers), body).to_bytes())

    def reply(self) -> Response:
        (message,) = self.reader.receive(self.server.take_output())
        assert isinstance(message, Response)
        assert message.cseq == self.cseq
        return message


def test_serving_over_tcp() -> None:
    peer = Peer(RtspServer(session="s1"))
    assert peer.ask("OPTIONS") == []
    assert "DESCRIBE" in (peer.reply().get("Public") or "")
    (asked,) = peer.ask("DESCRIBE")
    assert isinstance(asked, DescribeAsked)
    peer.server.answer_describe(asked.request, b"v=0\r\n")
    described = peer.reply()
    assert (described.body, described.get("Content-Base")) == (b"v=0\r\n", URL + "/")
    (setup,) = peer.ask("SETUP", URL + "/track1", ("Transport", "RTP/AVP/TCP;unicast;interleaved=0-1"))
    assert isinstance(setup, SetupAsked)
    assert track_of(setup.request.url, ["track0", "track1"]) == 1
    peer.server.answer_setup(setup.request, setup.transports[0])
    assert peer.reply().get("Session") == "s1;timeout=60"
    (play,) = peer.ask("PLAY", URL, ("Session", "s1"))
    assert isinstance(play, PlayAsked)
    peer.server.answer(play.request, (("Range", "npt=now-"),))
    assert peer.reply().status == 200
    assert peer.ask("GET_PARAMETER", URL, ("Session", "s1")) == []
    assert peer.reply().status == 200
    assert peer.ask("TEARDOWN", URL, ("Session", "s1")) == [Ended()]
    assert peer.reply().status == 200


def test_receiving_a_push() -> None:
    peer = Peer(RtspServer(session="s1"))
    (announce,) = peer.ask("ANNOUNCE", URL, ("Content-Type", "application/sdp"), body=b"v=0\r\n")
    assert isinstance(announce, AnnounceAsked)
    peer.server.answer(announce.request)
    assert peer.reply().status == 200
    (setup,) = peer.ask("SETUP", URL + "/streamid=0", ("Transport", "RTP/AVP/TCP;interleaved=0-1;mode=record"))
    assert isinstance(setup, SetupAsked)
    peer.server.answer_setup(setup.request, setup.transports[0])
    peer.reply()
    (record,) = peer.ask("RECORD", URL, ("Session", "s1"))
    assert isinstance(record, RecordAsked)
    peer.server.answer(record.request)
    assert peer.reply().status == 200
    assert peer.server.receive(b"$\x00\x00\x02ab") == [Frame(0, b"ab")]


def test_digest_is_asked_for_and_accepted() -> None:
    credentials = Credentials("admin", "秘密")
    peer = Peer(RtspServer(session="s1", nonce="n0", credentials=credentials))
    assert peer.ask("DESCRIBE") == []
    refused = peer.reply()
    assert refused.status == 401
    (challenge,) = parse_challenges(refused.get_all("WWW-Authenticate"))
    header = authorization(challenge, credentials, "DESCRIBE", URL, 1, "c")
    assert len(peer.ask("DESCRIBE", URL, ("Authorization", header))) == 1


def test_refusals() -> None:
    peer = Peer(RtspServer(session="s1"))
    expected = [
        ("PLAY", (), 455),
        ("RECORD", (), 455),
        ("FLY", (), 501),
        ("SETUP", (("Transport", "MP2T/H2221/UDP;unicast"),), 461),
        ("GET_PARAMETER", (("Session", "other"),), 454),
    ]
    for method, headers, status in expected:
        assert peer.ask(method, URL, *headers) == []
        assert peer.reply().status == status
    assert peer.server.receive(b"DESCRIBE rtsp://a/ RTSP/1.0\r\n\r\n") == []
    assert b"400 Bad Request" in peer.server.take_output()


@given(st.lists(st.binary(max_size=60), max_size=10))
def test_garbage_raises_only_ours(chunks: list[bytes]) -> None:
    server = RtspServer(session="s1")
    with contextlib.suppress(RtspError):
        for chunk in chunks:
            server.receive(chunk)


def test_control_urls() -> None:
    base = "rtsp://h:554/live?x=1"
    assert resolve(base, "*") == resolve(base, None) == base
    assert resolve(base, "track1") == base + "/track1"
    assert resolve(base + "/", "track1") == base + "/track1"
    assert resolve(base, "/abs/t") == "rtsp://h:554/abs/t"
    assert resolve(base, "rtsp://other/t") == "rtsp://other/t"
    assert resolve("rtsp://h/s", "?ctype=video") == "rtsp://h/s?ctype=video"
    assert track_of("rtsp://h/x", ["a", "b"]) is None
    assert track_of("rtsp://h/x", ["a"]) == 0


_PAIR = st.tuples(st.integers(0, 255), st.integers(0, 255))
_SPECS = st.builds(
    TransportSpec,
    tcp=st.just(True),
    interleaved=_PAIR,
    source=st.none() | st.just("10.0.0.1"),
    ssrc=st.none() | st.integers(0, 2**32 - 1),
    mode=st.none() | st.just("record"),
) | st.builds(TransportSpec, tcp=st.just(False), client_port=_PAIR, server_port=st.none() | _PAIR)


@given(st.lists(_SPECS, min_size=1, max_size=3))
def test_transport_headers_round_trip(specs: list[TransportSpec]) -> None:
    assert parse_transports(",".join(map(format_transport, specs))) == specs


@given(st.text(max_size=80))
def test_transport_garbage_never_raises(text: str) -> None:
    parse_transports(text)
    parse_transports("RTP/AVP;" + text)
