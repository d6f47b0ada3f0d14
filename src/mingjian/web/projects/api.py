"""Projects: propose, fill in, step; texts checked for mandated brands."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.library import current_law
from mingjian.rules.states.project import PROJECT
from mingjian.web.filings.handing_in import today
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.projects import actions, judging, policies
from mingjian.web.projects.models import Project, ProjectStep

router = Router(tags=["projects"])

Id = Annotated[str, Field(min_length=1, max_length=26)]
Date = Annotated[str, Field(max_length=10)]
Dates = Annotated[dict[str, Date], Field(max_length=3)]


class WorkIn(Input):
    """A work by a contractor: judged on its day."""

    kind: Literal["design", "construction", "maintenance"]
    day: Date = ""
    building_engineering: bool | None = None
    contractor: str = Field("", max_length=26)


class ConsultationReplyIn(Input):
    """What the military or classified unit answered; `file` is its paper."""

    positive: bool | None = None
    file: str = Field("", max_length=26)
    day: Date = ""


class AssessmentIn(Input):
    """The privacy assessment of one camera."""

    may_infringe: bool | None = None
    measures: Annotated[list[Literal["mask", "limited_angle", "relocated"]], Field(max_length=3)] | None = None
    mask_plan: str | None = Field(None, max_length=1000)
    mask_confirmed: bool | None = None


class ProjectChangeIn(Input):
    """What became known. `papers` maps a paper (rules.acceptance, drawings, ...) to a stored file."""

    name: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    kind: Literal["new", "rebuilt", "extended", "other"] | None = None
    main_dates: Dates | None = None
    own_dates: Dates | None = None
    works: Annotated[list[WorkIn], Field(max_length=50)] | None = None
    papers: Annotated[dict[Annotated[str, Field(max_length=40)], Id], Field(max_length=40)] | None = None
    reply: ConsultationReplyIn | None = None
    assessments: Annotated[dict[Id, AssessmentIn], Field(max_length=2000)] | None = None


class ProjectIn(Input):
    """A project of a system; `organisation` builds it, by default the responsible one."""

    system: Id
    organisation: Id | None = None
    name: Annotated[str, Field(min_length=1, max_length=128)]
    kind: Literal["new", "rebuilt", "extended", "other"] = "new"


class ProjectStepIn(Input):
    """A step, and the day it happened (today when not given)."""

    event: Annotated[str, Field(min_length=1, max_length=20)]
    date: Date = ""


class TemplateIn(Input):
    """A procurement or enrolment text, and the papers that its form demands of contractors, by kind of certificate."""

    text: Annotated[str, Field(max_length=100_000)]
    demands: list[Annotated[str, Field(max_length=48)]] = Field(default=[], max_length=50)


class ProjectStepOut(Schema):
    """A step tried."""

    event: str
    moved: bool
    state: str
    on: str
    judgement: dict[str, Any]
    by: str


class ProjectOut(Schema):
    """A project."""

    id: str
    name: str
    kind: str
    state: str
    state_label: str
    events: list[str]
    system: str
    system_name: str
    organisation: str
    organisation_name: str
    version: int


class ProjectCameraOut(Schema):
    """A camera of it with its assessment."""

    camera: str
    name: str
    may_infringe: bool | None
    measures: list[str]
    mask_plan: str
    mask_confirmed: bool


class ProjectFullOut(ProjectOut):
    """One project with all that is on file."""

    main_dates: dict[str, str]
    own_dates: dict[str, str]
    works: list[dict[str, Any]]
    papers: dict[str, str]
    reply: dict[str, Any] | None
    cameras: list[ProjectCameraOut]
    steps: list[ProjectStepOut]
    beside: list[dict[str, Any]]


class ProjectPage(Schema):
    """Projects, newest first."""

    items: list[ProjectOut]
    next: str | None


@router.get("", auth=Requires(policies.READ), response=ProjectPage, operation_id="projects_list")
def list_projects(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=20)] = "",
    system: Annotated[str, Field(max_length=26)] = "",
    text: Annotated[str, Field(max_length=64)] = "",
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The projects of the actor's reach; `text` is part of the project's or its system's name."""
    rows = policies.READ.visible(actor_of(request), Project.objects.select_related("system", "organisation"))
    if state:
        rows = rows.filter(state=state)
    if system:
        rows = rows.filter(system_id=system)
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(system__name__contains=text))
    found, following = page(rows, ["-created_ns", "-id"], cursor, limit)
    return {"items": [_plain(one, language_of(request)) for one in found], "next": following}


