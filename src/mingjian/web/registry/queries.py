"""Reading cameras."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.registry.devices.queries import cameras_served_by
from mingjian.web.registry.models import Camera, CameraSearch, PlanState, Stream
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


class CameraRow(NamedTuple):
    """What a list shows of a camera, read without the rest of its file."""

    id: str
    name: str
    group: str
    enabled: bool
    keep_days: int
    priority: int
    record_audio: bool
    note: str
    version: int
    code: str
    standing: str
    archive_score: int
    organisation_id: str | None
    planned_from_ns: int
    removed_ns: int | None


def cameras_page(
    actor: Actor,
    *,
    text: str = "",
    group: str = "",
    branch: str | None = None,
    system: str = "",
    removed: bool = False,
    streamed: bool = False,
    cursor: str | None = None,
    limit: int = 1000,
) -> tuple[list[CameraRow], str | None]:
    """Cameras of the actor's reach by tree and name; `group` limits to a path and what is below it,
    `branch` to one path of the tree alone, `system` to those of one system, `streamed` to those that we take video from.
    `text` finds parts of what searching keeps, and of a serving device\'s serial number.
    """
    rows = READ.visible(actor, Camera.objects.filter(removed_ns__isnull=not removed))
    if group:
        rows = rows.filter(Q(group=group) | Q(group__startswith=f"{group}/"))
    if branch is not None:
        rows = rows.filter(group=branch)
    if streamed:
        rows = _streamed(rows)
    if system:
        rows = rows.filter(system_id=system)
    rows = matching(rows, CameraSearch, text, cameras_served_by(actor, text))
    return page(_listed(rows), ["group", "name", "id"], cursor, limit)


def cameras_named(actor: Actor, ids: Sequence[str]) -> list[CameraRow]:
    """Those of the ids that the actor may see; removed ones too, whose footage may still be played."""
    return list(_listed(READ.visible(actor, Camera.objects.filter(pk__in=ids))))


def _listed(rows: QuerySet[Camera]) -> QuerySet[Camera, Any]:
    return rows.values_list(*CameraRow._fields, named=True)


def streams_of(cameras: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What is shown of the streams of each of these cameras, the main one first; never a URL."""
    shown = ("name", "transport", "host", "has_credentials", "push")
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for stream in Stream.objects.filter(camera_id__in=cameras).order_by("name").values("camera_id", *shown):
        found[stream.pop("camera_id")].append(stream)
    return found


class Branch(NamedTuple):
    """One path of the tree: how many cameras hang at it itself, and how many of those have a picture now."""

    group: str
    cameras: int
    streaming: int


def camera_tree(actor: Actor, streaming: frozenset[str]) -> list[Branch]:
    """The tree of the cameras in the actor's reach that we take video from; `streaming` are the ids of those that come."""
    rows = _streamed(READ.visible(actor, Camera.objects.filter(removed_ns__isnull=True)))
    counts: dict[str, list[int]] = {}
    for camera, group in rows.values_list("id", "group"):
        count = counts.setdefault(group, [0, 0])
        count[0] += 1
        count[1] += camera in streaming
    return [Branch(group, *count) for group, count in sorted(counts.items())]


def _streamed(rows: QuerySet[Camera]) -> QuerySet[Camera]:
    return rows.filter(Exists(Stream.objects.filter(camera=OuterRef("pk"))))


def all_cameras() -> list[Camera]:
    """Every camera that is not removed, with streams: for the command line."""
    return list(Camera.objects.filter(removed_ns__isnull=True).prefetch_related("streams").order_by("group", "name"))


def plan_numbers() -> tuple[int, int]:
    """The register's plan number, and that of the plan last handed to the engine."""
    state = PlanState.objects.filter(id=1).first()
    return (0, 0) if state is None else (state.version, state.published_version)
