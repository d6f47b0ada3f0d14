"""An approved change of use lets a camera's file say once that it looks elsewhere (qd204 20(1))."""

from __future__ import annotations

from mingjian.rules import monitoring
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.monitoring.models import ChangeRequest
from mingjian.web.registry.archive.aiming import provide_approval
from mingjian.web.registry.archive.names import FILE_CHANGED
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera

KIND = "re_aiming"
judge_change = applying(monitoring.judge_change, by=FILE_CHANGED)


def take_approval(actor: Actor, camera: Camera) -> Judgement:
    """Use up the oldest approved re-aiming of the camera. Raises RuledOut `change_needed` when there is none."""
    waiting = ChangeRequest.objects.select_for_update(of=("self",)).filter(
        camera=camera, kind=KIND, state="approved", used_ns__isnull=True
    )
    row = waiting.order_by("decided_ns", "id").first()
    asked, approved = (actor.user, None) if row is None else (row.asked_by_id, row.decided_by_id)
    judgement = judge_change(current_law(), KIND, asked, approved, today())
    if judgement.verdict is not Verdict.PASS or row is None:
        subject = Subject("camera", camera.id, camera.name)
        raise RuledOut(
            "change_needed", judgement, actor=actor, action=FILE_CHANGED, field="azimuth_deg", subject=subject
        )
    row.used_ns = wiring.clock().now_ns()
    row.version += 1
    row.save(update_fields=["used_ns", "version"])
    return judgement


provide_approval(take_approval)
