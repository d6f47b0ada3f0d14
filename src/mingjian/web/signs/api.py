"""Signs: list, read, register, change, see, take down, print; places that lack one."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.day_count import shanghai_day
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.http.document import answers_file
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry.places.api import PositionIn
from mingjian.web.signs import actions, judging, policies, queries
from mingjian.web.signs.models import Sign
from mingjian.web.signs.printing import printed

router = Router(tags=["signs"])
Day = Annotated[str, Field(max_length=10)]


class SignChange(Input):
    """What is recorded of a sign."""

    position: str | None = Field(None, max_length=255)
    text: str | None = Field(None, max_length=500)
    purpose: str | None = Field(None, max_length=255)
    telephone: str | None = Field(None, max_length=32)
    photo: str | None = Field(None, max_length=26)
    last_seen: Day | None = None
    point: PositionIn | None = None


class SignIn(SignChange):
    """A new sign."""

    place: str = Field(max_length=26)


class SeenIn(Input):
    """Seen today, with a new picture or without."""

    photo: str = Field("", max_length=26)


class SignOut(Schema):
    """A sign; `judgement` is what the law says of its record today."""

    id: str
    place: str
    place_name: str
    organisation: str
    position: str
    text: str
    purpose: str
    telephone: str
    photo: str
    lon_e7: int | None
    lat_e7: int | None
    last_seen: str
    last_seen_by: str
    removed: bool
    judgement: dict[str, Any]
    version: int


class SignPage(Schema):
    """Signs, newest first."""

    items: list[SignOut]
    next: str | None


class SignDueOut(Schema):
    """A place that lacks a sign, or whose record does not prove one."""

    place: str
    name: str
    organisation: str | None
    sign: str | None
    judgement: dict[str, Any]


class SignDuePage(Schema):
    """Places, by name."""

    items: list[SignDueOut]
    next: str | None


@router.get("", auth=Requires(policies.READ), response=SignPage, operation_id="signs_list")
def list_signs(
    request: HttpRequest,
    place: Annotated[str, Field(max_length=26)] = "",
    removed: bool = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The signs of the actor's reach."""
    rows = queries.signs(actor_of(request), place=place, removed=removed)
    found, following = page(rows, ["-created_ns", "-id"], cursor, limit)
    return {"items": [_plain(sign) for sign in found], "next": following}


@router.get("/due", auth=Requires(policies.READ), response=SignDuePage, operation_id="signs_due")
def list_due(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Places with cameras at which no sign is proved."""
    found, following = page(queries.places_without_sign(actor_of(request)), ["name", "id"], cursor, limit)
    known, law, on = queries.signs_of(found), current_law(), shanghai_day(wiring.clock().now_ns())
    items = []
    for place in found:
        sign = known.get(place.id)
        judgement = judging.standing(law, place.public_place, sign, on)
        items.append(
            {
                "place": place.id,
                "name": place.name,
                "organisation": place.organisation_id,
                "sign": None if sign is None else sign.id,
                "judgement": judgement.document(),
            }
        )
    return {"items": items, "next": following}


@router.post("", auth=Requires(policies.KEEP), response={201: SignOut}, operation_id="signs_register")
def post_sign(request: HttpRequest, response: HttpResponse, data: SignIn) -> Status[dict[str, Any]]:
    """Register a sign. Takes Idempotency-Key."""
    actor, values = actor_of(request), data.given()
    place = values.pop("place")
    status, made = create_once(
        request, response, actor.user, lambda: _plain(actions.register_sign(actor, place, values))
    )
    set_etag(response, made["version"])
    return Status(status, made)


@router.get("/{sign_id}", auth=Requires(policies.READ), response=SignOut, operation_id="signs_get")
def get_sign(request: HttpRequest, response: HttpResponse, sign_id: str) -> dict[str, Any]:
    """One sign, with ETag."""
    return _answer(response, actions.sign_by_id(actor_of(request), sign_id))


@router.patch("/{sign_id}", auth=Requires(policies.KEEP), response=SignOut, operation_id="signs_change")
def patch_sign(request: HttpRequest, response: HttpResponse, sign_id: str, data: SignChange) -> dict[str, Any]:
    """Correct or complete the record; needs If-Match."""
    sign = actions.change_sign(actor_of(request), sign_id, data.given(), expected_version(request))
    return _answer(response, sign)


@router.post("/{sign_id}/seen", auth=Requires(policies.SEE), response=SignOut, operation_id="signs_see")
def see_sign(request: HttpRequest, response: HttpResponse, sign_id: str, data: SeenIn) -> dict[str, Any]:
    """It stands, seen today; needs If-Match."""
    return _answer(response, actions.see_sign(actor_of(request), sign_id, data.photo, expected_version(request)))


@router.post("/{sign_id}/remove", auth=Requires(policies.KEEP), response=SignOut, operation_id="signs_remove")
def remove_sign(request: HttpRequest, response: HttpResponse, sign_id: str, data: Reason) -> dict[str, Any]:
    """It stands no longer; needs If-Match."""
    return _answer(response, actions.remove_sign(actor_of(request), sign_id, data.reason, expected_version(request)))


@router.get(
    "/{sign_id}/sign.pdf",
    auth=Requires(policies.READ),
    operation_id="signs_print",
    openapi_extra=answers_file("application/pdf"),
)
def print_sign(request: HttpRequest, sign_id: str) -> HttpResponse:
    """The printable sign: the same bytes each time under the same address of the installation."""
    sign = actions.sign_by_id(actor_of(request), sign_id)
    origin = f"{request.scheme}://{request.get_host()}"
    answer = HttpResponse(printed(sign, origin), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="sign-{sign.id}.pdf"'
    return answer


def _answer(response: HttpResponse, sign: Sign) -> dict[str, Any]:
    set_etag(response, sign.version)
    return _plain(sign)


def _plain(sign: Sign) -> dict[str, Any]:
    fields = ("id", "position", "text", "purpose", "telephone", "lon_e7", "lat_e7", "last_seen_by", "version")
    on = shanghai_day(wiring.clock().now_ns())
    shown = None if sign.removed_ns else sign
    return {
        **{field: getattr(sign, field) for field in fields},
        "place": sign.place_id,
        "place_name": sign.place.name,
        "organisation": sign.organisation_id,
        "photo": sign.photo_file,
        "last_seen": sign.last_seen_date,
        "removed": sign.removed_ns is not None,
        "judgement": judging.standing(current_law(), sign.place.public_place, shown, on).document(),
    }
