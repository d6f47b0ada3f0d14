"""Which systems a camera is in, from when to when. One of them owns it at a time: there it is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from django.db import transaction

from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.registry.archive.actions import scored
from mingjian.web.registry.archive.names import JOINED, LEFT
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera, CameraArchive, Membership, System
from mingjian.web.registry.policies import MANAGE
from mingjian.web.registry.queries import visible_camera
from mingjian.web.registry.rights import READ_SYSTEMS
from mingjian.web.registry.shared import Dated, overlap, past_day, span_or_since_today
from mingjian.web.registry.systems.queries import visible_system


class Belonging(Dated, Protocol):
    """A camera's being in a system for a time: a row of the register, or one that a file would make."""

    system_id: str
    owning: bool


_B = TypeVar("_B", bound=Belonging)


def join(actor: Actor, camera_id: str, values: Mapping[str, Any], expected: int | None) -> tuple[Camera, Membership]:
    """The camera is in `system` from `since_date` (default today) on, or until `until_date` when that is past.

    `owning`: it becomes that system's, and the system it was of until now ends on that day. Others may be several at a
    time. Raises MingjianError `conflict` for spans that overlap, changed_meanwhile, not_found.
    """
    since, until = span_or_since_today(values)
    with transaction.atomic():
        camera = _mine(actor, camera_id, expected)
        system = visible_system(actor, values["system"])
        if system.removed_ns is not None:
            raise refused("system", "该系统已注销", "this system has been removed", "conflict")
        row = Membership(
            camera=camera, system=system, owning=bool(values["owning"]), since_date=since, until_date=until
        )  # fmt: skip
        ended = fit(row, list(camera.memberships.select_related("system")))
        if ended is not None:
            ended.save(update_fields=["until_date"])
        row.save(force_insert=True)
        if row.owning and not until:
            _own(camera, system)
        before = {} if ended is None else {**document(ended), "until_date": ""}
        _record(actor, JOINED, camera, before, document(row))
    return camera, row


def fit(row: _B, of_camera: Sequence[_B]) -> _B | None:
    """Whether a new membership fits: the owning one that it ends (its end is set, not saved), or None.

    `of_camera`: the other memberships of its camera, of any time. Raises MingjianError `conflict` naming the field.
    """
    ended = None
    if row.owning and not row.until_date:
        last = next((one for one in of_camera if one.owning and not one.until_date), None)
        if last is not None and last.system_id == row.system_id:
            raise refused("system", "该摄像机已属于此系统", "the camera is of this system already", "conflict")
        ended = last if last is not None and last.since_date <= row.since_date else None
    if in_the_way(row, [one for one in of_camera if one is not ended]):
        raise refused(
            "since_date", "与该摄像机已有的归属时间重叠", "it overlaps with what the camera was in then", "conflict"
        )
    if ended is not None:
        ended.until_date = row.since_date
    return ended


def in_the_way(row: Belonging, of_camera: Sequence[Belonging]) -> bool:
    """Whether its time overlaps another one's: one system owns a camera at a time, and it is once in each other."""
    return any(
        overlap(one, row.since_date, row.until_date)
        for one in of_camera
        if one is not row and one.owning == row.owning and (row.owning or one.system_id == row.system_id)
    )


def leave(actor: Actor, camera_id: str, membership_id: int, on: str, reason: str, expected: int | None) -> Camera:
    """The camera is in the system no longer, as of a day (default today). One that nobody owns is of no system."""
    day = past_day(on or today().isoformat(), "on")
    with transaction.atomic():
        camera = _mine(actor, camera_id, expected)
        row = camera.memberships.filter(pk=membership_id, until_date="").select_related("system").first()
        if row is None:
            raise not_found("没有这条归属记录", "there is no such membership")
        if day < row.since_date:
            raise refused("on", "结束日期早于开始日期", "it would end before it began")
        before = document(row)
        row.until_date = day
        row.save(update_fields=["until_date"])
        if row.owning:
            _own(camera, None)
        _record(actor, LEFT, camera, before, document(row), reason)
    return camera


def memberships_of(actor: Actor, camera: Camera) -> list[dict[str, Any]]:
    """Every system the camera was in, by time; one is named only to whoever may see it."""
    rows = list(camera.memberships.order_by("since_date", "id"))
    found = System.objects.filter(pk__in={row.system_id for row in rows})
    names = {one.id: one.name for one in READ_SYSTEMS.visible(actor, found)}
    return [
        {
            "id": row.pk,
            "system_id": row.system_id if row.system_id in names else None,
            "system_name": names.get(row.system_id, ""),
            "owning": row.owning,
            "since_date": row.since_date,
            "until_date": row.until_date,
        }
        for row in rows
    ]


def _mine(actor: Actor, camera_id: str, expected: int | None) -> Camera:
    camera = visible_camera(actor, camera_id, lock=True)
    MANAGE.require(actor, camera)
    require_version(camera.version, expected)
    if camera.removed_ns is not None:
        raise refused("camera", "这台摄像机已被移除", "this camera has been removed", "conflict")
    return camera


def _own(camera: Camera, system: System | None) -> None:
    camera.system = system
    archive = CameraArchive.objects.filter(camera=camera).first()
    camera.archive_score = scored(camera, archive or CameraArchive(camera=camera))


def _record(
    actor: Actor, action: str, camera: Camera, before: Mapping[str, Any], after: Mapping[str, Any], reason: str = ""
) -> None:
    camera.version += 1
    camera.save(update_fields=["version", "system", "archive_score"])
    record(
        actor, action, kind="camera", object_id=camera.id, name=camera.name, before=before or None, after=after,
        policy=MANAGE, reason=reason,
    )  # fmt: skip


def document(row: Membership) -> dict[str, Any]:
    """For the record."""
    return {
        "system": row.system.name, "owning": row.owning, "since_date": row.since_date, "until_date": row.until_date,
    }  # fmt: skip
