"""Retrievals: asking and deciding. What happens at the holder's desk is in api_desk."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, Router, Status

from mingjian.rules.state_table import LETS_THROUGH
from mingjian.web.files.api import as_attachment
from mingjian.web.http.document import answers_file
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.retrievals import deciding, policies, requests
from mingjian.web.retrievals.attachments import open_attachment
from mingjian.web.retrievals.documents import document_pdf
from mingjian.web.retrievals.models import Retrieval
from mingjian.web.retrievals.schemas import (
    ApproveIn,
    BodyOut,
    CheckIn,
    CheckOut,
    RequestChangeIn,
    RequestIn,
    RetrievalOut,
    RetrievalPage,
    SupervisorOut,
    brief,
    whole,
)

router = Router(tags=["retrievals"])
_READ, _ASK = Requires(policies.READ_OWN), Requires(policies.ASK)


@router.post("/check", auth=_ASK, response=CheckOut, operation_id="retrievals_check")
def check(request: HttpRequest, data: CheckIn) -> dict[str, Any]:
    """Which rules apply and what is missing, before anything is sent. Keeps nothing."""
    found = requests.check_request(actor_of(request), data.value())
    return {
        "judgements": [one.document() for one in found.judgements],
        "missing": [one.document() for one in found.judgements if one.verdict not in LETS_THROUGH],
        "holder": None if found.holder is None else found.holder.id,
        "holder_name": None if found.holder is None else found.holder.name,
    }


@router.get("/bodies", auth=_ASK, response=list[BodyOut], operation_id="retrievals_bodies")
def list_bodies(request: HttpRequest) -> list[dict[str, Any]]:
    """In whose name one may ask, and on which ways."""
    return requests.bodies_of(actor_of(request))


@router.get("", auth=_READ, response=RetrievalPage, operation_id="retrievals_list")
def list_retrievals(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=20)] = "",
    way: Annotated[str, Field(max_length=20)] = "",
    cursor: Cursor = None,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """One's own body's, those it holds footage of, and what it coordinates."""
    rows = requests.visible(actor_of(request))
    if state:
        rows = rows.filter(state=state)
    if way:
        rows = rows.filter(way=way)
    found, following = page(rows, ["-created_ns", "-id"], cursor, limit)
    return {"items": [brief(row, language_of(request)) for row in found], "next": following}


@router.post("", auth=_ASK, response={201: RetrievalOut}, operation_id="retrievals_draft")
def draft(request: HttpRequest, response: HttpResponse, data: RequestIn) -> Status[dict[str, Any]]:
    """Keep a draft. Takes Idempotency-Key."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return whole(requests.draft_request(actor, data.value()), language_of(request))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.get("/{retrieval_id}", auth=_READ, response=RetrievalOut, operation_id="retrievals_get")
def get(request: HttpRequest, response: HttpResponse, retrieval_id: str) -> dict[str, Any]:
    """One retrieval with its history, with ETag."""
    return answer(request, response, requests.retrieval_by_id(actor_of(request), retrieval_id))


@router.get(
    "/{retrieval_id}/judgements", auth=_READ, response=list[dict[str, Any]], operation_id="retrievals_judgements"
)
def judgements(request: HttpRequest, retrieval_id: str) -> list[dict[str, Any]]:
    """What each rule says of it as it stands now: what is still missing, and for whom."""
    row = requests.retrieval_by_id(actor_of(request), retrieval_id)
    return [one.document() for one in requests.judgements_of(row)]


@router.get(
    "/{retrieval_id}/supervisors", auth=_READ, response=list[SupervisorOut], operation_id="retrievals_supervisors"
)
def supervisors(request: HttpRequest, retrieval_id: str) -> list[dict[str, str]]:
    """Who of the holder's staff may attend: for whoever consents to a person's viewing."""
    return deciding.supervisors_of(actor_of(request), retrieval_id)


@router.get(
    "/{retrieval_id}/documents/{kind}.pdf",
    auth=_READ,
    operation_id="retrievals_document",
    openapi_extra=answers_file("application/pdf"),
)
def document(request: HttpRequest, retrieval_id: str, kind: str) -> HttpResponse:
    """A paper as PDF: approval, notice, register, undertaking, receipt."""
    made = HttpResponse(document_pdf(actor_of(request), retrieval_id, kind), content_type="application/pdf")
    made["Content-Disposition"] = f'inline; filename="{kind}-{retrieval_id}.pdf"'
    return made


