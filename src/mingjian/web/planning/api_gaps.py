"""Coverage gaps, the duplicate check before a new point, additional places."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.judgement import strictest
from mingjian.rules.place_kinds import PLACE_PARTS
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Plain
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.planning import additional, points, policies
from mingjian.web.planning.api_plans import Id, PointIn
from mingjian.web.planning.gaps import Gap, Report
from mingjian.web.planning.models import AdditionalPlace
from mingjian.web.planning.schemas import JudgementOut, judgement_out

router = Router(tags=["planning"])


class SummaryOut(Schema):
    """covered / obliged over the parts of places within one's reach; undecidable parts are in neither."""

    on: str
    places: int
    obliged: int
    covered: int
    gaps: int
    undecidable: int


class BearerOut(Plain):
    """Who must build, and by which clause."""

    clause: str
    roles: list[str]


class GapOut(Plain):
    """An obliged part without a system; the place's position is WGS-84 degrees times 10,000,000."""

    place: str
    place_name: str
    division: str
    lon_e7: int | None
    lat_e7: int | None
    part: str
    part_id: str
    part_label: str
    judgement: JudgementOut
    bearers: list[BearerOut]
    outcome: JudgementOut


class GapPage(Schema):
    """A page of gaps."""

    items: list[GapOut]
    next: str | None


class ProposalIn(Input):
    """A place beyond the list, and why."""

    place: Id
    proposer: Id
    reason: str = Field(min_length=2, max_length=500)


class ApprovalIn(Input):
    """The municipal government's approval."""

    approver: Id
    number: str = Field(min_length=1, max_length=64)
    given_date: str = Field(max_length=10)


class AdditionalOut(Schema):
    """An additional place; it obliges from `given_date` on."""

    id: str
    place: str
    place_name: str
    proposer: str
    reason: str
    number: str
    given_date: str
    version: int


class AdditionalPage(Schema):
    """A page of additional places."""

    items: list[AdditionalOut]
    next: str | None


Filter = Annotated[str, Field(max_length=32)]


@router.get("/gaps/summary", auth=Requires(policies.GAPS), response=SummaryOut, operation_id="gaps_summary")
def gaps_summary(request: HttpRequest, division: Filter = "", kind: Filter = "") -> dict[str, Any]:
    """Counts of the coverage-gap report."""
    report = Report(actor_of(request), division=division, kind=kind)
    found = report.summary()
    return {
        "on": report.on.isoformat(),
        "places": found.places,
        "obliged": found.obliged,
        "covered": found.covered,
        "gaps": found.gaps,
        "undecidable": found.undecidable,
    }


@router.get("/gaps", auth=Requires(policies.GAPS), response=GapPage, operation_id="gaps_list")
def list_gaps(
    request: HttpRequest, division: Filter = "", kind: Filter = "", cursor: Filter = "", limit: Limit = 200
) -> dict[str, Any]:
    """Obliged parts of places without a system, with who must build and what follows."""
    found, following = Report(actor_of(request), division=division, kind=kind).gaps(cursor, limit)
    language = language_of(request)
    said = cache(lambda judgement: judgement_out(judgement, language))  # few differ
    whom = cache(lambda bearers: [{"clause": one.clause, "roles": list(one.roles)} for one in bearers])
    judged = ((gap, said(gap.judgement), whom(gap.bearers), said(gap.outcome)) for gap in found)
    return {"items": [_gap(*one, language) for one in judged], "next": following}


@router.post("/check", auth=Requires(policies.DRAFT), response=JudgementOut, operation_id="planning_check")
def check_site(request: HttpRequest, data: PointIn) -> dict[str, Any]:
    """Judge a view at a site without keeping it: "covered already, contact X" before anything is drawn up."""
    return judgement_out(strictest(points.judge_site(actor_of(request), data.dict())), language_of(request))


@router.get("/additional", auth=Requires(policies.READ), response=AdditionalPage, operation_id="additional_list")
def list_additional(request: HttpRequest, cursor: Cursor = None, limit: Limit = 200) -> dict[str, Any]:
    """Places proposed or approved beyond the list."""
    rows = policies.READ.visible(
        actor_of(request), AdditionalPlace.objects.select_related("place"), "proposer_id", "place__division_id"
    )
    found, following = page(rows, ["-id"], cursor, limit)
    return {"items": [_additional(row) for row in found], "next": following}


@router.post("/additional", auth=Requires(policies.DRAFT), response={201: AdditionalOut}, operation_id="additional_add")
def propose(request: HttpRequest, response: HttpResponse, data: ProposalIn) -> Status[dict[str, Any]]:
    """Propose that a place be obliged."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return _additional(additional.propose_place(actor, data.place, data.proposer, data.reason))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.post(
    "/additional/{row_id}/approve", auth=Requires(policies.APPROVE), response=AdditionalOut,
    operation_id="additional_approve",
)  # fmt: skip
def approve(request: HttpRequest, response: HttpResponse, row_id: str, data: ApprovalIn) -> dict[str, Any]:
    """Register the municipal government's approval; needs If-Match."""
    row = additional.approve_place(
        actor_of(request), row_id, data.approver, data.number, data.given_date, expected_version(request)
    )
    set_etag(response, row.version)
    return _additional(row)


def _gap(
    gap: Gap, judgement: dict[str, Any], bearers: list[dict[str, Any]], outcome: dict[str, Any], language: str
) -> dict[str, Any]:
    return {
        "place": gap.place,
        "place_name": gap.place_name,
        "division": gap.division,
        "lon_e7": gap.lon_e7,
        "lat_e7": gap.lat_e7,
        "part": gap.part,
        "part_id": gap.part_id,
        "part_label": PLACE_PARTS[gap.part].for_language(language),
        "judgement": judgement,
        "bearers": bearers,
        "outcome": outcome,
    }


def _additional(row: AdditionalPlace) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "reason", "number", "given_date", "version")} | {
        "place": row.place_id,
        "place_name": row.place.name,
        "proposer": row.proposer_id,
    }
