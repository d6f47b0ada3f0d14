"""Open leads, the urgent ones first."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.inspections import policies
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.todo.providers import Todo, first_and_count, provide


def open_leads(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """What nobody has taken yet, within the actor's reach."""
    rows = policies.WORK.visible(actor, InspectionLead.objects.filter(status="open"), organisation="organ_id")
    count, found = first_and_count(rows.order_by("-urgent", "created_ns", "id"), limit)
    return count, [
        Todo(lead.title, "lead", lead.id, urgent=lead.urgent, clause=",".join(lead.clauses)) for lead in found
    ]


provide("inspections.leads", Text("待领取线索", "leads to take"), policies.WORK, open_leads)
