"""The systems a camera is in: put it into one, take it out. Under /cameras like the cameras."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Input
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry.archive import memberships
from mingjian.web.registry.archive.api import CameraFileOut, answer
from mingjian.web.registry.judging import today
from mingjian.web.registry.places.api import Day, Id
from mingjian.web.registry.policies import MANAGE

router = Router(tags=["camera files"])


class MembershipIn(Input):
    """A system that the camera is in: from today on unless a day is given, and until a day for what is past."""

    system: Id = Field(min_length=1)
    owning: bool = True
    since_date: Day = ""
    until_date: Day = ""


class LeaveIn(Input):
    """The day on which the camera is in it no longer (default today), and why."""

    on: Day = ""
    reason: str = Field("", max_length=500)


@router.post(
    "/{camera_id}/memberships", auth=Requires(MANAGE), response={201: CameraFileOut}, operation_id="camera_files_join"
)
def join(request: HttpRequest, response: HttpResponse, camera_id: str, data: MembershipIn) -> Status[dict[str, Any]]:
    """Put the camera into a system, dated; needs the camera's If-Match. Takes Idempotency-Key."""
    actor, expected = actor_of(request), expected_version(request)

    def create() -> dict[str, Any]:
        camera, _ = memberships.join(actor, camera_id, data.model_dump(), expected)
        return answer(request, response, camera, today())

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.post(
    "/{camera_id}/memberships/{membership_id}/end",
    auth=Requires(MANAGE),
    response=CameraFileOut,
    operation_id="camera_files_leave",
)
def leave(
    request: HttpRequest, response: HttpResponse, camera_id: str, membership_id: int, data: LeaveIn
) -> dict[str, Any]:
    """The camera leaves a system on a day; needs the camera's If-Match."""
    actor, expected = actor_of(request), expected_version(request)
    camera = memberships.leave(actor, camera_id, membership_id, data.on, data.reason, expected)
    return answer(request, response, camera, today())
