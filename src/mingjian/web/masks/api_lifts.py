"""Lifts of masks: asked by one, granted by another."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns
from mingjian.web import wiring
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.masks import lifts, policies, queries
from mingjian.web.masks.api import Id, MaskCodeIn
from mingjian.web.masks.models import MaskLift

router = Router(tags=["masks"])
Time = Annotated[str, Field(max_length=40)]


class LiftIn(Input):
    """Which cameras to see without masks, the present or a span of footage or both, what for, and until when.

    `retrieval`: the retrieval whose copy is to be without masks.
    """

    cameras: list[Id] = Field(min_length=1, max_length=lifts.MOST_CAMERAS)
    purpose: str = Field(min_length=2, max_length=200)
    live: bool = False
    from_: Time | None = Field(None, alias="from")
    to: Time | None = None
    expires_at: Time
    retrieval: Id = ""


class LiftCamera(Schema):
    """A camera of a lift."""

    id: str
    name: str


class LiftOut(Schema):
    """A lift. `state`: asked, granted, refused, ended, or over when its time has passed."""

    id: str
    cameras: list[LiftCamera]
    purpose: str
    live: bool
    footage_from: str | None
    footage_to: str | None
    expires_at: str
    retrieval: str
    state: str
    asked_by: str
    asked_unit: str
    asked_at: str
    mine: bool
    decided_by: str
    ended_by: str
    word: str
    version: int


class LiftPage(Schema):
    """Newest first."""

    items: list[LiftOut]
    next: str | None


@router.get("", auth=Requires(policies.ASK), response=LiftPage, operation_id="mask_lifts_list")
def list_lifts(
    request: HttpRequest,
    state: Literal["", "asked", "granted", "refused", "ended"] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """One's own, and those one may decide about."""
    actor = actor_of(request)
    rows, following = queries.lifts_page(actor, state, cursor, limit)
    return {"items": [_plain(row, actor.user) for row in rows], "next": following}


@router.post("", auth=Requires(policies.ASK), response={201: LiftOut}, operation_id="mask_lifts_ask")
def ask(request: HttpRequest, response: HttpResponse, data: LiftIn) -> Status[dict[str, Any]]:
    """Ask to see through masks; nothing opens before another person says yes. Takes Idempotency-Key."""
    actor = actor_of(request)
    wish = lifts.LiftWish(
        tuple(data.cameras), data.purpose, data.live, None if data.from_ is None else parse_iso_ns(data.from_, "from"),
        None if data.to is None else parse_iso_ns(data.to, "to"), parse_iso_ns(data.expires_at, "expires_at"),
        data.retrieval,
    )  # fmt: skip
    status, made = create_once(request, response, actor.user, lambda: _plain(lifts.ask_lift(actor, wish), actor.user))
    set_etag(response, made["version"])
    return Status(status, made)


@router.post("/{lift_id}/grant", auth=Requires(policies.GRANT), response=LiftOut, operation_id="mask_lifts_grant")
def grant(request: HttpRequest, response: HttpResponse, lift_id: str, data: MaskCodeIn) -> dict[str, Any]:
    """Another person than who asked says yes, with his second factor; needs If-Match."""
    return _answer(
        request, response, lifts.grant_lift(actor_of(request), lift_id, data.code, expected_version(request))
    )


@router.post("/{lift_id}/refuse", auth=Requires(policies.GRANT), response=LiftOut, operation_id="mask_lifts_refuse")
def refuse(request: HttpRequest, response: HttpResponse, lift_id: str, data: Reason) -> dict[str, Any]:
    """Say no, with the reason; needs If-Match."""
    return _answer(
        request, response, lifts.refuse_lift(actor_of(request), lift_id, data.reason, expected_version(request))
    )


@router.post("/{lift_id}/end", auth=Requires(policies.ASK), response=LiftOut, operation_id="mask_lifts_end")
def end(request: HttpRequest, response: HttpResponse, lift_id: str, data: Reason) -> dict[str, Any]:
    """Take the request back, or end what was granted; pictures end at once. Needs If-Match."""
    return _answer(
        request, response, lifts.end_lift(actor_of(request), lift_id, data.reason, expected_version(request))
    )


def _answer(request: HttpRequest, response: HttpResponse, row: MaskLift) -> dict[str, Any]:
    set_etag(response, row.version)
    return _plain(row, actor_of(request).user)


def _plain(row: MaskLift, user: str) -> dict[str, Any]:
    over = row.state in ("asked", "granted") and row.expires_ns <= wiring.clock().now_ns()
    fields = ("id", "purpose", "live", "retrieval", "asked_unit", "word", "version")
    return {
        **{field: getattr(row, field) for field in fields},
        "cameras": [{"id": one.camera_id, "name": one.camera.name} for one in row.cameras.all()],
        "footage_from": None if row.from_ns is None else format_iso_ns(row.from_ns),
        "footage_to": None if row.to_ns is None else format_iso_ns(row.to_ns),
        "expires_at": format_iso_ns(row.expires_ns),
        "state": "over" if over else row.state,
        "asked_by": row.asked_name,
        "asked_at": format_iso_ns(row.asked_ns),
        "mine": row.asked_by_id == user,
        "decided_by": row.decided_name,
        "ended_by": row.ended_name,
    }
