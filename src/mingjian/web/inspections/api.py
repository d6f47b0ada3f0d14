"""Inspection leads: list, read, record an act, take, judge, close."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.errors import MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.rules.library import current_law
from mingjian.rules.misconduct import ACTS, DOERS
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Plain
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.inspections import deeds, judging, leads, policies
from mingjian.web.inspections.models import InspectionLead, LeadJudgement

router = Router(tags=["leads"])


class LeadClauseOut(Plain):
    """A clause with its printed name; its key where today's packs no longer know it."""

    key: str
    printed: str


class LeadOut(Plain):
    """A lead. `subject` is the record that opened it."""

    id: str
    origin: str
    status: Literal["open", "taken", "closed"]
    urgent: bool
    title: str
    detail: str
    clauses: list[str]
    cited: list[LeadClauseOut]
    division: str
    division_name: str
    organ: str | None
    about: str | None
    place: str | None
    place_name: str | None
    system: str | None
    camera: str | None
    subject_kind: str
    subject_id: str
    taken_by: str
    outcome: str
    outcome_note: str
    answer: str
    created_at: str
    closed_at: str | None
    version: int


class LeadPage(Schema):
    """Leads, newest first."""

    items: list[LeadOut]
    next: str | None


class CloseIn(Input):
    """What came of it; `answer` is told to who reported it, the note to nobody outside."""

    outcome: Literal["unfounded", "corrected", "case", "passed_on"]
    note: str = Field("", max_length=2000)
    answer: str = Field("", max_length=500)


class DeedIn(Input):
    """What somebody seems to have done (rules.misconduct). Where: a camera, or a division."""

    act: str = Field(max_length=40)
    doer: str = Field(max_length=20)
    act_date: str = Field(max_length=10)
    text: str = Field(min_length=2, max_length=1500)
    division: str = Field("", max_length=26)
    camera: str = Field("", max_length=26)
    about: str = Field("", max_length=26)
    other_law: str = Field("", max_length=200)
    urgent: bool = False


class ActWordOut(Schema):
    """A name and its word in the reader's language."""

    name: str
    label: str


class ActsOut(Schema):
    """What can be recorded of whom."""

    acts: list[ActWordOut]
    doers: list[ActWordOut]


class JudgeIn(Input):
    """What was done, as a person recorded it. `built`, `done`: of a system built before the regulation (qd204 35)."""

    conduct: str = Field(max_length=48)
    offender: Literal["individual", "unit", "staff", "official", "police_official"]
    act_date: str = Field(max_length=10)
    business_use: bool = False
    refused_or_serious: bool = False
    government_duty: bool = False
    built: str = Field("", max_length=10)
    done: str = Field("", max_length=10)
    text: str = Field("", max_length=2000)


class LeadJudgementOut(Schema):
    """A draft: `shown` holds at_act, at_decision, prevailing, conflicts, transition and the statement that it decides
    nothing.
    """

    number: int
    facts: dict[str, Any]
    shown: dict[str, Any]
    by: str
    at: str
    lead_version: int


