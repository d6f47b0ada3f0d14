"""Stand-ins for what `app` wires behind web."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.camera_probe import DeviceStream, FoundDevice, ProbeStep, SearchWatch, SearchWish
from mingjian.ports.camera_url import CheckedUrl
from mingjian.ports.engine import EngineStatus, OrderedDeletion, StreamStatus, VolumeStatus
from mingjian.ports.plan import EnginePlan


def engine_away() -> MingjianError:
    return MingjianError(
        "engine_away",
        Text(zh="录像引擎没有应答", en="the engine does not answer"),
        fault=Fault.ENVIRONMENT,
        remedy=Text(zh="请查看 mingjian run 的状态", en="look at mingjian run"),
    )


@dataclass
class FakeEngine:
    """Remembers plans, answers what it is told to."""

    plans: list[EnginePlan] = field(default_factory=list)
    confirmed: list[tuple[str, str]] = field(default_factory=list)
    streams: tuple[StreamStatus, ...] = ()
    volumes: tuple[VolumeStatus, ...] = ()
    away: bool = False
    broken: bool = False
    paused: Text | None = None
    holds: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    ordered: list[tuple[str, str, int, int, tuple[str, ...]]] = field(default_factory=list)

    def publish_plan(self, plan: EnginePlan) -> None:
        if self.broken:
            raise OSError(28, "No space left on device")
        self.plans.append(plan)

    def confirm_time(self, person: str, reason: str) -> None:
        self._answer()
        self.confirmed.append((person, reason))

    def status(self) -> EngineStatus:
        self._answer()
        version = self.plans[-1].version if self.plans else 0
        status = EngineStatus("engine-1", 1_000_000_000, version, self.streams, self.volumes)
        if self.paused is None:
            return status
        both = {"deletion_paused_zh": self.paused.zh, "deletion_paused_en": self.paused.en}
        return replace(status, deletion_paused=f"{self.paused.zh} / {self.paused.en}", extra=both)

    def hold_add(self, hold: str, camera: str, from_ns: int, to_ns: int, reason: str, person: str) -> None:
        self._answer()
        self.holds[hold] = (camera, from_ns, to_ns)

    def hold_remove(self, hold: str, reason: str, person: str) -> None:
        self._answer()
        self.holds.pop(hold, None)

    def delete_ordered(
        self, order: str, camera: str, from_ns: int, to_ns: int, reason: str, persons: tuple[str, ...]
    ) -> OrderedDeletion:
        self._answer()
        held = any(hold[0] == camera and hold[1] < to_ns and from_ns < hold[2] for hold in self.holds.values())
        self.ordered.append((order, camera, from_ns, to_ns, persons))
        return OrderedDeletion(0 if held else 3, 0 if held else 450_000_000, (), held)

    def _answer(self) -> None:
        if self.away:
            raise engine_away()


def fake_check(url: str, *, allow_loopback: bool, field: str) -> CheckedUrl:
    parts = urlsplit(url)
    if parts.scheme != "rtsp" or not parts.hostname:
        raise MingjianError("bad_url", Text(zh="地址无效", en="not a camera URL"), fault=Fault.USER, field=field)
    if parts.hostname == "127.0.0.1" and not allow_loopback:
        raise MingjianError(
            "loopback", Text(zh="不能指向本机", en="points to this machine"), fault=Fault.USER, field=field
        )
    return CheckedUrl(url, parts.hostname, parts.username is not None)


@dataclass
class FakeProbe:
    steps: tuple[ProbeStep, ...] = (
        ProbeStep("name", "ok", "正常", "fine", 1),
        ProbeStep("reach", "failed", "无应答", "no answer", 2),
    )
    found: tuple[FoundDevice, ...] = (
        FoundDevice("192.168.1.9", 554, "cam", "v", "m", "onvif", ("rtsp://192.168.1.9/",)),
    )
    lasting: bool = False  # a search goes on until it is called off
    refuses: Exception | None = None

    def test(self, url: str, transport: str, *, allow_loopback: bool) -> tuple[ProbeStep, ...]:
        return self.steps

    def discover(
        self, wish: SearchWish, *, allow_loopback: bool, watch: SearchWatch | None = None
    ) -> tuple[FoundDevice, ...]:
        if self.refuses is not None:
            raise self.refuses
        if watch is None:
            return self.found
        watch.on_tried(0, 2)
        watch.on_found(self.found[0])
        watch.on_tried(1, 2)
        while self.lasting and not watch.is_cancelled():
            threading.Event().wait(0.01)
        return self.found

    def streams(
        self, address: str, port: int, user: str, password: str, *, allow_loopback: bool
    ) -> tuple[DeviceStream, ...]:
        return (DeviceStream("main", f"rtsp://{address}/main", "H264", 1920, 1080),)
