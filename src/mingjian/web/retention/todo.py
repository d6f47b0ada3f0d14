"""What proofs found at cameras of the actor's own organisations."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.kept import STORED_QUALITY
from mingjian.rules.retention import MUNICIPAL, NATIONAL
from mingjian.web.authority.actor import Actor
from mingjian.web.retention.models import DeletionDecision
from mingjian.web.retention.policies import ORDER, PROFILE
from mingjian.web.retention.purposes import due
from mingjian.web.retention.queries import proofs, yesterday
from mingjian.web.todo.providers import Todo, first_and_count, provide


def findings(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Yesterday's proofs by which the law is broken."""
    rows = proofs(actor, PROFILE).filter(day=yesterday(), sound=False).select_related("camera").order_by("id")
    count, found = first_and_count(rows, limit)
    return count, [
        Todo(
            row.camera.name,
            "camera",
            row.camera_id,
            urgent="quality" not in row.findings or len(row.findings) > 1,
            clause=STORED_QUALITY if row.findings == ["quality"] else f"{MUNICIPAL},{NATIONAL}",
        )
        for row in found
    ]


provide("retention.findings", Text("留存证明发现的问题", "what retention proofs found"), PROFILE, findings)


def orders(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Deletion decisions that wait for a second person."""
    rows = DeletionDecision.objects.filter(state="entered").exclude(entered_by_id=actor.user)
    rows = ORDER.visible(actor, rows, "camera__organisation_id", "camera__division_id").select_related("camera")
    count, found = first_and_count(rows.order_by("entered_ns", "id"), limit)
    return count, [Todo(row.number, "camera", row.camera_id, urgent=True, clause=row.ground) for row in found]


def deletions(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Footage kept longer than must be, whose purpose is not stated, or achieved."""
    count, found = first_and_count(due(actor, PROFILE).order_by("camera_id", "id"), limit)
    return count, [Todo(row.camera.name, "camera", row.camera_id, clause=NATIONAL) for row in found]


provide("retention.orders", Text("待复核的删除决定", "deletion decisions to confirm"), ORDER, orders)
provide(
    "retention.deletion_due",
    Text("保存期满，待说明目的或者删除", "footage to delete or to justify"),
    PROFILE,
    deletions,
)