@router.post("", auth=Requires(policies.BUILD), response={201: ProjectFullOut}, operation_id="projects_propose")
def propose(request: HttpRequest, response: HttpResponse, data: ProjectIn) -> Status[dict[str, Any]]:
    """Propose a project with the cameras its system has now."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        values = {"name": data.name, "kind": data.kind}
        return _full(actions.propose(actor, data.system, data.organisation, values), language_of(request))

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.post(
    "/templates/check",
    auth=Requires(policies.CHECK_TEMPLATE),
    response=dict[str, Any],
    operation_id="projects_template",
)
def check_template(request: HttpRequest, data: TemplateIn) -> dict[str, Any]:
    """Whether a text mandates a brand or a firm, or its form demands a paper that no statute does."""
    return actions.check_template(actor_of(request), data.text, tuple(data.demands)).document()


@router.get("/{project_id}", auth=Requires(policies.READ), response=ProjectFullOut, operation_id="projects_get")
def get_project(request: HttpRequest, response: HttpResponse, project_id: str) -> dict[str, Any]:
    """One project, with ETag."""
    return _answer(request, response, actions.project_by_id(actor_of(request), project_id))


@router.patch("/{project_id}", auth=Requires(policies.BUILD), response=ProjectFullOut, operation_id="projects_change")
def change_project(
    request: HttpRequest, response: HttpResponse, project_id: str, data: ProjectChangeIn
) -> dict[str, Any]:
    """Put in what became known; needs If-Match."""
    project = actions.change_project(actor_of(request), project_id, data.given(), expected_version(request))
    return _answer(request, response, project)


@router.post("/{project_id}/step", auth=Requires(policies.BUILD), response=ProjectFullOut, operation_id="projects_step")
def take_step(request: HttpRequest, response: HttpResponse, project_id: str, data: ProjectStepIn) -> dict[str, Any]:
    """Try a step; needs If-Match. The last of `steps` says whether it went through, and why not."""
    step = actions.take_step(actor_of(request), project_id, data.event, data.date, expected_version(request))
    return _answer(request, response, step.project)


def _answer(request: HttpRequest, response: HttpResponse, project: Project) -> dict[str, Any]:
    set_etag(response, project.version)
    return _full(project, language_of(request))


def _full(project: Project, language: str) -> dict[str, Any]:
    fields = ("main_dates", "own_dates", "works", "papers", "reply")
    return {
        **_plain(project, language),
        **{field: getattr(project, field) for field in fields},
        "cameras": [
            {
                "camera": row.camera_id,
                "name": row.camera.name,
                "may_infringe": row.may_infringe,
                "measures": row.measures,
                "mask_plan": row.mask_plan,
                "mask_confirmed": row.mask_confirmed_ns is not None,
            }
            for row in project.cameras.select_related("camera").order_by("camera_id")
        ],
        "steps": [_step(one) for one in project.steps.order_by("id")],
        "beside": [one.document() for one in judging.beside(current_law(), project, today())],
    }


def _step(one: ProjectStep) -> dict[str, Any]:
    return {
        "event": one.event,
        "moved": one.moved,
        "state": one.state,
        "on": one.on_date,
        "judgement": one.judgement,
        "by": one.by_name,
    }


def _plain(project: Project, language: str) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "kind": project.kind,
        "state": project.state,
        "state_label": PROJECT.label(project.state).for_language(language),
        "events": [event for event in PROJECT.events(project.state) if event != "refuse"],
        "system": project.system_id,
        "system_name": project.system.name,
        "organisation": project.organisation_id,
        "organisation_name": project.organisation.name,
        "version": project.version,
    }
