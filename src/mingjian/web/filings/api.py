"""Filings: draft, fill in, submit, correct, change; enter, return, register, close; papers and the exchange file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.rules.filing_contents import PARTS
from mingjian.rules.library import current_law
from mingjian.rules.states.filing import FILING
from mingjian.web.filings import actions, exchange, intake, judging, papers, policies, queries
from mingjian.web.filings.handing_in import today
from mingjian.web.filings.models import Filing
from mingjian.web.http.document import answers_file
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Plain, Reason
from mingjian.web.http.versions import expected_version, set_etag

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
router = Router(tags=["filings"])

Kind = Literal["acceptance", "entry_into_use", "both"]
Id = Annotated[str, Field(min_length=1, max_length=26)]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Parts = Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=20)]


class FormIn(Input):
    """What the form holds. `parts`: those handed in; `shared`: parts other departments share, not asked for."""

    parts: Parts | None = None
    shared: Parts | None = None
    credit_code: Annotated[str, Field(pattern=r"^([0-9A-HJ-NPQRTUWXY]{18})?$")] | None = None
    person_handling: str | None = Field(None, max_length=64)
    telephone: str | None = Field(None, max_length=32)
    seal: Literal["", "paper", "electronic"] | None = None
    note: str | None = Field(None, max_length=1000)

    def form(self) -> dict[str, Any]:
        """The form's own fields, as far as they were sent."""
        values = self.given()
        if "parts" in values:
            values["given"] = values.pop("parts")
        return {key: value for key, value in values.items() if key in actions.FORM}


class DraftIn(FormIn):
    """A filing of a system; `organisation` files, by default the responsible one."""

    system: Id
    kind: Kind = "both"
    organisation: Id | None = None
    channel: Literal["web", "api"] = "web"


class EnterIn(FormIn):
    """What came on paper or by wire; `scan` is a stored file, `postmark` of a letter."""

    system: Id
    kind: Kind = "both"
    organisation: Id | None = None
    channel: Literal["letter", "cable", "fax", "email", "edi"]
    received: Day
    postmark: Day | Literal[""] = ""
    scan: Id


class ReturnIn(Input):
    """The organ's own term for the correction; the law gives none."""

    due: Day
    note: str = Field("", max_length=500)
    ask: list[Annotated[str, Field(max_length=32)]] = Field(default=[], max_length=20)


class VerifyIn(Input):
    """What somebody found, part by part, as texts like the filed facts."""

    observed: dict[str, Annotated[str, Field(max_length=255)]] = Field(min_length=1, max_length=20)
    note: str = Field("", max_length=500)


class NumbersIn(Input):
    """A file of the national filing platform; XLSX as base64."""

    format: Literal["csv", "xlsx", "json"]
    content: str = Field(max_length=900_000)


class NumbersOut(Schema):
    """How many filings got a number."""

    changed: int


class PaperOut(Plain):
    """An issued paper; its PDF is at /filings/{id}/papers/{paper}.pdf."""

    id: str
    kind: Literal["slip", "notice", "receipt"]
    title: str
    issued_at: str


class AskedOut(Plain):
    """A part that is still to be handed in."""

    part: str
    label: str


class VersionOut(Plain):
    """What was handed in, and when."""

    number: int
    event: str
    submitted: str
    facts: dict[str, str]
    parts: list[str]
    by: str


class FilingOut(Plain):
    """A filing. `state_label` is its word for people; `due` the day the filer is to act by, "" when nothing runs."""

    id: str
    kind: str
    state: str
    state_label: str
    events: list[str]
    system: str
    system_name: str
    organisation: str
    organisation_name: str
    organ: str | None
    organ_name: str
    filer_roles: list[str]
    parts: list[str]
    shared: list[str]
    credit_code: str
    person_handling: str
    telephone: str
    seal: str
    note: str
    facts: dict[str, str]
    channel: str
    received: str
    postmark: str
    entered_by: str
    first_submitted: str
    correction_due: str
    number: str
    national_number: str
    registered: str
    findings: list[dict[str, Any]]
    changed: str
    changed_parts: list[str]
    due: str
    version: int


class CopyOut(Plain):
    """A district concerned, and its organ."""

    division_name: str
    organ_name: str
    leading: bool


class FilingFullOut(FilingOut):
    """One filing with what belongs to it. `scan` is the stored file of what came on paper; `today` the day in Shanghai."""

    today: str
    scan: str
    ask: list[AskedOut]
    contents: dict[str, Any]
    timeliness: dict[str, Any]
    recipients: list[str]
    copies: list[CopyOut]
    papers: list[PaperOut]
    versions: list[VersionOut]


class FilingPage(Schema):
    """Filings, newest first. `today` is the day in Shanghai, by which `due` counts."""

    today: str
    items: list[FilingOut]
    next: str | None


