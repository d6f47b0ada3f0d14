"""An approved change of use lets a camera's file say once that it looks elsewhere (qd204 20(1))."""

from __future__ import annotations

from django.db.models import QuerySet

from mingjian.rules import monitoring
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.monitoring.models import ChangeRequest
from mingjian.web.registry.archive.aiming import provide_approvals
from mingjian.web.registry.archive.names import FILE_CHANGED
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera

KIND = "re_aiming"
judge_change = applying(monitoring.judge_change, by=FILE_CHANGED)


class _Approved:
    """Approved requests of kind re_aiming (registry.archive.aiming.Approvals)."""

    def ask(self, actor: Actor, camera: Camera) -> Judgement:
        """As Approvals."""
        return _judged(actor, _waiting(camera).first())

    def take(self, actor: Actor, camera: Camera) -> Judgement:
        """As Approvals: the oldest is used up."""
        row = _waiting(camera).select_for_update(of=("self",)).first()
        judgement = _judged(actor, row)
        if judgement.verdict is not Verdict.PASS or row is None:
            subject = Subject("camera", camera.id, camera.name)
            raise RuledOut(
                "change_needed", judgement, actor=actor, action=FILE_CHANGED, field="azimuth_deg", subject=subject
            )
        _set_used(row, wiring.clock().now_ns())
        return judgement

    def waits(self, camera: Camera) -> bool:
        """As Approvals."""
        return _waiting(camera).exists()

    def give_back(self, camera: Camera, since_ns: int) -> None:
        """As Approvals."""
        used = ChangeRequest.objects.select_for_update(of=("self",)).filter(
            camera=camera, kind=KIND, state="approved", used_ns__gte=since_ns
        )
        row = used.order_by("used_ns", "id").last()
        if row is not None:
            _set_used(row, None)


def _waiting(camera: Camera) -> QuerySet[ChangeRequest]:
    rows = ChangeRequest.objects.filter(camera=camera, kind=KIND, state="approved", used_ns__isnull=True)
    return rows.order_by("decided_ns", "id")


def _judged(actor: Actor, row: ChangeRequest | None) -> Judgement:
    asked, approved = (actor.user, None) if row is None else (row.asked_by_id, row.decided_by_id)
    return judge_change(current_law(), KIND, asked, approved, today())


def _set_used(row: ChangeRequest, at_ns: int | None) -> None:
    row.used_ns = at_ns
    row.version += 1
    row.save(update_fields=["used_ns", "version"])


provide_approvals(_Approved())
