"""Plans and their points."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.states.plan import PLAN
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.planning import gaps, plans, points, policies
from mingjian.web.planning.models import Plan, PlannedPoint
from mingjian.web.planning.schemas import JudgementOut, kept_judgement_out

router = Router(tags=["planning"])

Id = Annotated[str, Field(max_length=26)]
Body = Literal["development_reform", "big_data", "emergency_management", "public_security"]
Event = Literal["submit", "withdraw", "return", "approve", "publish"]


class DrafterIO(Input):
    """A department that drafts with public security, and the paper that shows it."""

    body: Body
    organisation: str = Field("", max_length=26)
    document: str = Field("", max_length=128)


class PlanIn(Input):
    """A new version of a division's plan."""

    division: Id
    organisation: Id
    title: str = Field(min_length=2, max_length=128)
    text: str = Field("", max_length=100_000)


class PlanChangeIn(Input):
    """What to change of a draft."""

    title: str | None = Field(None, min_length=2, max_length=128)
    text: str | None = Field(None, max_length=100_000)
    drafters: list[DrafterIO] | None = Field(None, max_length=16)


class PlanStepIn(Input):
    """A step; the papers belong to `approve`."""

    event: Event
    approver: str = Field("", max_length=26)
    approval_number: str = Field("", max_length=64)
    approved_date: str = Field("", max_length=10)
    reason: str = Field("", max_length=500)


class PlanOut(Schema):
    """A plan. `events` are the steps its state knows; a rule may still hold one."""

    id: str
    title: str
    division: str
    division_name: str
    organisation: str
    number: int
    state: str
    state_label: str
    text: str
    drafters: list[DrafterIO]
    approval_number: str
    approved_date: str
    in_force_date: str
    events: list[str]
    version: int


class PlanPage(Schema):
    """A page of plans."""

    items: list[PlanOut]
    next: str | None


class PointIn(Input):
    """A viewpoint: WGS-84 degrees times 10,000,000, azimuth clockwise from north, metres, fen."""

    name: str = Field(min_length=1, max_length=128)
    part: str | None = Field(None, max_length=26)
    lon_e7: int = Field(ge=-1_800_000_000, le=1_800_000_000)
    lat_e7: int = Field(ge=-900_000_000, le=900_000_000)
    azimuth_deg: int = Field(0, ge=0, le=359)
    view_angle_deg: int = Field(90, ge=1, le=360)
    view_distance_m: int = Field(50, ge=1, le=1000)
    pole: str = Field("", max_length=64)
    network: str = Field("", max_length=64)
    landscape_note: str = Field("", max_length=500)
    reason_to_build: str = Field("", max_length=500)
    cost_fen: int = Field(0, ge=0, le=10**13)


class PointChangeIn(Input):
    """What to change of a point; it is judged again."""

    name: str | None = Field(None, min_length=1, max_length=128)
    part: str | None = Field(None, max_length=26)
    lon_e7: int | None = Field(None, ge=-1_800_000_000, le=1_800_000_000)
    lat_e7: int | None = Field(None, ge=-900_000_000, le=900_000_000)
    azimuth_deg: int | None = Field(None, ge=0, le=359)
    view_angle_deg: int | None = Field(None, ge=1, le=360)
    view_distance_m: int | None = Field(None, ge=1, le=1000)
    pole: str | None = Field(None, max_length=64)
    network: str | None = Field(None, max_length=64)
    landscape_note: str | None = Field(None, max_length=500)
    reason_to_build: str | None = Field(None, max_length=500)
    cost_fen: int | None = Field(None, ge=0, le=10**13)


class PointOut(Schema):
    """A point with its last judgement."""

    id: str
    name: str
    place: str | None
    part: str | None
    lon_e7: int
    lat_e7: int
    azimuth_deg: int
    view_angle_deg: int
    view_distance_m: int
    pole: str
    network: str
    landscape_note: str
    reason_to_build: str
    cost_fen: int
    judgement: JudgementOut
    camera: str | None
    dropped: bool
    version: int


class PointPage(Schema):
    """A page of points."""

    items: list[PointOut]
    next: str | None


class CostOut(Schema):
    """Cost per obligation newly covered: cost_fen / obligations; `elsewhere` points cover none."""

    points: int
    cost_fen: int
    obligations: int
    per_obligation_fen: int | None
    elsewhere: int


@router.get("", auth=Requires(policies.READ), response=PlanPage, operation_id="plans_list")
def list_plans(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=16)] = "",
    division: Annotated[str, Field(max_length=26)] = "",
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Plans of one's reach, newest first."""
    rows = policies.READ.visible(actor_of(request), Plan.objects.select_related("division"))
    if state:
        rows = rows.filter(state=state)
    if division:
        rows = rows.filter(division_id=division)
    found, following = page(rows, ["-id"], cursor, limit)
    return {"items": [_plan(plan, language_of(request)) for plan in found], "next": following}


