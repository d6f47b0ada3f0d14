"""The sealed package of a retrieval: its progress, calling it off, ordering another, taking it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.streaming import download
from mingjian.web.http.versions import expected_version
from mingjian.web.retrievals import packaging, policies
from mingjian.web.retrievals.models import RetrievalPackage
from mingjian.web.retrievals.requests import retrieval_by_id
from mingjian.web.retrievals.schemas import package_out

router = Router(tags=["retrievals"])
_READ, _DESK = Requires(policies.READ_OWN), Requires(policies.HAND_OVER)


class MaskedClipOut(Schema):
    """[from_s, to_s) of a camera under so many privacy masks: what they cover is in the package in films only."""

    camera: str
    name: str
    from_s: int
    to_s: int
    masks: int


class PackageOut(Schema):
    """A package. `state`: wanted, making, ready, failed, cancelled; `problem` says what it waits for or why it failed.

    `problem_code` is its code. `masked`: the clips under privacy masks, since no lift was granted for this retrieval.
    """

    id: str
    state: str
    done_bytes: int
    total_bytes: int
    wanted_s: int
    ready_s: int | None
    size_bytes: int | None
    sha256: str
    manifest_digest: str
    problem: str
    problem_code: str
    wanted_by: str
    masked: list[MaskedClipOut]


@router.get("/{retrieval_id}/packages", auth=_READ, response=list[PackageOut], operation_id="retrievals_packages")
def list_packages(request: HttpRequest, retrieval_id: str) -> list[dict[str, Any]]:
    """Newest first, with progress."""
    row = retrieval_by_id(actor_of(request), retrieval_id)
    return [package_out(one, language_of(request)) for one in packaging.packages_of(row)]


@router.post("/{retrieval_id}/packages", auth=_DESK, response={201: PackageOut}, operation_id="retrievals_package")
def order(request: HttpRequest, retrieval_id: str) -> Status[dict[str, Any]]:
    """Another one, after one that failed or was called off; needs If-Match. The first is ordered by executing."""
    return Status(201, _out(request, packaging.order_again(
        actor_of(request), retrieval_id, expected_version(request)
    )))  # fmt: skip


@router.post("/{retrieval_id}/packages/{package_id}/cancel", auth=_DESK, response=PackageOut,
             operation_id="retrievals_package_cancel")  # fmt: skip
def cancel(request: HttpRequest, retrieval_id: str, package_id: str) -> dict[str, Any]:
    """Call it off: nothing of it stays. One that is ready is evidence and stays."""
    return _out(request, packaging.cancel_package(actor_of(request), retrieval_id, package_id))


@router.get("/{retrieval_id}/packages/{package_id}/content", auth=_READ, operation_id="retrievals_package_take")
def take(request: HttpRequest, retrieval_id: str, package_id: str) -> StreamingHttpResponse:
    """The package itself, for those who execute the retrieval."""
    row, pieces = packaging.download_package(actor_of(request), retrieval_id, package_id)
    return download(request, pieces, "application/zip", f"{row.pk}.zip", row.bytes or 0)


def _out(request: HttpRequest, row: RetrievalPackage) -> dict[str, Any]:
    return package_out(row, language_of(request))
