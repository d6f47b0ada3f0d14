"""A camera pulled by RTSP, for ever: connect, play, lose, wait a little, connect again.

source = RtspSource(parse_address(url), sink, clock, gate=gate)
task = loop.create_task(source.run())
...
await source.stop()
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.media.sources import failure
from mingjian.media.sources.address import CameraAddress, parse_address
from mingjian.media.sources.connection import ConnectionOptions, OtherTransport, Redirect, RtspConnection
from mingjian.media.sources.connector import connect, tls_fingerprint
from mingjian.media.sources.failure import SourceFailure
from mingjian.media.sources.gate import HostGate
from mingjian.media.sources.shared_buffer import SharedBuffer
from mingjian.ports.media import MediaSink, SourceState, SourceStatus, StreamCounters
from mingjian.ports.recording import GapReason

_MAX_REDIRECTS = 5
_LONG_RUN_S = 30


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How a source behaves. Times are in seconds.

    `backoff_max_s` stays below the 5 s that the issue allows, because 100 cameras of one host also queue for 5 s at the
    gate and all of them must be back within 10 s.
    """

    transport: str = "tcp"  # "tcp" or "udp"; a camera that refuses it (461) gets the other
    audio: bool = True
    allow_loopback: bool = False
    verify_tls: bool = False
    connect_timeout_s: float = 2.0
    answer_s: float = 5.0
    silent_s: float = 5.0
    backoff_min_s: float = 0.25
    backoff_max_s: float = 2.5


class RtspSource:
    """Feeds one sink with one stream.

    The sink hears CONNECTING once at the beginning, STREAMING when media flows, FAILED when that ends or cannot begin;
    FAILED is repeated only when reason or words change. `counters` and `tls_fingerprint` may be read at any time.
    """

    def __init__(
        self,
        address: CameraAddress,
        sink: MediaSink,
        clock: Clock,
        *,
        gate: HostGate,
        buffer: SharedBuffer | None = None,
        options: SourceOptions = SourceOptions(),
    ) -> None:
        self.counters = StreamCounters()
        self.status = SourceStatus(SourceState.CONNECTING, clock.now_ns())
        self.tls_fingerprint: str | None = None
        self._address = address
        self._sink = sink
        self._clock = clock
        self._gate = gate
        self._buffer = buffer or SharedBuffer()
        self._options = options
        self._udp = options.transport == "udp"
        self._stopping = False
        self._connection: RtspConnection | None = None
        self._watched = False
        self._task: asyncio.Task[None] | None = None
        self._failures = 0

    async def run(self) -> None:
        """Feed the sink until `stop`. A defect of ours ends it with its exception; everything else is retried."""
        self._task = asyncio.current_task()
        self._say(self.status)
        try:
            while not self._stopping:
                began_ns = self._clock.mono_ns()
                delay_s = await self._attempt()
                if self._clock.mono_ns() - began_ns > _LONG_RUN_S * NS_PER_S:
                    self._failures = 0
                if not self._stopping:
                    await asyncio.sleep(delay_s)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            self._close()
            self._say(SourceStatus(SourceState.STOPPED, self._clock.now_ns()))

    async def stop(self) -> None:
        """End politely; returns when the sink has heard its last word."""
        self._stopping = True
        task = self._task
        if task is None or task.done():
            return
        if self._connection is not None:
            self._connection.close()
        else:
            task.cancel()
        await asyncio.wait([task], timeout=2)
        if not task.done():
            task.cancel()
            await asyncio.wait([task])

    def watch(self, watched: bool) -> None:
        """Somebody looks at this stream from now on, or nobody does any more."""
        self._watched = watched
        if self._connection is not None:
            self._connection.watch(watched)

    async def _attempt(self) -> float:
        """One connection from beginning to end; how long to wait before the next."""
        try:
            await self._connect_and_play()
        except SourceFailure as error:
            return self._failed(error)
        except OtherTransport:
            self._udp = not self._udp
            refused = failure.refused("SETUP", 461)
            return self._failed(refused)
        self._failures = 0
        return 0.0

    def _failed(self, error: SourceFailure) -> float:
        self.counters.last_error = error.text.en
        if error.reason is GapReason.AUTHENTICATION:
            self._gate.login_refused(self._address.host_key, self._address.credentials)
        previous = self.status
        if (previous.state, previous.reason, previous.detail_en) != (SourceState.FAILED, error.reason, error.text.en):
            self._say(
                SourceStatus(SourceState.FAILED, self._clock.now_ns(), error.reason, error.text.zh, error.text.en)
            )
        return self._backoff()

    def _backoff(self) -> float:
        """Jittered, doubling, bounded; the jitter keeps a hundred cameras from coming back in step."""
        ceiling = min(self._options.backoff_max_s, self._options.backoff_min_s * (1 << self._failures))
        self._failures = min(self._failures + 1, 16)
        delay_s: float = ceiling * random.uniform(0.5, 1.0)  # noqa: S311
        return delay_s

    async def _connect_and_play(self) -> None:
        address = self._address
        for _ in range(_MAX_REDIRECTS):
            try:
                await self._play(address)
            except Redirect as redirect:
                address = self._redirected(address, redirect.url)
                continue
            return
        raise failure.refused("DESCRIBE", 302)

    async def _play(self, address: CameraAddress) -> None:
        options = self._options
        await self._gate.wait_login(self._address.host_key, self._address.credentials)
        await self._gate.wait_turn(address.host_key)
        self.counters.connects += 1
        transport, connection = await connect(
            address,
            lambda: self._make(address),
            allow_loopback=options.allow_loopback,
            verify_tls=options.verify_tls,
            timeout_s=options.connect_timeout_s,
        )
        self.tls_fingerprint = tls_fingerprint(transport)
        self._connection = connection
        try:
            await connection.finished
        finally:
            connection.close()
            await connection.wait_closed()
            self._connection = None

    def _make(self, address: CameraAddress) -> RtspConnection:
        options = ConnectionOptions(
            url=address.url,
            credentials=address.credentials,
            udp=self._udp,
            audio=self._options.audio,
            answer_s=self._options.answer_s,
            silent_s=self._options.silent_s,
        )
        return RtspConnection(
            options, self._sink, self._clock, self.counters, self._buffer, self._on_step, watched=self._watched
        )

    def _on_step(self, step: str) -> None:
        if step == "authenticate":
            self._gate.login_accepted(self._address.host_key, self._address.credentials)
        elif step == "first_frame":
            self._failures = 0
            self._say(SourceStatus(SourceState.STREAMING, self._clock.now_ns()))

    def _redirected(self, address: CameraAddress, url: str) -> CameraAddress:
        """The address to go to; credentials go along only to the same host, and never from TLS to plain."""
        try:
            target = parse_address(url, allow_loopback=self._options.allow_loopback)
        except MingjianError as error:
            raise failure.address_refused(error) from error
        same = target.host_key == address.host_key and (target.tls or not address.tls)
        credentials = address.credentials if same else None
        return CameraAddress(target.scheme, target.host, target.port, target.path, credentials)

    def _say(self, status: SourceStatus) -> None:
        self.status = status
        self._sink.on_status(status)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
