"""Masks of cameras."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.ports.masks import SCALE
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Input, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.masks import actions, policies, queries
from mingjian.web.masks.models import Mask

router = Router(tags=["masks"])

Id = Annotated[str, Field(max_length=26)]
Fraction = Annotated[float, Field(ge=0, le=1)]


class MaskIn(Input):
    """A polygon to cover, corners as fractions of the picture's width and height from its upper left corner."""

    camera: Id
    points: list[tuple[Fraction, Fraction]] = Field(min_length=3, max_length=actions.MOST_CORNERS)
    preset: str = Field("", max_length=32)
    reason: str = Field(min_length=2, max_length=200)


class MaskCodeIn(Input):
    """The second person's second factor."""

    code: str = Field(min_length=6, max_length=128)


class MaskOut(Schema):
    """A mask. `confirmed`: it was held against the picture since the camera was last moved. `resting`: it does not hold
    now, because the camera certainly stands at another preset."""

    id: str
    camera: str
    points: list[list[float]]
    preset: str
    reason: str
    drawn_by: str
    drawn_at: str
    confirmed: bool
    confirmed_by: str
    confirmed_at: str
    withdrawal_by: str
    withdrawal_reason: str
    withdrawal_mine: bool
    withdrawn_by: str
    withdrawn_at: str | None
    resting: bool
    version: int


@router.get("", auth=Requires(policies.READ), response=list[MaskOut], operation_id="masks_list")
def list_masks(request: HttpRequest, camera: Id, withdrawn: bool = False) -> list[dict[str, Any]]:
    """The masks of a camera: those in force, or those that were."""
    actor = actor_of(request)
    rows = queries.masks_of(actor, camera, withdrawn=withdrawn)
    resting = frozenset() if withdrawn else queries.resting(camera, rows)
    return [_plain(row, actor.user, resting) for row in rows]


@router.post("", auth=Requires(policies.DRAW), response={201: MaskOut}, operation_id="masks_draw")
def post_mask(request: HttpRequest, response: HttpResponse, data: MaskIn) -> Status[dict[str, Any]]:
    """Cover a polygon from now on. Takes Idempotency-Key."""
    actor = actor_of(request)
    status, made = create_once(
        request, response, actor.user,
        lambda: _plain(actions.draw_mask(actor, data.camera, data.points, data.preset, data.reason), actor.user),
    )  # fmt: skip
    set_etag(response, made["version"])
    return Status(status, made)


@router.post("/{mask_id}/confirm", auth=Requires(policies.DRAW), response=MaskOut, operation_id="masks_confirm")
def confirm(request: HttpRequest, response: HttpResponse, mask_id: str) -> dict[str, Any]:
    """Held against the present picture, it covers what it is for; needs If-Match."""
    return _answer(request, response, actions.confirm_mask(actor_of(request), mask_id, expected_version(request)))


@router.post("/{mask_id}/withdraw", auth=Requires(policies.DRAW), response=MaskOut, operation_id="masks_withdraw_ask")
def ask_withdrawal(request: HttpRequest, response: HttpResponse, mask_id: str, data: Reason) -> dict[str, Any]:
    """Ask that it be taken off; it stays until a second person does it. Needs If-Match."""
    row = actions.ask_withdrawal(actor_of(request), mask_id, data.reason, expected_version(request))
    return _answer(request, response, row)


@router.post(
    "/{mask_id}/withdraw/confirm", auth=Requires(policies.DRAW), response=MaskOut, operation_id="masks_withdraw"
)
def withdraw(request: HttpRequest, response: HttpResponse, mask_id: str, data: MaskCodeIn) -> dict[str, Any]:
    """Another person than who asked takes it off, with his second factor; needs If-Match."""
    row = actions.withdraw_mask(actor_of(request), mask_id, data.code, expected_version(request))
    return _answer(request, response, row)


@router.post(
    "/{mask_id}/withdraw/drop", auth=Requires(policies.DRAW), response=MaskOut, operation_id="masks_withdraw_drop"
)
def drop_withdrawal(request: HttpRequest, response: HttpResponse, mask_id: str, data: Reason) -> dict[str, Any]:
    """It stays after all; needs If-Match."""
    row = actions.drop_withdrawal(actor_of(request), mask_id, data.reason, expected_version(request))
    return _answer(request, response, row)


def _answer(request: HttpRequest, response: HttpResponse, row: Mask) -> dict[str, Any]:
    set_etag(response, row.version)
    return _plain(row, actor_of(request).user)


def _plain(row: Mask, user: str, resting: frozenset[str] | None = None) -> dict[str, Any]:
    if resting is None:
        resting = frozenset() if row.withdrawn_ns is not None else queries.resting(row.camera_id, [row])
    moved_ns = queries.moved_ns(row)
    return {
        **{field: getattr(row, field) for field in ("id", "preset", "reason", "withdrawal_reason", "version")},
        "camera": row.camera_id,
        "points": [[x / SCALE, y / SCALE] for x, y in row.points],
        "drawn_by": row.drawn_name,
        "drawn_at": format_iso_ns(row.from_ns),
        "confirmed": moved_ns is None or row.confirmed_ns > moved_ns,
        "confirmed_by": row.confirmed_name,
        "confirmed_at": format_iso_ns(row.confirmed_ns),
        "withdrawal_by": row.withdrawal_name,
        "withdrawal_mine": bool(user) and row.withdrawal_by_id == user,
        "withdrawn_by": row.withdrawn_name,
        "resting": row.pk in resting,
        "withdrawn_at": None if row.withdrawn_ns is None else format_iso_ns(row.withdrawn_ns),
    }
