"""The public page's calls: districts, a report, how it stands. No account."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Header, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.http.guard import Requires
from mingjian.web.http.language import language_of
from mingjian.web.http.origin import address_of
from mingjian.web.http.schemas import Input
from mingjian.web.organisations.models import Division
from mingjian.web.reports import actions, policies

router = Router(tags=["public"])


class DistrictOut(Schema):
    """A district to choose."""

    id: str
    name: str


class ReportIn(Input):
    """What is wrong, and where. Nothing about the reporter is asked."""

    kind: Literal["private_room", "no_sign", "obstruction", "unlawful", "leak", "other"]
    division: Annotated[str, Field(min_length=1, max_length=26)]
    where: Annotated[str, Field(min_length=2, max_length=255)]
    text: Annotated[str, Field(max_length=2000)] = ""


class ReceiptOut(Schema):
    """Receipt number, and the key to ask with: it is told this once."""

    receipt: str
    key: str


class StandingOut(Schema):
    """How a report stands."""

    status: Literal["open", "taken", "closed"]
    said: str
    outcome: str | None
    received_at: str
    closed_at: str | None


@router.get("/districts", auth=Requires(policies.REPORT), response=list[DistrictOut], operation_id="public_districts")
def list_districts(request: HttpRequest) -> list[dict[str, str]]:
    """The districts a report can be about."""
    rows = Division.objects.filter(level="district", until_date="").order_by("code", "id")[:500]
    return [{"id": row.id, "name": row.name} for row in rows]


@router.post("/reports", auth=Requires(policies.REPORT), response={201: ReceiptOut}, operation_id="public_report")
def report(request: HttpRequest, data: ReportIn) -> Status[dict[str, str]]:
    """Report something; at most 5 an hour from one network."""
    receipt = actions.receive_report(data.kind, data.division, data.where, data.text, address_of(request))
    return Status(201, {"receipt": receipt.number, "key": receipt.key})


@router.get(
    "/reports/{receipt}", auth=Requires(policies.REPORT), response=StandingOut, operation_id="public_report_standing"
)
def standing(
    request: HttpRequest,
    receipt: str,
    key: Annotated[str, Header(alias="X-Receipt-Key", max_length=64)] = "",
) -> dict[str, Any]:
    """How a report stands. The key goes into the header X-Receipt-Key, so that no log of addresses has it."""
    found = actions.standing_of(actions.Receipt(receipt, key), address_of(request))
    language = language_of(request)
    return {
        "status": found.status,
        "said": found.said.for_language(language),
        "outcome": None if found.outcome is None else found.outcome.for_language(language),
        "received_at": format_iso_ns(found.created_ns),
        "closed_at": None if found.closed_ns is None else format_iso_ns(found.closed_ns),
    }
