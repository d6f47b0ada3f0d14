"""The public page's calls: districts, a report, how it stands. No account."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Header, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.files.api import FILE_BODY, require_plain_body
from mingjian.web.http.guard import Requires
from mingjian.web.http.language import language_of
from mingjian.web.http.origin import address_of
from mingjian.web.http.schemas import Input
from mingjian.web.organisations.models import Division
from mingjian.web.reports import actions, policies

router = Router(tags=["public"])
Key = Annotated[str, Header(alias="X-Receipt-Key", max_length=64)]


class DistrictOut(Schema):
    """A district to choose."""

    id: str
    name: str


class ReportIn(Input):
    """What is wrong, and where: a division, or the sign one stands before. Nothing about the reporter is asked."""

    kind: Literal["private_room", "no_sign", "obstruction", "unlawful", "leak", "other"]
    division: Annotated[str, Field(max_length=26)] = ""
    sign: Annotated[str, Field(max_length=26)] = ""
    where: Annotated[str, Field(min_length=2, max_length=255)]
    text: Annotated[str, Field(max_length=2000)] = ""


class ReceiptOut(Schema):
    """Receipt number, and the key to ask with: it is told this once."""

    receipt: str
    key: str


class PublicSignOut(Schema):
    """What a sign says to whoever stands before it."""

    id: str
    place_name: str
    division_name: str
    position: str
    purpose: str
    telephone: str


class PicturesOut(Schema):
    """How many pictures the report has now."""

    pictures: int


class StandingOut(Schema):
    """How a report stands; `answer` is the organ's own words."""

    status: Literal["open", "taken", "closed"]
    said: str
    outcome: str | None
    answer: str
    pictures: int
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
    new = actions.NewReport(data.kind, data.where, data.text, data.division, data.sign)
    receipt = actions.receive_report(new, address_of(request))
    return Status(201, {"receipt": receipt.number, "key": receipt.key})


@router.get("/signs/{sign_id}", auth=Requires(policies.REPORT), response=PublicSignOut, operation_id="public_sign")
def sign(request: HttpRequest, sign_id: str) -> dict[str, Any]:
    """A sign by the number its QR code holds: what stands on it, so that a report need not describe the place."""
    found = actions.standing_sign(sign_id)
    return {
        "id": found.id,
        "place_name": found.place.name,
        "division_name": found.division.name,
        "position": found.position,
        "purpose": found.purpose,
        "telephone": found.telephone,
    }


@router.post(
    "/pictures",
    auth=Requires(policies.REPORT),
    response={201: PicturesOut},
    operation_id="public_report_picture",
    openapi_extra=FILE_BODY,
)
def picture(
    request: HttpRequest, receipt: Annotated[str, Field(max_length=16)], key: Key = ""
) -> Status[dict[str, int]]:
    """Add a picture to one's report: the body is its bytes, JPEG or PNG, at most 10 MiB; at most 6 a report."""
    require_plain_body(request)
    count = actions.add_picture(actions.Receipt(receipt, key), request, address_of(request))
    return Status(201, {"pictures": count})


@router.get(
    "/reports/{receipt}", auth=Requires(policies.REPORT), response=StandingOut, operation_id="public_report_standing"
)
def standing(request: HttpRequest, receipt: str, key: Key = "") -> dict[str, Any]:
    """How a report stands. The key goes into the header X-Receipt-Key, so that no log of addresses has it."""
    found = actions.standing_of(actions.Receipt(receipt, key), address_of(request))
    language = language_of(request)
    return {
        "status": found.status,
        "said": found.said.for_language(language),
        "outcome": None if found.outcome is None else found.outcome.for_language(language),
        "answer": found.answer,
        "pictures": found.pictures,
        "received_at": format_iso_ns(found.created_ns),
        "closed_at": None if found.closed_ns is None else format_iso_ns(found.closed_ns),
    }
