"""Reading masks and lifts; what other slices ask about them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from mingjian.kernel.clock import NS_PER_MS
from mingjian.ports.masks import CameraMasks, Polygon
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.masks.models import LiftedCamera, Mask, MaskLift, PositionStatement
from mingjian.web.masks.policies import GRANT, READ, within
from mingjian.web.masks.standing import mask_span, positions_of, whereabouts
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


def positions_page(
    actor: Actor, camera_id: str, cursor: str | None, limit: int
) -> tuple[list[PositionStatement], str | None]:
    """What was said of where a camera stands, newest first. Raises not_found for a camera out of sight."""
    camera = visible_camera(actor, camera_id)
    READ.require(actor, camera)
    return page(PositionStatement.objects.filter(camera=camera), ["-stated_ns", "-id"], cursor, limit)


def resting(camera_id: str, masks: Iterable[Mask]) -> frozenset[str]:
    """Which of a camera's masks do not hold now, because it certainly stands at another preset than theirs."""
    rows = list(masks)
    where, now_ms = whereabouts(camera_id, rows), wiring.clock().now_ns() // NS_PER_MS
    return frozenset(one.pk for one in rows if where.stands_elsewhere(one.preset, now_ms))


def masks_over(camera_id: str, from_ns: int, to_ns: int) -> tuple[Polygon, ...]:
    """What covers footage of [from, to) for who has no lift: in force at any instant of it, or now, unless the camera
    certainly stood at another preset."""
    return _masks(camera_id, from_ns, to_ns).over(from_ns, to_ns)


def is_masked(camera_id: str, from_ms: int, to_ms: int) -> bool:
    """Whether anything does, in milliseconds, or covers the present."""
    from_ns, to_ns = from_ms * NS_PER_MS, to_ms * NS_PER_MS
    camera = _masks(camera_id, from_ns, to_ns)
    return bool(camera.now(wiring.clock().now_ns()) or (to_ns and camera.over(from_ns, to_ns)))


def _masks(camera_id: str, from_ns: int, to_ns: int) -> CameraMasks:
    when = Q(withdrawn_ns=None)
    if to_ns:
        when |= Q(from_ns__lt=to_ns, withdrawn_ns__gt=from_ns)
    rows = list(Mask.objects.filter(when, camera_id=camera_id))
    said = positions_of([camera_id]).get(camera_id, ()) if any(one.preset for one in rows) else ()
    return CameraMasks(masks=tuple(mask_span(one) for one in rows), positions=said)
