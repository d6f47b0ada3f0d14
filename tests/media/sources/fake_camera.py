"""A camera that misbehaves on demand: our server machine on a socket, sending a tiny endless H.264 stream."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass, field

from mingjian.wire.rtp.formats import StreamFormat, media_description
from mingjian.wire.rtp.payloads import RtpWriter, h264_payloads
from mingjian.wire.rtsp.auth import Credentials
from mingjian.wire.rtsp.control import track_of
from mingjian.wire.rtsp.message import Request, Response, interleaved
from mingjian.wire.rtsp.reader import Frame
from mingjian.wire.rtsp.server import DescribeAsked, Ended, PlayAsked, RtspServer, SetupAsked
from mingjian.wire.rtsp.transport import TransportSpec
from mingjian.wire.sdp import SessionDescription, format_sdp

# 320x240 baseline of x264, and its PPS.
SPS = bytes.fromhex("6742c00dd90141fb011000000300100000030320f142a480")
OTHER_SPS = bytes.fromhex("6742c01ed900a02ff97011000003000100000300320f162e48")  # 640x360
PPS = bytes.fromhex("68cb83cb20")
IDR = b"\x65\x88" + bytes(range(1, 200)) * 12
SLICE = b"\x41\x9a" + bytes(range(1, 120))


@dataclass
class Habits:
    """What this camera does wrong; change it while it runs."""

    credentials: Credentials | None = None
    sets_in_sdp: bool = True
    sets_in_band: bool = True
    frame_s: float = 0.04
    gop: int = 5
    silent: bool = False  # plays, sends nothing
    mute: bool = False  # accepts, never answers
    garbage: bytes = b""  # sent instead of any answer
    describe_status: int = 200
    redirect_to: str = ""
    refuse_tcp: bool = False
    keepalive_status: int = 200
    session_timeout_s: int = 60
    frames_inside_replies: bool = False
    swap_every: int = 0  # UDP: swap this packet with the next
    drop_every: int = 0
    jump_at: int = 0  # frame number after which timestamps are elsewhere
    rewind_at: int = 0  # frame number after which timestamps are 3 s earlier
    other_size_at: int = 0  # frame number after which pictures have another size
    audio_only: bool = False


@dataclass
class Seen:
    """What clients did."""

    connections: int = 0
    logins: int = 0
    requests: list[Request] = field(default_factory=list)
    rtcp: list[bytes] = field(default_factory=list)


class FakeCamera:
    def __init__(self, habits: Habits | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.habits = habits or Habits()
        self.seen = Seen()
        self.port = 0
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    async def open(self, hosts: list[str] | None = None, port: int = 0) -> int:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self), hosts or ["127.0.0.1"], port or self.port, ssl=self._tls, backlog=512
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def close(self) -> None:
        """Stop listening and drop everybody."""
        if self._server is not None:
            self._server.close()
        gone = [connection.gone for connection in self._connections]
        self.drop()
        if gone:
            await asyncio.wait(gone)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def drop(self) -> None:
        for connection in list(self._connections):
            connection.abort()

    async def __aenter__(self) -> FakeCamera:
        await self.open()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    def send(self, data: bytes) -> None:
        """Write to every client."""
        for connection in self._connections:
            connection._write(data)

    def url(self, path: str = "/live", user: str = "", scheme: str = "rtsp") -> str:
        return f"{scheme}://{user}{'@' if user else ''}127.0.0.1:{self.port}{path}"


class _Connection(asyncio.Protocol):
    def __init__(self, camera: FakeCamera) -> None:
        self._camera = camera
        self._habits, self._seen = camera.habits, camera.seen
        self._server = RtspServer(
            session="f00d",
            nonce="once",
            credentials=camera.habits.credentials,
            timeout_s=camera.habits.session_timeout_s,
        )
        self._writer = RtpWriter(96, ssrc=0x1234, sequence=0xFFF0)
        self._spec: TransportSpec | None = None
        self._udp: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None
        self._number = 0
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._seen.connections += 1
        self._camera._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._camera._connections.discard(self)
        if self._task is not None:
            self._task.cancel()
        if self._udp is not None:
            self._udp.close()
        self.gone.set_result(None)

    def abort(self) -> None:
        self._transport.abort()  # type: ignore[attr-defined]

    def _write(self, data: bytes) -> None:
        self._transport.write(data)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        habits = self._habits
        if habits.mute:
            return
        if habits.garbage:
            self._write(habits.garbage)
            return
        for item in self._server._reader.receive(data):
            if isinstance(item, Frame):
                self._seen.rtcp.append(item.payload)
            elif isinstance(item, Request):
                self._on_request(item)

    def _on_request(self, request: Request) -> None:
        habits = self._habits
        self._seen.requests.append(request)
        self._seen.logins += request.get("Authorization") is not None
        if request.method == "GET_PARAMETER" and habits.keepalive_status != 200:
            self._server.refuse(request, habits.keepalive_status)
        elif request.method == "DESCRIBE" and habits.redirect_to:
            headers = (("CSeq", str(request.cseq)), ("Location", habits.redirect_to))
            self._write(Response(302, headers=headers).to_bytes())
        elif request.method == "DESCRIBE" and habits.describe_status != 200:
            self._server.refuse(request, habits.describe_status)
        else:
            for event in self._server.on_message(request):
                self._on_event(event)
        output = self._server.take_output()
        if habits.frames_inside_replies and self._spec is not None and self._spec.tcp:
            head, rest = output.split(b"\r\n", 1)
            output = head + b"\r\n" + self._frame_bytes() + rest
        self._write(output)

    def _on_event(self, event: object) -> None:
        habits = self._habits
        match event:
            case DescribeAsked(request):
                config = (SPS, PPS) if habits.sets_in_sdp else ()
                stream = StreamFormat("h264", 96, 90_000, config=config)
                if habits.audio_only:
                    stream = StreamFormat("pcma", 8, 8000, channels=1)
                sdp = format_sdp(SessionDescription((media_description(stream, "trackID=0"),), control="*"))
                self._server.answer_describe(request, sdp)
            case SetupAsked(request, transports):
                assert track_of(request.url, ["trackID=0"]) == 0
                self._set_up(request, transports[0])
            case PlayAsked(request):
                self._server.answer(request)
                if not habits.silent:
                    self._task = asyncio.get_running_loop().create_task(self._play())
            case Ended():
                pass

    def _set_up(self, request: Request, asked: TransportSpec) -> None:
        if asked.tcp and self._habits.refuse_tcp:
            self._server.refuse(request, 461)
            return
        if not asked.tcp:
            self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._udp.bind(("127.0.0.1", 0))
            port = self._udp.getsockname()[1]
            asked = TransportSpec(tcp=False, client_port=asked.client_port, server_port=(port, port))
        self._spec = asked
        self._server.answer_setup(request, asked)

    def _packets(self) -> list[bytes]:
        number, habits = self._number, self._habits
        self._number += 1
        key = number % habits.gop == 0
        sps = OTHER_SPS if habits.other_size_at and number >= habits.other_size_at else SPS
        nals = [*((sps, PPS) if habits.sets_in_band else ()), IDR] if key else [SLICE]
        timestamp = 0xFFFF_0000 + number * 3600  # wraps soon
        if habits.jump_at and number >= habits.jump_at:
            timestamp += 1_000_000_000
        if habits.rewind_at and number >= habits.rewind_at:
            timestamp -= 270_000
        return self._writer.packets(h264_payloads(nals, 500), timestamp & 0xFFFF_FFFF)

    def _frame_bytes(self) -> bytes:
        return b"".join(interleaved(0, packet) for packet in self._packets())

    async def _play(self) -> None:
        assert self._spec is not None
        sent = 0
        while not self._habits.silent:
            if self._spec.tcp:
                self._write(self._frame_bytes())
            else:
                sent = self._send_udp(self._packets(), sent)
            await asyncio.sleep(self._habits.frame_s)

    def _send_udp(self, packets: list[bytes], sent: int) -> int:
        assert self._udp is not None
        assert self._spec is not None
        assert self._spec.client_port is not None
        habits = self._habits
        if habits.swap_every and len(packets) > 2:
            packets[1], packets[2] = packets[2], packets[1]
        for packet in packets:
            sent += 1
            if not habits.drop_every or sent % habits.drop_every:
                self._udp.sendto(packet, ("127.0.0.1", self._spec.client_port[0]))
        return sent
