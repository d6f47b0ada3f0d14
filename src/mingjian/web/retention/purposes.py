"""What is kept longer than the law asks (sc799 17: 30 days, then deleted once its purpose is achieved).

Somebody states why; until he does, or once the purpose is achieved, the footage stands on the due list. That the purpose
is achieved brings the camera's keeping down to what must be, and the engine deletes by age, with receipts.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, QuerySet

from mingjian.rules import retention
from mingjian.rules.day_count import end_of_day_ns, shanghai_day
from mingjian.rules.judgement import Judgement
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying
from mingjian.web.dates import check_date
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.registry.judging import today
from mingjian.web.registry.keeping import governed_of, minimum_of
from mingjian.web.registry.models import Camera
from mingjian.web.registry.plan import plan_changed
from mingjian.web.registry.queries import visible_camera
from mingjian.web.registry.shared import clean
from mingjian.web.retention.models import KeepingPurpose, ProvedDay
from mingjian.web.retention.names import PURPOSE_STATED
from mingjian.web.retention.policies import PROFILE, READ
from mingjian.web.retention.queries import proofs, yesterday

deletion_due = applying(retention.deletion_due, by=PURPOSE_STATED)
judge_deletion = applying(retention.judge_deletion, by=PURPOSE_STATED)


def due(actor: Actor, policy: ScopedPolicy = READ) -> QuerySet[ProvedDay]:
    """Yesterday's proofs of cameras that hold footage older than 30 days, and whose purpose is not stated or achieved.

    The query is the rule's condition on rows, at its widest; each is judged by the rule itself when it is shown.
    """
    oldest_ns = end_of_day_ns(today() - dt.timedelta(days=32))
    rows = proofs(actor, policy).filter(day=yesterday(), oldest_ns__lt=oldest_ns)
    running = KeepingPurpose.objects.filter(achieved=False, review_date__gte=today().isoformat())
    return rows.exclude(camera_id__in=running.values("camera_id")).select_related(
        "camera__place", "camera__keeping_purpose"
    )


def judge_due(law: Law, row: ProvedDay) -> Judgement:
    """What sc799 17 says of the oldest footage that a camera holds."""
    purpose: KeepingPurpose | None = getattr(row.camera, "keeping_purpose", None)
    assert row.oldest_ns is not None
    return _judge(law, row.camera, purpose, shanghai_day(row.oldest_ns))


def state_purpose(
    actor: Actor, camera_id: str, purpose: str, review_date: str, achieved: bool, expected: int | None
) -> KeepingPurpose:
    """Say why footage is kept on, or that the purpose is achieved. Raises MingjianError not_found, invalid, Refused.

    Achieved: the camera keeps from now on what its place's law asks, and what is older is deleted by age; footage under
    a hold stays.
    """
    camera = visible_camera(actor, camera_id)
    PROFILE.require(actor, camera)
    if not achieved and check_date(review_date, "review_date", exact=True) <= today().isoformat():
        raise refused("review_date", "复核日期应在今日之后", "the day of review lies ahead")
    with transaction.atomic():
        camera = visible_camera(actor, camera_id, lock=True)
        row = KeepingPurpose.objects.select_for_update().filter(camera=camera).first()
        if row is not None:
            require_version(row.version, expected)
            row.version += 1
        else:
            row = KeepingPurpose(camera=camera)
        before = {"purpose": row.purpose, "review_date": row.review_date, "achieved": row.achieved}
        row.purpose, row.review_date, row.achieved = clean(purpose, "purpose", 2, 255), review_date, achieved
        row.stated_by_id, row.stated_name, row.stated_ns = actor.user, actor.name[:64], wiring.clock().now_ns()
        row.save()
        law, kept = current_law(), camera.keep_days
        old, new = changes(before, {"purpose": row.purpose, "review_date": review_date, "achieved": achieved})
        if achieved:
            camera.keep_days = max(minimum_of(law, governed_of(law, camera, today()), today()), 1)
            Camera.objects.filter(pk=camera.pk).update(keep_days=camera.keep_days, version=F("version") + 1)
            old, new = {**old, "keep_days": kept}, {**new, "keep_days": camera.keep_days}
            plan_changed()
        oldest = today() - dt.timedelta(days=kept)
        judgements = [_judge(law, camera, row, oldest), _deletable(law, camera, oldest)]
        record(
            actor, PURPOSE_STATED, kind="camera", object_id=camera.id, name=camera.name, before=old, after=new,
            policy=PROFILE, judgements=judgements,
        )  # fmt: skip
    return row


def _judge(law: Law, camera: Camera, purpose: KeepingPurpose | None, recorded_on: dt.date) -> Judgement:
    stated = None if purpose is None or purpose.review_date < today().isoformat() else purpose.achieved
    if purpose is not None and purpose.achieved:
        stated = True
    listed = governed_of(law, camera, today()).listed
    return deletion_due(law, recorded_on, stated, listed is not False, wiring.clock().now_ns())


def _deletable(law: Law, camera: Camera, recorded_on: dt.date) -> Judgement:
    """Whether the oldest footage may go at all: nothing is ever deleted inside the period."""
    governed = governed_of(law, camera, today())
    return judge_deletion(law, recorded_on, governed.kinds, governed.listed, wiring.clock().now_ns())
