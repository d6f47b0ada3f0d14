"""The engine's word about itself as JSON, and what to show when it does not answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ninja import Schema

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.ports.engine import EngineStatus, StreamStatus, VolumeStatus
from mingjian.web import wiring


class EngineReachOut(Schema):
    """Whether the engine answers; `detail` and `remedy` say what is wrong when it does not."""

    state: Literal["ok", "away"]
    code: str | None
    detail: str | None
    remedy: str | None


class StreamStatusOut(Schema):
    """What one stream is doing now."""

    camera: str
    stream: str
    state: str
    reason: str | None
    detail: str
    since: str
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
    viewers: int


class VolumeStatusOut(Schema):
    """A volume; `full_on` is the forecast of the day it fills, null when it never does."""

    id: str
    path: str
    state: str
    total_bytes: int
    free_bytes: int
    used_bytes: int
    queue_bytes: int
    full_on: str | None
    oldest: str | None


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """The engine's status, or the error that stood in its place."""

    status: EngineStatus | None
    error: MingjianError | None = None

    def reach(self, language: str) -> dict[str, Any]:
        """As EngineReachOut."""
        if self.error is None:
            return {"state": "ok", "code": None, "detail": None, "remedy": None}
        remedy = self.error.remedy
        return {
            "state": "away",
            "code": self.error.code,
            "detail": self.error.message.for_language(language),
            "remedy": None if remedy is None else remedy.for_language(language),
        }


def ask_engine() -> EngineAnswer:
    """Ask the engine for its status; an engine that is away is an answer."""
    try:
        return EngineAnswer(wiring.engine().status())
    except MingjianError as error:
        if error.code != "engine_away":
            raise
        return EngineAnswer(None, error)


def stream_out(status: StreamStatus, language: str) -> dict[str, Any]:
    """As StreamStatusOut."""
    detail = status.detail_zh if language.startswith("zh") else status.detail_en
    names = ("camera", "stream", "state", "reason", "recording", "bitrate_bps", "fps_milli", "width", "height",
             "codecs", "clock_offset_ms", "connects", "lost_packets", "damaged_units", "viewers")  # fmt: skip
    return {
        **{name: getattr(status, name) for name in names},
        "detail": detail,
        "since": format_iso_ns(status.since_ns),
    }


def volume_out(volume: VolumeStatus) -> dict[str, Any]:
    """As VolumeStatusOut."""
    names = ("id", "path", "state", "total_bytes", "free_bytes", "used_bytes", "queue_bytes")
    return {
        **{name: getattr(volume, name) for name in names},
        "full_on": None if volume.full_on_ns is None else format_iso_ns(volume.full_on_ns),
        "oldest": None if volume.oldest_ns is None else format_iso_ns(volume.oldest_ns),
    }
