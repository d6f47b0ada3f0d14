"""The engine put together: follows the plan, runs a supervisor per stream, looks after the store, answers its socket."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict
from typing import Any

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.media.engine.hub import StreamHub
from mingjian.media.engine.metrics import EngineMetrics, LedgerFigures
from mingjian.media.engine.plan_keeper import PlanKeeper
from mingjian.media.engine.settings import EngineSettings
from mingjian.media.engine.socket_server import EngineSocket
from mingjian.media.engine.sources import SourceFactory, StreamOrder, order_of, rtsp_sources
from mingjian.media.engine.supervisor import StreamSupervisor
from mingjian.media.sources.push import PushServer
from mingjian.media.sources.shared_buffer import SharedBuffer
from mingjian.media.store.retention import Order
from mingjian.media.store.store import Store
from mingjian.media.watched_file import POLL_S
from mingjian.ports.engine import EngineStatus, StreamStatus
from mingjian.ports.ledger import read_status
from mingjian.ports.plan import CameraPlan, EnginePlan

_LOG = logging.getLogger(__name__)

_LOOK_EVERY_NS = NS_PER_S
_RETAIN_EVERY_NS = 60 * NS_PER_S
_SOURCES_STOP_S = 4.0
_STORE_CLOSE_S = 5.0

Key = tuple[str, str]


class EngineRuntime:
    """One engine over one open store. `start`, then `stop`; the store is opened and closed here."""

    def __init__(
        self, settings: EngineSettings, store: Store, clock: Clock, *, sources: SourceFactory | None = None
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        buffer = SharedBuffer()
        self.push = PushServer(clock, buffer) if settings.push_port else None
        self._factory = sources or rtsp_sources(clock, buffer, allow_loopback=settings.allow_loopback, push=self.push)
        self._plans = PlanKeeper(settings.plan_file)
        self._started_ns = clock.now_ns()
        self._running: dict[Key, StreamSupervisor] = {}
        self._refused: dict[Key, MingjianError] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._retaining: asyncio.Task[None] | None = None
        self._lag_ns = 0
        self._metrics = EngineMetrics(self.status, lambda: self._lag_ns, self._ledger_figures)
        self.socket = EngineSocket(settings.socket, self._find_hub, buffer.watch)
        self._add_methods()

    async def start(self) -> None:
        """Open the store, take the plan, listen."""
        await asyncio.get_running_loop().run_in_executor(None, self._store.open)
        await self.socket.start()
        if self.push is not None:
            await self.push.listen(self._settings.push_host, self._settings.push_port)
        plan = self._plans.begin()
        if plan is not None:
            await self._apply(plan)
        self._tasks = [asyncio.create_task(self._follow_plan()), asyncio.create_task(self._look_after())]
        _LOG.info("engine runs", extra={"data": {"streams": len(self._running)}})

    async def stop(self) -> None:
        """Stop all sources, seal what can be sealed, close the store: within 10 s."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.stop()
        supervisors = list(self._running.values())
        self._running = {}
        if supervisors:
            ending = [asyncio.create_task(supervisor.stop()) for supervisor in supervisors]
            _, late = await asyncio.wait(ending, timeout=_SOURCES_STOP_S)
            if late:
                _LOG.error("%d streams did not stop in time", len(late))
        if self.push is not None:
            await self.push.close()
        closed = await asyncio.get_running_loop().run_in_executor(None, self._store.close, _STORE_CLOSE_S)
        _LOG.info("engine stopped", extra={"data": {"store_closed": closed}})

    def status(self) -> EngineStatus:
        """The engine's word about itself."""
        plan = self._plans.plan
        paused = self._store.deletion_paused
        return EngineStatus(
            instance=self._settings.instance,
            started_ns=self._started_ns,
            plan_version=0 if plan is None else plan.version,
            streams=tuple(self._stream_status(plan)),
            volumes=self._store.status(),
            alarms=self._store.alarms(),
            deletion_paused=None if paused is None else f"{paused.zh} / {paused.en}",
            extra={"deletion_paused_zh": paused.zh, "deletion_paused_en": paused.en} if paused is not None else {},
        )

    def _ledger_figures(self) -> LedgerFigures | None:
        log = self._store.log
        if log is None:
            return None
        folder = self._settings.data_folder
        logs = () if folder is None else read_status(folder).logs
        covered_ns = next((one.covered_ns for one in logs if one.log == "engine"), None)
        return LedgerFigures(log.status(), covered_ns, self._clock.now_ns())

    def _stream_status(self, plan: EnginePlan | None) -> list[StreamStatus]:
        found: list[StreamStatus] = []
        for camera in () if plan is None else plan.cameras:
            if camera.removed_ns is not None:
                continue
            for stream in camera.streams:
                key = (camera.id, stream.name)
                supervisor = self._running.get(key)
                if supervisor is not None:
                    found.append(supervisor.status())
                else:
                    found.append(_idle_status(key, self._refused.get(key)))
        return found

    def _find_hub(self, camera: str, stream: str) -> StreamHub | None:
        supervisor = self._running.get((camera, stream))
        return None if supervisor is None else supervisor.hub

    def _add_methods(self) -> None:
        method = self.socket.method
        method("status", lambda params: asdict(self.status()))
        method("metrics", lambda params: {"text": self._metrics.text()})
        method("reload_plan", self._reload_plan)
        method("confirm_time", self._confirm_time)
        method("hold_add", self._hold_add)
        method("hold_remove", self._hold_remove)
        method("delete_ordered", self._delete_ordered)

    async def _reload_plan(self, params: dict[str, Any]) -> dict[str, Any]:
        self._plans.again()
        plan = self._plans.poll()
        if plan is not None:
            await self._apply(plan)
        return {"version": 0 if self._plans.plan is None else self._plans.plan.version}

    def _confirm_time(self, params: dict[str, Any]) -> dict[str, Any]:
        self._store.confirm_time(str(params["person"]), str(params["reason"]))
        return {}

    def _hold_add(self, params: dict[str, Any]) -> dict[str, Any]:
        stream = params.get("stream")
        hold = self._store.add_hold(
            str(params["camera"]),
            None if stream is None else str(stream),
            int(params["from_ns"]),
            int(params["to_ns"]),
            str(params["reason"]),
            str(params["person"]),
            str(params["hold"]) if params.get("hold") else None,
        )
        return {"hold": hold}

    def _hold_remove(self, params: dict[str, Any]) -> dict[str, Any]:
        self._store.remove_hold(str(params["hold"]), str(params["reason"]), str(params["person"]))
        return {}

    async def _delete_ordered(self, params: dict[str, Any]) -> dict[str, Any]:
        order = Order(
            str(params["order"]), str(params["camera"]), int(params["from_ns"]), int(params["to_ns"]),
            str(params["reason"]), tuple(str(one) for one in params["persons"]),
        )  # fmt: skip
        done = await asyncio.get_running_loop().run_in_executor(None, self._store.delete_ordered, order)
        _LOG.warning("deleted by order", extra={"data": {"order": order.id, "segments": done.segments}})
        return asdict(done)

    # The plan

    async def _follow_plan(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            plan = self._plans.poll()
            if plan is not None:
                try:
                    await self._apply(plan)
                except Exception:  # noqa: BLE001 - the engine goes on with what it has; logged
                    _LOG.exception("the plan could not be applied wholly")

    async def _apply(self, plan: EnginePlan) -> None:
        """Stop what changed or is no longer wanted, note the plan in the store, start what is new; in this order, so that
        the store's last word about a camera switched off is that it was switched off."""
        wanted = self._orders(plan)
        over = [key for key, supervisor in self._running.items() if wanted.get(key) != supervisor.order]
        gone = [self._running.pop(key) for key in over]
        for supervisor in gone:
            self.socket.hub_removed(supervisor.hub)
        await asyncio.gather(*(supervisor.stop() for supervisor in gone))
        self._store.apply_plan(plan)
        for key, order in wanted.items():
            if key not in self._running:
                supervisor = StreamSupervisor(order, self._store, self._clock, self._factory)
                self._running[key] = supervisor
                supervisor.start()
        _LOG.info("plan in force", extra={"data": {"version": plan.version, "streams": len(wanted)}})

    def _orders(self, plan: EnginePlan) -> dict[Key, StreamOrder]:
        orders: dict[Key, StreamOrder] = {}
        self._refused = {}
        for camera in plan.cameras:
            if camera.enabled and camera.removed_ns is None:
                self._orders_of(camera, orders)
        return orders

    def _orders_of(self, camera: CameraPlan, orders: dict[Key, StreamOrder]) -> None:
        for stream in camera.streams:
            key = (camera.id, stream.name)
            try:
                orders[key] = order_of(camera, stream, self._settings.secret_key)
            except MingjianError as error:
                self._refused[key] = error
                _LOG.error("a stream's URL cannot be opened", extra={"data": {"camera": camera.id, "code": error.code}})

    # Looking after the store

    async def _look_after(self) -> None:
        loop = asyncio.get_running_loop()
        next_retain_ns = self._clock.mono_ns() + _RETAIN_EVERY_NS
        while True:
            due = loop.time() + _LOOK_EVERY_NS / NS_PER_S
            await asyncio.sleep(_LOOK_EVERY_NS / NS_PER_S)
            self._lag_ns = max(0, int((loop.time() - due) * NS_PER_S))
            try:
                self._store.look()
                for supervisor in tuple(self._running.values()):
                    supervisor.hub.tick()
            except Exception:  # noqa: BLE001 - recording goes on; logged
                _LOG.exception("looking after the store failed")
            idle = self._retaining is None or self._retaining.done()
            if idle and self._clock.mono_ns() >= next_retain_ns:
                next_retain_ns = self._clock.mono_ns() + _RETAIN_EVERY_NS
                self._retaining = asyncio.create_task(self._retain())

    async def _retain(self) -> None:
        try:
            gone = await asyncio.get_running_loop().run_in_executor(None, self._store.retain)
        except Exception:  # noqa: BLE001 - nothing is deleted then, which harms nothing but space; logged
            _LOG.exception("deleting by age failed")
            return
        if gone:
            _LOG.info("deleted by age", extra={"data": {"segments": gone}})


def _idle_status(key: Key, refused: MingjianError | None) -> StreamStatus:
    """A stream in the plan that does not run: switched off, or its URL cannot be opened."""
    zh, en = ("摄像机已停用", "the camera is switched off")
    if refused is not None:
        zh, en = refused.message.zh, refused.message.en
    return StreamStatus(
        camera=key[0],
        stream=key[1],
        state="stopped" if refused is None else "failed",
        reason="disabled" if refused is None else "authentication",
        detail_zh=zh,
        detail_en=en,
        since_ns=0,
        recording=False,
        bitrate_bps=0,
        fps_milli=0,
        width=0,
        height=0,
        codecs="",
        clock_offset_ms=None,
        connects=0,
        lost_packets=0,
        damaged_units=0,
    )


async def run_engine(runtime: EngineRuntime, stop: asyncio.Event) -> None:
    """Run until `stop` is set; call it under uvloop."""
    await runtime.start()
    try:
        await stop.wait()
    finally:
        await runtime.stop()
