"""Works near cameras: list, read, register, look at a camera, end."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.day_count import shanghai_day
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.obstructions import judging, policies, works
from mingjian.web.obstructions.models import Works, WorksView
from mingjian.web.planning.duplicates import contact_of

router = Router(tags=["works"])
Day = Annotated[str, Field(max_length=10)]
Kind = Literal["outdoor_advertising", "pipeline", "other_facility"]


class WorksIn(Input):
    """A permit: its geometry is GeoJSON in WGS-84."""

    kind: Kind
    title: str = Field(min_length=1, max_length=128)
    permit_number: str = Field("", max_length=64)
    applicant: str = Field("", max_length=128)
    organisation: str = Field(max_length=26)
    division: str = Field(max_length=26)
    geometry: dict[str, Any]
    begins: Day
    ends: Day = ""


class LookIn(Input):
    """What somebody saw at one camera."""

    camera: str = Field(max_length=26)
    hinders: bool
    note: str = Field("", max_length=500)


class WorksViewOut(Schema):
    """A camera within reach, and what the law says of the works at it."""

    camera: str
    name: str
    distance_m: int
    in_view: bool
    hinders: bool | None
    note: str
    looked_by: str
    judgement: dict[str, Any]


class WorksOut(Schema):
    """Works."""

    id: str
    kind: Kind
    title: str
    permit_number: str
    applicant: str
    organisation: str
    division: str
    geometry: dict[str, Any]
    begins: str
    ends: str
    ended: bool
    version: int


class WorksFullOut(WorksOut):
    """With the cameras near them: `views` within the actor's reach; of others only whom to ask."""

    views: list[WorksViewOut]
    others: int
    contacts: list[str]


class WorksPage(Schema):
    """Works, newest first."""

    items: list[WorksOut]
    next: str | None


@router.get("", auth=Requires(policies.READ_WORKS), response=WorksPage, operation_id="works_list")
def list_works(request: HttpRequest, ended: bool = False, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """The works of the actor's reach, and those near a camera of it."""
    actor = actor_of(request)
    near = policies.READ_WORKS.visible(
        actor,
        WorksView.objects.filter(works=OuterRef("pk")),
        organisation="camera__organisation_id",
        division="camera__division_id",
    )
    own = policies.READ_WORKS.visible(actor, Works.objects.filter(pk=OuterRef("pk")))
    rows = Works.objects.filter(Q(Exists(own)) | Q(Exists(near)), ended_ns__isnull=not ended)
    found, following = page(rows, ["-created_ns", "-id"], cursor, limit)
    return {"items": [_plain(one) for one in found], "next": following}


@router.post("", auth=Requires(policies.REGISTER_WORKS), response={201: WorksFullOut}, operation_id="works_register")
def post_works(request: HttpRequest, response: HttpResponse, data: WorksIn) -> Status[dict[str, Any]]:
    """Register works. Takes Idempotency-Key."""
    actor = actor_of(request)
    status, made = create_once(
        request, response, actor.user, lambda: _full(actor, works.register_works(actor, data.model_dump()))
    )
    set_etag(response, made["version"])
    return Status(status, made)


@router.get("/{works_id}", auth=Requires(policies.READ_WORKS), response=WorksFullOut, operation_id="works_get")
def get_works(request: HttpRequest, response: HttpResponse, works_id: str) -> dict[str, Any]:
    """One permit with the cameras near it, with ETag."""
    actor = actor_of(request)
    return _answer(actor, response, works.works_by_id(actor, works_id))


@router.post("/{works_id}/look", auth=Requires(policies.LOOK), response=WorksFullOut, operation_id="works_look")
def look(request: HttpRequest, response: HttpResponse, works_id: str, data: LookIn) -> dict[str, Any]:
    """Say whether they hinder a camera; needs If-Match."""
    actor = actor_of(request)
    found = works.look_at(actor, works_id, data.camera, data.hinders, data.note, expected_version(request))
    return _answer(actor, response, found)


@router.post("/{works_id}/end", auth=Requires(policies.REGISTER_WORKS), response=WorksFullOut, operation_id="works_end")
def end(request: HttpRequest, response: HttpResponse, works_id: str, data: Reason) -> dict[str, Any]:
    """They are over; needs If-Match."""
    actor = actor_of(request)
    return _answer(actor, response, works.end_works(actor, works_id, data.reason, expected_version(request)))


def _answer(actor: Actor, response: HttpResponse, found: Works) -> dict[str, Any]:
    set_etag(response, found.version)
    return _full(actor, found)


def _full(actor: Actor, found: Works) -> dict[str, Any]:
    law, on = current_law(), shanghai_day(wiring.clock().now_ns())
    mine = works.views_of(actor, found)
    others = found.views.exclude(pk__in=[view.pk for view in mine]).select_related("camera__organisation")
    return {
        **_plain(found),
        "views": [
            {
                "camera": view.camera_id,
                "name": view.camera.name,
                "distance_m": view.distance_m,
                "in_view": view.in_view,
                "hinders": view.hinders,
                "note": view.note,
                "looked_by": view.looked_by,
                "judgement": judging.works_near(law, found, view, on).document(),
            }
            for view in mine
        ],
        "others": len(others),
        "contacts": sorted({contact_of(view.camera) for view in others}),
    }


def _plain(found: Works) -> dict[str, Any]:
    fields = ("id", "kind", "title", "permit_number", "applicant", "geometry", "version")
    return {
        **{field: getattr(found, field) for field in fields},
        "organisation": found.organisation_id,
        "division": found.division_id,
        "begins": found.begins_date,
        "ends": found.ends_date,
        "ended": found.ended_ns is not None,
    }
