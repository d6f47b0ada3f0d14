"""The farm's RTSP server: the sans-I/O machine of wire.rtsp on asyncio, TCP interleaved and UDP.

A Channel is what one URL gives; a Viewer is one connection that plays it. A channel's payloads are made once and
shared; each viewer only adds his own RTP headers.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import MingjianError
from mingjian.wire.rtcp import sender_report
from mingjian.wire.rtp.formats import StreamFormat, media_description
from mingjian.wire.rtp.payloads import RtpWriter
from mingjian.wire.rtsp.auth import Credentials
from mingjian.wire.rtsp.control import track_of
from mingjian.wire.rtsp.server import DescribeAsked, Ended, PlayAsked, RtspServer, ServerEvent, SetupAsked
from mingjian.wire.rtsp.transport import TransportSpec
from mingjian.wire.sdp import SessionDescription, format_sdp

CNAME = "mingjian-farm"
_REPORT_EVERY_NS = 5 * NS_PER_S
_MOST_UNSENT_BYTES = 8 * 1024 * 1024  # a viewer who takes nothing is put out
_LOCKED = Credentials("nobody", secrets.token_hex(16))  # a locked camera's: nobody knows it


@dataclass(slots=True)
class Channel:
    """What one URL path gives. `wanted(any, key)` is told when viewers come (key: one came just now) and go."""

    path: str
    formats: tuple[StreamFormat, ...]
    wanted: Callable[[bool, bool], None]
    clock_error_ns: int = 0
    credentials: Credentials | None = None
    unplugged: bool = False  # connections are cut, nothing is answered
    frozen: bool = False  # connected, but no media flows
    locked: bool = False  # every password is wrong
    ssrc: int | None = None  # None: each viewer gets one of his own
    viewers: set[Viewer] = field(default_factory=set)

    def send(self, track: int, payloads: Sequence[bytes], timestamp: int, capture_ns: int, keyframe: bool) -> None:
        """Give one unit to every viewer. `timestamp` is in the track's clock, unwrapped."""
        if self.frozen or self.unplugged:
            return
        for viewer in tuple(self.viewers):
            viewer.send(track, payloads, timestamp, capture_ns, keyframe)

    def unplug(self) -> None:
        """Cut every connection, as when the cable is pulled."""
        self.unplugged = True
        for viewer in tuple(self.viewers):
            viewer.cut()


@dataclass(slots=True)
class _Track:
    writer: RtpWriter
    offset: int  # added to timestamps, as RFC 3550 5.1 asks for a random start
    channel: int | None  # interleaved
    address: tuple[str, int, int] | None  # host, RTP port, RTCP port
    reported_ns: int = 0


