"""Holds on footage: placed and released here, told to the engine at once, and by the worker while it was away.

The row is true first: a hold stands from the moment its transaction commits, and the engine is told until it knows. A
hold has the same id there, so that telling it twice changes nothing.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ledger.leaf import Hold, HoldRelease
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.dates import check_date
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.ledger.actions import append_leaf, person_of
from mingjian.web.registry.models import Camera
from mingjian.web.retrievals.models import EvidenceHold, Retrieval
from mingjian.web.retrievals.names import HELD, RELEASED
from mingjian.web.retrievals.policies import HOLD, READ_HOLDS
from mingjian.web.retrievals.stepping import today

_REVIEW_DAYS = 30
_AT_ONCE = 200


def place_hold(
    actor: Actor, camera_id: str, from_ns: int, to_ns: int, reason: str, review_date: str, expires_ns: int | None
) -> EvidenceHold:
    """Lock [from, to) of a camera. Raises MingjianError not_found, invalid (field), and Refused."""
    HOLD.require(actor)
    camera = Camera.objects.filter(pk=camera_id).first()
    if camera is None or not HOLD.allows(actor, camera):
        raise not_found("没有这台摄像机", "there is no such camera")
    if from_ns >= to_ns:
        raise refused("to_s", "结束时间应在开始时间之后", "the span ends after it begins")
    if check_date(review_date, "review_date", exact=True) <= today().isoformat():
        raise refused("review_date", "复核日期应在今日之后", "the day of review lies ahead")
    if expires_ns is not None and expires_ns <= wiring.clock().now_ns():
        raise refused("expires_s", "到期时间应在现在之后", "the expiry lies ahead")
    with transaction.atomic():
        made = _place(
            actor, camera, from_ns, to_ns, reason=reason, review_date=review_date, expires_ns=expires_ns
        )  # fmt: skip
        record(
            actor, HELD, kind="hold", object_id=made.id, name=camera.name, after=_plain(made), policy=HOLD,
            reason=reason,
        )  # fmt: skip
        transaction.on_commit(tell_engine)
    return made


def place_provisional(actor: Actor, row: Retrieval) -> None:
    """Submission holds what is asked for, at once; in the caller's transaction."""
    review = (today() + dt.timedelta(days=_REVIEW_DAYS)).isoformat()
    for extent in row.extents.filter(granted=False).select_related("camera"):
        made = _place(
            actor, extent.camera, extent.from_ns, extent.to_ns, reason=f"调取申请 {row.id}", review_date=review,
            retrieval=row, provisional=True,
        )  # fmt: skip
        record(
            actor, HELD, kind="hold", object_id=made.id, name=extent.camera.name, after=_plain(made),
            reason=made.reason,
        )  # fmt: skip
    transaction.on_commit(tell_engine)


def release_hold(actor: Actor, hold_id: str, reason: str, expected: int | None) -> EvidenceHold:
    """End a hold. One that a running retrieval placed ends with it, never before. Raises MingjianError conflict."""
    HOLD.require(actor)
    with transaction.atomic():
        row = EvidenceHold.objects.select_for_update(of=("self",)).select_related("camera").filter(pk=hold_id).first()
        if row is None or not HOLD.allows(actor, row):
            raise not_found("没有这个锁定", "there is no such hold")
        require_version(row.version, expected)
        if row.retrieval_id is not None:
            raise MingjianError(
                "conflict",
                Text("该锁定由调取申请设置，随申请办结解除", "a retrieval placed it: it ends with the retrieval"),
                fault=Fault.USER,
            )
        if row.released_ns is None:
            _release(actor, row, reason)
            transaction.on_commit(tell_engine)
    return row


def hold_for(actor: Actor, camera: Camera, from_ns: int, to_ns: int, reason: str) -> EvidenceHold:
    """Hold for a step of another slice, in its transaction; its policy was asked there."""
    review = (today() + dt.timedelta(days=_REVIEW_DAYS)).isoformat()
    made = _place(actor, camera, from_ns, to_ns, reason=reason, review_date=review)
    record(actor, HELD, kind="hold", object_id=made.id, name=camera.name, after=_plain(made), reason=reason)
    transaction.on_commit(tell_engine)
    return made