@router.get("", auth=Requires(policies.READ), response=LeadPage, operation_id="leads_list")
def list_leads(
    request: HttpRequest,
    status: Literal["", "open", "taken", "closed"] = "",
    urgent: bool | None = None,
    place: Annotated[str, Field(max_length=26)] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The leads of the actor's reach."""
    rows = policies.READ.visible(actor_of(request), InspectionLead.objects.all(), organisation="organ_id")
    rows = rows.select_related("division", "place")
    if status:
        rows = rows.filter(status=status)
    if urgent is not None:
        rows = rows.filter(urgent=urgent)
    if place:
        rows = rows.filter(place_id=place)
    found, following = page(rows, ["-created_ns", "-id"], cursor, limit)
    return {"items": [_plain(lead, language_of(request)) for lead in found], "next": following}


@router.post("", auth=Requires(policies.WORK), response={201: LeadOut}, operation_id="leads_record_deed")
def post_deed(request: HttpRequest, response: HttpResponse, data: DeedIn) -> Status[dict[str, Any]]:
    """Record what somebody seems to have done: a lead with each head it falls under. Takes Idempotency-Key."""
    actor = actor_of(request)
    new = deeds.NewDeed(
        data.act, data.doer, data.act_date, data.text, data.division, data.camera, data.about, data.other_law,
        data.urgent,
    )  # fmt: skip

    def create() -> dict[str, Any]:
        return _plain(deeds.record_deed(actor, new), language_of(request))

    status, made = create_once(request, response, actor.user, create)
    set_etag(response, made["version"])
    return Status(status, made)


@router.get("/acts", auth=Requires(policies.READ), response=ActsOut, operation_id="leads_acts")
def list_acts(request: HttpRequest) -> dict[str, Any]:
    """The acts and doers that a lead can be recorded of, in words."""
    language = language_of(request)
    return {
        name: [{"name": key, "label": text.for_language(language)} for key, text in words.items()]
        for name, words in (("acts", ACTS), ("doers", DOERS))
    }


@router.get("/{lead_id}", auth=Requires(policies.READ), response=LeadOut, operation_id="leads_get")
def get_lead(request: HttpRequest, response: HttpResponse, lead_id: str) -> dict[str, Any]:
    """One lead, with ETag."""
    return _answer(request, response, leads.lead_by_id(actor_of(request), lead_id))


@router.post("/{lead_id}/take", auth=Requires(policies.WORK), response=LeadOut, operation_id="leads_take")
def take_lead(request: HttpRequest, response: HttpResponse, lead_id: str) -> dict[str, Any]:
    """Work on it; needs If-Match."""
    return _answer(request, response, leads.take_lead(actor_of(request), lead_id, expected_version(request)))


@router.post("/{lead_id}/close", auth=Requires(policies.WORK), response=LeadOut, operation_id="leads_close")
def close_lead(request: HttpRequest, response: HttpResponse, lead_id: str, data: CloseIn) -> dict[str, Any]:
    """Close it with what came of it; needs If-Match."""
    expected = expected_version(request)
    lead = leads.close_lead(actor_of(request), lead_id, data.outcome, data.note, expected, data.answer)
    return _answer(request, response, lead)


@router.post("/{lead_id}/judge", auth=Requires(policies.WORK), response=LeadJudgementOut, operation_id="leads_judge")
def judge_lead(request: HttpRequest, response: HttpResponse, lead_id: str, data: JudgeIn) -> dict[str, Any]:
    """Hold the recorded facts against the penalty clauses of both packs: a draft; needs If-Match."""
    facts = judging.Facts(**data.model_dump())
    made = judging.judge_lead(actor_of(request), lead_id, facts, expected_version(request))
    set_etag(response, made.lead.version)
    return _judgement(made)


@router.get(
    "/{lead_id}/judgements",
    auth=Requires(policies.READ),
    response=list[LeadJudgementOut],
    operation_id="leads_judgements",
)
def list_judgements(request: HttpRequest, lead_id: str) -> list[dict[str, Any]]:
    """Every judging of a lead, in order."""
    return [_judgement(one) for one in judging.judgements_of(leads.lead_by_id(actor_of(request), lead_id))]


def _judgement(made: LeadJudgement) -> dict[str, Any]:
    return {
        "number": made.number,
        "facts": made.facts,
        "shown": made.shown,
        "by": made.by_name,
        "at": format_iso_ns(made.at_ns),
        "lead_version": made.lead.version,
    }


def _answer(request: HttpRequest, response: HttpResponse, lead: InspectionLead) -> dict[str, Any]:
    set_etag(response, lead.version)
    return _plain(lead, language_of(request))


def _plain(lead: InspectionLead, language: str) -> dict[str, Any]:
    fields = (
        "id", "origin", "status", "urgent", "title", "detail", "clauses", "subject_kind", "subject_id", "outcome",
        "outcome_note", "answer", "version",
    )  # fmt: skip
    return {
        **{field: getattr(lead, field) for field in fields},
        "cited": [{"key": key, "printed": _printed(key, language)} for key in lead.clauses],
        "division": lead.division_id,
        "division_name": lead.division.name,
        "organ": lead.organ_id,
        "about": lead.about_id,
        "place": lead.place_id,
        "place_name": None if lead.place is None else lead.place.name,
        "system": lead.system_id,
        "camera": lead.camera_id,
        "taken_by": lead.taken_name,
        "created_at": format_iso_ns(lead.created_ns),
        "closed_at": None if lead.closed_ns is None else format_iso_ns(lead.closed_ns),
    }


def _printed(key: str, language: str) -> str:
    try:
        return current_law().clause(key).cite().printed(language)
    except MingjianError:
        return key
