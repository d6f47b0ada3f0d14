"""The engine's orders. Web makes the plan from the register; the engine keeps the last one on its own disk.

Secrets travel sealed: `url_sealed` opens only with the data folder's key (see kernel.sealing), bound to its camera.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text

PLAN_FORMAT = 1


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """One stream of a camera: `main` is recorded at full quality, `sub` serves walls and many-camera playback."""

    name: str  # "main" or "sub"
    url_sealed: str
    transport: str = "tcp"  # "tcp" or "udp"
    push: bool = False  # true: the camera announces to us, the URL is where it will


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """What the engine does with one camera. `keep_days` has already passed the rules' floor."""

    id: str
    name: str
    enabled: bool
    keep_days: int
    streams: tuple[StreamPlan, ...]
    priority: int = 5  # 0 is recorded to the last when disks fill, 9 is degraded first
    record_audio: bool = True
    planned_from_ns: int = 0
    removed_ns: int | None = None


@dataclass(frozen=True, slots=True)
class EnginePlan:
    """Everything the engine is to do. A plan with a lower `version` than the one in force is ignored."""

    version: int
    made_ns: int
    cameras: tuple[CameraPlan, ...]


def plan_to_json(plan: EnginePlan) -> dict[str, Any]:
    """The plan as it lies on disk."""
    return {
        "format": PLAN_FORMAT,
        "version": plan.version,
        "made_ns": plan.made_ns,
        "cameras": [
            {
                "id": camera.id,
                "name": camera.name,
                "enabled": camera.enabled,
                "keep_days": camera.keep_days,
                "priority": camera.priority,
                "record_audio": camera.record_audio,
                "planned_from_ns": camera.planned_from_ns,
                "removed_ns": camera.removed_ns,
                "streams": [
                    {
                        "name": stream.name,
                        "url_sealed": stream.url_sealed,
                        "transport": stream.transport,
                        "push": stream.push,
                    }
                    for stream in camera.streams
                ],
            }
            for camera in plan.cameras
        ],
    }


def plan_from_json(value: Any) -> EnginePlan:
    """Read a plan back. Raises MingjianError `bad_plan` (fault: ours) when it is of another format or broken."""
    try:
        if value["format"] != PLAN_FORMAT:
            raise ValueError(f"format {value['format']}")
        return EnginePlan(
            version=int(value["version"]),
            made_ns=int(value["made_ns"]),
            cameras=tuple(_camera_from_json(camera) for camera in value["cameras"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MingjianError(
            "bad_plan",
            Text(zh="录像计划文件损坏或版本不符", en="the recording plan is broken or of another version"),
            fault=Fault.OURS,
            detail=repr(error),
        ) from error


def _camera_from_json(value: Any) -> CameraPlan:
    return CameraPlan(
        id=str(value["id"]),
        name=str(value["name"]),
        enabled=bool(value["enabled"]),
        keep_days=int(value["keep_days"]),
        priority=int(value["priority"]),
        record_audio=bool(value["record_audio"]),
        planned_from_ns=int(value["planned_from_ns"]),
        removed_ns=None if value["removed_ns"] is None else int(value["removed_ns"]),
        streams=tuple(
            StreamPlan(
                name=str(stream["name"]),
                url_sealed=str(stream["url_sealed"]),
                transport=str(stream["transport"]),
                push=bool(stream["push"]),
            )
            for stream in value["streams"]
        ),
    )
