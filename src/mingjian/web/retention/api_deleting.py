"""Deletion decisions of public security, and footage that is kept longer than the law asks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.clock import NS_PER_S
from mingjian.rules.library import current_law
from mingjian.web.dates import check_date
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry.judging import shown
from mingjian.web.retention import deleting, policies, purposes
from mingjian.web.retention.models import DeletionDecision, KeepingPurpose

router = Router(tags=["retention"])
Day = Annotated[str, Field(max_length=10)]


class OrderIn(Input):
    """A deletion decision: whose footage, of which time (UTC seconds), on which article, under which number."""

    camera: str = Field(max_length=26)
    from_s: int = Field(ge=0, le=1 << 33)
    to_s: int = Field(ge=0, le=1 << 33)
    ground: Literal["sc799.penalty.unauthorised", "sc799.penalty.prohibited_place", "sc799.penalty.no_consent"]
    number: str = Field(min_length=2, max_length=64)
    decided_date: Day


class OrderConfirmIn(Input):
    """The second person's word, with the SHA-256 of the evidence package."""

    evidence: str = Field(min_length=64, max_length=64)


class OrderOut(Schema):
    """A decision: entered, confirmed, done or withdrawn. `left`: stretches (UTC seconds) that could not be deleted."""

    id: str
    camera: str
    camera_name: str
    from_s: int
    to_s: int
    ground: str
    number: str
    decided_date: str
    state: str
    entered_by: str
    confirmed_by: str
    evidence: str
    held: bool
    segments: int
    bytes: int
    left: list[list[int]]
    version: int


class OrderPage(Schema):
    """Newest first."""

    items: list[OrderOut]
    next: str | None


class PurposeIn(Input):
    """Why footage is kept on, until it is looked at again; or that the purpose is achieved."""

    purpose: str = Field(min_length=2, max_length=255)
    review_date: Day = ""
    achieved: bool = False


class PurposeOut(Schema):
    """As stated."""

    camera: str
    purpose: str
    review_date: str
    achieved: bool
    version: int


class DueOut(Schema):
    """A camera that holds footage longer than must be, with what sc799 17 says of its oldest.

    `purpose_version` goes back as If-Match when the purpose is stated anew; null: nothing was stated.
    """

    camera: str
    name: str
    oldest_s: int
    keep_days: int
    purpose: str
    purpose_version: int | None
    judgement: dict[str, Any]


class DuePage(Schema):
    """By camera."""

    items: list[DueOut]
    next: str | None


@router.get("/orders", auth=Requires(policies.READ_ORDERS), response=OrderPage, operation_id="retention_orders")
def list_orders(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Deletion decisions of the actor's reach."""
    rows = DeletionDecision.objects.select_related("camera")
    rows = policies.READ_ORDERS.visible(actor_of(request), rows, "camera__organisation_id", "camera__division_id")
    found, following = page(rows, ["-entered_ns", "-id"], cursor, limit)
    return {"items": [_plain(row) for row in found], "next": following}


@router.post("/orders", auth=Requires(policies.ORDER), response={201: OrderOut}, operation_id="retention_order_enter")
def post_order(request: HttpRequest, response: HttpResponse, data: OrderIn) -> Status[dict[str, Any]]:
    """Enter a deletion decision: the footage is sealed from view and held at once. Takes Idempotency-Key."""
    actor, day = actor_of(request), check_date(data.decided_date, "decided_date", exact=True)
    from_ns, to_ns = data.from_s * NS_PER_S, data.to_s * NS_PER_S
    status, made = create_once(
        request,
        response,
        actor.user,
        lambda: _plain(deleting.enter_order(actor, data.camera, from_ns, to_ns, data.ground, data.number, day)),
    )
    set_etag(response, made["version"])
    return Status(status, made)


@router.post(
    "/orders/{order_id}/confirm",
    auth=Requires(policies.ORDER),
    response=OrderOut,
    operation_id="retention_order_confirm",
)
def confirm_order(request: HttpRequest, response: HttpResponse, order_id: str, data: OrderConfirmIn) -> dict[str, Any]:
    """A second person of the organ confirms; then it is carried out. Needs If-Match."""
    return _answer(
        response, deleting.confirm_order(actor_of(request), order_id, data.evidence, expected_version(request))
    )


@router.post(
    "/orders/{order_id}/withdraw",
    auth=Requires(policies.ORDER),
    response=OrderOut,
    operation_id="retention_order_withdraw",
)
def withdraw_order(request: HttpRequest, response: HttpResponse, order_id: str, data: Reason) -> dict[str, Any]:
    """Take it back before it is confirmed; needs If-Match."""
    return _answer(
        response, deleting.withdraw_order(actor_of(request), order_id, data.reason, expected_version(request))
    )


@router.get("/deletion-due", auth=Requires(policies.READ), response=DuePage, operation_id="retention_deletion_due")
def list_due(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Footage older than 30 days whose purpose is not stated, or achieved (sc799 17)."""
    language, law = language_of(request), current_law()
    rows = purposes.due(actor_of(request)).prefetch_related("camera__place__kinds", "camera__place__parts")
    found, following = page(rows, ["camera_id", "id"], cursor, limit)
    items = [
        {
            "camera": row.camera_id,
            "name": row.camera.name,
            "oldest_s": (row.oldest_ns or 0) // NS_PER_S,
            "keep_days": row.camera.keep_days,
            **_purpose(row.camera),
            "judgement": shown(purposes.judge_due(law, row), language),
        }
        for row in found
    ]
    return {"items": items, "next": following}


@router.put(
    "/purposes/{camera_id}", auth=Requires(policies.PROFILE), response=PurposeOut, operation_id="retention_purpose_set"
)
def put_purpose(request: HttpRequest, response: HttpResponse, camera_id: str, data: PurposeIn) -> dict[str, Any]:
    """State why footage is kept on, or that its purpose is achieved: needs If-Match once there is a statement."""
    expected = expected_version(request) if request.headers.get("If-Match") else None
    row = purposes.state_purpose(actor_of(request), camera_id, **data.model_dump(), expected=expected)
    set_etag(response, row.version)
    fields = ("purpose", "review_date", "achieved", "version")
    return {"camera": row.camera_id, **{field: getattr(row, field) for field in fields}}


def _purpose(camera: Any) -> dict[str, Any]:
    stated: KeepingPurpose | None = getattr(camera, "keeping_purpose", None)
    return {
        "purpose": "" if stated is None else stated.purpose,
        "purpose_version": None if stated is None else stated.version,
    }


def _answer(response: HttpResponse, row: DeletionDecision) -> dict[str, Any]:
    set_etag(response, row.version)
    return _plain(row)


def _plain(row: DeletionDecision) -> dict[str, Any]:
    fields = ("id", "ground", "number", "decided_date", "state", "evidence", "held", "segments", "bytes", "version")
    return {
        **{field: getattr(row, field) for field in fields},
        "camera": row.camera_id,
        "camera_name": row.camera.name,
        "from_s": row.from_ns // NS_PER_S,
        "to_s": row.to_ns // NS_PER_S,
        "entered_by": row.entered_name,
        "confirmed_by": row.confirmed_name,
        "left": [[int(one[0]) // NS_PER_S, int(one[1]) // NS_PER_S] for one in row.left],
    }
