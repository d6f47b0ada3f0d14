"""How web and edge speak to an engine. `app` joins them: web and media never import each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from mingjian.ports.plan import EnginePlan


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """What one stream is doing now; times are UTC nanoseconds, rates over about the last 10 s."""

    camera: str
    stream: str
    state: str  # SourceState
    reason: str | None  # GapReason while not streaming
    detail_zh: str
    detail_en: str
    since_ns: int
    recording: bool
    bitrate_bps: int
    fps_milli: int
    width: int
    height: int
    codecs: str
    clock_offset_ms: int | None
    connects: int
    lost_packets: int
    damaged_units: int
    viewers: int = 0


@dataclass(frozen=True, slots=True)
class VolumeStatus:
    """A volume as the store sees it. `state`: ok, nearly_full, full, read_only, slow, missing."""

    id: str
    path: str
    state: str
    total_bytes: int
    free_bytes: int
    used_bytes: int
    queue_bytes: int
    full_on_ns: int | None  # forecast: when it fills at the present rate, None when it never does
    oldest_ns: int | None


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """The engine's own word about itself."""

    instance: str
    started_ns: int
    plan_version: int
    streams: tuple[StreamStatus, ...] = ()
    volumes: tuple[VolumeStatus, ...] = ()
    alarms: tuple[dict[str, str], ...] = ()
    deletion_paused: str | None = None  # why deleting stands still, None when it runs
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OrderedDeletion:
    """What carrying out a deletion decision did: segments and bytes gone, stretches [from, to) of the span that are left
    (a segment that reaches beyond it, or is still written). `held`: a hold covers some of it, and nothing was deleted."""

    segments: int
    bytes: int
    left: tuple[tuple[int, int], ...]
    held: bool


class EngineControl(Protocol):
    """Commands and questions to the engine. Every method raises MingjianError `engine_away` when it does not answer."""

    def publish_plan(self, plan: EnginePlan) -> None:
        """Write the plan where the engine finds it; works while no engine runs."""
        ...

    def confirm_time(self, person: str, reason: str) -> None:
        """A person vouches for the machine's time: deleting by retention may go on."""
        ...

    def status(self) -> EngineStatus:
        """What every stream and volume is doing."""
        ...

    def hold_add(self, hold: str, camera: str, from_ns: int, to_ns: int, reason: str, person: str) -> None:
        """Nothing of [from, to) of any stream of the camera is deleted. Told again with the same id, it stays one hold."""
        ...

    def hold_remove(self, hold: str, reason: str, person: str) -> None:
        """End a hold; one that is unknown or over already is no error."""
        ...

    def delete_ordered(
        self, order: str, camera: str, from_ns: int, to_ns: int, reason: str, persons: tuple[str, ...]
    ) -> OrderedDeletion:
        """Delete what public security ordered deleted; `persons` are the two who entered the decision. Told again, it
        deletes what is left. Raises MingjianError `engine_away`, `volume_absent`."""
        ...
