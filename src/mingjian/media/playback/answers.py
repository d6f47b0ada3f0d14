"""The JSON values of the session's calls (docs/architecture.md, "HTTP: edge"). Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from mingjian.kernel.isotime import format_iso_ns
from mingjian.media.playback.chunks import Chunk
from mingjian.media.playback.conversion import converted_codecs
from mingjian.media.playback.frames import FrameTime
from mingjian.media.playback.plan import Plan
from mingjian.media.playback.playlist import data_path, init_path
from mingjian.media.playback.timeline import DayOfRecordings
from mingjian.media.playback.trick import TrickPlan, trick_codecs
from mingjian.ports.recording import Span

# Footage is evidence: nothing of it is left behind in caches that nobody guards.
PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


def span_json(span: Span) -> dict[str, Any]:
    """One span as `recordings` and the timeline print it."""
    return {
        "kind": span.kind.value,
        "start": format_iso_ns(span.start_ns),
        "end": format_iso_ns(span.end_ns),
        "reason": None if span.reason is None else span.reason.value,
        "detail": span.detail,
    }


def timeline_json(camera: str, stream: str, spans: Sequence[Span], now_ns: int) -> dict[str, Any]:
    """The answer of `timeline`."""
    return {
        "camera": camera,
        "stream": stream,
        "spans": [span_json(span) for span in spans],
        "now": format_iso_ns(now_ns),
    }


def days_json(month: str, tz: str, days: Sequence[DayOfRecordings]) -> dict[str, Any]:
    """The answer of `days`."""
    return {
        "month": month,
        "tz": tz,
        "days": [{"day": day.day, "recorded_s": day.recorded_s, "gap_s": day.gap_s} for day in days],
    }


def chunk_json(chunk: Chunk, convert: str | None = None, *, masked: bool = False) -> dict[str, Any]:
    """One chunk. With `convert` its bytes are self-contained (init and fragments) and so `init` is null.

    So are they when masks are burned into it: then it is encoded anew, whatever was asked.
    """
    record = chunk.segment
    convert = "h264" if masked else convert
    suffix = "" if convert is None else f"?as={convert}"
    return {
        "segment": record.id,
        "run": record.run,
        "init": init_path(record.id) if convert is None else None,
        "url": data_path(chunk) + suffix,
        "bytes": chunk.length,
        "start": format_iso_ns(chunk.start_ns),
        "end": format_iso_ns(chunk.end_ns),
        "start_90k": chunk.start_90k,
        "duration_90k": chunk.duration_90k,
        "offset_90k": record.start_90k,
        "codecs": record.codecs if convert is None else converted_codecs(record.codecs, masked=masked),
        "width": record.width,
        "height": record.height,
        "keyframe": chunk.keyframe,
        "partial": chunk.partial,
    }


def plan_json(
    stream: str, plan: Plan, convert: str | None = None, masked: Callable[[Chunk], bool] = lambda chunk: False
) -> dict[str, Any]:
    """The answer of `plan`; `masked` says into which chunks masks are burned."""
    return {
        "stream": stream,
        "chunks": [chunk_json(chunk, convert, masked=masked(chunk)) for chunk in plan.chunks],
        "gaps": [span_json(span) for span in plan.gaps],
        "planned_to": format_iso_ns(plan.planned_to_ns),
        "next": None if plan.cursor is None else plan.cursor.text(),
        "growing": plan.growing,
    }


def frames_json(times: Sequence[FrameTime]) -> dict[str, Any]:
    """The answer of `frames`."""
    return {
        "frames": [
            {
                "pts_90k": time.pts_90k,
                "duration_90k": time.duration_90k,
                "at": format_iso_ns(time.at_ns),
                "keyframe": time.keyframe,
            }
            for time in times
        ]
    }


def trick_json(
    plan: TrickPlan,
    stream: str,
    from_ns: int,
    to_ns: int,
    speed: float,
    convert: str | None = None,
    *,
    masked: bool = False,
) -> dict[str, Any]:
    """The answer of `trick.json`; `url` gives the stream it describes."""
    codecs = trick_codecs(plan.pictures)
    wanted = {} if convert is None else {"as": convert}
    if convert is not None or masked:
        codecs = converted_codecs(codecs, masked=masked)
    bounds = {"from": format_iso_ns(from_ns), "to": format_iso_ns(to_ns)}
    return {
        "url": "trick?" + urlencode({"stream": stream, **bounds, "speed": f"{speed:g}", **wanted}),
        "mime": f'video/mp4; codecs="{codecs}"',
        "codecs": codecs,
        **bounds,
        "pictures": [
            {
                "t_90k": picture.t_90k,
                "duration_90k": picture.duration_90k,
                "at": format_iso_ns(picture.chunk.start_ns),
            }
            for picture in plan.pictures
        ],
        "next": None if plan.next_ns is None else format_iso_ns(plan.next_ns),
    }