@router.post("", auth=Requires(policies.DRAFT), response={201: PlanOut}, operation_id="plans_draft")
def draft_plan(request: HttpRequest, response: HttpResponse, data: PlanIn) -> Status[dict[str, Any]]:
    """Begin the next version of a division's plan."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        plan = plans.draft_plan(actor, data.division, data.organisation, data.title, data.text)
        return _plan(plan, language_of(request))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.get("/{plan_id}", auth=Requires(policies.READ), response=PlanOut, operation_id="plans_get")
def get_plan(request: HttpRequest, response: HttpResponse, plan_id: str) -> dict[str, Any]:
    """One plan, with ETag."""
    plan = plans.plan_for(actor_of(request), plan_id)
    set_etag(response, plan.version)
    return _plan(plan, language_of(request))


@router.patch("/{plan_id}", auth=Requires(policies.DRAFT), response=PlanOut, operation_id="plans_change")
def change_plan(request: HttpRequest, response: HttpResponse, plan_id: str, data: PlanChangeIn) -> dict[str, Any]:
    """Change a draft; needs If-Match."""
    plan = plans.change_plan(actor_of(request), plan_id, data.given(), expected_version(request))
    set_etag(response, plan.version)
    return _plan(plan, language_of(request))


@router.post("/{plan_id}/step", auth=Requires(policies.READ), response=PlanOut, operation_id="plans_step")
def step_plan(request: HttpRequest, response: HttpResponse, plan_id: str, data: PlanStepIn) -> dict[str, Any]:
    """Submit, withdraw, return, approve or put into force; needs If-Match."""
    papers = {name: getattr(data, name) for name in ("approver", "approval_number", "approved_date")}
    plan = plans.step_plan(
        actor_of(request), plan_id, data.event, expected_version(request), papers, data.reason
    )  # fmt: skip
    set_etag(response, plan.version)
    return _plan(plan, language_of(request))


@router.get("/{plan_id}/cost", auth=Requires(policies.READ), response=CostOut, operation_id="plans_cost")
def get_cost(request: HttpRequest, plan_id: str) -> gaps.PlanCost:
    """What the plan costs for each obligation it newly covers."""
    actor = actor_of(request)
    return gaps.plan_cost(actor, plans.plan_for(actor, plan_id))


@router.get("/{plan_id}/points", auth=Requires(policies.READ), response=PointPage, operation_id="points_list")
def list_points(request: HttpRequest, plan_id: str, cursor: Cursor = None, limit: Limit = 200) -> dict[str, Any]:
    """The points of a plan, dropped ones too."""
    rows = PlannedPoint.objects.filter(plan=plans.plan_for(actor_of(request), plan_id))
    found, following = page(rows, ["id"], cursor, limit)
    return {"items": [_point(point, language_of(request)) for point in found], "next": following}


@router.post("/{plan_id}/points", auth=Requires(policies.DRAFT), response={201: PointOut}, operation_id="points_add")
def add_point(request: HttpRequest, response: HttpResponse, plan_id: str, data: PointIn) -> Status[dict[str, Any]]:
    """Put a point into a draft: it is judged against duplicates, landscape and secure margins."""
    actor = actor_of(request)
    values = data.dict()
    part = values.pop("part")

    def create() -> dict[str, Any]:
        return _point(points.add_point(actor, plan_id, values, part), language_of(request))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.patch(
    "/{plan_id}/points/{point_id}", auth=Requires(policies.DRAFT), response=PointOut, operation_id="points_change"
)
def change_point(
    request: HttpRequest, response: HttpResponse, plan_id: str, point_id: str, data: PointChangeIn
) -> dict[str, Any]:
    """Change a point; needs If-Match."""
    point = points.change_point(actor_of(request), plan_id, point_id, data.given(), expected_version(request))
    set_etag(response, point.version)
    return _point(point, language_of(request))


@router.post(
    "/{plan_id}/points/{point_id}/drop", auth=Requires(policies.DRAFT), response=PointOut, operation_id="points_drop"
)
def drop_point(
    request: HttpRequest, response: HttpResponse, plan_id: str, point_id: str, data: Reason
) -> dict[str, Any]:
    """Take a point out of the plan; needs If-Match."""
    point = points.drop_point(actor_of(request), plan_id, point_id, data.reason, expected_version(request))
    set_etag(response, point.version)
    return _point(point, language_of(request))


def _plan(plan: Plan, language: str) -> dict[str, Any]:
    names = (
        "id", "title", "number", "state", "text", "drafters", "approval_number", "approved_date", "in_force_date",
        "version",
    )  # fmt: skip
    return {name: getattr(plan, name) for name in names} | {
        "division": plan.division_id,
        "division_name": plan.division.name,
        "organisation": plan.organisation_id,
        "state_label": PLAN.label(plan.state).for_language(language),
        "events": [event for event in PLAN.events(plan.state) if event != "supersede"],
    }


def _point(point: PlannedPoint, language: str) -> dict[str, Any]:
    return {name: getattr(point, name) for name in ("id", *points.FIELDS, "version")} | {
        "place": point.place_id,
        "part": point.part_id,
        "judgement": kept_judgement_out(point.judgement, language),
        "camera": point.camera_id,
        "dropped": point.dropped_ns is not None,
    }
