"""Removals: plan, add to the record, step."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.states.removal import REMOVAL_TABLE
from mingjian.web.filings import policies, removals
from mingjian.web.filings.models import Removal
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input
from mingjian.web.http.versions import expected_version, set_etag

router = Router(tags=["removals"])

Id = Annotated[str, Field(min_length=1, max_length=26)]


class RemovalIn(Input):
    """Which devices of which system, and why."""

    system: Id
    scope: Literal["partial", "temporary", "total"]
    cameras: list[Id] = Field(default_factory=list, max_length=5000)
    reason: str = Field(min_length=2, max_length=500)


class RemovalChangeIn(Input):
    """What belongs to the record."""

    authority: str | None = Field(None, max_length=255)
    notice: str | None = Field(None, max_length=255)
    substitute: str | None = Field(None, max_length=500)
    return_date: str | None = Field(None, max_length=10)
    footage_kept: bool | None = None
    holds_kept: bool | None = None


class RemovalStepIn(Input):
    """A step; `date` is the day the devices came down."""

    event: Literal["authorise", "cancel", "notify", "remove", "file", "restore"]
    date: str = Field("", max_length=10)


class RemovalOut(Schema):
    """A removal with what its record still lacks. `camera_names` in the order of `cameras`."""

    id: str
    system: str
    system_name: str
    organisation: str
    scope: str
    state: str
    state_label: str
    events: list[str]
    reason: str
    authority: str
    notice: str
    substitute: str
    return_date: str
    footage_kept: bool
    holds_kept: bool
    removed_date: str
    gap_check: dict[str, Any] | None
    filing: str | None
    cameras: list[str]
    camera_names: list[str]
    judgement: dict[str, Any]
    version: int


class RemovalPage(Schema):
    """Removals, newest first."""

    items: list[RemovalOut]
    next: str | None


@router.get("", auth=Requires(policies.READ), response=RemovalPage, operation_id="removals_list")
def list_removals(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=12)] = "",
    cursor: Cursor = None,
    limit: Annotated[int, Field(ge=1, le=50)] = 20,
) -> dict[str, Any]:
    """The removals of the actor's reach."""
    rows = policies.READ.visible(
        actor_of(request), Removal.objects.select_related("system__place", "organisation").prefetch_related("cameras")
    )
    if state:
        rows = rows.filter(state=state)
    found, following = page(rows, ["-created_ns", "-id"], cursor, limit)
    return {"items": [_plain(row, language_of(request)) for row in found], "next": following}


@router.post("", auth=Requires(policies.FILE), response={201: RemovalOut}, operation_id="removals_plan")
def plan_removal(request: HttpRequest, response: HttpResponse, data: RemovalIn) -> Status[dict[str, Any]]:
    """Plan a removal."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        row = removals.plan_removal(actor, data.system, data.scope, data.cameras, data.reason)
        return _plain(row, language_of(request))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.get("/{removal_id}", auth=Requires(policies.READ), response=RemovalOut, operation_id="removals_get")
def get_removal(request: HttpRequest, response: HttpResponse, removal_id: str) -> dict[str, Any]:
    """One removal, with ETag."""
    return _answer(request, response, removals.removal_by_id(actor_of(request), removal_id))


@router.patch("/{removal_id}", auth=Requires(policies.FILE), response=RemovalOut, operation_id="removals_change")
def change_removal(
    request: HttpRequest, response: HttpResponse, removal_id: str, data: RemovalChangeIn
) -> dict[str, Any]:
    """Add to the record; needs If-Match."""
    row = removals.change_removal(actor_of(request), removal_id, data.given(), expected_version(request))
    return _answer(request, response, row)


@router.post("/{removal_id}/step", auth=Requires(policies.FILE), response=RemovalOut, operation_id="removals_step")
def step_removal(request: HttpRequest, response: HttpResponse, removal_id: str, data: RemovalStepIn) -> dict[str, Any]:
    """Take a step; needs If-Match. `file` hands the removal filing in."""
    row = removals.step_removal(actor_of(request), removal_id, data.event, data.date, expected_version(request))
    return _answer(request, response, row)


def _answer(request: HttpRequest, response: HttpResponse, row: Removal) -> dict[str, Any]:
    set_etag(response, row.version)
    return _plain(row, language_of(request))


def _plain(row: Removal, language: str) -> dict[str, Any]:
    cameras = sorted((one.pk, one.name) for one in row.cameras.all())
    fields = (
        "id", "scope", "state", "reason", "authority", "notice", "substitute", "return_date", "footage_kept",
        "holds_kept", "removed_date", "gap_check", "version",
    )  # fmt: skip
    return {
        **{field: getattr(row, field) for field in fields},
        "state_label": REMOVAL_TABLE.label(row.state).for_language(language),
        "events": list(REMOVAL_TABLE.events(row.state)),
        "system": row.system_id,
        "system_name": row.system.name,
        "organisation": row.organisation_id,
        "filing": row.filing_id,
        "cameras": [key for key, _ in cameras],
        "camera_names": [name for _, name in cameras],
        "judgement": removals.judgement_of(row).document(),
    }
