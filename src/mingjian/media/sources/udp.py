"""UDP ports for media: an even and the odd one after it (RFC 3550 section 11), and the reorder window behind them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.wire.rtp.receiver import RtpReceiver
from mingjian.wire.rtp.reorder import ReorderWindow

_TRIES = 40
_RECEIVE_BUFFER = 2 * 1024 * 1024


class _Datagrams(asyncio.DatagramProtocol):
    """Passes on what comes from the one peer; anybody else's packets are dropped."""

    def __init__(self, peer: str, handler: Callable[[bytes], None]) -> None:
        self._peer = peer
        self._handler = handler

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr[0] == self._peer:
            self._handler(data)


class UdpPorts:
    """One track's pair of sockets."""

    def __init__(self, clock: Clock, peer: str) -> None:
        self._clock = clock
        self._peer = peer
        self._loop = asyncio.get_running_loop()
        self._window = ReorderWindow()
        self._timer: asyncio.TimerHandle | None = None
        self._media: asyncio.DatagramTransport | None = None
        self._control: asyncio.DatagramTransport | None = None
        self._receiver: RtpReceiver | None = None
        self._on_rtcp: Callable[[bytes], None] | None = None
        self.bytes = 0
        self.ports = (0, 0)

    @property
    def reordered(self) -> int:
        """Packets put back in order."""
        return self._window.reordered

    async def open(self, local_host: str) -> None:
        """Bind a pair on the local address. Raises OSError when none is free."""
        error: OSError | None = None
        for _ in range(_TRIES):
            media = control = None
            try:
                media, control = _bind_pair(local_host)
                await self._serve(media, control)
            except OSError as caught:
                error = caught
                for sock in (media, control):
                    if sock is not None:
                        sock.close()
                continue
            return
        raise error or OSError("no free pair of UDP ports")

    async def _serve(self, media: socket.socket, control: socket.socket) -> None:
        self.ports = (media.getsockname()[1], control.getsockname()[1])
        self._media, _ = await self._loop.create_datagram_endpoint(
            lambda: _Datagrams(self._peer, self._on_media), sock=media
        )
        self._control, _ = await self._loop.create_datagram_endpoint(
            lambda: _Datagrams(self._peer, self._on_control), sock=control
        )

    def attach(self, receiver: RtpReceiver, on_rtcp: Callable[[bytes], None]) -> None:
        """Where packets go; those that came before are lost to nobody: the server has not been told to play."""
        self._receiver, self._on_rtcp = receiver, on_rtcp

    def send_rtcp(self, packet: bytes, port: int) -> None:
        """Send to the server's RTCP port."""
        if self._control is not None and port:
            self._control.sendto(packet, (self._peer, port))

    def punch(self, server_ports: tuple[int, int]) -> None:
        """Open the firewalls between with an empty RTP packet and let replies find their way."""
        if self._media is not None and server_ports[0]:
            self._media.sendto(b"\x80\x00" + bytes(10), (self._peer, server_ports[0]))

    def close(self) -> None:
        """Close both."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for transport in (self._media, self._control):
            if transport is not None:
                transport.close()
        self._receiver = self._on_rtcp = None

    def _on_media(self, data: bytes) -> None:
        self.bytes += len(data)
        self._deliver(self._window.push(data, self._clock.mono_ns()))
        if self._timer is None and self._window.deadline_ns is not None:
            self._arm(self._window.deadline_ns)

    def _arm(self, deadline_ns: int) -> None:
        delay_s = max(0.001, (deadline_ns - self._clock.mono_ns()) / NS_PER_S)
        self._timer = self._loop.call_later(delay_s, self._expire)

    def _expire(self) -> None:
        self._timer = None
        self._deliver(self._window.expire(self._clock.mono_ns()))
        if self._window.deadline_ns is not None:
            self._arm(self._window.deadline_ns)

    def _deliver(self, packets: list[bytes]) -> None:
        receiver = self._receiver
        if receiver is None:
            return
        for packet in packets:
            receiver.packet(packet, memoryview(packet), 0, len(packet))

    def _on_control(self, data: bytes) -> None:
        if self._on_rtcp is not None:
            self._on_rtcp(data)


def _bind_pair(local_host: str) -> tuple[socket.socket, socket.socket]:
    family = socket.AF_INET6 if ":" in local_host else socket.AF_INET
    first = _bind(family, local_host, 0)
    port = first.getsockname()[1]
    low = port if port % 2 == 0 else port - 1
    try:
        second = _bind(family, local_host, port + 1 if port == low else low)
    except OSError:
        first.close()
        raise
    return (first, second) if port == low else (second, first)


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