@router.get("", auth=Requires(policies.READ), response=FilingPage, operation_id="filings_list")
def list_filings(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=12)] = "",
    system: Annotated[str, Field(max_length=26)] = "",
    kind: Annotated[str, Field(max_length=16)] = "",
    organ: Annotated[str, Field(max_length=26)] = "",
    text: Annotated[str, Field(max_length=64)] = "",
    overdue: bool = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The filings of the actor's reach; `overdue` are those whose day to hand in or to correct is over."""
    on, wanted = today().isoformat(), queries.Wanted(state, system, kind, organ, text, overdue)
    found, following = page(queries.filings(actor_of(request), wanted, on), ["-created_ns", "-id"], cursor, limit)
    language = language_of(request)
    return {"today": on, "items": [_plain(filing, language) for filing in found], "next": following}


@router.post("", auth=Requires(policies.FILE), response={201: FilingFullOut}, operation_id="filings_draft")
def draft_filing(request: HttpRequest, response: HttpResponse, data: DraftIn) -> Status[dict[str, Any]]:
    """Begin a filing; it is not handed in yet."""
    actor = actor_of(request)
    values = data.form()

    def create() -> dict[str, Any]:
        filing = actions.draft_filing(actor, data.system, data.kind, data.organisation, values, data.channel)
        return _full(filing, language_of(request))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.post("/entered", auth=Requires(policies.TAKE_IN), response={201: FilingFullOut}, operation_id="filings_enter")
def enter_filing(request: HttpRequest, response: HttpResponse, data: EnterIn) -> Status[dict[str, Any]]:
    """Enter a letter, cable, fax, e-mail or EDI message with its scan; it is handed in at once."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        filing = intake.enter_filing(
            actor, data.system, data.kind, data.organisation, data.channel, data.received, data.postmark, data.scan,
            data.form(),
        )  # fmt: skip
        return _full(filing, language_of(request))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.get(
    "/exchange",
    auth=Requires(policies.EXCHANGE),
    operation_id="filings_exchange_export",
    openapi_extra=answers_file("text/csv", "application/json", _XLSX),
)
def export_exchange(request: HttpRequest, format: Literal["csv", "xlsx", "json"] = "xlsx") -> HttpResponse:
    """The basic information table of what is registered, for the national filing platform."""
    content = exchange.export_table(actor_of(request), format)
    types = {
        "csv": "text/csv; charset=utf-8",
        "json": "application/json",
        "xlsx": _XLSX,
    }
    answer = HttpResponse(content, content_type=types[format])
    answer["Content-Disposition"] = f'attachment; filename="filings.{format}"'
    return answer


@router.post("/exchange", auth=Requires(policies.EXCHANGE), response=NumbersOut, operation_id="filings_exchange_import")
def import_exchange(request: HttpRequest, data: NumbersIn) -> dict[str, Any]:
    """Take the platform's numbers in; one wrong row changes nothing."""
    return {"changed": exchange.import_numbers(actor_of(request), data.format, data.content)}


@router.get("/{filing_id}", auth=Requires(policies.READ), response=FilingFullOut, operation_id="filings_get")
def get_filing(request: HttpRequest, response: HttpResponse, filing_id: str) -> dict[str, Any]:
    """One filing with what is still asked for, its clocks, papers and versions; with ETag."""
    return _answer(request, response, queries.filing_by_id(actor_of(request), filing_id))


@router.patch("/{filing_id}", auth=Requires(policies.FILE), response=FilingFullOut, operation_id="filings_change")
def change_filing(request: HttpRequest, response: HttpResponse, filing_id: str, data: FormIn) -> dict[str, Any]:
    """Fill the form in further; needs If-Match."""
    filing = actions.change_filing(actor_of(request), filing_id, data.form(), expected_version(request))
    return _answer(request, response, filing)


@router.post("/{filing_id}/submit", auth=Requires(policies.FILE), response=FilingFullOut, operation_id="filings_submit")
def submit_filing(request: HttpRequest, response: HttpResponse, filing_id: str) -> dict[str, Any]:
    """Hand it in, corrected or changed too; needs If-Match. Nothing missing stops it."""
    filing = actions.submit_filing(actor_of(request), filing_id, expected_version(request))
    return _answer(request, response, filing)


@router.post(
    "/{filing_id}/withdraw", auth=Requires(policies.FILE), response=FilingFullOut, operation_id="filings_withdraw"
)
def withdraw_filing(request: HttpRequest, response: HttpResponse, filing_id: str, data: Reason) -> dict[str, Any]:
    """Give a draft up; needs If-Match."""
    filing = actions.withdraw_filing(actor_of(request), filing_id, data.reason, expected_version(request))
    return _answer(request, response, filing)


