"""One RTSP connection as a client: wire machines on a socket, from OPTIONS to the last packet.

The connection ends with exactly one SourceFailure, or quietly when `close` was called.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from mingjian.kernel.clock import Clock
from mingjian.media.sources import failure
from mingjian.media.sources.patience import Patience
from mingjian.media.sources.shared_buffer import SharedBuffer
from mingjian.media.sources.tracks import MediaRun, TrackFeed, choose
from mingjian.media.sources.udp import UdpPorts
from mingjian.ports.media import MediaSink, StreamCounters
from mingjian.wire.rtp.formats import StreamFormat, stream_format
from mingjian.wire.rtp.ingest import InterleavedIngest
from mingjian.wire.rtsp import client as rtsp
from mingjian.wire.rtsp.auth import Credentials
from mingjian.wire.rtsp.message import Message, RtspError, interleaved
from mingjian.wire.rtsp.transport import TransportSpec
from mingjian.wire.sdp import SdpError

_TICK_S = 1.0
_REPORT_EVERY_TICKS = 5
_CNAME = "mingjian"
_LINGER_S = 0.5


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """What a connection needs to know. `silent_s`: how long without media until it is given up."""

    url: str
    credentials: Credentials | None
    udp: bool = False
    audio: bool = True
    answer_s: float = 5.0
    silent_s: float = 5.0


class Redirect(Exception):
    """The server wants us elsewhere."""

    def __init__(self, url: str) -> None:
        super().__init__("redirected")
        self.url = url


class OtherTransport(Exception):
    """The server refused the transport (461)."""


class RtspConnection(asyncio.BufferedProtocol):
    """Made by a connector; `finished` resolves when it is over, with SourceFailure, Redirect, OtherTransport or None.

    `on_step` is told when a step of the live test was reached: "authenticate", "describe", "first_frame". `watched`:
    whether somebody looks at it already.
    """

    def __init__(
        self,
        options: ConnectionOptions,
        sink: MediaSink,
        clock: Clock,
        counters: StreamCounters,
        buffer: SharedBuffer,
        on_step: Callable[[str], None] | None = None,
        *,
        watched: bool = False,
    ) -> None:
        self.options = options
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._loop = asyncio.get_running_loop()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._clock = clock
        self._counters = counters
        self._on_step = on_step or (lambda _step: None)
        self._client = rtsp.RtspClient(options.url, options.credentials, cnonce=secrets.token_hex(8))
        self._ingest = InterleavedIngest(self._on_message)
        self.run = MediaRun(sink, clock, counters, self._on_started, batched=not options.udp)
        self._watched = watched
        self._patience: Patience | None = None
        self._buffer = buffer
        self._data, self._view = buffer.data, buffer.view
        self._tail = b""
        self._tail_size = 0
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ticks = 0
        self._quiet_since_s = 0.0
        self._asked_since_s = 0.0
        self._units_seen = 0
        self._bytes_counted = 0
        self._next_keepalive_s = 0.0
        self._ssrc = secrets.randbits(32)
        self._formats: list[StreamFormat | None] = []
        self._udp: dict[int, UdpPorts] = {}
        self._hears_datagrams = False
        self._reports: list[tuple[TrackFeed, Callable[[bytes], None]]] = []
        self._task: asyncio.Task[None] | None = None

    # The event loop's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with OPTIONS."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are none by inheritance
        now = self._loop.time()
        self._quiet_since_s = self._asked_since_s = now
        self._timer = self._loop.call_later(_TICK_S, self._tick)
        self._client.start()
        self._flush()

    def get_buffer(self, sizehint: int) -> memoryview:
        """The shared buffer behind our unread tail."""
        size = self._tail_size
        if size:
            self._data[:size] = self._tail
        return self._view[size:]

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was read."""
        if self.finished.done():
            return
        if not self._buffer.resting and self._client.playing:
            self._buffer.rest_after_turn()
        end = self._tail_size + nbytes
        try:
            position = self._ingest.feed(self._data, self._view, 0, end)
        except RtspError:
            self._finish(failure.garbled() if self.run.started else failure.not_rtsp())
            return
        self.run.batch_over()
        self._tail_size = end - position
        if self._tail_size:
            self._tail = bytes(self._view[position:end])

    def eof_received(self) -> bool:
        """The peer closed its side: so do we."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        if not self._closed.done():
            self._closed.set_result(None)
        if self._client.playing:
            self._finish(failure.connection_lost(exc))
        else:
            self._finish(failure.closed_early())

    def watch(self, watched: bool) -> None:
        """Somebody looks at this stream from now on, or nobody does any more."""
        self._watched = watched
        if self._patience is not None:
            self._patience.watch(watched)

    def close(self) -> None:
        """End the session politely."""
        if not self.finished.done() and self._transport is not None and not self._transport.is_closing():
            self._client.teardown()
            self._flush()
        self._finish(None)

    async def wait_closed(self) -> None:
        """Wait until the socket is gone; what a dead peer does not take within a moment is thrown away."""
        if self._transport is not None and not (await asyncio.wait([self._closed], timeout=_LINGER_S))[0]:
            self._transport.abort()
            await asyncio.wait([self._closed], timeout=_LINGER_S)

    # RTSP.

    def _on_message(self, message: Message) -> None:
        if self.finished.done():
            return
        self._asked_since_s = self._loop.time()
        try:
            events = self._client.on_message(message)
        except SdpError:
            self._finish(failure.no_usable_track())
            return
        for event in events:
            self._on_event(event)
        self._flush()

    def _on_event(self, event: rtsp.ClientEvent) -> None:
        match event:
            case rtsp.Described():
                self._on_step("authenticate")
                self._on_described(event)
            case rtsp.SetupDone():
                self._on_setup(event)
            case rtsp.Playing():
                self._on_step("describe")
                now = self._loop.time()
                self._quiet_since_s = now
                self._next_keepalive_s = now + self._client.keepalive_s
            case rtsp.Redirected(url):
                self._finish(Redirect(url))
            case rtsp.TransportRefused():
                self._finish(OtherTransport())
            case rtsp.SessionLost():
                self._finish(failure.session_lost())
            case rtsp.AuthenticationFailed(status, needed):
                if status == 403:
                    self._finish(failure.forbidden())
                else:
                    self._finish(failure.password_needed() if needed else failure.wrong_password())
            case rtsp.Refused(method, status):
                self._finish(failure.refused(method, status))

    def _on_described(self, event: rtsp.Described) -> None:
        self._formats = [stream_format(track.media) for track in event.tracks]
        chosen = choose(self._formats, self.options.audio)
        if not chosen or not any(found is not None and found.is_video for found in self._formats):
            self._finish(failure.no_usable_track())
            return
        if self.options.udp:
            self._task = self._loop.create_task(self._setup_udp(event, chosen))
            return
        self._client.setup(
            [
                rtsp.SetupRequest(
                    event.tracks[index], TransportSpec(tcp=True, interleaved=(2 * order, 2 * order + 1)), order > 0
                )
                for order, index in enumerate(chosen)
            ]
        )

    async def _setup_udp(self, event: rtsp.Described, chosen: list[int]) -> None:
        assert self._transport is not None
        self._buffer.datagrams(True)
        self._hears_datagrams = True
        local, peer = self._transport.get_extra_info("sockname")[0], self._transport.get_extra_info("peername")[0]
        requests = []
        for order, index in enumerate(chosen):
            ports = UdpPorts(self._clock, peer)
            self._udp[index] = ports
            try:
                await ports.open(local)
            except OSError as error:
                self._finish(failure.connect_error(error))
                return
            spec = TransportSpec(tcp=False, client_port=ports.ports)
            requests.append(rtsp.SetupRequest(event.tracks[index], spec, order > 0))
        if not self.finished.done():
            self._client.setup(requests)
            self._flush()

    def _on_setup(self, event: rtsp.SetupDone) -> None:
        stream = self._formats[event.track.index]
        assert stream is not None
        spec = event.transport
        media, control = spec.interleaved or (0, 1)
        feed = self.run.add(stream, media)
        ports = self._udp.get(event.track.index)
        if ports is None:
            self._ingest.add(media, feed.receiver, control, feed.on_rtcp)
            self._reports.append((feed, lambda packet: self._write(interleaved(control, packet))))
            return
        server_ports = spec.server_port or (0, 0)
        ports.attach(feed.receiver, feed.on_rtcp)
        ports.punch(server_ports)
        self._reports.append((feed, lambda packet: ports.send_rtcp(packet, server_ports[1])))

    # Time.

    def _on_started(self) -> None:
        self._on_step("first_frame")

    def _tick(self) -> None:
        self._ticks += 1
        now = self._loop.time()
        self._timer = self._loop.call_later(_TICK_S, self._tick)
        self.update_counters()
        if self.run.units != self._units_seen:
            self._units_seen = self.run.units
            self._quiet_since_s = now
        if not self._client.playing:
            if now - self._asked_since_s > self.options.answer_s:
                self._finish(failure.no_answer())
            return
        if now - self._quiet_since_s > self.options.silent_s:
            parameterless = not self.run.started and self.run.dropped_units > 0
            silent = failure.silent(self.run.started, self.options.udp)
            self._finish(failure.no_parameter_sets() if parameterless else silent)
            return
        if self.run.started and not self.options.udp and self._transport is not None:
            if self._patience is None:
                self._patience = Patience(self._transport, watched=self._watched)
            self._patience.tick(self._bytes_counted)
        if now >= self._next_keepalive_s:
            self._next_keepalive_s = now + self._client.keepalive_s
            self._client.keepalive()
            self._flush()
        if self._ticks % _REPORT_EVERY_TICKS == 0:
            for feed, send in self._reports:
                report = feed.report(self._ssrc, _CNAME)
                if report is not None:
                    send(report)

    def update_counters(self) -> None:
        """Bring the stream's counters up to date."""
        self.run.update_counters()
        total = self._ingest.bytes + sum(ports.bytes for ports in self._udp.values())
        self._counters.bytes += total - self._bytes_counted
        self._bytes_counted = total

    # Ends.

    def _flush(self) -> None:
        output = self._client.take_output()
        if output:
            self._write(output)

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _finish(self, error: Exception | None) -> None:
        if self.finished.done():
            return
        self.update_counters()
        for ports in self._udp.values():
            self._counters.reordered_packets += ports.reordered
            ports.close()
        if self._hears_datagrams:
            self._buffer.datagrams(False)
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self.run.stop(self._clock.now_ns())
        if error is None:
            self.finished.set_result(None)
        else:
            self.finished.set_exception(error)
            self.finished.exception()  # whoever waits is told; nobody may be left waiting, which is no fault to log
        if self._transport is not None:
            self._transport.close()
