"""Changes of use to decide, and bulk looking to ask about."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.monitoring import NO_CHANGE_OF_PURPOSE, OTHER_MEASURES
from mingjian.web.authority.actor import Actor
from mingjian.web.monitoring.models import BulkAlarm, ChangeRequest
from mingjian.web.monitoring.policies import DECIDE, KEEP
from mingjian.web.registry.judging import today
from mingjian.web.todo.providers import Todo, first_and_count, provide

_SHOWN_DAYS = 7


def changes(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Requests of others that wait for a decision."""
    rows = ChangeRequest.objects.filter(state="asked").exclude(asked_by_id=actor.user).select_related("camera")
    rows = DECIDE.visible(actor, rows, "camera__organisation_id", "camera__division_id")
    count, found = first_and_count(rows.order_by("asked_ns", "id"), limit)
    return count, [Todo(row.camera.name, "camera", row.camera_id, clause=NO_CHANGE_OF_PURPOSE) for row in found]


def bulk(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Alarms of the last week."""
    since = (today() - dt.timedelta(days=_SHOWN_DAYS)).isoformat()
    rows = KEEP.visible(actor, BulkAlarm.objects.filter(day__gt=since))
    count, found = first_and_count(rows.order_by("-raised_ns", "id"), limit)
    return count, [
        Todo(f"{row.viewer_name} {row.day}", "user", row.viewer_id, urgent=True, clause=OTHER_MEASURES) for row in found
    ]


provide("monitoring.changes", Text("待审批的用途变更", "changes of use to decide"), DECIDE, changes)
provide("monitoring.bulk", Text("待核实的批量观看", "bulk looking to ask about"), KEEP, bulk)