@router.post(
    "/{filing_id}/return", auth=Requires(policies.DECIDE), response=FilingFullOut, operation_id="filings_return"
)
def return_filing(request: HttpRequest, response: HttpResponse, filing_id: str, data: ReturnIn) -> dict[str, Any]:
    """Return it, once, with the one-time notice; needs If-Match."""
    filing = intake.return_filing(
        actor_of(request), filing_id, data.due, data.note, expected_version(request), data.ask
    )
    return _answer(request, response, filing)


@router.post(
    "/{filing_id}/verify", auth=Requires(policies.VERIFY), response=dict[str, Any], operation_id="filings_verify"
)
def verify_filing(request: HttpRequest, filing_id: str, data: VerifyIn) -> dict[str, Any]:
    """Hold what was filed against what was found; needs If-Match."""
    said = intake.verify_filing(actor_of(request), filing_id, data.observed, data.note, expected_version(request))
    return said.document()


@router.post(
    "/{filing_id}/register", auth=Requires(policies.DECIDE), response=FilingFullOut, operation_id="filings_register"
)
def register_filing(request: HttpRequest, response: HttpResponse, filing_id: str) -> dict[str, Any]:
    """Register it with a number and findings; needs If-Match."""
    filing = intake.register_filing(actor_of(request), filing_id, expected_version(request))
    return _answer(request, response, filing)


@router.post("/{filing_id}/close", auth=Requires(policies.DECIDE), response=FilingFullOut, operation_id="filings_close")
def close_filing(request: HttpRequest, response: HttpResponse, filing_id: str, data: Reason) -> dict[str, Any]:
    """Close it after a total removal; needs If-Match."""
    filing = intake.close_filing(actor_of(request), filing_id, data.reason, expected_version(request))
    return _answer(request, response, filing)


@router.get(
    "/{filing_id}/papers/{paper_id}.pdf",
    auth=Requires(policies.READ),
    operation_id="filings_paper",
    openapi_extra=answers_file("application/pdf"),
)
def get_paper(request: HttpRequest, filing_id: str, paper_id: str) -> HttpResponse:
    """A paper as PDF: the same bytes each time."""
    paper = queries.paper_of(actor_of(request), filing_id, paper_id)
    answer = HttpResponse(papers.pdf(paper), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{paper.kind}-{paper.id}.pdf"'
    return answer


def _answer(request: HttpRequest, response: HttpResponse, filing: Filing) -> dict[str, Any]:
    set_etag(response, filing.version)
    return _full(filing, language_of(request))


def _full(filing: Filing, language: str) -> dict[str, Any]:
    law, on = current_law(), today()
    recipients = list(filing.recipients.select_related("division", "organisation").order_by("-leading", "division_id"))
    return {
        **_plain(filing, language),
        "today": on.isoformat(),
        "scan": filing.scan_file,
        "contents": judging.contents(law, filing, on).document(),
        "ask": [
            {"part": part, "label": PARTS[part].for_language(language)}
            for part in judging.still_to_ask(law, filing, on)
        ],
        "timeliness": judging.timeliness(law, filing, on).document(),
        "recipients": [one.division_id for one in recipients],
        "copies": [
            {
                "division_name": one.division.name,
                "organ_name": "" if one.organisation is None else one.organisation.name,
                "leading": one.leading,
            }
            for one in recipients
        ],
        "papers": [
            {
                "id": paper.id,
                "kind": paper.kind,
                "title": papers.TITLES[paper.kind],
                "issued_at": format_iso_ns(paper.issued_ns),
            }
            for paper in filing.papers.order_by("number")
        ],
        "versions": [
            {
                "number": one.number,
                "event": one.event,
                "submitted": one.submitted_date,
                "facts": one.facts,
                "parts": one.given,
                "by": one.by_name,
            }
            for one in filing.versions.order_by("number")
        ],
    }


def _plain(filing: Filing, language: str) -> dict[str, Any]:
    fields = (
        "id", "kind", "state", "filer_roles", "shared", "credit_code", "person_handling", "telephone", "seal",
        "note", "facts", "channel", "entered_by", "number", "national_number", "findings", "changed_parts", "version",
    )  # fmt: skip
    return {
        **{field: getattr(filing, field) for field in fields},
        "parts": filing.given,
        "state_label": FILING.label(filing.state).for_language(language),
        "events": list(FILING.events(filing.state)),
        "system": filing.system_id,
        "system_name": filing.system.name,
        "organisation": filing.organisation_id,
        "organisation_name": filing.organisation.name,
        "organ": filing.organ_id,
        "organ_name": "" if filing.organ is None else filing.organ.name,
        "received": filing.received_date,
        "postmark": filing.postmark_date,
        "first_submitted": filing.first_submitted_date,
        "correction_due": filing.correction_due_date,
        "registered": filing.registered_date,
        "changed": filing.changed_date,
        "due": queries.due_day(filing),
    }