@router.get(
    "/{retrieval_id}/attachments/{part}",
    auth=_READ,
    operation_id="retrievals_attachment",
    openapi_extra=answers_file("*/*"),
)
def attachment(request: HttpRequest, retrieval_id: str, part: str) -> StreamingHttpResponse:
    """A paper handed in with the request: own_approval, identity, relation."""
    return as_attachment(request, *open_attachment(actor_of(request), retrieval_id, part))


@router.patch("/{retrieval_id}", auth=_ASK, response=RetrievalOut, operation_id="retrievals_change")
def change(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: RequestChangeIn) -> dict[str, Any]:
    """Change a draft or what was returned; needs If-Match."""
    given = data.given()
    given.pop("spans", None)
    spans = None if data.spans is None else [one.span() for one in data.spans]
    row = requests.change_request(actor_of(request), retrieval_id, given, spans, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/submit", auth=_ASK, response=RetrievalOut, operation_id="retrievals_submit")
def submit(request: HttpRequest, response: HttpResponse, retrieval_id: str) -> dict[str, Any]:
    """Send it; the footage is held from now on."""
    row = requests.submit_request(actor_of(request), retrieval_id, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/withdraw", auth=_ASK, response=RetrievalOut, operation_id="retrievals_withdraw")
def withdraw(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """Take a draft back."""
    row = requests.withdraw_request(actor_of(request), retrieval_id, data.reason, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/escalate", auth=_ASK, response=RetrievalOut, operation_id="retrievals_escalate")
def escalate(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """Take a refusal to the organ above."""
    row = requests.escalate_request(actor_of(request), retrieval_id, data.reason, expected_version(request))
    return answer(request, response, row)


@router.post("/{retrieval_id}/coordinate", auth=Requires(policies.COORDINATE), response=RetrievalOut,
             operation_id="retrievals_coordinate")  # fmt: skip
def coordinate(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """The district organ's record of a department's coordination."""
    row = deciding.coordinate(actor_of(request), retrieval_id, data.reason, expected_version(request))
    return answer(request, response, row)


# Who decides depends on the way, so the guard of these is the right to read; the action asks for the right to decide.


@router.post("/{retrieval_id}/approve", auth=_READ, response=RetrievalOut, operation_id="retrievals_approve")
def approve(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: ApproveIn) -> dict[str, Any]:
    """Approve, or approve less."""
    spans = None if data.spans is None else [one.span() for one in data.spans]
    row = deciding.approve(
        actor_of(request),
        retrieval_id,
        data.expires_s,
        spans,
        data.supervisor,
        expected_version(request),
        data.code,
    )
    return answer(request, response, row)


@router.post("/{retrieval_id}/return", auth=_READ, response=RetrievalOut, operation_id="retrievals_return")
def send_back(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """Papers are missing."""
    return _send_back(request, response, retrieval_id, "return", data.reason)


@router.post("/{retrieval_id}/refuse", auth=_READ, response=RetrievalOut, operation_id="retrievals_refuse")
def refuse(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """Refuse a complete request, with its reason."""
    return _send_back(request, response, retrieval_id, "refuse", data.reason)


@router.post("/{retrieval_id}/uphold", auth=_READ, response=RetrievalOut, operation_id="retrievals_uphold")
def uphold(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: Reason) -> dict[str, Any]:
    """Uphold a refusal that was escalated; somebody else than who refused."""
    return _send_back(request, response, retrieval_id, "uphold", data.reason)


def _send_back(
    request: HttpRequest, response: HttpResponse, retrieval_id: str, event: str, reason: str
) -> dict[str, Any]:
    row = deciding.send_back(actor_of(request), retrieval_id, event, reason, expected_version(request))
    return answer(request, response, row)


def answer(request: HttpRequest, response: HttpResponse, row: Retrieval) -> dict[str, Any]:
    """The retrieval with its ETag."""
    set_etag(response, row.version)
    return whole(row, language_of(request))
