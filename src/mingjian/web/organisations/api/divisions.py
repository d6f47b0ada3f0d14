"""Divisions."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Cursor, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.organisations import policies, queries
from mingjian.web.organisations.actions import divisions as actions
from mingjian.web.organisations.api import made
from mingjian.web.organisations.models import Division
from mingjian.web.organisations.schemas import (
    DivisionDetail,
    DivisionIn,
    DivisionMergeIn,
    DivisionOut,
    DivisionPage,
    DivisionRenameIn,
    DivisionTableIn,
    LoadedOut,
    MadeOut,
)

router = Router(tags=["divisions"])
Short = Annotated[str, Field(max_length=64)]


@router.get("", auth=Requires(policies.DIVISIONS_READ), response=DivisionPage, operation_id="divisions_list")
def list_divisions(
    request: HttpRequest, text: Short = "", parent: Short = "", cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """Divisions by code; `parent` gives those right below it."""
    rows, following = queries.divisions_page(text, parent, cursor, limit)
    return {"items": rows, "next": following}


@router.post("", auth=Requires(policies.STRUCTURE), response={201: MadeOut}, operation_id="divisions_create")
def create_division(request: HttpRequest, response: HttpResponse, data: DivisionIn) -> Status[dict[str, Any]]:
    """Make a division."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return made(
            actions.make_division(
                actor,
                name=data.name,
                code=data.code,
                level=data.level,
                parent_id=data.parent,
                since_date=data.since_date,
            )
        )

    return Status(*create_once(request, response, actor.user, create))


@router.post("/load", auth=Requires(policies.STRUCTURE), response=LoadedOut, operation_id="divisions_load")
def load_divisions(request: HttpRequest, data: DivisionTableIn) -> dict[str, int]:
    """Make the divisions of a table; codes that exist are left alone."""
    return {"made": actions.load_divisions(actor_of(request), data.table)}


@router.get(
    "/{division_id}", auth=Requires(policies.DIVISIONS_READ), response=DivisionDetail, operation_id="divisions_get"
)
def get_division(request: HttpRequest, response: HttpResponse, division_id: str) -> dict[str, Any]:
    """One division with what it was called, with ETag."""
    division = queries.division_by_id(division_id)
    set_etag(response, division.version)
    values = DivisionOut.from_orm(division).dict()
    return {**values, "names": list(division.names.order_by("since_date", "id"))}


@router.post(
    "/{division_id}/rename", auth=Requires(policies.STRUCTURE), response=DivisionOut, operation_id="divisions_rename"
)
def rename_division(request: HttpRequest, response: HttpResponse, division_id: str, data: DivisionRenameIn) -> Division:
    """A new name and code from a day on; needs If-Match."""
    division = actions.rename_division(
        actor_of(request), division_id, name=data.name, code=data.code, on_date=data.on_date,
        version=expected_version(request),
    )  # fmt: skip
    set_etag(response, division.version)
    return division


@router.post(
    "/{division_id}/merge", auth=Requires(policies.STRUCTURE), response=DivisionOut, operation_id="divisions_merge"
)
def merge_division(request: HttpRequest, response: HttpResponse, division_id: str, data: DivisionMergeIn) -> Division:
    """Let it become part of another one; needs If-Match."""
    division = actions.merge_division(
        actor_of(request), division_id, into_id=data.into, on_date=data.on_date, version=expected_version(request)
    )
    set_etag(response, division.version)
    return division
