"""The to-do page."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from mingjian.rules.day_count import shanghai_day
from mingjian.web import wiring
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Plain
from mingjian.web.law.queries import cited
from mingjian.web.todo import policies
from mingjian.web.todo.providers import todo_of

router = Router(tags=["todo"])


class TodoClauseOut(Plain):
    """A clause it rests on: its key, and how people read it."""

    key: str
    printed: str


class TodoOut(Plain):
    """One thing to do."""

    title: str
    subject_kind: str
    subject_id: str
    due: str
    overdue: bool
    urgent: bool
    cited: list[TodoClauseOut]


class GroupOut(Plain):
    """A kind of things to do: how many there are, and the first of them."""

    kind: str
    title: str
    count: int
    items: list[TodoOut]


class TodoPage(Schema):
    """By kind. `today` is the day in Shanghai by which `due` is counted."""

    today: str
    groups: list[GroupOut]


@router.get("", auth=Requires(policies.OWN), response=TodoPage, operation_id="todo_list")
def list_todo(request: HttpRequest, limit: Annotated[int, Field(ge=1, le=100)] = 20) -> dict[str, Any]:
    """What waits for the one who asks, at most `limit` of each kind, the most pressing first."""
    language = language_of(request)
    return {
        "today": shanghai_day(wiring.clock().now_ns()).isoformat(),
        "groups": [
            {
                "kind": group.provider.name,
                "title": group.provider.title.for_language(language),
                "count": group.count,
                "items": [
                    {
                        "title": one.title,
                        "subject_kind": one.subject_kind,
                        "subject_id": one.subject_id,
                        "due": one.due,
                        "overdue": one.overdue,
                        "urgent": one.urgent,
                        "cited": cited(filter(None, one.clause.split(",")), language),
                    }
                    for one in group.items
                ],
            }
            for group in todo_of(actor_of(request), limit)
        ],
    }
