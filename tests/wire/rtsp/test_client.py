"""The client machine against a server played by hand: the ordinary way, and every way round it."""

from __future__ import annotations

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import MingjianError
from mingjian.wire.rtsp import client as rtsp
from mingjian.wire.rtsp.auth import Challenge, Credentials, check_authorization, format_challenge
from mingjian.wire.rtsp.message import Message, Request, Response
from mingjian.wire.rtsp.reader import StreamReader
from mingjian.wire.rtsp.transport import TransportSpec, parse_transports

URL = "rtsp://10.0.0.7/live"
SDP = (
    b"v=0\r\ns=x\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"
    b"m=audio 0 RTP/AVP 8\r\na=control:trackID=2\r\n"
)
TCP = TransportSpec(tcp=True, interleaved=(0, 1))


class Camera:
    """The other side: reads requests, answers the oldest unless told otherwise."""

    def __init__(self, credentials: Credentials | None = None) -> None:
        self.client = rtsp.RtspClient(URL, credentials, cnonce="c")
        self.client.start()
        self.reader = StreamReader()
        self.requests: list[Request] = []

    def pull(self) -> list[Request]:
        new = [item for item in self.reader.receive(self.client.take_output()) if isinstance(item, Request)]
        self.requests += new
        return new

    def reply(
        self, status: int, *headers: tuple[str, str], body: bytes = b"", to: Request | None = None
    ) -> list[rtsp.ClientEvent]:
        self.pull()
        request = to or self.requests[-1]
        common = (("CSeq", str(request.cseq)),)
        return self.client.on_message(Response(status, headers=(*common, *headers), body=body))

    def described(self, *headers: tuple[str, str], sdp: bytes = SDP) -> rtsp.Described:
        assert self.reply(200, ("Public", "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER")) == []
        (event,) = self.reply(200, *headers, body=sdp)
        assert isinstance(event, rtsp.Described)
        return event

    def set_up(self, count: int = 1) -> list[rtsp.ClientEvent]:
        event = self.described()
        self.client.setup([rtsp.SetupRequest(track, TCP, optional=track.index > 0) for track in event.tracks[:count]])
        return self.reply(200, ("Session", "abc;timeout=20"), ("Transport", "RTP/AVP/TCP;unicast;interleaved=4-5"))


def test_the_ordinary_way() -> None:
    camera = Camera()
    (done,) = camera.set_up()
    assert isinstance(done, rtsp.SetupDone)
    assert done.transport.interleaved == (4, 5)
    assert camera.reply(200, ("RTP-Info", "url=x;seq=1")) == [rtsp.Playing("url=x;seq=1")]
    assert [request.method for request in camera.requests] == ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]
    assert camera.requests[2].url == URL + "/trackID=1"
    assert parse_transports(camera.requests[2].get("Transport") or "") == [TCP]
    assert (camera.requests[3].url, camera.requests[3].session) == (URL, "abc")
    assert camera.client.keepalive_s == 10
    camera.client.keepalive()
    assert camera.pull()[0].method == "GET_PARAMETER"
    camera.client.teardown()
    assert camera.pull()[0].method == "TEARDOWN"


def test_content_base_and_absolute_control() -> None:
    camera = Camera()
    event = camera.described(
        ("Content-Base", "rtsp://10.0.0.7:554/base/"), sdp=SDP.replace(b"trackID=2", b"rtsp://h/t2")
    )
    assert [track.url for track in event.tracks] == ["rtsp://10.0.0.7:554/base/trackID=1", "rtsp://h/t2"]


def test_options_refused_is_no_end_and_then_keepalive_is_by_options() -> None:
    camera = Camera()
    camera.reply(501)
    camera.pull()
    (event,) = camera.reply(200, body=SDP)
    assert isinstance(event, rtsp.Described)
    camera.client.keepalive()
    assert camera.pull()[0].method == "OPTIONS"


def test_a_refused_get_parameter_makes_keepalives_options() -> None:
    camera = Camera()
    camera.set_up()
    camera.reply(200)
    camera.client.keepalive()
    assert camera.reply(405) == []
    assert camera.pull()[0].method == "OPTIONS"
    camera.client.keepalive()
    assert camera.pull()[0].method == "OPTIONS"


def _unauthorized(camera: Camera, challenge: Challenge) -> list[rtsp.ClientEvent]:
    return camera.reply(401, ("WWW-Authenticate", format_challenge(challenge)))


def test_digest_then_a_stale_nonce_in_the_middle() -> None:
    credentials = Credentials("admin", "x")
    camera = Camera(credentials)
    first = Challenge("digest", realm="r", nonce="n1", algorithm="SHA-256", qop_auth=True)
    assert _unauthorized(camera, first) == []
    camera.pull()
    assert check_authorization(camera.requests[-1].get("Authorization") or "", first, credentials, "OPTIONS")
    camera.set_up()
    aged = Challenge("digest", realm="r", nonce="n2", algorithm="SHA-256", stale=True)
    assert _unauthorized(camera, aged) == []
    assert [request.method for request in camera.pull()] == ["PLAY"]
    assert check_authorization(camera.requests[-1].get("Authorization") or "", aged, credentials, "PLAY")
    assert camera.reply(200) == [rtsp.Playing(None)]


