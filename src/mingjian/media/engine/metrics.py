"""The engine's figures for Prometheus, gathered when somebody asks, in a registry of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mingjian.media.custody.engine_log import LogStatus
from mingjian.ports.engine import EngineStatus, StreamStatus, VolumeStatus

_STREAM: dict[str, tuple[str, Callable[[StreamStatus], float]]] = {
    "up": ("1 while the camera delivers", lambda one: one.state == "streaming"),
    "recording": ("1 while a segment grows", lambda one: one.recording),
    "bitrate_bps": ("Bits a second over about 10 s", lambda one: one.bitrate_bps),
    "fps": ("Frames a second over about 10 s", lambda one: one.fps_milli / 1000),
    "connects": ("Connections begun", lambda one: one.connects),
    "lost_packets": ("RTP packets lost", lambda one: one.lost_packets),
    "damaged_units": ("Pictures with lost packets", lambda one: one.damaged_units),
    "viewers": ("Edges that look", lambda one: one.viewers),
}
_VOLUME: dict[str, tuple[str, Callable[[VolumeStatus], float]]] = {
    "ok": ("1 while the volume is written", lambda one: one.state in ("ok", "nearly_full")),
    "free_bytes": ("Free bytes", lambda one: one.free_bytes),
    "used_bytes": ("Bytes of footage", lambda one: one.used_bytes),
    "queue_bytes": ("Bytes waiting to be written", lambda one: one.queue_bytes),
}


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """The engine's log, and up to when everything in it is covered from outside this machine."""

    log: LogStatus
    covered_ns: int | None
    now_ns: int


class EngineMetrics(Collector):
    """Turns the engine's status into metric families."""

    def __init__(
        self, status: Callable[[], EngineStatus], lag_ns: Callable[[], int],
        ledger: Callable[[], LedgerFigures | None] = lambda: None,
    ) -> None:  # fmt: skip
        self._ledger = ledger
        self._status = status
        self._lag_ns = lag_ns
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def text(self) -> str:
        """The exposition format."""
        return generate_latest(self._registry).decode()

    def describe(self) -> list[Metric]:
        """Nothing beforehand: streams come and go."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One family per figure."""
        status = self._status()
        for name, (words, figure) in _STREAM.items():
            family = GaugeMetricFamily(f"mingjian_stream_{name}", words, labels=["camera", "stream"])
            for stream in status.streams:
                family.add_metric([stream.camera, stream.stream], float(figure(stream)))
            yield family
        for name, (words, volume_figure) in _VOLUME.items():
            family = GaugeMetricFamily(f"mingjian_volume_{name}", words, labels=["volume"])
            for volume in status.volumes:
                family.add_metric([volume.id], float(volume_figure(volume)))
            yield family
        yield GaugeMetricFamily("mingjian_engine_alarms", "Alarms in force", value=len(status.alarms))
        yield GaugeMetricFamily(
            "mingjian_engine_deletion_paused", "1 while deleting stands still", value=status.deletion_paused is not None
        )
        yield GaugeMetricFamily(
            "mingjian_engine_plan_version", "Version of the plan in force", value=status.plan_version
        )
        yield from self._ledger_families()
        lag_s = self._lag_ns() / 1e9
        yield GaugeMetricFamily("mingjian_engine_loop_lag_seconds", "How late the event loop runs", value=lag_s)

    def _ledger_families(self) -> Iterator[Metric]:
        """Exposure is not told while nothing is held outside: an alert on its absence says that."""
        told = self._ledger()
        if told is None:
            return
        yield GaugeMetricFamily("mingjian_ledger_leaves", "Leaves of the engine's log", value=told.log.size)
        yield GaugeMetricFamily(
            "mingjian_ledger_signed_leaves", "Leaves that a checkpoint covers", value=told.log.signed
        )
        if told.log.checkpoint_ns is not None:
            age_s = max(0, told.now_ns - told.log.checkpoint_ns) / 1e9
            yield GaugeMetricFamily("mingjian_ledger_checkpoint_age_seconds", "Age of the last checkpoint", value=age_s)
        if told.covered_ns is not None:
            exposed_s = max(0, told.now_ns - told.covered_ns) / 1e9
            yield GaugeMetricFamily(
                "mingjian_ledger_exposure_seconds",
                "For how long not all has been covered from outside",
                value=exposed_s,
            )
