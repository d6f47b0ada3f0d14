"""Inspections of prohibited areas by the manager: list, record, and places where one is due."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.day_count import shanghai_day
from mingjian.web import wiring
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit
from mingjian.web.inspections import areas
from mingjian.web.registry.models import AreaInspection
from mingjian.web.registry.places.queries import visible_place
from mingjian.web.registry.rights import INSPECT_AREAS, READ_PLACES

router = Router(tags=["inspections"])


class AreaInspectionIn(Input):
    """An inspection; `reported`: what was found is reported to public security with it."""

    place: str = Field(max_length=26)
    date: str = Field(max_length=10)
    found_device: bool = False
    finding: str = Field("", max_length=1000)
    reported: bool = False


class AreaInspectionOut(Schema):
    """An inspection, and what the law says of it today."""

    id: str
    place: str
    date: str
    inspector: str
    found_device: bool
    finding: str
    reported: str
    judgement: dict[str, Any]


class AreaInspectionPage(Schema):
    """Inspections of a place, the last first."""

    items: list[AreaInspectionOut]
    next: str | None


class AreaDueOut(Schema):
    """A place whose prohibited areas are to be inspected."""

    place: str
    name: str


class AreaDuePage(Schema):
    """Places, by name."""

    items: list[AreaDueOut]
    next: str | None


@router.get("", auth=Requires(READ_PLACES), response=AreaInspectionPage, operation_id="area_inspections_list")
def list_inspections(
    request: HttpRequest, place: Annotated[str, Field(max_length=26)], cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """The inspections of a place within reach."""
    rows = AreaInspection.objects.filter(place=visible_place(actor_of(request), place))
    found, following = page(rows, ["-inspected_date", "-id"], cursor, limit)
    return {"items": [_plain(row) for row in found], "next": following}


@router.get("/due", auth=Requires(INSPECT_AREAS), response=AreaDuePage, operation_id="area_inspections_due")
def list_due(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Places of one's own organisations where an inspection is due."""
    rows = areas.due_places(actor_of(request), shanghai_day(wiring.clock().now_ns()))
    found, following = page(rows, ["name", "id"], cursor, limit)
    return {"items": [{"place": place.id, "name": place.name} for place in found], "next": following}


@router.post(
    "", auth=Requires(INSPECT_AREAS), response={201: AreaInspectionOut}, operation_id="area_inspections_record"
)
def post_inspection(request: HttpRequest, response: HttpResponse, data: AreaInspectionIn) -> Status[dict[str, Any]]:
    """Record an inspection. Takes Idempotency-Key."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        row, _ = areas.inspect_area(actor, data.place, data.date, data.found_device, data.finding, data.reported)
        return _plain(row)

    status, made = create_once(request, response, actor.user, create)
    return Status(status, made)


def _plain(row: AreaInspection) -> dict[str, Any]:
    return {
        "id": row.id,
        "place": row.place_id,
        "date": row.inspected_date,
        "inspector": row.inspector,
        "found_device": row.found_device,
        "finding": row.finding,
        "reported": row.reported_date,
        "judgement": areas.judgement_of(row, shanghai_day(wiring.clock().now_ns())).document(),
    }
