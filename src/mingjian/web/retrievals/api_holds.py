"""Holds on footage: list, place, release."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.clock import NS_PER_S
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.retrievals import holds, policies
from mingjian.web.retrievals.models import EvidenceHold
from mingjian.web.retrievals.schemas import Id, Seconds, seconds

router = Router(tags=["holds"])


class HoldIn(Input):
    """[from_s, to_s) of a camera, why, when it is looked at again, and until when (null: until released)."""

    camera: Id
    from_s: Seconds
    to_s: Seconds
    reason: str = Field(min_length=2, max_length=500)
    review_date: str = Field(max_length=10)
    expires_s: Seconds | None = None


class HoldOut(Schema):
    """A hold. `engine`: wanted (the engine does not know yet), set, ending, ended."""

    id: str
    camera: str
    camera_name: str
    retrieval: str | None
    from_s: int
    to_s: int
    owner: str
    reason: str
    provisional: bool
    review_date: str
    expires_s: int | None
    engine: str
    placed_s: int
    released_s: int | None
    release_reason: str
    version: int


class HoldPage(Schema):
    """Holds, newest first."""

    items: list[HoldOut]
    next: str | None


@router.get("", auth=Requires(policies.READ_HOLDS), response=HoldPage, operation_id="holds_list")
def list_holds(
    request: HttpRequest, released: bool = False, cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """Holds of one's reach; `released` shows the ended ones instead."""
    rows = holds.visible_holds(actor_of(request)).filter(released_ns__isnull=not released)
    found, following = page(rows, ["-placed_ns", "-id"], cursor, limit)
    return {"items": [_out(row) for row in found], "next": following}


@router.post("", auth=Requires(policies.HOLD), response={201: HoldOut}, operation_id="holds_place")
def place(request: HttpRequest, response: HttpResponse, data: HoldIn) -> Status[dict[str, Any]]:
    """Lock footage. Takes Idempotency-Key."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        made = holds.place_hold(
            actor, data.camera, data.from_s * NS_PER_S, data.to_s * NS_PER_S, data.reason, data.review_date,
            None if data.expires_s is None else data.expires_s * NS_PER_S,
        )  # fmt: skip
        return _out(made)

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.post("/{hold_id}/release", auth=Requires(policies.HOLD), response=HoldOut, operation_id="holds_release")
def release(request: HttpRequest, response: HttpResponse, hold_id: str, data: Reason) -> dict[str, Any]:
    """End a hold; needs If-Match."""
    row = holds.release_hold(actor_of(request), hold_id, data.reason, expected_version(request))
    set_etag(response, row.version)
    return _out(row)


def _out(row: EvidenceHold) -> dict[str, Any]:
    fields = ("id", "reason", "provisional", "review_date", "engine", "release_reason", "version")
    return {
        **{key: getattr(row, key) for key in fields},
        "camera": row.camera_id,
        "camera_name": row.camera.name,
        "retrieval": row.retrieval_id,
        "from_s": seconds(row.from_ns),
        "to_s": seconds(row.to_ns),
        "owner": row.owner_name,
        "expires_s": seconds(row.expires_ns),
        "placed_s": seconds(row.placed_ns),
        "released_s": seconds(row.released_ns),
    }
