"""Reading cameras."""

from __future__ import annotations

from django.db.models import Q

from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.registry.devices.queries import cameras_served_by
from mingjian.web.registry.models import Camera, CameraSearch, PlanState
from mingjian.web.registry.policies import READ
from mingjian.web.registry.searching import matching


def camera_by_id(camera_id: str, *, lock: bool = False) -> Camera:
    """The camera, removed ones too; `lock` within a transaction that changes it. Raises MingjianError not_found."""
    rows = Camera.objects.select_for_update() if lock else Camera.objects.all()
    camera = rows.filter(pk=camera_id).first()
    if camera is None:
        raise not_found("没有这台摄像机", "there is no such camera")
    return camera


def visible_camera(actor: Actor, camera_id: str, *, lock: bool = False) -> Camera:
    """The camera when the actor may see it; one he may not see does not exist for him."""
    camera = camera_by_id(camera_id, lock=lock)
    if not READ.allows(actor, camera):
        raise not_found("没有这台摄像机", "there is no such camera")
    return camera


def cameras_page(
    actor: Actor,
    *,
    text: str = "",
    group: str = "",
    system: str = "",
    removed: bool = False,
    cursor: str | None = None,
    limit: int = 1000,
) -> tuple[list[Camera], str | None]:
    """Cameras of the actor's reach by tree and name with their streams; `group` limits to a path and what is below it,
    `system` to those of one system. `text` finds parts of what searching keeps, and of a serving device's serial number.
    """
    rows = READ.visible(actor, Camera.objects.filter(removed_ns__isnull=not removed))
    if group:
        rows = rows.filter(Q(group=group) | Q(group__startswith=f"{group}/"))
    if system:
        rows = rows.filter(system_id=system)
    rows = matching(rows, CameraSearch, text, cameras_served_by(actor, text))
    return page(rows.prefetch_related("streams"), ["group", "name", "id"], cursor, limit)


def all_cameras() -> list[Camera]:
    """Every camera that is not removed, with streams: for the command line."""
    return list(Camera.objects.filter(removed_ns__isnull=True).prefetch_related("streams").order_by("group", "name"))


def plan_numbers() -> tuple[int, int]:
    """The register's plan number, and that of the plan last handed to the engine."""
    state = PlanState.objects.filter(id=1).first()
    return (0, 0) if state is None else (state.version, state.published_version)
