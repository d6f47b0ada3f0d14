"""What proofs found at cameras of the actor's own organisations."""

from __future__ import annotations

from mingjian.kernel.text import Text
from mingjian.rules.kept import STORED_QUALITY
from mingjian.rules.retention import MUNICIPAL, NATIONAL
from mingjian.web.authority.actor import Actor
from mingjian.web.retention.policies import PROFILE
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
