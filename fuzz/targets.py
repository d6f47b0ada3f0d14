"""What is fuzzed: for each parser its seeds (good input) and a function that feeds it one input.

A target returns how many bytes its parser still holds; anything raised but MingjianError (or ValueError where the parser
says so) is a crash.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass

from mingjian.kernel.errors import MingjianError
from mingjian.wire.h26x import h264_set_key, h265_set_key, split_annex_b, video_info
from mingjian.wire.rtcp import ReportBlock, parse_rtcp, receiver_report, sender_report
from mingjian.wire.rtp.audio import AacReceiver
from mingjian.wire.rtp.formats import stream_format
from mingjian.wire.rtp.h264 import H264Receiver
from mingjian.wire.rtp.h265 import H265Receiver
from mingjian.wire.rtp.ingest import InterleavedIngest
from mingjian.wire.rtp.payloads import RtpWriter, aac_payloads, h264_payloads, h265_payloads
from mingjian.wire.rtp.reorder import ReorderWindow
from mingjian.wire.rtp.video import VideoReceiver
from mingjian.wire.rtsp import client as rtsp
from mingjian.wire.rtsp.auth import Challenge, Credentials, check_authorization, parse_challenges
from mingjian.wire.rtsp.message import interleaved
from mingjian.wire.rtsp.reader import StreamReader
from mingjian.wire.rtsp.server import RtspServer
from mingjian.wire.rtsp.transport import TransportSpec, parse_transports
from mingjian.wire.sdp import parse_sdp

SPS = bytes.fromhex("6742c00dd90141fb011000000300100000030320f142a480")
PPS = bytes.fromhex("68cb83cb20")
VPS5 = bytes.fromhex("40010c01ffff016000000300900000030000030 05dac0900".replace(" ", ""))
SPS5 = bytes.fromhex(
    "420101016000000300900000030000030 05da00a080f165ba4a4c2f0168080000003008000000c84".replace(" ", "")
)
SDP = (
    b"v=0\r\ns=x\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"
    b"a=fmtp:96 packetization-mode=1;sprop-parameter-sets=Z0LADdkBQfsBEAAAAwAQAAADAyDxQqSA,aMuDyyA=\r\n"
    b"m=audio 0 RTP/AVP 97\r\na=rtpmap:97 mpeg4-generic/48000/2\r\n"
    b"a=fmtp:97 sizelength=13;indexlength=3;indexdeltalength=3;config=1190\r\na=control:trackID=2\r\n"
)
REPLY = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, GET_PARAMETER\r\nSession: ab;timeout=9\r\n\r\n"
DESCRIBED = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: %d\r\n\r\n" % len(SDP) + SDP
REFUSED = b'RTSP/1.0 401 No\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256\r\n\r\n'
ASKED = (
    b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\nANNOUNCE rtsp://h/x RTSP/1.0\r\nCSeq: 2\r\nContent-Length: %d\r\n\r\n"
    % len(SDP)
    + SDP
    + b"SETUP rtsp://h/x/trackID=1 RTSP/1.0\r\nCSeq: 3\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n\r\n"
)


@dataclass(frozen=True)
class Target:
    seeds: tuple[bytes, ...]
    feed: Callable[[bytes, random.Random], int]


def _nothing(*args: object) -> None:
    """A handler."""


def _chunks(raw: bytes, rng: random.Random) -> list[bytes]:
    cuts = sorted(rng.randrange(len(raw) + 1) for _ in range(rng.randrange(4)))
    return [raw[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(raw)], strict=True)]


def _stream(raw: bytes, rng: random.Random) -> int:
    reader = StreamReader()
    for chunk in _chunks(raw, rng):
        reader.receive(chunk)
    return len(reader._rest) + len(reader._text._line) + len(reader._text._body)


def _client(raw: bytes, rng: random.Random) -> int:
    client = rtsp.RtspClient("rtsp://h/x", Credentials("u", "p"), cnonce="c")
    client.start()
    spec = TransportSpec(tcp=True, interleaved=(0, 1))
    for item in StreamReader().receive(raw):
        for event in client.on_message(item) if not hasattr(item, "channel") else []:  # type: ignore[arg-type]
            if isinstance(event, rtsp.Described):
                client.setup([rtsp.SetupRequest(track, spec, optional=True) for track in event.tracks])
    return len(client.take_output())


def _server(raw: bytes, rng: random.Random) -> int:
    server = RtspServer(session="s", nonce="n", credentials=Credentials("u", "p") if rng.random() < 0.3 else None)
    for event in server.receive(raw):
        request = getattr(event, "request", None)
        if request is not None:
            server.answer(request)
    return len(server.take_output())


def _sdp(raw: bytes, rng: random.Random) -> int:
    return sum(stream_format(media) is not None for media in parse_sdp(raw).media)


def _headers(raw: bytes, rng: random.Random) -> int:
    text = raw.decode("utf-8", "surrogateescape")
    challenge = Challenge("digest", realm="r", nonce="n", algorithm="MD5", qop_auth=True)
    check_authorization(text, challenge, Credentials("u", "p"), "PLAY")
    return len(parse_challenges([text])) + len(parse_transports(text))


def _receiver(codec: str) -> VideoReceiver:
    made = H264Receiver if codec == "h264" else H265Receiver
    return made(96, 0, (), _nothing, _nothing)


def _video(codec: str) -> Callable[[bytes, random.Random], int]:
    def feed(raw: bytes, rng: random.Random) -> int:
        receiver = _receiver(codec)
        ingest = InterleavedIngest(_nothing)
        ingest.add(0, receiver, 1, _nothing)
        buf = bytearray(raw)
        ingest.feed(buf, memoryview(buf), 0, len(buf))
        return len(receiver.unit) + sum(map(len, receiver.config))

    return feed


def _aac(raw: bytes, rng: random.Random) -> int:
    receiver = AacReceiver(97, 0, _nothing, size_length=rng.choice((13, 6)), index_length=rng.choice((3, 2, 0)))
    for number, chunk in enumerate(_chunks(raw, rng)):
        packet = b"\x80\x61" + number.to_bytes(2, "big") + bytes(8) + chunk
        receiver.packet(packet, memoryview(packet), 0, len(packet))
    return len(receiver._fragment)


def _rtcp(raw: bytes, rng: random.Random) -> int:
    return len(parse_rtcp(raw))


def _sps(raw: bytes, rng: random.Random) -> int:
    for nal in split_annex_b(raw):
        h264_set_key(nal)
        h265_set_key(nal)
        for codec in ("h264", "h265"):
            with contextlib.suppress(MingjianError):
                video_info(codec, [nal])
    return 0


def _reorder(raw: bytes, rng: random.Random) -> int:
    window = ReorderWindow()
    for number, chunk in enumerate(_chunks(raw, rng)):
        window.push(chunk + bytes(rng.randrange(20)), number)
    return sum(len(held[1]) for held in window._held.values())


def _units(codec: str) -> bytes:
    rng = random.Random(1)
    nals = (
        [SPS, PPS, b"\x65\x88" + rng.randbytes(900)]
        if codec == "h264"
        else [VPS5, SPS5, b"\x26\x01\x80" + rng.randbytes(900)]
    )
    cut = h264_payloads if codec == "h264" else h265_payloads
    writer = RtpWriter(96, ssrc=1)
    first = writer.interleaved(cut(nals, 300, aggregate=True), 0, 0)
    return first + REPLY + writer.interleaved(cut([nals[-1]], 200), 3600, 0)


TARGETS = {
    "rtsp-stream": Target((REPLY + interleaved(0, b"abc") + DESCRIBED, ASKED), _stream),
    "rtsp-client": Target((REPLY + DESCRIBED, REFUSED + REPLY, REPLY * 3), _client),
    "rtsp-server": Target((ASKED,), _server),
    "sdp": Target((SDP,), _sdp),
    "headers": Target(
        (b'Digest realm="r", nonce="n", qop="auth"', b"RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=AB"), _headers
    ),
    "h264": Target((_units("h264"),), _video("h264")),
    "h265": Target((_units("h265"),), _video("h265")),
    "aac": Target((aac_payloads([bytes(50), bytes(60)])[0], aac_payloads([bytes(900)], 300)[0]), _aac),
    "rtcp": Target(
        (receiver_report(1, (ReportBlock(2, 3, 4, 5, 6),), "c"), sender_report(1, 10**18, 2, 3, 4, "c")), _rtcp
    ),
    "sps": Target((SPS, SPS5, VPS5, SPS + b"\x00\x00\x01" + PPS), _sps),
    "reorder": Target((bytes(range(60)),), _reorder),
}
