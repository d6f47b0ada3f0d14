"""Imports and exports: templates, upload, preview, apply, undo; files of what is registered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Field, Router, Schema, Status

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.exchange import batches
from mingjian.web.exchange.books import CSV_TYPE, XLSX_TYPE, csv_template, template
from mingjian.web.exchange.export import export
from mingjian.web.exchange.jobs import desk
from mingjian.web.exchange.kinds import Kind, Names
from mingjian.web.exchange.models import ImportBatch, ImportRow
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Limit, Reason
from mingjian.web.http.streaming import stream
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry.rights import EXPORT, IMPORT

imports = Router(tags=["imports"])
exports = Router(tags=["exports"])

KindName = Literal["cameras", "devices", "channels", "memberships", "places", "systems", "organisations"]
Name = Annotated[str, Field(max_length=255)]
Id = Annotated[str, Field(max_length=26, pattern="^[0-9A-Za-z_-]*$")]
_FORMS = ("multipart/", "application/x-www-form-urlencoded")  # Django would have read the body already
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class SaidOut(Schema):
    """A problem or a note, in the reader's language. `column` is the heading of its column, "" for the whole row."""

    column: str
    said: str
    remedy: str


class ImportOut(Schema):
    """An import: what its rows do, and how far the work on it has come (`total` 0: nobody can say yet)."""

    id: str
    kind: str
    form: str
    name: str
    sha256: str
    state: str
    error: SaidOut | None
    rows_new: int
    rows_changed: int
    rows_same: int
    rows_refused: int
    rows_noted: int
    rows_left: int
    done: int
    total: int
    created_ns: str
    applied_ns: str | None
    undone_ns: str | None
    version: int


class ImportPage(Schema):
    """Imports, newest first."""

    items: list[ImportOut]
    next: str | None


class CellOut(Schema):
    """A field that a row sets: its heading, what is there now ("" for a new object), and what will be."""

    column: str
    before: str
    after: str


class ImportRowOut(Schema):
    """A row: what it does, field by field."""

    number: int
    change: str
    subject: str
    name: str
    cells: list[CellOut]
    errors: list[SaidOut]
    notes: list[SaidOut]
    left: SaidOut | None


class ImportRowPage(Schema):
    """Rows in the file's order."""

    items: list[ImportRowOut]
    next: str | None


@imports.get("/template", auth=Requires(IMPORT), operation_id="imports_template")
def get_template(request: HttpRequest, kind: KindName, form: Literal["xlsx", "csv"] = "xlsx") -> HttpResponse:
    """A sheet to fill in: Chinese headers, explanations in both languages, drop-down lists."""
    of_kind = batches.KINDS[kind]
    body = template(of_kind.columns, of_kind.title) if form == "xlsx" else csv_template(of_kind.columns)
    answer = HttpResponse(body, content_type=XLSX_TYPE if form == "xlsx" else CSV_TYPE)
    _attached(answer, f"{of_kind.title.zh}导入模板.{form}")
    return answer


@imports.post("", auth=Requires(IMPORT), response={201: ImportOut}, operation_id="imports_upload", openapi_extra=_BODY)
def post_import(
    request: HttpRequest,
    kind: KindName,
    name: Name,
    organisation: Name = "",
    division: Name = "",
    datum: Literal["", "WGS-84", "CGCS2000", "GCJ-02", "BD-09"] = "",
) -> Status[Any]:
    """Hand in a file (the body is its bytes: .xlsx, .csv or a catalogue of GB/T 28181) and begin its preview.

    `organisation`, `division` and `datum` are for a catalogue, which does not say them.
    """
    if (request.content_type or "").startswith(_FORMS):
        said = Text(zh="请直接以文件内容作为请求正文", en="send the file's bytes as the body, not a form")
        raise MingjianError("invalid", said, fault=Fault.USER, field="content")
    options = {"organisation": organisation, "division": division, "datum": datum}
    batch = batches.upload(actor_of(request), kind, name, request, {key: one for key, one in options.items() if one})
    return Status(201, _out(batch, language_of(request)))