def test_a_wrong_password_is_tried_once() -> None:
    camera = Camera(Credentials("admin", "x"))
    assert _unauthorized(camera, Challenge("digest", nonce="n1", algorithm="MD5")) == []
    camera.pull()
    answer = _unauthorized(camera, Challenge("digest", nonce="n2", algorithm="MD5"))
    assert answer == [rtsp.AuthenticationFailed(401, needed=False)]
    assert sum(request.get("Authorization") is not None for request in camera.requests) == 1


def test_endless_stale_nonces_end() -> None:
    camera = Camera(Credentials("admin", "x"))
    outcome: list[rtsp.ClientEvent] = []
    for number in range(10):
        outcome = _unauthorized(camera, Challenge("digest", nonce=f"n{number}", algorithm="MD5", stale=True))
        if outcome:
            break
    assert outcome == [rtsp.AuthenticationFailed(401, needed=False)]
    assert len(camera.requests) == 3


def test_no_password_and_forbidden() -> None:
    assert _unauthorized(Camera(), Challenge("basic", realm="r")) == [rtsp.AuthenticationFailed(401, needed=True)]
    camera = Camera(Credentials("a", "b"))
    camera.reply(200)
    assert camera.reply(403) == [rtsp.AuthenticationFailed(403, needed=False)]


def test_redirects() -> None:
    camera = Camera()
    camera.reply(200)
    assert camera.reply(302, ("Location", "rtsp://10.0.0.8/x")) == [rtsp.Redirected("rtsp://10.0.0.8/x")]
    request = Request("REDIRECT", URL, (("CSeq", "9"), ("Location", "rtsp://10.0.0.9/y")))
    assert camera.client.on_message(request) == [rtsp.Redirected("rtsp://10.0.0.9/y")]
    assert b"CSeq: 9" in camera.client.take_output()


def test_statuses() -> None:
    camera = Camera()
    camera.reply(200)
    assert camera.reply(404) == [rtsp.Refused("DESCRIBE", 404)]
    camera = Camera()
    event = camera.described()
    camera.client.setup([rtsp.SetupRequest(event.tracks[0], TCP)])
    assert camera.reply(461) == [rtsp.TransportRefused(event.tracks[0])]
    camera = Camera()
    camera.set_up()
    assert camera.reply(454) == [rtsp.SessionLost()]


def test_a_refused_optional_track_is_left_out() -> None:
    camera = Camera()
    camera.set_up(count=2)
    assert camera.reply(500) == []
    assert camera.pull()[-1].method == "PLAY"


def test_aggregate_play_refused_is_tried_track_by_track() -> None:
    camera = Camera()
    camera.set_up(count=2)
    camera.reply(200, ("Session", "abc"))
    assert camera.reply(459) == []
    assert camera.reply(200) == []
    assert camera.reply(200) == [rtsp.Playing(None)]
    assert [request.url for request in camera.requests[-2:]] == [URL + "/trackID=1", URL + "/trackID=2"]


def test_replies_out_of_order_and_without_cseq() -> None:
    camera = Camera()
    camera.set_up()
    camera.pull()
    play = camera.requests[-1]
    camera.client.keepalive()
    keepalive = camera.pull()[-1]
    assert camera.reply(200, to=keepalive) == []
    assert camera.reply(200, to=play) == [rtsp.Playing(None)]
    camera = Camera()
    camera.pull()
    assert camera.client.on_message(Response(200)) == []
    assert camera.pull()[-1].method == "DESCRIBE"


def test_a_reply_nobody_asked_for_is_passed_over() -> None:
    camera = Camera()
    assert camera.client.on_message(Response(200, headers=(("CSeq", "77"),))) == []


_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["CSeq", "WWW-Authenticate", "Session", "Transport", "Location", "Public", "Content-Base"]),
        st.one_of(st.text(max_size=30), st.sampled_from(["1", "2", "3", 'Digest realm="", nonce="n"', "x;timeout=a"])),
    ),
    max_size=5,
).map(tuple)
_MESSAGES = st.one_of(
    st.builds(Response, st.sampled_from([200, 401, 302, 404, 454, 459, 461]), st.just(""), _HEADERS, st.just(SDP)),
    st.builds(Response, st.integers(100, 999), st.just(""), _HEADERS, st.binary(max_size=40)),
    st.builds(Request, st.sampled_from(["REDIRECT", "OPTIONS", "TEARDOWN"]), st.just(URL), _HEADERS),
)


@given(st.lists(_MESSAGES, max_size=12), st.booleans())
def test_any_messages_raise_only_ours(messages: list[Message], password: bool) -> None:
    client = rtsp.RtspClient(URL, Credentials("u", "p") if password else None, cnonce="c")
    client.start()
    with contextlib.suppress(MingjianError):
        for message in messages:
            for event in client.on_message(message):
                if isinstance(event, rtsp.Described):
                    client.setup([rtsp.SetupRequest(track, TCP) for track in event.tracks])
            client.keepalive()
    assert len(client.take_output()) < 100_000
