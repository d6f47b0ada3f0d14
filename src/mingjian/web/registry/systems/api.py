"""Systems: list, register, change; parties, conformance, interfaces, costs, notices; judged by both packs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.rules.integration_cost import IntegrationCost as RuleCost
from mingjian.rules.integration_cost import cost_by_level
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Cursor, Input, Limit, Plain, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry.judging import day_or_today, shown
from mingjian.web.registry.models import System
from mingjian.web.registry.rights import MANAGE_SYSTEMS, READ_SYSTEMS
from mingjian.web.registry.systems import actions, judging, queries

router = Router(tags=["systems"])

Id = Annotated[str, Field(max_length=26)]
Day = Annotated[str, Field(max_length=10)]
Name = Annotated[str, Field(min_length=1, max_length=128)]
Grade = Annotated[int, Field(ge=1, le=5)]
Functions = Annotated[list[Annotated[str, Field(max_length=16)]], Field(max_length=8)]


class SystemIn(Input):
    """A new system."""

    name: Name
    organisation: Id
    division: Id
    place: Id | None = None
    purpose: str = Field("", max_length=255)
    legal_basis: str = Field("", max_length=255)
    funding: Literal["government", "own", "mixed"] = "own"
    security_grade: Grade | None = None
    sharing_grade: Grade | None = None
    flag: Literal["none", "privacy", "trade_secret", "state_secret"] = "none"
    business_use: bool | None = None
    keep_days: int | None = Field(None, ge=1, le=3650)
    functions: Functions = Field(default_factory=list)
    concerns_public_safety: bool | None = None


class SystemChangeIn(Input):
    """What to change; what is not given stays."""

    name: Name | None = None
    organisation: Id | None = None
    division: Id | None = None
    place: Id | None = None
    purpose: str | None = Field(None, max_length=255)
    legal_basis: str | None = Field(None, max_length=255)
    funding: Literal["government", "own", "mixed"] | None = None
    security_grade: Grade | None = None
    sharing_grade: Grade | None = None
    flag: Literal["none", "privacy", "trade_secret", "state_secret"] | None = None
    business_use: bool | None = None
    keep_days: int | None = Field(None, ge=1, le=3650)
    functions: Functions | None = None
    concerns_public_safety: bool | None = None
    reason: str = Field("", max_length=500)


class PartyIn(Input):
    """Who is what to a system."""

    organisation: Id
    capacity: str = Field(max_length=24)
    since_date: Day = ""
    until_date: Day = ""


class ConformanceIn(Input):
    """A line of the conformance profile."""

    basis: str = Field("national_standard", max_length=24)
    standard: str = Field(min_length=1, max_length=64)
    edition: str = Field("", max_length=16)
    result: str = Field("not_tested", max_length=16)
    tested_date: Day = ""
    report: str = Field("", max_length=64)
    file_id: Id = ""


class InterfaceIn(Input):
    """An interface to one of the three platforms; connected needs evidence (a file's id, or a report's number)."""

    reserved: bool
    connected: bool = False
    evidence: str = Field("", max_length=64)
    tested_date: Day = ""


class CostIn(Input):
    """A line of the ledger of integration, in fen."""

    body: str = Field(min_length=1, max_length=24)
    body_level: str = Field(min_length=1, max_length=16)
    budget_level: str = Field("", max_length=16)
    amount_fen: int = Field(ge=0, le=10**15)
    incurred_date: Day = ""
    note: str = Field("", max_length=500)


class NoticeIn(Input):
    """A supplier's notice of a vulnerability."""

    reference: str = Field(min_length=1, max_length=64)
    supplier: str = Field("", max_length=128)
    product: str = Field("", max_length=128)
    received_date: Day = ""
    note: str = Field("", max_length=1000)


class NoticeStepIn(Input):
    """A step against a vulnerability that is done."""

    step: str = Field(max_length=24)
    done_date: Day


class SystemScopeIn(Input):
    """Why the regulation does not govern the system; empty: it does after all."""

    reason: str = Field(max_length=500)


class SystemOut(Plain):
    """A system in a list."""

    id: str
    name: str
    organisation: str
    organisation_name: str
    division: str
    division_name: str
    place: str | None
    purpose: str
    legal_basis: str
    funding: str
    security_grade: int | None
    sharing_grade: int | None
    flag: str
    business_use: bool | None
    standing: str
    accepted_date: str
    in_use_date: str
    removed_date: str
    keep_days: int | None
    functions: list[str]
    concerns_public_safety: bool | None
    out_of_scope_reason: str
    removed_at: str | None
    version: int


