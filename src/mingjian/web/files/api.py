"""Files: hand in, list by subject, read, download, take down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Field, Router, Schema, Status

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.files import actions, policies, queries
from mingjian.web.files.models import StoredFile
from mingjian.web.http.document import answers_file
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Limit, Reason
from mingjian.web.http.streaming import stream

router = Router(tags=["files"])
Kind = Annotated[str, Field(min_length=1, max_length=16, pattern="^[a-z_]+$")]
Id = Annotated[str, Field(max_length=26, pattern="^[0-9A-Za-z_-]*$")]
_FORMS = ("multipart/", "application/x-www-form-urlencoded")
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class FileOut(Schema):
    """A stored file. `sha256` is of the bytes as stored: pictures were encoded anew."""

    id: str
    name: str
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    sha256: str
    kind: str
    subject: str
    part: str
    organisation: str
    created_ns: str
    removed: bool


class FilePage(Schema):
    """Files, newest first."""

    items: list[FileOut]
    next: str | None


@router.post(
    "",
    auth=Requires(policies.KEEP),
    response={200: FileOut, 201: FileOut},
    operation_id="files_upload",
    openapi_extra=FILE_BODY,
)
def upload(
    request: HttpRequest,
    kind: Kind,
    name: Annotated[str, Field(max_length=255)],
    subject: Id = "",
    organisation: Id = "",
    part: Annotated[str, Field(max_length=32)] = "",
) -> Status[dict[str, Any]]:
    """Hand in a file: the body is its bytes, at most 32 MiB. The same bytes again answer 200 with the file there is."""
    require_plain_body(request)
    about = actions.About(kind, subject, organisation, part)
    row, new = actions.upload_file(actor_of(request), about, name, request)
    return Status(201 if new else 200, _plain(row))


@router.get("", auth=Requires(policies.READ), response=FilePage, operation_id="files_list")
def list_files(
    request: HttpRequest, kind: Kind, subject: Id, removed: bool = False, cursor: Cursor = None, limit: Limit = 100
) -> dict[str, Any]:
    """The files of an object."""
    rows = queries.files_about(actor_of(request), kind, subject, removed=removed)
    found, following = page(rows, ["-created_ns", "-id"], cursor, limit)
    return {"items": [_plain(row) for row in found], "next": following}


@router.get("/{file_id}", auth=Requires(policies.READ), response=FileOut, operation_id="files_get")
def get_file(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """What is known of a file; also of one that was taken down."""
    return _plain(actions.file_by_id(actor_of(request), file_id))


@router.get(
    "/{file_id}/content",
    auth=Requires(policies.READ),
    operation_id="files_download",
    openapi_extra=answers_file("*/*"),
)
def download(request: HttpRequest, file_id: str) -> StreamingHttpResponse:
    """The bytes: always as an attachment, never as a page of ours."""
    return as_attachment(request, *actions.download_file(actor_of(request), file_id))


def as_attachment(request: HttpRequest, row: StoredFile, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    """A file's bytes as something to save, never as a page of ours."""
    answer = stream(request, pieces, row.media_type)
    answer["Content-Length"] = str(row.bytes)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=row.name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return answer


@router.post("/{file_id}/remove", auth=Requires(policies.KEEP), response=FileOut, operation_id="files_remove")
def remove(request: HttpRequest, file_id: str, data: Reason) -> dict[str, Any]:
    """Take a file down, with the reason; its row stays."""
    return _plain(actions.remove_file(actor_of(request), file_id, data.reason))


def require_plain_body(request: HttpRequest) -> None:
    """The body is the file itself. Raises MingjianError invalid for a form, which Django would have read already."""
    if (request.content_type or "").startswith(_FORMS):
        said = Text(zh="请直接以文件内容作为请求正文", en="send the file's bytes as the body, not a form")
        raise MingjianError("invalid", said, fault=Fault.USER, field="content")


def _plain(row: StoredFile) -> dict[str, Any]:
    fields = ("id", "name", "media_type", "bytes", "width", "height", "sha256", "part")
    return {
        **{field: getattr(row, field) for field in fields},
        "kind": row.subject_kind,
        "subject": row.subject_id,
        "organisation": row.organisation_id,
        "created_ns": str(row.created_ns),
        "removed": row.removed_ns is not None,
    }
