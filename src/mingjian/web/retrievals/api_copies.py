"""Player copies of a package: ordering them, their progress, calling one off, taking one's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.streaming import download
from mingjian.web.retrievals import copies, policies
from mingjian.web.retrievals.models import RetrievalCopy
from mingjian.web.retrievals.requests import retrieval_by_id
from mingjian.web.retrievals.schemas import seconds

router = Router(tags=["retrievals"])
_READ, _DESK = Requires(policies.READ_OWN), Requires(policies.HAND_OVER)


class PlayerCopyOut(Schema):
    """One film. `state`: wanted, making, ready, failed, cancelled; progress in milliseconds of footage.

    `takes`: the one who asks may take it.
    """

    id: str
    package: str
    state: str
    recipient: str
    unit: str
    camera: str
    camera_name: str
    from_s: int
    to_s: int
    done_ms: int
    total_ms: int
    ready_s: int | None
    size_bytes: int | None
    sha256: str
    problem: str
    takes: bool


@router.get("/{retrieval_id}/copies", auth=_READ, response=list[PlayerCopyOut], operation_id="retrievals_copies")
def list_copies(request: HttpRequest, retrieval_id: str) -> list[dict[str, Any]]:
    """Newest first, with progress."""
    return _all(request, retrieval_id)


@router.post("/{retrieval_id}/packages/{package_id}/copies", auth=_DESK, response={201: list[PlayerCopyOut]},
             operation_id="retrievals_copy")  # fmt: skip
def order(request: HttpRequest, retrieval_id: str, package_id: str) -> Status[list[dict[str, Any]]]:
    """One of every clip for each who executes and has none yet; answers all copies."""
    copies.order_copies(actor_of(request), retrieval_id, package_id)
    return Status(201, _all(request, retrieval_id))


@router.post("/{retrieval_id}/copies/{copy_id}/cancel", auth=_DESK, response=list[PlayerCopyOut],
             operation_id="retrievals_copy_cancel")  # fmt: skip
def cancel(request: HttpRequest, retrieval_id: str, copy_id: str) -> list[dict[str, Any]]:
    """Call it off: nothing of it stays; answers all copies."""
    copies.cancel_copy(actor_of(request), retrieval_id, copy_id)
    return _all(request, retrieval_id)


@router.get("/{retrieval_id}/copies/{copy_id}/content", auth=_READ, operation_id="retrievals_copy_take")
def take(request: HttpRequest, retrieval_id: str, copy_id: str) -> StreamingHttpResponse:
    """The film (MP4), for its recipient alone."""
    row, pieces = copies.download_copy(actor_of(request), retrieval_id, copy_id)
    return download(request, pieces, "video/mp4", f"{row.pk}.mp4", row.bytes or 0)


def _all(request: HttpRequest, retrieval_id: str) -> list[dict[str, Any]]:
    actor = actor_of(request)
    row = retrieval_by_id(actor, retrieval_id)
    at_desk = row.holder is not None and policies.HAND_OVER.allows(actor, row.holder)
    users = dict(row.executors.values_list("pk", "user_id"))
    return [
        _out(
            one,
            language_of(request),
            his=users[one.executor_id] == actor.user or (users[one.executor_id] is None and at_desk),
        )
        for one in copies.copies_of(row)
    ]


def _out(row: RetrievalCopy, language: str, *, his: bool) -> dict[str, Any]:
    return {
        "id": row.pk,
        "package": row.package_id,
        "state": row.state,
        "recipient": row.recipient_name,
        "unit": row.recipient_unit,
        "camera": row.camera_id,
        "camera_name": row.camera.name,
        "from_s": seconds(row.from_ns),
        "to_s": seconds(row.to_ns),
        "done_ms": row.done_ms,
        "total_ms": row.total_ms,
        "ready_s": seconds(row.ready_ns),
        "size_bytes": row.bytes,
        "sha256": row.sha256,
        "problem": row.problem_zh if language == "zh" else row.problem_en,
        "takes": his and row.state == "ready",
    }
