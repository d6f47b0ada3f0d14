"""Cameras that come to us: an RTSP server socket for ANNOUNCE and RECORD (RFC 2326 10.3, 10.11).

The path of the announced URL names the stream: `rtsp://engine:port/NAME`. A path nobody registered is refused. One
publisher a path: a second one is refused while the first still sends.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import cast

from mingjian.kernel.clock import Clock
from mingjian.media.sources import failure
from mingjian.media.sources.failure import SourceFailure
from mingjian.media.sources.patience import Patience
from mingjian.media.sources.shared_buffer import SharedBuffer
from mingjian.media.sources.tracks import MediaRun, choose
from mingjian.media.sources.udp import UdpPorts
from mingjian.ports.media import MediaSink, SourceState, SourceStatus, StreamCounters
from mingjian.ports.recording import GapReason
from mingjian.wire.rtp.formats import StreamFormat, stream_format
from mingjian.wire.rtp.ingest import InterleavedIngest
from mingjian.wire.rtsp import server as rtsp
from mingjian.wire.rtsp.auth import Credentials
from mingjian.wire.rtsp.control import origin, track_of
from mingjian.wire.rtsp.message import Message, Request, RtspError
from mingjian.wire.rtsp.transport import TransportSpec
from mingjian.wire.sdp import SdpError, parse_sdp

_TICK_S = 1.0
_HANDSHAKE_S = 10.0
MAX_CONNECTIONS = 1024


@dataclass(slots=True)
class PushMount:
    """A path that may be announced. Without `credentials` anybody who reaches the port may."""

    sink: MediaSink
    credentials: Credentials | None = field(default=None, repr=False)
    audio: bool = True
    silent_s: float = 5.0
    counters: StreamCounters = field(default_factory=StreamCounters)
    publisher: PushConnection | None = None
    watched: bool = False


class PushServer:
    """The socket and its mounts. The sink of a mount hears FAILED `unreachable` until somebody publishes."""

    def __init__(self, clock: Clock, buffer: SharedBuffer | None = None) -> None:
        self._clock = clock
        self._buffer = buffer or SharedBuffer()
        self._mounts: dict[str, PushMount] = {}
        self._connections: set[PushConnection] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def listen(self, host: str = "127.0.0.1", port: int = 8554) -> None:
        """Open the socket; `port` 0 takes a free one, found in `self.port`. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: PushConnection(self, self._clock, self._buffer), host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Close the socket and every connection."""
        if self._server is not None:
            self._server.close()
        connections = list(self._connections)
        for connection in connections:
            connection.close()
        if connections:
            await asyncio.wait([connection.closed for connection in connections], timeout=1)
        if self._server is not None:
            await self._server.wait_closed()

    def mount(self, path: str, mount: PushMount) -> None:
        """Let `path` be announced."""
        self._mounts[path.strip("/")] = mount
        waiting = SourceFailure(
            GapReason.UNREACHABLE,
            "reach",
            "等待设备推流：请在设备上填写推流地址",
            "waiting for the device to push: enter the push URL on the device",
        )
        self._say(mount, waiting)

    def unmount(self, path: str, mount: PushMount) -> None:
        """Refuse `path` from now on, unless another mount has taken it; the publisher of `mount` is disconnected."""
        if self._mounts.get(path.strip("/")) is mount:
            del self._mounts[path.strip("/")]
        if mount.publisher is not None:
            mount.publisher.close()
        mount.sink.on_status(SourceStatus(SourceState.STOPPED, self._clock.now_ns()))

    def find(self, url: str) -> PushMount | None:
        """The mount an announced URL means."""
        path = url[len(origin(url)) :].partition("?")[0]
        return self._mounts.get(path.strip("/"))

    def opened(self, connection: PushConnection) -> bool:
        """A connection came; false when there are too many."""
        self._connections.add(connection)
        return len(self._connections) <= MAX_CONNECTIONS

    def ended(self, connection: PushConnection) -> None:
        """A connection went."""
        self._connections.discard(connection)

    def published(self, mount: PushMount) -> None:
        """Media flows."""
        mount.sink.on_status(SourceStatus(SourceState.STREAMING, self._clock.now_ns()))

    def failed(self, mount: PushMount, error: SourceFailure) -> None:
        """The publisher of a mount is gone."""
        if any(known is mount for known in self._mounts.values()):
            self._say(mount, error)

    def _say(self, mount: PushMount, error: SourceFailure) -> None:
        mount.counters.last_error = error.text.en
        mount.sink.on_status(
            SourceStatus(SourceState.FAILED, self._clock.now_ns(), error.reason, error.text.zh, error.text.en)
        )


class PushSource:
    """A mount with the life of a source: mounted while `run` runs, unmounted by `stop`."""

    def __init__(self, server: PushServer, path: str, mount: PushMount) -> None:
        self.counters = mount.counters
        self._server, self._path, self._mount = server, path, mount
        self._stop = asyncio.Event()
        self._done = asyncio.Event()
        self._running = False

    async def run(self) -> None:
        """Until `stop`."""
        self._running = True
        self._server.mount(self._path, self._mount)
        try:
            await self._stop.wait()
        finally:
            self._server.unmount(self._path, self._mount)
            self._done.set()

    def watch(self, watched: bool) -> None:
        """Somebody looks at this stream from now on, or nobody does any more."""
        self._mount.watched = watched
        if self._mount.publisher is not None:
            self._mount.publisher.watch(watched)

    async def stop(self) -> None:
        """End; returns when the sink has heard its last word."""
        self._stop.set()
        if self._running:
            await self._done.wait()


class PushConnection(asyncio.BufferedProtocol):
    """One publisher, over TCP interleaved or UDP."""

    def __init__(self, owner: PushServer, clock: Clock, buffer: SharedBuffer) -> None:
        self._owner = owner
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self._data, self._view = buffer.data, buffer.view
        self._tail = b""
        self._tail_size = 0
        self._session, self._nonce = secrets.token_hex(8), secrets.token_hex(16)
        self._machine = rtsp.RtspServer(session=self._session)
        self._ingest = InterleavedIngest(self._on_message)
        self._transport: asyncio.Transport | None = None
        self._mount: PushMount | None = None
        self._run: MediaRun | None = None
        self._patience: Patience | None = None
        self._formats: list[StreamFormat | None] = []
        self._controls: list[str | None] = []
        self._chosen: list[int] = []
        self._udp: list[UdpPorts] = []
        self._timer: asyncio.TimerHandle | None = None
        self._quiet_since_s = self._loop.time()
        self._units_seen = 0
        self._bytes_counted = 0
        self._over = False
        self._tasks: set[asyncio.Task[None]] = set()

    # The event loop's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for ANNOUNCE."""
        self._transport = cast(asyncio.Transport, transport)
        self._timer = self._loop.call_later(_TICK_S, self._tick)
        if not self._owner.opened(self):
            self.close()

    def get_buffer(self, sizehint: int) -> memoryview:
        """The shared buffer behind our unread tail."""
        size = self._tail_size
        if size:
            self._data[:size] = self._tail
        return self._view[size:]

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was read."""
        if self._over:
            return
        end = self._tail_size + nbytes
        try:
            position = self._ingest.feed(self._data, self._view, 0, end)
        except RtspError:
            self._finish(failure.garbled())
            return
        if self._run is not None:
            self._run.batch_over()
        self._tail_size = end - position
        if self._tail_size:
            self._tail = bytes(self._view[position:end])

    def eof_received(self) -> bool:
        """The peer closed its side: so do we."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone."""
        self._finish(failure.connection_lost(exc))
        self._owner.ended(self)
        if not self.closed.done():
            self.closed.set_result(None)

    def watch(self, watched: bool) -> None:
        """Somebody looks at this stream from now on, or nobody does any more."""
        if self._patience is not None:
            self._patience.watch(watched)

    def close(self) -> None:
        """Disconnect."""
        self._finish(failure.connection_lost(None))

    # RTSP.

    def _on_message(self, message: Message) -> None:
        if isinstance(message, Request) and self._mount is None and message.method == "ANNOUNCE":
            # Each path has its own credentials, so the challenge can only be known now.
            mount = self._owner.find(message.url)
            if mount is not None and mount.credentials is not None:
                self._machine = rtsp.RtspServer(session=self._session, nonce=self._nonce, credentials=mount.credentials)
        for event in self._machine.on_message(message):
            match event:
                case rtsp.AnnounceAsked(request):
                    self._announced(request)
                case rtsp.SetupAsked(request, transports):
                    self._set_up(request, transports)
                case rtsp.RecordAsked(request):
                    self._machine.answer(request)
                case rtsp.DescribeAsked(request) | rtsp.PlayAsked(request):
                    self._machine.refuse(request, 405)
                case rtsp.Ended():
                    self._flush()
                    self.close()
                    return
        self._flush()

    def _announced(self, request: Request) -> None:
        mount = self._owner.find(request.url)
        if mount is None:
            self._machine.refuse(request, 404)
            return
        if mount.publisher is not None:
            self._machine.refuse(request, 403)
            return
        try:
            description = parse_sdp(request.body)
        except SdpError:
            self._machine.refuse(request, 400)
            return
        self._formats = [stream_format(media) for media in description.media]
        self._controls = [media.control for media in description.media]
        self._chosen = choose(self._formats, mount.audio)
        if not any(found is not None and found.is_video for found in self._formats):
            self._machine.refuse(request, 415)
            return
        self._mount, mount.publisher = mount, self
        mount.counters.connects += 1
        self._run = MediaRun(mount.sink, self._clock, mount.counters, lambda: self._owner.published(mount))
        self._machine.answer(request)

    def _set_up(self, request: Request, transports: tuple[TransportSpec, ...]) -> None:
        index = track_of(request.url, self._controls)
        if self._run is None or index is None:
            self._machine.refuse(request, 455 if self._run is None else 404)
            return
        tcp = next((spec for spec in transports if spec.tcp), None)
        if tcp is not None:
            channels = tcp.interleaved or (2 * index, 2 * index + 1)
            stream = self._formats[index]
            self._run.batched = True
            if stream is not None and index in self._chosen:
                feed = self._run.add(stream, channels[0])
                self._ingest.add(channels[0], feed.receiver, channels[1], feed.on_rtcp)
            self._machine.answer_setup(request, TransportSpec(tcp=True, interleaved=channels, mode="record"))
            return
        unicast = next((spec for spec in transports if spec.client_port and not spec.multicast), None)
        if unicast is None:
            self._machine.refuse(request, 461)
            return
        task = self._loop.create_task(self._set_up_udp(request, unicast, index))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _set_up_udp(self, request: Request, spec: TransportSpec, index: int) -> None:
        assert self._transport is not None
        assert self._run is not None
        peer, local = self._transport.get_extra_info("peername")[0], self._transport.get_extra_info("sockname")[0]
        ports = UdpPorts(self._clock, peer)
        try:
            await ports.open(local)
        except OSError:
            self._machine.refuse(request, 500)
            self._flush()
            return
        self._udp.append(ports)
        if self._over:
            ports.close()
            return
        stream = self._formats[index]
        if stream is not None and index in self._chosen:
            feed = self._run.add(stream, 0)
            ports.attach(feed.receiver, feed.on_rtcp)
        self._machine.answer_setup(
            request, TransportSpec(tcp=False, client_port=spec.client_port, server_port=ports.ports, mode="record")
        )
        self._flush()

    # Time and ends.

    def _tick(self) -> None:
        now = self._loop.time()
        self._timer = self._loop.call_later(_TICK_S, self._tick)
        run, mount = self._run, self._mount
        if run is not None and run.units != self._units_seen:
            self._units_seen, self._quiet_since_s = run.units, now
        self._update_counters()
        limit_s = mount.silent_s if mount is not None and self._machine.state == "recording" else _HANDSHAKE_S
        if now - self._quiet_since_s > limit_s:
            udp = bool(self._udp)
            self._finish(failure.silent(run is not None and run.started, udp))
            return
        if run is not None and run.started and run.batched and mount is not None and self._transport is not None:
            if self._patience is None:
                self._patience = Patience(self._transport, watched=mount.watched)
            self._patience.tick(self._bytes_counted)

    def _update_counters(self) -> None:
        if self._run is None or self._mount is None:
            return
        self._run.update_counters()
        total = self._ingest.bytes + sum(ports.bytes for ports in self._udp)
        self._mount.counters.bytes += total - self._bytes_counted
        self._bytes_counted = total

    def _flush(self) -> None:
        output = self._machine.take_output()
        if output and self._transport is not None and not self._transport.is_closing():
            self._transport.write(output)

    def _finish(self, error: SourceFailure) -> None:
        if self._over:
            return
        self._over = True
        self._update_counters()
        if self._timer is not None:
            self._timer.cancel()
        for ports in self._udp:
            ports.close()
        for task in self._tasks:
            task.cancel()
        if self._run is not None:
            self._run.stop(self._clock.now_ns())
        if self._mount is not None:
            self._mount.publisher = None
            self._owner.failed(self._mount, error)
        if self._transport is not None:
            self._transport.close()
