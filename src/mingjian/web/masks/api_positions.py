"""Where PTZ cameras stand: stated by one, confirmed by another."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns
from mingjian.web import wiring
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Cursor, Input, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.masks import policies, positions, queries
from mingjian.web.masks.api import Id, MaskCodeIn
from mingjian.web.masks.models import PositionStatement

router = Router(tags=["masks"])


class MaskPositionIn(Input):
    """The camera stands at this preset. `without_masks`: none was drawn for it, and nothing there needs one."""

    camera: Id
    preset: str = Field(min_length=1, max_length=32)
    without_masks: bool = False


class PositionEndIn(Input):
    """Why it is not certain any more, and since when, if earlier than now."""

    reason: str = Field(min_length=2, max_length=500)
    since: Annotated[str, Field(max_length=40)] | None = None


class PositionOut(Schema):
    """What was said of where a camera stands. Ten seconds inside of [in_force_from, ended_at) only the masks of this preset,
    and those of none, are burned in; at all other times all are.

    `state`: stated (waits for another person), late (nobody confirmed it within an hour), in_force, ended, dropped (it
    ended before anybody confirmed it). `ended_why`: withdrawn, restated, moved, address (its pictures come from another),
    re_aiming (one was approved), interrupted (its connection broke).
    """

    id: str
    camera: str
    preset: str
    without_masks: bool
    state: Literal["stated", "late", "in_force", "ended", "dropped"]
    stated_by: str
    stated_at: str
    stated_mine: bool
    confirmed_by: str
    in_force_from: str | None
    ended_at: str | None
    ended_by: str
    ended_why: str
    reason: str
    version: int


class PositionPage(Schema):
    """Newest first: where a camera stands now is said by the first one, if it is in force."""

    items: list[PositionOut]
    next: str | None


@router.get("", auth=Requires(policies.READ), response=PositionPage, operation_id="mask_positions_list")
def list_positions(request: HttpRequest, camera: Id, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """What was said of where a camera stands."""
    actor = actor_of(request)
    rows, following = queries.positions_page(actor, camera, cursor, limit)
    return {"items": [_plain(row, actor.user) for row in rows], "next": following}


@router.post("", auth=Requires(policies.DRAW), response={201: PositionOut}, operation_id="mask_positions_state")
def state(request: HttpRequest, response: HttpResponse, data: MaskPositionIn) -> Status[dict[str, Any]]:
    """Say where a camera stands; whatever was in force ends at once. Takes Idempotency-Key."""
    actor = actor_of(request)
    wish = positions.PositionWish(data.camera, data.preset, data.without_masks)
    status, made = create_once(
        request, response, actor.user, lambda: _plain(positions.state_position(actor, wish), actor.user)
    )
    set_etag(response, made["version"])
    return Status(status, made)


@router.post(
    "/{position_id}/confirm", auth=Requires(policies.DRAW), response=PositionOut, operation_id="mask_positions_confirm"
)
def confirm(request: HttpRequest, response: HttpResponse, position_id: str, data: MaskCodeIn) -> dict[str, Any]:
    """Another person than who stated it sees it there, too, with his second factor; needs If-Match."""
    row = positions.confirm_position(actor_of(request), position_id, data.code, expected_version(request))
    return _answer(request, response, row)


@router.post(
    "/{position_id}/withdraw",
    auth=Requires(policies.DRAW),
    response=PositionOut,
    operation_id="mask_positions_withdraw",
)
def withdraw(request: HttpRequest, response: HttpResponse, position_id: str, data: PositionEndIn) -> dict[str, Any]:
    """It is not certain any more: all masks hold from then on. One person is enough; needs If-Match."""
    since_ns = None if data.since is None else parse_iso_ns(data.since, "since")
    row = positions.withdraw_position(actor_of(request), position_id, data.reason, since_ns, expected_version(request))
    return _answer(request, response, row)


def _answer(request: HttpRequest, response: HttpResponse, row: PositionStatement) -> dict[str, Any]:
    set_etag(response, row.version)
    return _plain(row, actor_of(request).user)


def _plain(row: PositionStatement, user: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "camera": row.camera_id,
        "preset": row.preset,
        "without_masks": row.bare,
        "state": _state(row),
        "stated_by": row.stated_name,
        "stated_at": format_iso_ns(row.stated_ns),
        "stated_mine": bool(user) and row.stated_by_id == user,
        "confirmed_by": row.confirmed_name,
        "in_force_from": None if row.from_ns is None else format_iso_ns(row.from_ns),
        "ended_at": None if row.ended_ns is None else format_iso_ns(row.ended_ns),
        "ended_by": row.ended_name,
        "ended_why": row.ended_why,
        "reason": row.word,
        "version": row.version,
    }


def _state(row: PositionStatement) -> str:
    if row.ended_ns is not None:
        return "dropped" if row.from_ns is None else "ended"
    if row.from_ns is not None:
        return "in_force"
    return "stated" if positions.is_waiting(row, wiring.clock().now_ns()) else "late"
