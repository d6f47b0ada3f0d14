"""GET audit, its names, and its export."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Field, Query, Router, Schema

from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns
from mingjian.web.audit.actions import EXPORTED, record
from mingjian.web.audit.names import all_names
from mingjian.web.audit.policies import EXPORT, READ
from mingjian.web.audit.queries import FIELDS, AuditFilter, as_row, entries_page, export_rows
from mingjian.web.http.document import answers_file
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Cursor, Limit, Plain
from mingjian.web.http.streaming import stream

router = Router(tags=["audit"])

Short = Annotated[str, Field(max_length=128)]


class AuditCitationOut(Plain):
    """A clause an entry rests on, and what its rule said (empty: cited without a verdict)."""

    clause: str
    verdict: str


class AuditEntryOut(Plain):
    """One entry. `title` is the action in the reader's language; `right` the policy that decided;
    `api_token` the id of the token it was done by.

    `organisation_id` and `division_id`: whose the object is and where it lies, empty where that is not known.
    """

    id: int
    at: str
    actor_id: str
    actor_name: str
    actor_unit: str
    actor_role: str
    actor_post: str
    actor_organisation: str
    address: str
    action: str
    title: str
    object_kind: str
    object_id: str
    object_name: str
    organisation_id: str
    division_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    right: str
    clause: str | None
    clauses: list[AuditCitationOut]
    reason: str
    outcome: Literal["done", "denied", "failed"]
    request: str
    api_token: str | None


class AuditPage(Schema):
    """A page, newest first; `next` is the cursor of the following one.

    `searched_to`: the answer's time was up before the page was full; entries back to that time were looked through, and
    `next` goes on from there. The page may then be empty although more entries fit; null: the page is full or the last.
    """

    items: list[AuditEntryOut]
    next: str | None
    searched_to: str | None


class AuditNameOut(Schema):
    """A registered action."""

    name: str
    title: str


class AuditQuery(Schema):
    """What to look for."""

    actor: Short = ""
    actor_organisation: Short = ""
    action: Short = ""
    object_kind: Short = ""
    object_id: Short = ""
    organisation: Short = ""
    outcome: Literal["", "done", "denied", "failed"] = ""
    clause: Short = ""
    text: Short = ""
    from_: str | None = Field(None, alias="from", max_length=40)
    to: str | None = Field(None, max_length=40)

    def filter(self) -> AuditFilter:
        """The filter; raises MingjianError `bad_time`."""
        return AuditFilter(
            actor=self.actor,
            actor_organisation=self.actor_organisation,
            organisation=self.organisation,
            action=self.action,
            object_kind=self.object_kind,
            object_id=self.object_id,
            outcome=self.outcome,
            clause=self.clause,
            text=self.text,
            from_ns=parse_iso_ns(self.from_, "from") if self.from_ else None,
            to_ns=parse_iso_ns(self.to, "to") if self.to else None,
        )


@router.get("", auth=Requires(READ), response=AuditPage, operation_id="audit_list")
def list_audit(
    request: HttpRequest,
    query: Query[AuditQuery],
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Entries, newest first. What no index finds, a text above all, is looked for: such an answer may end early."""
    found, language = entries_page(actor_of(request), query.filter(), cursor, limit), language_of(request)
    return {
        "items": [as_row(row, language) for row in found.rows],
        "next": found.following,
        "searched_to": None if found.searched_ns is None else format_iso_ns(found.searched_ns),
    }


@router.get("/names", auth=Requires(READ), response=list[AuditNameOut], operation_id="audit_names")
def list_names(request: HttpRequest) -> list[dict[str, str]]:
    """Every action that can be recorded."""
    language = language_of(request)
    return [{"name": name, "title": title.for_language(language)} for name, title in all_names().items()]


@router.get(
    "/export",
    auth=Requires(EXPORT),
    operation_id="audit_export",
    openapi_extra=answers_file("text/csv", "application/json"),
)
def export_audit(
    request: HttpRequest, query: Query[AuditQuery], format: Literal["csv", "json"] = "csv"
) -> StreamingHttpResponse:
    """All entries that fit, oldest first, as CSV (UTF-8 with BOM, for spreadsheets) or a JSON array. Itself recorded."""
    wanted = query.filter()
    given = {key: value for key, value in query.dict(by_alias=True).items() if value}
    record(actor_of(request), EXPORTED, kind="audit", after={"format": format, "filter": given}, policy=EXPORT)
    rows = export_rows(actor_of(request), wanted, language_of(request))
    body = _as_csv(rows) if format == "csv" else _as_json(rows)
    kind = "text/csv; charset=utf-8" if format == "csv" else "application/json"
    response = stream(request, body, kind)
    response["Content-Disposition"] = f'attachment; filename="audit.{format}"'
    return response


def _as_csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(FIELDS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in FIELDS])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _cell(value: object) -> object:
    """A cell no spreadsheet takes for a formula (a name may begin with = or @)."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _as_json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield "["
    separator = "\n"
    for row in rows:
        yield separator + json.dumps(row, ensure_ascii=False)
        separator = ",\n"
    yield "\n]\n"
