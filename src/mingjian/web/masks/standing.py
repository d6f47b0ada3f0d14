"""Masks and positions as edges, packages and tickets ask about them: one rule (ports/masks.py, ports/positions.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from mingjian.kernel.clock import NS_PER_MS
from mingjian.ports.masks import MaskSpan
from mingjian.ports.positions import PositionSpan, Whereabouts
from mingjian.web.masks.models import Mask, PositionStatement


def mask_span(mask: Mask) -> MaskSpan:
    """A mask in milliseconds, no shorter than it was in force."""
    until_ms = None if mask.withdrawn_ns is None else -(-mask.withdrawn_ns // NS_PER_MS)
    points = tuple((int(x), int(y)) for x, y in mask.points)
    return MaskSpan(points, mask.from_ns // NS_PER_MS, until_ms, mask.preset)


def positions_of(cameras: Iterable[str]) -> Mapping[str, tuple[PositionSpan, ...]]:
    """What two people said of where each of these cameras stood, in order, in milliseconds no longer than they said it."""
    found: dict[str, list[PositionSpan]] = defaultdict(list)
    rows = PositionStatement.objects.filter(camera__in=list(cameras), from_ns__isnull=False).order_by("from_ns", "id")
    for camera, preset, from_ns, ended_ns, moved_ns in rows.values_list(
        "camera_id", "preset", "from_ns", "ended_ns", "camera__archive__moved_ns"
    ):
        assert from_ns is not None  # by the filter
        end_ns = end_of(from_ns, ended_ns, moved_ns)
        if end_ns is None or end_ns > from_ns:
            until_ms = None if end_ns is None else end_ns // NS_PER_MS
            found[camera].append(PositionSpan(preset, -(-from_ns // NS_PER_MS), until_ms))
    return {camera: tuple(spans) for camera, spans in found.items()}


def end_of(from_ns: int, ended_ns: int | None, moved_ns: int | None) -> int | None:
    """When a position that began at `from_ns` ended: when somebody said so, or when the camera was moved; None: not yet."""
    ends = [one for one in (ended_ns, moved_ns) if one is not None and one >= from_ns]
    return min(ends, default=None)


def whereabouts(camera_id: str, masks: Iterable[Mask]) -> Whereabouts:
    """What is known of where a camera stood; asked only where one of these masks depends on it."""
    if not any(one.preset for one in masks):
        return Whereabouts()
    return Whereabouts(positions_of([camera_id]).get(camera_id, ()))
