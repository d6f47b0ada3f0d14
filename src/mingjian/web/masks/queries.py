"""Reading masks and lifts; what other slices ask about them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from mingjian.kernel.clock import NS_PER_MS
from mingjian.ports.masks import Polygon
from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.masks.models import LiftedCamera, Mask, MaskLift
from mingjian.web.masks.policies import GRANT, READ, within
from mingjian.web.registry.queries import visible_camera


def masks_of(actor: Actor, camera_id: str, *, withdrawn: bool) -> list[Mask]:
    """The masks of a camera, those in force or those that were. Raises not_found for a camera out of sight."""
    camera = visible_camera(actor, camera_id)
    READ.require(actor, camera)
    rows = Mask.objects.filter(camera=camera, withdrawn_ns__isnull=not withdrawn).select_related("camera__archive")
    return list(rows.order_by("from_ns", "id"))


def moved_ns(mask: Mask) -> int | None:
    """When its camera was last moved; None: never, or it has no file."""
    archive = getattr(mask.camera, "archive", None)
    return None if archive is None else archive.moved_ns


def lifts_page(actor: Actor, state: str, cursor: str | None, limit: int) -> tuple[list[MaskLift], str | None]:
    """One's own requests and those one may decide about, newest first."""
    mine = within(GRANT, actor, LiftedCamera.objects.all()).values("lift")
    rows = MaskLift.objects.filter(Q(asked_by_id=actor.user) | Q(pk__in=mine)).prefetch_related("cameras__camera")
    if state:
        rows = rows.filter(state=state)
    return page(rows, ["-asked_ns", "-id"], cursor, limit)


def masks_over(camera_id: str, from_ns: int, to_ns: int) -> tuple[Polygon, ...]:
    """What covers footage of [from, to) for who has no lift: in force at any instant of it, or now. 0 and 0: now."""
    return tuple(sorted({tuple((x, y) for x, y in row.points) for row in _over(camera_id, from_ns, to_ns)}))


def is_masked(camera_id: str, from_ms: int, to_ms: int) -> bool:
    """Whether anything does, in milliseconds."""
    return _over(camera_id, from_ms * NS_PER_MS, to_ms * NS_PER_MS).exists()


def _over(camera_id: str, from_ns: int, to_ns: int) -> QuerySet[Mask]:
    when = Q(withdrawn_ns=None)
    if to_ns:
        when |= Q(from_ns__lt=to_ns, withdrawn_ns__gt=from_ns)
    return Mask.objects.filter(when, camera_id=camera_id)