def release_for(actor: Actor, row: EvidenceHold, reason: str) -> None:
    """End what `hold_for` placed, in the caller's transaction."""
    if row.released_ns is None:
        _release(actor, row, reason)
        transaction.on_commit(tell_engine)


def release_of(actor: Actor, retrieval: Retrieval, reason: str) -> None:
    """A retrieval is over: what it held is free, unless another hold covers it."""
    for row in retrieval.holds.filter(released_ns__isnull=True).select_related("camera"):
        _release(actor, row, reason)
    transaction.on_commit(tell_engine)


def release_expired() -> int:
    """Holds whose expiry has come end; how many. The worker's business."""
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        over = EvidenceHold.objects.select_for_update(of=("self",)).select_related("camera")
        found = list(over.filter(released_ns__isnull=True, expires_ns__lte=now_ns)[:_AT_ONCE])
        for row in found:
            _release(local_person("worker"), row, "锁定到期")
    return len(found)


def tell_engine() -> int:
    """Tell the engine what it does not know yet; how many it was told. Stops quietly while the engine is away."""
    told = 0
    for row in EvidenceHold.objects.filter(Q(engine="wanted") | Q(engine="ending")).order_by("placed_ns", "id")[
        :_AT_ONCE
    ]:
        try:
            if row.engine == "wanted":
                wiring.engine().hold_add(row.id, row.camera_id, row.from_ns, row.to_ns, row.reason, row.owner_name)
            else:
                wiring.engine().hold_remove(row.id, row.release_reason or "-", row.owner_name)
        except MingjianError as error:
            if error.code in ("engine_away", "not_wired"):
                break
            raise
        after = {"wanted": "set", "ending": "ended"}[row.engine]
        told += EvidenceHold.objects.filter(pk=row.pk, engine=row.engine).update(engine=after)
    return told


def _place(
    actor: Actor,
    camera: Camera,
    from_ns: int,
    to_ns: int,
    *,
    reason: str,
    review_date: str,
    expires_ns: int | None = None,
    retrieval: Retrieval | None = None,
    provisional: bool = False,
) -> EvidenceHold:
    now_ns = wiring.clock().now_ns()
    made = EvidenceHold.objects.create(
        id=new_id(now_ns), retrieval=retrieval, camera=camera, organisation_id=camera.organisation_id,
        division_id=camera.division_id, from_ns=from_ns, to_ns=to_ns, owner_name=actor.name[:64], reason=reason,
        provisional=provisional, review_date=review_date, expires_ns=expires_ns, placed_ns=now_ns,
    )  # fmt: skip
    append_leaf(
        Hold(
            at_ns=now_ns, hold=made.id, camera=camera.id, start_ns=from_ns, end_ns=to_ns, person=person_of(actor),
            reason=reason,
        )
    )  # fmt: skip
    return made


def _release(actor: Actor, row: EvidenceHold, reason: str) -> None:
    row.released_ns, row.release_reason, row.engine = wiring.clock().now_ns(), reason, "ending"
    row.version += 1
    row.save()
    append_leaf(HoldRelease(at_ns=row.released_ns, hold=row.id, person=person_of(actor), reason=reason))
    record(
        actor, RELEASED, kind="hold", object_id=row.id, name=row.camera.name, policy=HOLD if actor.user else None,
        reason=reason,
    )  # fmt: skip


def visible_holds(actor: Actor) -> QuerySet[EvidenceHold]:
    """The holds of the actor's reach."""
    return READ_HOLDS.visible(actor, EvidenceHold.objects.select_related("camera"))


def _plain(row: EvidenceHold) -> dict[str, object]:
    return {
        "camera": row.camera_id, "from_ns": row.from_ns, "to_ns": row.to_ns, "provisional": row.provisional,
        "review_date": row.review_date, "expires_ns": row.expires_ns,
    }  # fmt: skip
