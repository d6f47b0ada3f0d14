"""One stream's supervisor: hub, recorder and source together, restarted with a back-off when one has a defect.

Whatever happens here stays here: no exception of one camera reaches another.
"""

from __future__ import annotations

import asyncio
import logging

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.media.engine.hub import StreamHub
from mingjian.media.engine.sources import Source, SourceFactory, StreamOrder
from mingjian.media.recorder.recorder import StreamRecorder
from mingjian.media.store.store import Store
from mingjian.ports.engine import StreamStatus
from mingjian.ports.media import SourceState, SourceStatus, StreamCounters
from mingjian.ports.recording import GapReason

_LOG = logging.getLogger(__name__)

_FIRST_RETRY_S, _LAST_RETRY_S = 1.0, 30.0
_HEALTHY_NS = 60 * NS_PER_S
_STOP_S = 3.0


class StreamSupervisor:
    """Runs one stream of one camera from `start` to `stop`."""

    def __init__(self, order: StreamOrder, store: Store, clock: Clock, factory: SourceFactory) -> None:
        self.order = order
        self.recorder = StreamRecorder(
            order.camera, order.stream, store, clock, priority=order.priority, record_audio=order.audio
        )
        self.hub = StreamHub(clock, self.recorder, audio=order.audio, on_watch=self._watch)
        self.restarts = 0
        self.stopping = False
        self._clock = clock
        self._factory = factory
        self._source: Source | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.create_task(self._keep(), name=f"{self.order.camera}/{self.order.stream}")

    async def stop(self) -> None:
        """End; what can be sealed is on its way to the store when this returns."""
        self.stopping = True
        if self._source is not None:
            try:
                await asyncio.wait_for(self._source.stop(), _STOP_S)
            except Exception:  # noqa: BLE001 - a source that cannot stop is cut; logged
                _LOG.exception("a source did not stop", extra={"data": self._who()})
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.hub.on_stop(self._clock.now_ns())

    def status(self) -> StreamStatus:
        """What the stream is doing."""
        hub, said = self.hub, self.hub.status
        counters = self._counters()
        bits, frames_milli = hub.rates()
        video = next((track for track in hub.tracks if track.codec.is_video), None)
        return StreamStatus(
            camera=self.order.camera,
            stream=self.order.stream,
            state="connecting" if said is None else said.state.value,
            reason=None if said is None or said.reason is None else said.reason.value,
            detail_zh="" if said is None else said.detail_zh,
            detail_en="" if said is None else said.detail_en,
            since_ns=0 if said is None else said.at_ns,
            recording=self.recorder.recording,
            bitrate_bps=bits,
            fps_milli=frames_milli,
            width=0 if video is None else video.width,
            height=0 if video is None else video.height,
            codecs=",".join(track.codec.value for track in hub.tracks),
            clock_offset_ms=hub.clock_offset_ms,
            connects=counters.connects,
            lost_packets=counters.lost_packets,
            damaged_units=counters.damaged_units,
            viewers=hub.viewers,
        )

    def _counters(self) -> StreamCounters:
        return StreamCounters() if self._source is None else self._source.counters

    def _watch(self, watched: bool) -> None:
        if self._source is not None:
            self._source.watch(watched)

    async def _keep(self) -> None:
        wait_s = _FIRST_RETRY_S
        while True:
            began_ns = self._clock.mono_ns()
            await self._run_once()
            if self.stopping:
                return
            if self._clock.mono_ns() - began_ns > _HEALTHY_NS:
                wait_s = _FIRST_RETRY_S
            self.restarts += 1
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LAST_RETRY_S)

    async def _run_once(self) -> None:
        try:
            self._source = self._factory(self.order, self.hub)
            self._source.watch(self.hub.viewers > 0)
            await self._source.run()
        except MingjianError as error:
            _LOG.error("a stream cannot be started: %s", error.code, extra={"data": self._who()})
            self._failed(error.message.zh, error.message.en)
        except Exception as error:  # noqa: BLE001 - a defect of one source must not end the engine; logged, retried
            _LOG.exception("a source failed", extra={"data": self._who()})
            what = type(error).__name__
            self._failed(f"程序内部错误（{what}），正在重试", f"an internal error ({what}); trying again")

    def _failed(self, zh: str, en: str) -> None:
        now_ns = self._clock.now_ns()
        self.hub.on_stop(now_ns)
        self.hub.on_status(SourceStatus(SourceState.FAILED, now_ns, GapReason.UNREACHABLE, zh, en))

    def _who(self) -> dict[str, str]:
        return {"camera": self.order.camera, "stream": self.order.stream}
