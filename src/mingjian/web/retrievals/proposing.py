"""The fewest cameras that see what is looked for (sc799 20: no more than the duty needs), and what more would add.

What is looked for: places for the whole time, and a route walked or driven at an even pace from the beginning of the time
to its end, give or take a margin; each as points a few metres apart. A camera sees a point that lies in its field of view
as registered; walls and trees are not known. Choosing the fewest is a set cover: the camera that sees most of what nobody
sees yet, again and again, then whoever has become needless goes. Cameras of one's own reach only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.recording import SpanKind
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.ground import Plane, Position, View
from mingjian.web.registry.models import Camera
from mingjian.web.registry.policies import READ
from mingjian.web.retrievals.requests import Span

LONGEST_ROUTE_M = 20_000
LONGEST_S = 7 * 86_400
_STEP_M = 10.0
_FARTHEST_VIEW_M = 1000.0
_TOLERANCE_M = 1.0
_MOST_CAMERAS = 300
_RECORDED = frozenset({SpanKind.RECORDED, SpanKind.BACKFILLED})
_STREAM = "main"

Bools = NDArray[np.bool_]
LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sought:
    """Where and when, in WGS-84 degrees and whole seconds since 1970 (UTC). `margin_s`: how even the pace is not."""

    places: tuple[LonLat, ...]
    route: tuple[LonLat, ...]
    from_s: int
    to_s: int
    margin_s: int = 300


@dataclass(frozen=True, slots=True)
class Proposed:
    """A camera with the spans in which what is looked for may be in its view; `recorded_s` None when nobody can say.

    `places` are numbers of places, `route_m` metres of the route, `stretches` the first and the last of each run of its
    points (from 0, `Proposal.step_m` apart); `view` is the field of view that was reckoned with.
    """

    camera: Camera
    view: View
    spans: tuple[Span, ...]
    places: tuple[int, ...]
    stretches: tuple[tuple[int, int], ...]
    route_m: int
    recorded_s: int | None

    @property
    def asked_s(self) -> int:
        """Seconds of footage."""
        return sum(one.to_s - one.from_s for one in self.spans)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`more` sees nothing that the proposed do not; `without_footage` would see, and has recorded nothing of the time."""

    proposed: tuple[Proposed, ...]
    more: tuple[Proposed, ...]
    without_footage: tuple[Proposed, ...]
    unseen_places: tuple[int, ...]
    unseen_route_m: int
    whole_time_adds_s: int
    step_m: float
    route_points: int


@dataclass(slots=True)
class _Targets:
    """Points in metres, each with the time in which it matters; those before `places` are places."""

    plane: Plane
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    begins_s: NDArray[np.int64]
    ends_s: NDArray[np.int64]
    places: int
    step_m: float
    bounds: tuple[float, float, float, float] = field(default=(0.0, 0.0, 0.0, 0.0))  # west, south, east, north


def propose(actor: Actor, sought: Sought) -> Proposal:
    """The fewest cameras, and what others would add. Raises MingjianError invalid (field)."""
    targets = _targets(sought)
    seen: list[tuple[Camera, Bools]] = []
    for camera in _near(actor, targets):
        mask = _seen_by(camera, targets)
        if mask.any():
            seen.append((camera, mask))
    seen.sort(key=lambda one: (-int(one[1].sum()), one[0].pk))
    rows = [(mask, _row(camera, mask, targets, sought)) for camera, mask in seen[:_MOST_CAMERAS]]
    empty = tuple(row for _, row in rows if row.recorded_s == 0)
    usable = [(mask, row) for mask, row in rows if row.recorded_s != 0]
    chosen = _fewest([mask for mask, _ in usable])
    proposed = tuple(usable[index][1] for index in chosen)
    covered = np.zeros(len(targets.x), dtype=np.bool_)
    for index in chosen:
        covered |= usable[index][0]
    whole_s = sought.to_s - sought.from_s
    return Proposal(
        proposed=proposed,
        more=tuple(row for index, (_, row) in enumerate(usable) if index not in chosen),
        without_footage=empty,
        unseen_places=tuple(int(number) for number in np.flatnonzero(~covered[: targets.places])),
        unseen_route_m=round(int((~covered[targets.places :]).sum()) * targets.step_m),
        whole_time_adds_s=sum(whole_s - row.asked_s for row in proposed),
        step_m=targets.step_m,
        route_points=len(targets.x) - targets.places,
    )


def _fewest(masks: Sequence[Bools]) -> list[int]:
    """Numbers of the masks that together cover what all of them cover: greedily, then without those not needed."""
    if not masks:
        return []
    left = np.logical_or.reduce(masks)
    chosen: list[int] = []
    while left.any():
        best = max(range(len(masks)), key=lambda index: (int((masks[index] & left).sum()), -index))
        chosen.append(best)
        left = left & ~masks[best]
    for index in list(chosen):
        others = [masks[other] for other in chosen if other != index]
        if others and not (masks[index] & ~np.logical_or.reduce(others)).any():
            chosen.remove(index)
    return chosen


