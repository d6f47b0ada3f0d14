"""Regions drawn over the footage of a package: films to draw on, the regions, the filled films, the derived package."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.clock import NS_PER_MS
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Input
from mingjian.web.http.streaming import download
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.retrievals import policies, redacting
from mingjian.web.retrievals.models import Redaction
from mingjian.web.retrievals.requests import retrieval_by_id
from mingjian.web.retrievals.schemas import seconds

router = Router(tags=["retrievals"])
_READ, _RELEASE = Requires(policies.READ_OWN), Requires(policies.RELEASE)
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Milliseconds = Annotated[int, Field(ge=0, le=1 << 53)]


class RegionIn(Input):
    """A polygon over a camera's pictures in [from_ms, to_ms) of UTC; corners as fractions of width and height."""

    camera: str = Field(max_length=64)
    from_ms: Milliseconds
    to_ms: Milliseconds
    points: list[Annotated[list[Fraction], Field(min_length=2, max_length=2)]] = Field(min_length=3, max_length=64)


class RegionsIn(Input):
    """All regions; those before are dropped."""

    regions: list[RegionIn] = Field(max_length=redacting.MOST_REGIONS)


class RegionOut(Schema):
    """As RegionIn."""

    camera: str
    from_ms: int
    to_ms: int
    points: list[list[float]]


class FilmOut(Schema):
    """A film. `anchors`: pairs of milliseconds of the film and of UTC at which a run begins in which both pass alike."""

    name: str
    camera: str
    camera_name: str
    from_ms: int
    to_ms: int
    pictures: int
    size_bytes: int
    anchors: list[list[int]]


class RedactionOut(Schema):
    """`state`: opening, drawing, ordered, filled, sealing, sealed, failed, cancelled; progress in ms of footage.

    `mine`: the one who asks draws it. `digest` is what a public release of it names as `redacted_digest`.
    """

    id: str
    package: str
    state: str
    mine: bool
    redacted_by: str
    begun_s: int
    regions: list[RegionOut]
    work_films: list[FilmOut]
    filled_films: list[FilmOut]
    digest: str
    done_ms: int
    total_ms: int
    size_bytes: int | None
    sha256: str
    manifest_digest: str
    problem: str
    version: int


@router.get("/{retrieval_id}/redactions", auth=_READ, response=list[RedactionOut], operation_id="redactions_list")
def list_redactions(request: HttpRequest, retrieval_id: str) -> list[dict[str, Any]]:
    """Newest first, with progress."""
    row = retrieval_by_id(actor_of(request), retrieval_id)
    return [_out(request, one) for one in redacting.redactions_of(row)]


@router.get("/{retrieval_id}/redactions/{redaction_id}", auth=_READ, response=RedactionOut,
            operation_id="redactions_get")  # fmt: skip
def get(request: HttpRequest, response: HttpResponse, retrieval_id: str, redaction_id: str) -> dict[str, Any]:
    """One of them."""
    row = redacting.redaction_by_id(retrieval_by_id(actor_of(request), retrieval_id), redaction_id)
    set_etag(response, row.version)
    return _out(request, row)


@router.post("/{retrieval_id}/packages/{package_id}/redactions", auth=_RELEASE, response={201: RedactionOut},
             operation_id="redactions_begin")  # fmt: skip
