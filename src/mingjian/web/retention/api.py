"""Retention proofs: lists, one certificate, its file, figures of systems and organisations, what is asked of quality."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.dates import check_date
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry.judging import shown
from mingjian.web.registry.keeping import governed_of, minimum_of
from mingjian.web.retention import actions, policies, queries
from mingjian.web.retention.judging import judged
from mingjian.web.retention.models import ProvedDay

router = Router(tags=["retention"])
Day = Annotated[str, Field(max_length=10)]


class ProofOut(Schema):
    """The figures of one certificate; times in milliseconds, `completeness_ppm` in millionths, null when nothing is owed."""

    camera: str
    camera_name: str
    day: str
    window_days: int
    met: bool
    recorded_ms: int
    owed_ms: int
    completeness_ppm: int | None
    oldest_s: int | None
    decodes: bool | None
    deleted_until: str
    altered: int
    missing: int
    volumes_absent: int
    codecs: str
    width: int | None
    height: int | None
    fps_milli: int | None
    bitrate_bps: int | None
    findings: list[str]
    certificate: str


class ProofPage(Schema):
    """Proofs of a day, or of a camera the newest first."""

    items: list[ProofOut]
    next: str | None


class ProofDetail(ProofOut):
    """One proof with what the law says: `judgements` by subject (kept, original, quality, floor); `floor_days` is the
    least that packs and overlays ask for the camera's place; `document` the certificate as signed, null when it is gone.
    """

    keep_days: int
    floor_days: int
    judgements: dict[str, dict[str, Any]]
    document: dict[str, Any] | None


class UnprovedOut(Schema):
    """A camera without a proof of the day."""

    id: str
    name: str
    organisation: str | None


class UnprovedPage(Schema):
    """By name."""

    day: str
    items: list[UnprovedOut]
    next: str | None


class Figures(Schema):
    """Sums over the cameras proved that day."""

    cameras: int
    proved: int
    met: int
    with_findings: int
    recorded_ms: int
    owed_ms: int
    completeness_ppm: int | None


class GroupFigures(Figures):
    """Of one system or organisation."""

    id: str
    name: str


class CompletenessOut(Schema):
    """Everything in reach, and each system or organisation with cameras."""

    day: str
    total: Figures
    items: list[GroupFigures]
    next: str | None


class ProfileIn(Input):
    """What is asked of stored quality; `basis` names the standard, or whoever asks for it."""

    height: int = Field(ge=1, le=16_384)
    fps_milli: int = Field(ge=1, le=240_000)
    bitrate_bps: int = Field(0, ge=0, le=1_000_000_000)
    basis: str = Field(min_length=2, max_length=128)


class ProfileOut(Schema):
    """As it stands."""

    system: str
    height: int
    fps_milli: int
    bitrate_bps: int
    basis: str
    version: int


@router.get("/proofs", auth=Requires(policies.READ), response=ProofPage, operation_id="retention_proofs")
def list_proofs(
    request: HttpRequest,
    day: Day = "",
    camera: Annotated[str, Field(max_length=26)] = "",
    findings: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The proofs of a day (yesterday when not given), or of one camera through time; `findings` only with, or without."""
    rows = queries.proofs(actor_of(request)).select_related("camera")
    rows = rows.filter(camera_id=camera) if camera else rows.filter(day=_day(day))
    if findings is not None:
        rows = rows.filter(sound=not findings)
    found, following = page(rows, ["-day", "id"], cursor, limit)
    return {"items": [_plain(row) for row in found], "next": following}


@router.get("/unproved", auth=Requires(policies.READ), response=UnprovedPage, operation_id="retention_unproved")
def list_unproved(request: HttpRequest, day: Day = "", cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Cameras that have no proof of the day: nothing is known of what they keep."""
    day = _day(day)
    found, following = page(queries.unproved(actor_of(request), day), ["name", "id"], cursor, limit)
    items = [{"id": one.id, "name": one.name, "organisation": one.organisation_id} for one in found]
    return {"day": day, "items": items, "next": following}


@router.get("/completeness", auth=Requires(policies.READ), response=CompletenessOut, operation_id="retention_figures")
def get_completeness(
    request: HttpRequest,
    by: Literal["organisation", "system"] = "organisation",
    day: Day = "",
    organisation: Annotated[str, Field(max_length=26)] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Recording completeness and retention met, of everything below an organisation, by system or organisation."""
    day = _day(day)
    total, items, following = queries.completeness(actor_of(request), by, day, organisation, cursor, limit)
    return {"day": day, "total": total, "items": items, "next": following}


@router.get(
    "/proofs/{camera_id}/{day}", auth=Requires(policies.READ), response=ProofDetail, operation_id="retention_proof"
)
def get_proof(request: HttpRequest, camera_id: str, day: str) -> dict[str, Any]:
    """One proof, judged as of the day it was due."""
    actor = actor_of(request)
    row = queries.proof_of(actor, camera_id, check_date(day, "day", exact=True))
    law, on = current_law(), dt.date.fromisoformat(row.day) + dt.timedelta(days=1)
    governed = governed_of(law, row.camera, on)
    profile = getattr(row.camera.system, "quality_profile", None)
    language = language_of(request)
    said = judged(law, row, row.camera.keep_days, profile, governed)
    return {
        **_plain(row),
        "keep_days": row.camera.keep_days,
        "floor_days": minimum_of(law, governed, on),
        "judgements": {name: shown(one, language) for name, one in said.items()},
        "document": queries.certificate_document(row),
    }


@router.get("/proofs/{camera_id}/{day}/file", auth=Requires(policies.READ), operation_id="retention_proof_file")
def get_proof_file(request: HttpRequest, camera_id: str, day: str) -> HttpResponse:
    """The certificate with its place in the ledger, for `mingjian retention verify`."""
    row = queries.proof_of(actor_of(request), camera_id, check_date(day, "day", exact=True))
    content = wiring.retention_file()(row.camera_id, row.day)
    answer = HttpResponse(content, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="retention-{row.camera_id}-{row.day}.json"'
    return answer


@router.put(
    "/profiles/{system_id}", auth=Requires(policies.PROFILE), response=ProfileOut, operation_id="retention_profile_set"
)
def put_profile(request: HttpRequest, response: HttpResponse, system_id: str, data: ProfileIn) -> dict[str, Any]:
    """Say what is asked of a system's stored quality; needs If-Match once there is one."""
    expected = expected_version(request) if request.headers.get("If-Match") else None
    row = actions.set_quality_profile(actor_of(request), system_id, **data.model_dump(), expected=expected)
    set_etag(response, row.version)
    fields = ("height", "fps_milli", "bitrate_bps", "basis", "version")
    return {"system": row.system_id, **{field: getattr(row, field) for field in fields}}


def _day(day: str) -> str:
    return check_date(day, "day", exact=True) if day else queries.yesterday()


def _plain(row: ProvedDay) -> dict[str, Any]:
    fields = (
        "day", "window_days", "met", "recorded_ms", "owed_ms", "decodes", "deleted_until", "altered", "missing",
        "volumes_absent", "codecs", "width", "height", "fps_milli", "bitrate_bps", "findings",
    )  # fmt: skip
    return {
        **{field: getattr(row, field) for field in fields},
        "camera": row.camera_id,
        "camera_name": row.camera.name,
        "completeness_ppm": row.recorded_ms * 1_000_000 // row.owed_ms if row.owed_ms else None,
        "oldest_s": None if row.oldest_ns is None else row.oldest_ns // 1_000_000_000,
        "certificate": row.digest,
    }