@imports.get("", auth=Requires(IMPORT), response=ImportPage, operation_id="imports_list")
def list_imports(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """One's own imports; those of everybody for whoever imports for the whole installation."""
    rows, following = page(batches.visible_batches(actor_of(request)), ["-created_ns", "-id"], cursor, limit)
    language = language_of(request)
    return {"items": [_out(batches.settled(row), language) for row in rows], "next": following}


@imports.get("/{import_id}", auth=Requires(IMPORT), response=ImportOut, operation_id="imports_get")
def get_import(request: HttpRequest, response: HttpResponse, import_id: str) -> dict[str, Any]:
    """How far it has come and what its rows do."""
    return _answer(request, response, batches.batch_by_id(actor_of(request), import_id))


@imports.get("/{import_id}/rows", auth=Requires(IMPORT), response=ImportRowPage, operation_id="imports_rows")
def get_rows(
    request: HttpRequest,
    import_id: str,
    change: Literal["", "new", "changed", "same", "refused", "noted", "left"] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The preview row by row; `noted`: rows with notes, `left`: rows that undoing left as they are."""
    batch = batches.batch_by_id(actor_of(request), import_id)
    rows = batch.rows.all()
    if change == "noted":
        rows = rows.exclude(notes=[])
    elif change == "left":
        rows = rows.exclude(left=None)
    elif change:
        rows = rows.filter(change=change)
    found, following = page(rows, ["number", "id"], cursor, limit)
    return {"items": _rows_out(batches.KINDS[batch.kind], found, language_of(request)), "next": following}


@imports.post("/{import_id}/apply", auth=Requires(IMPORT), response=ImportOut, operation_id="imports_apply")
def post_apply(request: HttpRequest, response: HttpResponse, import_id: str) -> dict[str, Any]:
    """Begin to import it: the whole file, or nothing of it. Takes If-Match."""
    return _answer(
        request, response, batches.apply_batch(actor_of(request), import_id, expected_version(request))
    )  # fmt: skip


@imports.post("/{import_id}/undo", auth=Requires(IMPORT), response=ImportOut, operation_id="imports_undo")
def post_undo(request: HttpRequest, response: HttpResponse, import_id: str, data: Reason) -> dict[str, Any]:
    """Begin to take it back; objects changed since stay as they are, and say so. Takes If-Match."""
    expected = expected_version(request)
    return _answer(request, response, batches.undo_batch(actor_of(request), import_id, data.reason, expected))


@imports.post("/{import_id}/drop", auth=Requires(IMPORT), response=ImportOut, operation_id="imports_drop")
def post_drop(request: HttpRequest, response: HttpResponse, import_id: str) -> dict[str, Any]:
    """Throw a preview away. Takes If-Match."""
    return _answer(request, response, batches.drop_batch(actor_of(request), import_id, expected_version(request)))


@exports.get("/{objects}", auth=Requires(EXPORT), operation_id="exports_get")
def get_export(
    request: HttpRequest,
    objects: KindName,
    form: Literal["xlsx", "csv", "gb28181"] = "xlsx",
    organisation: Id = "",
    division: Id = "",
) -> StreamingHttpResponse:
    """What is registered within one's reach, in the form it is imported from."""
    pieces, media_type = export(
        actor_of(request), objects, form, {"organisation": organisation, "division": division}
    )  # fmt: skip
    ending = "xml" if form == "gb28181" else form
    answer = stream(request, pieces, media_type)
    _attached(answer, f"{batches.KINDS[objects].title.zh}.{ending}")
    return answer


def _attached(answer: HttpResponse | StreamingHttpResponse, name: str) -> None:
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"


def _answer(request: HttpRequest, response: HttpResponse, batch: ImportBatch) -> dict[str, Any]:
    set_etag(response, batch.version)
    return _out(batch, language_of(request))


def _out(batch: ImportBatch, language: str) -> dict[str, Any]:
    fields = (
        "id", "kind", "form", "name", "sha256", "state", "rows_new", "rows_changed", "rows_same", "rows_refused",
        "rows_noted", "rows_left", "version",
    )  # fmt: skip
    job = desk.job_of(batch.id)
    return {
        **{field: getattr(batch, field) for field in fields},
        "error": None if batch.error is None else _said(batch.error, language, {}),
        "done": 0 if job is None else job.done,
        "total": 0 if job is None else job.total,
        "created_ns": str(batch.created_ns),
        "applied_ns": None if batch.applied_ns is None else str(batch.applied_ns),
        "undone_ns": None if batch.undone_ns is None else str(batch.undone_ns),
    }


def _rows_out(kind: Kind, rows: list[ImportRow], language: str) -> list[dict[str, Any]]:
    names = Names([document for row in rows for document in (row.values, row.before or {})])
    titles = {column.key: column.title.for_language(language) for column in kind.columns}
    found = []
    for row in rows:
        before, after = kind.cells(row.before or {}, names), kind.cells(row.values, names)
        found.append({
            "number": row.number, "change": row.change, "subject": row.subject_id, "name": row.name,
            "cells": [
                {"column": titles[key], "before": before.get(key, ""), "after": text}
                for key, text in after.items()
                if text or before.get(key)
            ],
            "errors": [_said(one, language, titles) for one in row.errors],
            "notes": [_said(one, language, titles) for one in row.notes],
            "left": None if row.left is None else _said(row.left, language, titles),
        })  # fmt: skip
    return found


def _said(kept: dict[str, str], language: str, titles: dict[str, str]) -> dict[str, str]:
    ending = "zh" if language == "zh" else "en"
    column = kept.get("column", "")
    return {"column": titles.get(column, column), "said": kept[ending], "remedy": kept.get(f"remedy_{ending}", "")}