def begin(request: HttpRequest, response: HttpResponse, retrieval_id: str, package_id: str) -> Status[dict[str, Any]]:
    """Have films made to draw on, for one who executes the retrieval. Takes Idempotency-Key."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return _out(request, redacting.begin_redaction(actor, retrieval_id, package_id))

    status, made = create_once(request, response, actor.user, create)
    set_etag(response, made["version"])
    return Status(status, made)


@router.put("/{retrieval_id}/redactions/{redaction_id}/regions", auth=_RELEASE, response=RedactionOut,
            operation_id="redactions_draw")  # fmt: skip
def draw(
    request: HttpRequest, response: HttpResponse, retrieval_id: str, redaction_id: str, data: RegionsIn
) -> dict[str, Any]:
    """Keep these regions; needs If-Match."""
    regions = [
        redacting.DrawnRegion(
            one.camera, one.from_ms, one.to_ms, tuple((round(x * 10_000), round(y * 10_000)) for x, y in one.points)
        )
        for one in data.regions
    ]
    return _answer(request, response, redacting.draw_regions(
        actor_of(request), retrieval_id, redaction_id, regions, expected_version(request)
    ))  # fmt: skip


@router.post("/{retrieval_id}/redactions/{redaction_id}/order", auth=_RELEASE, response=RedactionOut,
             operation_id="redactions_order")  # fmt: skip
def order(request: HttpRequest, response: HttpResponse, retrieval_id: str, redaction_id: str) -> dict[str, Any]:
    """Have the regions filled; needs If-Match."""
    return _answer(request, response, redacting.order_films(
        actor_of(request), retrieval_id, redaction_id, expected_version(request)
    ))  # fmt: skip


@router.post("/{retrieval_id}/redactions/{redaction_id}/cancel", auth=_RELEASE, response=RedactionOut,
             operation_id="redactions_cancel")  # fmt: skip
def cancel(request: HttpRequest, response: HttpResponse, retrieval_id: str, redaction_id: str) -> dict[str, Any]:
    """Give it up; what is being filled goes back to drawing."""
    return _answer(request, response, redacting.cancel_redaction(actor_of(request), retrieval_id, redaction_id))


@router.get("/{retrieval_id}/redactions/{redaction_id}/work/{name}", auth=_RELEASE, operation_id="redactions_work_film")
def work_film(request: HttpRequest, retrieval_id: str, redaction_id: str, name: str) -> StreamingHttpResponse:
    """A film to draw on (MP4), for who draws."""
    film, pieces = redacting.take_work_film(actor_of(request), retrieval_id, redaction_id, name)
    return download(request, pieces, "video/mp4", name, film["bytes"])


@router.get("/{retrieval_id}/redactions/{redaction_id}/films/{name}", auth=_RELEASE, operation_id="redactions_film")
def film(request: HttpRequest, retrieval_id: str, redaction_id: str, name: str) -> StreamingHttpResponse:
    """A film with its regions filled (MP4), for who may ask for or check its release."""
    one, pieces = redacting.watch_filled_film(actor_of(request), retrieval_id, redaction_id, name)
    return download(request, pieces, "video/mp4", name, one["bytes"])


@router.get("/{retrieval_id}/redactions/{redaction_id}/content", auth=_RELEASE, operation_id="redactions_take")
def take(request: HttpRequest, retrieval_id: str, redaction_id: str) -> StreamingHttpResponse:
    """The derived package."""
    row, pieces = redacting.take_derived(actor_of(request), retrieval_id, redaction_id)
    return download(request, pieces, "application/zip", f"{row.pk}.zip", row.bytes or 0)


def _answer(request: HttpRequest, response: HttpResponse, row: Redaction) -> dict[str, Any]:
    set_etag(response, row.version)
    return _out(request, row)


def _out(request: HttpRequest, row: Redaction) -> dict[str, Any]:
    return {
        "id": row.pk,
        "package": row.package_id,
        "state": row.state,
        "mine": row.redacted_by_id == actor_of(request).user,
        "redacted_by": row.redacted_name,
        "begun_s": seconds(row.begun_ns),
        "regions": [
            {**one, "points": [[x / 10_000, y / 10_000] for x, y in one["points"]]} for one in row.regions
        ],
        "work_films": [_film(one) for one in row.work_films],
        "filled_films": [_film(one) for one in row.filled_films],
        "digest": row.digest,
        "done_ms": row.done_ms,
        "total_ms": row.total_ms,
        "size_bytes": row.bytes,
        "sha256": row.sha256,
        "manifest_digest": row.manifest_digest,
        "problem": row.problem_zh if language_of(request) == "zh" else row.problem_en,
        "version": row.version,
    }  # fmt: skip


def _film(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **{key: one[key] for key in ("name", "camera", "camera_name", "pictures")},
        "from_ms": one["start_ns"] // NS_PER_MS,
        "to_ms": -(-one["end_ns"] // NS_PER_MS),
        "size_bytes": one["bytes"],
        "anchors": [[film_ms, at_ns // NS_PER_MS] for film_ms, at_ns in one["anchors"]],
    }
