"""Public release of what was retrieved: ask, check, list."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.public_release import SHOWN
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Input
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.retrievals import policies, releasing
from mingjian.web.retrievals.models import PublicRelease
from mingjian.web.retrievals.schemas import seconds

router = Router(tags=["retrievals"])
releases_router = Router(tags=["retrievals"])
Kinds = Annotated[list[Annotated[str, Field(max_length=24)]], Field(max_length=16)]


class ReleaseIn(Input):
    """Where it is to be shown, by what right, what shows and what the redacted copy (its SHA-256) hides."""

    where: str = Field(min_length=2, max_length=200)
    legal_basis: str = Field(max_length=500)
    shown: Kinds
    protected: Kinds
    redacted_digest: str = Field("", pattern="^([0-9a-f]{64})?$")


class ReleaseCheckIn(Input):
    """Whether it may be published, and what was seen."""

    permit: bool
    note: str = Field(min_length=2, max_length=500)


class ReleaseOut(Schema):
    """`state`: asked, permitted, refused. `protects`: the kinds that can be named, in words."""

    id: str
    retrieval: str
    state: Literal["asked", "permitted", "refused"]
    where: str
    legal_basis: str
    shown: list[str]
    protected: list[str]
    redacted_digest: str
    asked_by: str
    asked_name: str
    asked_s: int | None
    checked_name: str
    checked_s: int | None
    note: str
    version: int


class ReleasesOut(Schema):
    """Those of a retrieval, newest first, and the kinds of what has to be protected in the reader's language."""

    items: list[ReleaseOut]
    kinds: dict[str, str]


@router.get("/{retrieval_id}/releases", auth=Requires(policies.READ_OWN), response=ReleasesOut,
            operation_id="releases_list")  # fmt: skip
def list_releases(request: HttpRequest, retrieval_id: str) -> dict[str, Any]:
    """Public releases of a retrieval."""
    language = language_of(request)
    return {
        "items": [_out(row) for row in releasing.releases_of(actor_of(request), retrieval_id)],
        "kinds": {name: text.for_language(language) for name, text in SHOWN.items()},
    }


@router.post("/{retrieval_id}/releases", auth=Requires(policies.RELEASE), response={201: ReleaseOut},
             operation_id="releases_ask")  # fmt: skip
def ask(request: HttpRequest, response: HttpResponse, retrieval_id: str, data: ReleaseIn) -> Status[dict[str, Any]]:
    """Ask to show it to the public. Takes Idempotency-Key."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return _out(releasing.ask_release(actor, retrieval_id, releasing.NewRelease(**data.model_dump())))

    status, made = create_once(request, response, actor.user, create)
    set_etag(response, made["version"])
    return Status(status, made)


@releases_router.post("/{release_id}/check", auth=Requires(policies.RELEASE), response=ReleaseOut,
                      operation_id="releases_check")  # fmt: skip
def check(request: HttpRequest, response: HttpResponse, release_id: str, data: ReleaseCheckIn) -> dict[str, Any]:
    """The second person's word; needs If-Match."""
    row = releasing.check_release(actor_of(request), release_id, data.permit, data.note, expected_version(request))
    set_etag(response, row.version)
    return _out(row)


def _out(row: PublicRelease) -> dict[str, Any]:
    return {
        **{key: getattr(row, key) for key in (
            "id", "state", "where", "legal_basis", "shown", "protected", "redacted_digest", "asked_name",
            "checked_name", "note", "version",
        )},
        "retrieval": row.retrieval_id,
        "asked_by": row.asked_by_id,
        "asked_s": seconds(row.asked_ns),
        "checked_s": seconds(row.checked_ns),
    }  # fmt: skip
