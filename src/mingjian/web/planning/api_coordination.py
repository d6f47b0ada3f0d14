"""Coordination mechanisms of governments, and tasks of departments."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.planning import coordination, policies
from mingjian.web.planning.api_plans import Id
from mingjian.web.planning.models import CoordinationTask, Mechanism
from mingjian.web.planning.schemas import JudgementOut, judgement_out

router = Router(tags=["planning"])


class MechanismIn(Input):
    """A government's mechanism. `version` 0 when there is none yet."""

    exists: bool
    members: list[Id] = Field(max_length=200)
    included_in: list[Literal["urban_rural_planning", "smart_city"]]
    document: str = Field("", max_length=128)
    version: int = Field(ge=0)


class MechanismOut(Schema):
    """The mechanism, and what clause 3.1 says about it."""

    organisation: str
    organisation_name: str
    exists: bool
    members: list[str]
    included_in: list[str]
    document: str
    judgement: JudgementOut
    version: int


class TaskIn(Input):
    """A task for a department; `duty` is which of the departments the clause names it is."""

    sender: Id
    department: Id
    duty: str = Field(min_length=1, max_length=32)
    basis: str = Field("", max_length=255)
    matter: str = Field(min_length=2, max_length=500)
    part: str | None = Field(None, max_length=26)
    due_date: str = Field("", max_length=10)


class AnswerIn(Input):
    """What the department says."""

    state: Literal["accepted", "declined", "done"]
    answer: str = Field("", max_length=1000)


class TaskOut(Schema):
    """A coordination task."""

    id: str
    sender: str
    sender_name: str
    department: str
    department_name: str
    duty: str
    basis: str
    matter: str
    place: str | None
    part: str | None
    state: str
    due_date: str
    answer: str
    version: int


class TaskPage(Schema):
    """A page of tasks."""

    items: list[TaskOut]
    next: str | None


@router.get("/mechanisms", auth=Requires(policies.READ), response=list[MechanismOut], operation_id="mechanisms_list")
def list_mechanisms(request: HttpRequest) -> list[dict[str, Any]]:
    """The mechanisms of the governments of one's reach."""
    rows = policies.READ.visible(
        actor_of(request),
        Mechanism.objects.select_related("organisation__division").order_by("id"),
        "organisation_id",
        "organisation__division_id",
    )
    return [_mechanism(row, language_of(request)) for row in rows]


@router.put(
    "/mechanisms/{organisation_id}", auth=Requires(policies.APPROVE), response=MechanismOut,
    operation_id="mechanisms_set",
)  # fmt: skip
def set_mechanism(request: HttpRequest, organisation_id: str, data: MechanismIn) -> dict[str, Any]:
    """Register a government's mechanism; `version` is the one you saw."""
    values = data.dict()
    row, _ = coordination.set_mechanism(actor_of(request), organisation_id, values, values.pop("version"))
    return _mechanism(row, language_of(request))


@router.get("/tasks", auth=Requires(policies.READ), response=TaskPage, operation_id="tasks_list")
def list_tasks(
    request: HttpRequest,
    state: Annotated[str, Field(max_length=12)] = "",
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Tasks sent or received within one's reach, newest first."""
    actor = actor_of(request)
    rows = CoordinationTask.objects.select_related("sender", "department")
    sent = policies.READ.visible(actor, rows, "sender_id", "sender__division_id")
    received = policies.READ.visible(actor, rows, "department_id", "department__division_id")
    rows = rows.filter(Q(pk__in=sent.values("pk")) | Q(pk__in=received.values("pk")))
    if state:
        rows = rows.filter(state=state)
    found, following = page(rows, ["-id"], cursor, limit)
    return {"items": [_task(task) for task in found], "next": following}


@router.post("/tasks", auth=Requires(policies.COORDINATE), response={201: TaskOut}, operation_id="tasks_send")
def send_task(request: HttpRequest, response: HttpResponse, data: TaskIn) -> Status[dict[str, Any]]:
    """Send a task to a department."""
    actor = actor_of(request)
    values = data.dict()
    sender = values.pop("sender")

    def create() -> dict[str, Any]:
        return _task(coordination.send_task(actor, sender, values)[0])

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.post("/tasks/{task_id}/answer", auth=Requires(policies.ANSWER), response=TaskOut, operation_id="tasks_answer")
def answer_task(request: HttpRequest, response: HttpResponse, task_id: str, data: AnswerIn) -> dict[str, Any]:
    """Accept, decline or report it done; needs If-Match."""
    task = coordination.answer_task(actor_of(request), task_id, data.state, data.answer, expected_version(request))
    set_etag(response, task.version)
    return _task(task)


@router.post(
    "/tasks/{task_id}/withdraw", auth=Requires(policies.COORDINATE), response=TaskOut, operation_id="tasks_withdraw"
)
def withdraw_task(request: HttpRequest, response: HttpResponse, task_id: str, data: Reason) -> dict[str, Any]:
    """Take a task back; needs If-Match."""
    task = coordination.withdraw_task(actor_of(request), task_id, data.reason, expected_version(request))
    set_etag(response, task.version)
    return _task(task)


def _mechanism(row: Mechanism, language: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("exists", "members", "included_in", "document", "version")} | {
        "organisation": row.organisation_id,
        "organisation_name": row.organisation.name,
        "judgement": judgement_out(coordination.judge(row), language),
    }


def _task(task: CoordinationTask) -> dict[str, Any]:
    names = ("id", "duty", "basis", "matter", "state", "due_date", "answer", "version")
    return {name: getattr(task, name) for name in names} | {
        "sender": task.sender_id,
        "sender_name": task.sender.name,
        "department": task.department_id,
        "department_name": task.department.name,
        "place": task.place_id,
        "part": task.part_id,
    }