class SystemPage(Schema):
    """Systems by name."""

    items: list[SystemOut]
    next: str | None


class SystemFileOut(SystemOut):
    """A system with everything that hangs on it. `cost_fen` is the ledger's sum by level of budget."""

    interfaces: dict[str, Any]
    parties: list[dict[str, Any]]
    conformances: list[dict[str, Any]]
    costs: list[dict[str, Any]]
    cost_fen: dict[str, int]
    notices: list[dict[str, Any]]


class SystemMadeOut(Schema):
    """What was made, and the system's version after it."""

    id: str
    version: int


@router.get("", auth=Requires(READ_SYSTEMS), response=SystemPage, operation_id="systems_list")
def list_systems(
    request: HttpRequest,
    text: Annotated[str, Field(max_length=128)] = "",
    standing: Annotated[str, Field(max_length=16)] = "",
    division: Annotated[str, Field(max_length=26)] = "",
    organisation: Annotated[str, Field(max_length=26)] = "",
    place: Annotated[str, Field(max_length=26)] = "",
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Systems by name; `text` finds parts of names and pinyin initials."""
    rows, following = queries.systems_page(
        actor_of(request), text=text, standing=standing, division=division, organisation=organisation, place=place,
        cursor=cursor, limit=limit,
    )  # fmt: skip
    return {"items": [_plain(row) for row in rows], "next": following}


@router.post("", auth=Requires(MANAGE_SYSTEMS), response={201: SystemFileOut}, operation_id="systems_add")
def add_system(request: HttpRequest, response: HttpResponse, data: SystemIn) -> Status[dict[str, Any]]:
    """Register a system."""
    actor = actor_of(request)
    status, body = create_once(
        request, response, actor.user, lambda: _file(actions.add_system(actor, data.model_dump(exclude_unset=True)))
    )
    set_etag(response, body["version"])
    return Status(status, body)


@router.get("/{system_id}", auth=Requires(READ_SYSTEMS), response=SystemFileOut, operation_id="systems_get")
def get_system(request: HttpRequest, response: HttpResponse, system_id: str) -> dict[str, Any]:
    """One system with all that hangs on it, and ETag."""
    return _answer(response, queries.visible_system(actor_of(request), system_id))


@router.patch("/{system_id}", auth=Requires(MANAGE_SYSTEMS), response=SystemFileOut, operation_id="systems_change")
def change_system(request: HttpRequest, response: HttpResponse, system_id: str, data: SystemChangeIn) -> dict[str, Any]:
    """Change a system; needs If-Match."""
    values = data.given()
    reason = values.pop("reason", "")
    return _answer(
        response, actions.change_system(actor_of(request), system_id, values, expected_version(request), reason)
    )


@router.delete("/{system_id}", auth=Requires(MANAGE_SYSTEMS), response={204: None}, operation_id="systems_remove")
def remove_system(request: HttpRequest, system_id: str, data: Reason) -> Status[None]:
    """Take a system out of the register; needs If-Match."""
    actions.remove_system(actor_of(request), system_id, data.reason, expected_version(request))
    return Status(204, None)


@router.put("/{system_id}/scope", auth=Requires(MANAGE_SYSTEMS), response=SystemFileOut, operation_id="systems_scope")
def decide_scope(request: HttpRequest, response: HttpResponse, system_id: str, data: SystemScopeIn) -> dict[str, Any]:
    """Decide that the regulation does not govern the system, with the reason; needs If-Match."""
    system = actions.decide_out_of_scope(actor_of(request), system_id, data.reason, expected_version(request))
    return _answer(response, system)


@router.put(
    "/{system_id}/interfaces/{platform}",
    auth=Requires(MANAGE_SYSTEMS),
    response=SystemFileOut,
    operation_id="systems_interface",
)
def set_interface(
    request: HttpRequest, response: HttpResponse, system_id: str, platform: str, data: InterfaceIn
) -> dict[str, Any]:
    """Record an interface to resource_sharing, police_image or emergency_command; needs If-Match."""
    system = actions.set_interface(actor_of(request), system_id, platform, data.model_dump(), expected_version(request))
    return _answer(response, system)


@router.post(
    "/{system_id}/parties",
    auth=Requires(MANAGE_SYSTEMS),
    response={201: SystemMadeOut},
    operation_id="systems_party_add",
)
def add_party(request: HttpRequest, response: HttpResponse, system_id: str, data: PartyIn) -> Status[dict[str, Any]]:
    """Register a party; needs the system's If-Match."""
    return _made(request, response, system_id, data, actions.add_party)


@router.post(
    "/{system_id}/conformances",
    auth=Requires(MANAGE_SYSTEMS),
    response={201: SystemMadeOut},
    operation_id="systems_conformance_add",
)
def add_conformance(
    request: HttpRequest, response: HttpResponse, system_id: str, data: ConformanceIn
) -> Status[dict[str, Any]]:
    """Record a conformance test; needs the system's If-Match."""
    return _made(request, response, system_id, data, actions.add_conformance)


@router.post(
    "/{system_id}/costs", auth=Requires(MANAGE_SYSTEMS), response={201: SystemMadeOut}, operation_id="systems_cost_add"
)
def add_cost(request: HttpRequest, response: HttpResponse, system_id: str, data: CostIn) -> Status[dict[str, Any]]:
    """Record a cost of integration; needs the system's If-Match."""
    return _made(request, response, system_id, data, actions.add_cost)


@router.post(
    "/{system_id}/notices",
    auth=Requires(MANAGE_SYSTEMS),
    response={201: SystemMadeOut},
    operation_id="systems_notice_add",
)
def add_notice(request: HttpRequest, response: HttpResponse, system_id: str, data: NoticeIn) -> Status[dict[str, Any]]:
    """Record a vulnerability notice; needs the system's If-Match."""
    return _made(request, response, system_id, data, actions.add_notice)


@router.post(
    "/{system_id}/notices/{notice_id}/steps",
    auth=Requires(MANAGE_SYSTEMS),
    response=SystemFileOut,
    operation_id="systems_notice_step",
)
def record_step(
    request: HttpRequest, response: HttpResponse, system_id: str, notice_id: str, data: NoticeStepIn
) -> dict[str, Any]:
    """A step against a vulnerability is done; needs the system's If-Match."""
    expected = expected_version(request)
    notice = actions.record_step(actor_of(request), system_id, notice_id, data.step, data.done_date, expected)
    return _answer(response, notice.system)


@router.get(
    "/{system_id}/judgement",
    auth=Requires(READ_SYSTEMS),
    response=dict[str, dict[str, Any]],
    operation_id="systems_judgement",
)
def judge_system(request: HttpRequest, system_id: str, on: Day = "") -> dict[str, Any]:
    """What both packs make of the system on a day (`on`, default today): scope, declared use, conformance, products,
    interfaces, each cost."""
    system = queries.visible_system(actor_of(request), system_id)
    language = language_of(request)
    return {key: shown(one, language) for key, one in judging.judgements(system, day_or_today(on)).items()}


def _made(
    request: HttpRequest, response: HttpResponse, system_id: str, data: Input, make: actions.Maker
) -> Status[dict[str, Any]]:
    expected = expected_version(request)
    row = make(actor_of(request), system_id, data.model_dump(), expected)
    set_etag(response, expected + 1)
    return Status(201, {"id": row.id, "version": expected + 1})


def _answer(response: HttpResponse, system: System) -> dict[str, Any]:
    set_etag(response, system.version)
    return _file(system)


def _plain(system: System) -> dict[str, Any]:
    fields = [name for name in SystemOut.model_fields if hasattr(System, name) and name not in _NAMED]
    return {
        **{field: getattr(system, field) for field in fields},
        "organisation": system.organisation_id,
        "organisation_name": system.organisation.name,
        "division": system.division_id,
        "division_name": system.division.name,
        "place": system.place_id,
        "removed_at": None if system.removed_ns is None else format_iso_ns(system.removed_ns),
    }


_NAMED = ("organisation", "division", "place")


def _file(system: System) -> dict[str, Any]:
    costs = list(system.costs.order_by("id").values("id", *CostIn.model_fields))
    lines = [RuleCost(one["body"], one["body_level"], one["budget_level"] or None, one["amount_fen"]) for one in costs]
    return {
        **_plain(system),
        "interfaces": system.interfaces,
        "parties": [
            {"organisation_name": party.organisation.name}
            | {"id": party.id, "organisation": party.organisation_id, "capacity": party.capacity}
            | {"since_date": party.since_date, "until_date": party.until_date}
            for party in system.parties.select_related("organisation").order_by("id")
        ],
        "conformances": list(system.conformances.order_by("id").values("id", *ConformanceIn.model_fields)),
        "costs": costs,
        "cost_fen": cost_by_level(lines),
        "notices": list(system.notices.order_by("id").values("id", "steps", *NoticeIn.model_fields)),
    }
