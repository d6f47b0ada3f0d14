"""Works that nobody has looked at yet, and cases that wait for the organ."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.obstruction import NO_COVERING, WORKS_NEARBY
from mingjian.web.authority.actor import Actor
from mingjian.web.obstructions import policies
from mingjian.web.obstructions.models import ObstructionCase, WorksView
from mingjian.web.todo.providers import Todo, first_and_count, provide


def works_to_look_at(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Cameras of the actor's reach near works that still stand, the earliest beginning first."""
    open_views = WorksView.objects.filter(hinders__isnull=True, works__ended_ns__isnull=True)
    rows = policies.LOOK.visible(
        actor, open_views, organisation="camera__organisation_id", division="camera__division_id"
    ).select_related("works", "camera")
    count, found = first_and_count(rows.order_by("works__begins_date", "id"), limit)
    items = [
        Todo(f"{view.works.title}：{view.camera.name}", "works", view.works_id, due=view.works.begins_date,
             clause=WORKS_NEARBY)
        for view in found
    ]  # fmt: skip
    return count, items


def open_cases(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Cases that are not over, the oldest first."""
    rows = policies.WORK.visible(actor, ObstructionCase.objects.exclude(state__in=("closed", "unfounded")))
    count, found = first_and_count(rows.select_related("camera").order_by("created_ns", "id"), limit)
    items = [Todo(case.camera.name, "obstruction", case.id, clause=NO_COVERING) for case in found]
    return count, items


provide("works.look", Text("待核对周边设施", "works to look at"), policies.LOOK, works_to_look_at)
provide("obstructions.open", Text("遮挡妨碍待处理", "obstruction cases"), policies.WORK, open_cases)