def _targets(sought: Sought) -> _Targets:
    if not sought.places and len(sought.route) < 2:
        raise _invalid("places", "请给出地点或者路线", "name places or a route")
    if not 0 < sought.to_s - sought.from_s <= LONGEST_S:
        raise _invalid("to_s", "时段应在七日以内", "the time is at most seven days")
    all_points = [*sought.places, *sought.route]
    lons, lats = [point[0] for point in all_points], [point[1] for point in all_points]
    middle = Position(round(sum(lons) / len(lons) * 1e7), round(sum(lats) / len(lats) * 1e7))
    plane = Plane(middle)
    x, y, begins, ends = [], [], [], []
    for place in sought.places:
        east, north = plane.xy(*place)
        x.append(east)
        y.append(north)
        begins.append(sought.from_s)
        ends.append(sought.to_s)
    step_m = _along_route(sought, plane, x, y, begins, ends)
    return _Targets(
        plane, np.array(x), np.array(y), np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64),
        len(sought.places), step_m, (min(lons), min(lats), max(lons), max(lats)),
    )  # fmt: skip


def _along_route(
    sought: Sought, plane: Plane, x: list[float], y: list[float], begins: list[int], ends: list[int]
) -> float:
    """Points along the route with their times; metres between two of them."""
    if len(sought.route) < 2:
        return _STEP_M
    line = shapely.LineString([plane.xy(*point) for point in sought.route])
    if not 0 < line.length <= LONGEST_ROUTE_M:
        raise _invalid("route", "路线应有长度，且不超过二十公里", "the route has a length, at most 20 km")
    count = max(2, math.ceil(line.length / _STEP_M) + 1)
    whole_s = sought.to_s - sought.from_s
    for number in range(count):
        share = number / (count - 1)
        point = line.interpolate(share, normalized=True)
        x.append(point.x)
        y.append(point.y)
        at_s, half_s = (
            sought.from_s + share * whole_s,
            whole_s / (count - 1) / 2,
        )  # the way to its neighbours is its own
        begins.append(max(sought.from_s, math.floor(at_s - half_s) - sought.margin_s))
        ends.append(min(sought.to_s, math.ceil(at_s + half_s) + sought.margin_s))
    return float(line.length) / (count - 1)


def _near(actor: Actor, targets: _Targets) -> list[Camera]:
    """Cameras of the actor's reach that stand where they could see any of it."""
    west, south, east, north = targets.bounds
    high = _FARTHEST_VIEW_M / 111_000
    wide = high / max(0.01, math.cos(math.radians((south + north) / 2)))
    rows = Camera.objects.filter(
        removed_ns__isnull=True, organisation__isnull=False,
        lon_e7__range=(round((west - wide) * 1e7), round((east + wide) * 1e7)),
        lat_e7__range=(round((south - high) * 1e7), round((north + high) * 1e7)),
    )  # fmt: skip
    return list(READ.visible(actor, rows).select_related("organisation").order_by("pk"))


def _view(camera: Camera) -> View:
    return View(
        Position(camera.lon_e7 or 0, camera.lat_e7 or 0), camera.azimuth_deg or 0, camera.view_angle_deg or 360,
        max(1, camera.view_distance_m or 0),
    )  # fmt: skip


def _seen_by(camera: Camera, targets: _Targets) -> Bools:
    sector = targets.plane.sector(_view(camera)).buffer(_TOLERANCE_M)
    shapely.prepare(sector)
    found: Bools = shapely.contains_xy(sector, targets.x, targets.y)
    return found


def _row(camera: Camera, mask: Bools, targets: _Targets, sought: Sought) -> Proposed:
    spans = _spans(camera.pk, targets.begins_s[mask], targets.ends_s[mask])
    along = mask[targets.places :]
    return Proposed(
        camera, _view(camera), spans, tuple(int(number) for number in np.flatnonzero(mask[: targets.places])),
        _runs(along), round(int(along.sum()) * targets.step_m), _recorded_s(spans),
    )  # fmt: skip


def _runs(mask: Bools) -> tuple[tuple[int, int], ...]:
    """First and last of each run of trues."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return tuple((int(first), int(after) - 1) for first, after in zip(edges[::2], edges[1::2], strict=True))


def _spans(camera: str, begins_s: NDArray[np.int64], ends_s: NDArray[np.int64]) -> tuple[Span, ...]:
    """The times of all points a camera sees, joined where they meet."""
    joined: list[list[int]] = []
    for begins, ends in sorted(zip(begins_s.tolist(), ends_s.tolist(), strict=True)):
        if joined and begins <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], ends)
        else:
            joined.append([begins, ends])
    return tuple(Span(camera, begins, ends) for begins, ends in joined)


def _recorded_s(spans: Sequence[Span]) -> int | None:
    """Seconds of these spans that are recorded; None when the recordings cannot be asked."""
    try:
        footage = wiring.footage()
    except MingjianError:
        return None
    now_ns, recorded_ns = wiring.clock().now_ns(), 0
    for one in spans:
        from_ns, to_ns = one.from_s * NS_PER_S, one.to_s * NS_PER_S
        for span in footage.spans(one.camera, _STREAM, from_ns, to_ns, now_ns):
            if span.kind in _RECORDED:
                recorded_ns += min(span.end_ns, to_ns) - max(span.start_ns, from_ns)
    return -(-recorded_ns // NS_PER_S)


def _invalid(name: str, zh: str, en: str) -> MingjianError:
    return MingjianError("invalid", Text(zh, en), fault=Fault.USER, field=name)