class Viewer(asyncio.Protocol):
    """One RTSP connection."""

    def __init__(self, server: FarmServer) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._machine: RtspServer | None = None
        self._channel: Channel | None = None
        self._head = b""
        self._tracks: dict[int, _Track] = {}
        self._playing = False
        self._keyed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        self._server.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Requests. The first one's path decides which camera this is, and with it which password is right."""
        if self._machine is None:
            self._head += data
            if b"\n" not in self._head and len(self._head) < 4096:
                return
            data, self._head = self._head, b""
            self._open_machine(data)
            if self._machine is None:
                return
        try:
            for event in self._machine.receive(data):
                self._on_event(event)
        except MingjianError:
            self.cut()
            return
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._server.connections.discard(self)
        self._leave()

    def cut(self) -> None:
        """End the connection at once."""
        self._leave()
        if self._transport is not None:
            self._transport.abort()

    def send(self, track: int, payloads: Sequence[bytes], timestamp: int, capture_ns: int, keyframe: bool) -> None:
        """One unit; waits for the first keyframe."""
        out = self._tracks.get(track)
        if track == 0 and keyframe:
            self._keyed = True
        if out is None or not self._keyed or self._transport is None:
            return
        if self._transport.get_write_buffer_size() > _MOST_UNSENT_BYTES:
            self.cut()
            return
        rtp_time = (timestamp + out.offset) & 0xFFFFFFFF
        if capture_ns - out.reported_ns >= _REPORT_EVERY_NS or capture_ns < out.reported_ns:
            self._report(out, rtp_time, capture_ns)
        if out.channel is not None:
            self._transport.write(out.writer.interleaved(payloads, rtp_time, out.channel))
        elif out.address is not None:
            for packet in out.writer.packets(payloads, rtp_time):
                self._server.send_udp(packet, out.address[0], out.address[1])

    @property
    def fileno(self) -> int:
        """The connection's socket, for a sender of its own; -1 when it is gone."""
        if self._transport is None or self._transport.is_closing():
            return -1
        number: int = self._transport.get_extra_info("socket").fileno()
        return number

    def begun(self, keyframe: bool) -> bool:
        """Whether this unit is sent to this viewer: from the first keyframe on."""
        self._keyed = self._keyed or keyframe
        return self._keyed

    def _report(self, out: _Track, rtp_time: int, capture_ns: int) -> None:
        assert self._channel is not None
        assert self._transport is not None
        out.reported_ns = capture_ns
        writer = out.writer
        camera_ns = capture_ns + self._channel.clock_error_ns
        report = sender_report(writer.ssrc, camera_ns, rtp_time, writer.packets_sent, writer.octets_sent, CNAME)
        if out.channel is not None:
            self._transport.write(bytes((0x24, out.channel + 1)) + len(report).to_bytes(2, "big") + report)
        elif out.address is not None:
            self._server.send_udp(report, out.address[0], out.address[2], report=True)

    def _open_machine(self, data: bytes) -> None:
        line = data.split(b"\n", 1)[0].decode("latin-1").split()
        self._channel = self._server.channel_of(line[1]) if len(line) > 1 else None
        credentials = None
        if self._channel is not None:
            if self._channel.unplugged:
                self.cut()
                return
            credentials = _LOCKED if self._channel.locked else self._channel.credentials
        self._machine = RtspServer(
            session=secrets.token_hex(4),
            nonce=secrets.token_hex(16),
            realm="city",
            credentials=credentials,
            server_name="City",
        )

    def _on_event(self, event: ServerEvent) -> None:
        machine, channel = self._machine, self._channel
        assert machine is not None
        if isinstance(event, DescribeAsked):
            if channel is None:
                machine.refuse(event.request, 404)
            else:
                machine.answer_describe(event.request, channel_sdp(channel))
        elif isinstance(event, SetupAsked):
            self._on_setup(event)
        elif isinstance(event, PlayAsked):
            machine.answer(event.request, (("Range", "npt=now-"),))
            self._flush()
            if channel is not None and self._tracks and not self._playing:
                self._playing = True
                channel.viewers.add(self)
                channel.wanted(True, True)
        elif isinstance(event, Ended):
            self._flush()
            self._leave()
            if self._transport is not None:
                self._transport.close()
        elif hasattr(event, "request"):
            machine.refuse(event.request, 403)  # nobody may push to a camera

    def _on_setup(self, event: SetupAsked) -> None:
        machine, channel = self._machine, self._channel
        assert machine is not None
        if channel is None:
            machine.refuse(event.request, 404)
            return
        controls = [f"track{index}" for index in range(len(channel.formats))]
        index = track_of(event.request.url, controls)
        chosen = next(
            (spec for spec in event.transports if not spec.multicast and (spec.tcp or spec.client_port)), None
        )
        if index is None or chosen is None:
            machine.refuse(event.request, 404 if index is None else 461)
            return
        ssrc = secrets.randbits(32) if channel.ssrc is None else channel.ssrc
        writer = RtpWriter(channel.formats[index].payload_type, ssrc, secrets.randbits(16))
        if chosen.tcp:
            pair = chosen.interleaved or (2 * index, 2 * index + 1)
            answer = TransportSpec(tcp=True, interleaved=pair, ssrc=ssrc)
            self._tracks[index] = _Track(writer, secrets.randbits(32), pair[0], None)
        else:
            assert chosen.client_port is not None
            assert self._transport is not None
            host = self._transport.get_extra_info("peername")[0]
            ports = self._server.udp_ports
            answer = TransportSpec(tcp=False, client_port=chosen.client_port, server_port=ports, ssrc=ssrc)
            self._tracks[index] = _Track(writer, secrets.randbits(32), None, (host, *chosen.client_port))
        machine.answer_setup(event.request, answer)

    def _flush(self) -> None:
        if self._machine is not None and self._transport is not None:
            output = self._machine.take_output()
            if output:
                self._transport.write(output)

    def _leave(self) -> None:
        channel = self._channel
        if channel is not None and self in channel.viewers:
            channel.viewers.discard(self)
            channel.wanted(bool(channel.viewers), False)


class FarmServer:
    """Serves channels by their paths. `start` binds; `port` is the one in force."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._server: asyncio.Server | None = None
        self._udp: list[asyncio.DatagramTransport] = []
        self.connections: set[Viewer] = set()
        self.port = 0
        self.udp_ports = (0, 0)

    def add(self, channel: Channel) -> None:
        """Serve a channel from now on."""
        self._channels[channel.path] = channel

    def channel_of(self, url: str) -> Channel | None:
        """The channel a request URL names, also by the URL of one of its tracks."""
        path = url.partition("://")[2].partition("/")[2].partition("?")[0].rstrip("/")
        return self._channels.get(path) or self._channels.get(path.rpartition("/")[0])

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Viewer(self), host, port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]
        await self._open_udp(loop, host)

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        for viewer in tuple(self.connections):
            viewer.cut()
        if self._server is not None:
            await self._server.wait_closed()
        for transport in self._udp:
            transport.close()

    def send_udp(self, packet: bytes, host: str, port: int, *, report: bool = False) -> None:
        """One datagram from the RTP port, or from the RTCP port."""
        self._udp[1 if report else 0].sendto(packet, (host, port))

    async def _open_udp(self, loop: asyncio.AbstractEventLoop, host: str) -> None:
        """An even port and the odd one above it (RFC 3550 section 11)."""
        for _ in range(50):
            first, _protocol = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, (host, 0))
            port = first.get_extra_info("sockname")[1]
            if port % 2 == 0:
                with contextlib.suppress(OSError):
                    second, _protocol = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, (host, port + 1))
                    self._udp, self.udp_ports = [first, second], (port, port + 1)
                    return
            first.close()
        raise OSError("no pair of UDP ports is free")


def channel_sdp(channel: Channel) -> bytes:
    """The channel's session description."""
    media = tuple(media_description(item, f"track{index}") for index, item in enumerate(channel.formats))
    return format_sdp(SessionDescription(media, name=channel.path, control="*"))
