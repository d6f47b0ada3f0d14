"""Which masks cover footage that is to leave, and what a lift for a retrieval takes off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import F

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.kernel.text import Text
from mingjian.ports.evidence import MaskCover
from mingjian.ports.masks import masks_held
from mingjian.ports.positions import Whereabouts
from mingjian.web import wiring
from mingjian.web.masks.models import LiftedCamera, Mask, MaskLift
from mingjian.web.masks.standing import whereabouts

REACH_NS = 10 * NS_PER_S
"""Footage leaves by whole groups of pictures, which reach this far beyond what was asked for, at most."""

FOREVER_NS = 1 << 62
Stretch = tuple[int, int]


def covers_of(camera_id: str, from_ns: int, to_ns: int, retrieval: str) -> tuple[MaskCover, ...]:
    """What covers [from, to) of a camera, and as far as its groups of pictures reach, in a copy for that retrieval.

    Raises MingjianError `masks_held`: the camera was moved, and nobody knows what its masks cover since.
    """
    rows = list(Mask.objects.filter(camera_id=camera_id).order_by("from_ns", "id"))
    if not rows:
        return ()
    lifted, where = lifted_spans(retrieval, camera_id, from_ns, to_ns), whereabouts(camera_id, rows)
    reach = (max(0, from_ns - REACH_NS), to_ns + REACH_NS)
    found = tuple(
        MaskCover(
            row.pk, row.version, tuple((int(x), int(y)) for x, y in row.points), start_ns, end_ns, row.reason,
            row.confirmed_name or "-", row.confirmed_ns,
        )
        for row in rows
        for start_ns, end_ns in left_over(within(held_spans(row, where), reach), lifted)
    )  # fmt: skip
    if any(left_over([(from_ns, to_ns)], lifted)):
        _require_settled(camera_id, to_ns)
    return found


def held_spans(row: Mask, where: Whereabouts) -> list[Stretch]:
    """When footage was recorded that it covers: all there is while it is in force, else while it was; less what was
    recorded while the camera certainly stood at another preset."""
    spans = [(0, FOREVER_NS)] if row.withdrawn_ns is None else [(row.from_ns, row.withdrawn_ns)]
    return list(left_over(spans, [(a * NS_PER_MS, b * NS_PER_MS) for a, b in where.elsewhere(row.preset)]))


def within(spans: Iterable[Stretch], limit: Stretch) -> Iterator[Stretch]:
    """What of the spans lies in `limit`."""
    for start, end in spans:
        if start < limit[1] and end > limit[0]:
            yield max(start, limit[0]), min(end, limit[1])


def left_over(spans: Iterable[Stretch], taken: Sequence[Stretch]) -> Iterator[Stretch]:
    """The spans without what was taken off, in order within each."""
    for start, end in spans:
        at = start
        for begin, until in sorted(taken):
            if until <= at or begin >= end:
                continue
            if begin > at:
                yield at, begin
            at = max(at, until)
        if at < end:
            yield at, end


def lifted_spans(retrieval: str, camera_id: str, from_ns: int, to_ns: int) -> list[Stretch]:
    """What of [from, to) two people lifted for this retrieval, now. A lift of its beginning or end reaches as far beyond it
    as a group of pictures does: who granted the beginning granted the picture it begins with."""
    rows = MaskLift.objects.filter(
        retrieval=retrieval, state="granted", expires_ns__gt=wiring.clock().now_ns(), from_ns__lt=to_ns,
        to_ns__gt=from_ns, pk__in=LiftedCamera.objects.filter(camera_id=camera_id).values("lift"),
    ) if retrieval else MaskLift.objects.none()  # fmt: skip
    return [
        (
            min(start, from_ns - REACH_NS) if start <= from_ns else start,
            max(end, to_ns + REACH_NS) if end >= to_ns else end,
        )
        for start, end in rows.values_list("from_ns", "to_ns")
        if start is not None and end is not None
    ]


def _require_settled(camera_id: str, to_ns: int) -> None:
    moved = Mask.objects.filter(
        camera_id=camera_id, withdrawn_ns=None, confirmed_ns__lte=F("camera__archive__moved_ns"),
        camera__archive__moved_ns__lt=to_ns,
    )  # fmt: skip
    if moved.exists():
        raise masks_held(Text(zh="无法确定应当遮蔽的区域", en="so what must be covered is not known"))
