"""Obstruction cases: list, read, report, step."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import strictest
from mingjian.rules.library import current_law
from mingjian.rules.states.obstruction import OBSTRUCTION
from mingjian.web import wiring
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.obstructions import cases, judging, policies
from mingjian.web.obstructions.models import ObstructionCase

router = Router(tags=["obstructions"])


class CaseIn(Input):
    """What somebody saw. `lead`: an inspection lead that it is taken from."""

    camera: str = Field(max_length=26)
    act: Literal["cover", "spray", "alter", "move", "remove"]
    authorised: bool = False
    detail: str = Field("", max_length=2000)
    picture: str = Field("", max_length=26)
    lead: str = Field("", max_length=26)


class CaseStepIn(Input):
    """A step; `picture` with `restore`."""

    event: Literal["confirm", "dismiss", "notify", "restore", "relapse", "close"]
    picture: str = Field("", max_length=26)
    note: str = Field("", max_length=500)


class CaseOut(Schema):
    """A case; `judgement` is what the law says of the act today."""

    id: str
    camera: str
    camera_name: str
    act: str
    authorised: bool
    source: str
    state: str
    state_label: str
    events: list[str]
    detail: str
    picture: str
    picture_after: str
    lead: str | None
    found: str
    restored: str
    created_at: str
    judgement: dict[str, Any]
    version: int


class CasePage(Schema):
    """Cases, newest first."""

    items: list[CaseOut]
    next: str | None


@router.get("", auth=Requires(policies.READ), response=CasePage, operation_id="obstructions_list")
def list_cases(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=12)] = "",
    camera: Annotated[str, Field(max_length=26)] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The cases of the actor's reach."""
    rows = policies.READ.visible(actor_of(request), ObstructionCase.objects.all())
    if state:
        rows = rows.filter(state=state)
    if camera:
        rows = rows.filter(camera_id=camera)
    rows = rows.select_related("camera__system__place")
    found, following = page(rows, ["-created_ns", "-id"], cursor, limit)
    return {"items": [_plain(case, language_of(request)) for case in found], "next": following}


@router.post("", auth=Requires(policies.REPORT), response={201: CaseOut}, operation_id="obstructions_report")
def post_case(request: HttpRequest, response: HttpResponse, data: CaseIn) -> Status[dict[str, Any]]:
    """Report an obstruction. Takes Idempotency-Key."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        case = cases.report_obstruction(
            actor, data.camera, data.act, data.authorised, data.detail, data.picture, data.lead
        )
        return _plain(case, language_of(request))

    status, made = create_once(request, response, actor.user, create)
    set_etag(response, made["version"])
    return Status(status, made)


@router.get("/{case_id}", auth=Requires(policies.READ), response=CaseOut, operation_id="obstructions_get")
def get_case(request: HttpRequest, response: HttpResponse, case_id: str) -> dict[str, Any]:
    """One case, with ETag."""
    case = cases.case_by_id(actor_of(request), case_id)
    set_etag(response, case.version)
    return _plain(case, language_of(request))


@router.post("/{case_id}/step", auth=Requires(policies.REPORT), response=CaseOut, operation_id="obstructions_step")
def step_case(request: HttpRequest, response: HttpResponse, case_id: str, data: CaseStepIn) -> dict[str, Any]:
    """Take a step; needs If-Match. All but `restore` is the organ's."""
    actor = actor_of(request)
    case = cases.step_case(actor, case_id, data.event, data.picture, data.note, expected_version(request))
    set_etag(response, case.version)
    return _plain(case, language_of(request))


def _plain(case: ObstructionCase, language: str) -> dict[str, Any]:
    law, on = current_law(), shanghai_day(wiring.clock().now_ns())
    fields = ("id", "act", "authorised", "source", "state", "detail", "version")
    return {
        **{field: getattr(case, field) for field in fields},
        "camera": case.camera_id,
        "camera_name": case.camera.name,
        "state_label": OBSTRUCTION.label(case.state).for_language(language),
        "events": list(OBSTRUCTION.events(case.state)),
        "picture": case.picture_file,
        "picture_after": case.picture_after_file,
        "lead": case.lead_id,
        "found": case.found_date,
        "restored": case.restored_date,
        "created_at": format_iso_ns(case.created_ns),
        "judgement": strictest(judging.judged(law, case, on)).document(),
    }
