"""Lifts: one person asks to see through masks, another says yes with his second factor; it ends by itself, or before.

A lift opens no camera: who looks is let in as ever (viewing.admission), and the lift takes the masks off what he sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.rules import privacy
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.accounts.second_factor import confirm_second_factor
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.authority.policy import Policy
from mingjian.web.http.problem import conflict, not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.ledger.actions import configuration_changed
from mingjian.web.masks.models import LiftedCamera, MaskLift
from mingjian.web.masks.names import LIFT_ASKED, LIFT_ENDED, LIFT_GRANTED, LIFT_REFUSED
from mingjian.web.masks.policies import ASK, GRANT
from mingjian.web.masks.queries import masks_over
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera
from mingjian.web.registry.policies import READ as READ_CAMERA
from mingjian.web.registry.shared import clean
from mingjian.web.retrievals.access import ways_to
from mingjian.web.viewing.policies import is_own_staff
from mingjian.web.viewing.revocations import take_back

MOST_CAMERAS = 32

judge_lift = applying(privacy.judge_lift, by=[LIFT_ASKED, LIFT_GRANTED])


@dataclass(frozen=True, slots=True)
class LiftWish:
    """What somebody wants to see without masks, why, and until when (UTC ns). `from_ns`/`to_ns` None: no footage."""

    cameras: tuple[str, ...]
    purpose: str
    live: bool
    from_ns: int | None
    to_ns: int | None
    expires_ns: int
    retrieval: str = ""


def ask_lift(actor: Actor, wish: LiftWish) -> MaskLift:
    """Ask. Raises not_found for a camera out of sight, invalid with the field, RuledOut for longer than may be."""
    ASK.require(actor)
    now_ns = wiring.clock().now_ns()
    _check(wish, now_ns)
    hours = (wish.expires_ns - now_ns) / (3600 * NS_PER_S)
    with transaction.atomic():
        cameras = [_camera(actor, camera, wish.retrieval) for camera in dict.fromkeys(wish.cameras)]
        said = judge_lift(current_law(), frozenset({actor.user}), hours, today())
        if said.verdict is Verdict.BLOCKED:
            subject = Subject("camera", cameras[0].id, cameras[0].name)
            raise RuledOut("invalid", said, actor=actor, action=LIFT_ASKED, field="expires_at", subject=subject)
        lift = MaskLift.objects.create(
            id=new_id(now_ns), purpose=clean(wish.purpose, "purpose", 2, 200), live=wish.live, from_ns=wish.from_ns,
            to_ns=wish.to_ns, expires_ns=wish.expires_ns, retrieval=wish.retrieval, asked_by_id=actor.user,
            asked_name=actor.name[:64], asked_unit=actor.unit[:128], asked_ns=now_ns,
        )  # fmt: skip
        LiftedCamera.objects.bulk_create(LiftedCamera(lift=lift, camera=camera) for camera in cameras)
        _record(actor, LIFT_ASKED, lift, cameras, ASK, said)
    return lift


def grant_lift(actor: Actor, lift_id: str, proof: str, expected: int | None) -> MaskLift:
    """The second person says yes, with his second factor. Raises not_found, conflict, RuledOut for who asked himself."""
    seen, cameras = _to_decide(actor, lift_id)
    people = frozenset({seen.asked_by_id, actor.user})
    hours = max(0, seen.expires_ns - wiring.clock().now_ns()) / (3600 * NS_PER_S)
    said = judge_lift(current_law(), people, hours, today())
    if said.verdict is not Verdict.PASS:
        subject = Subject("camera", cameras[0].id, cameras[0].name)
        raise RuledOut("conflict", said, actor=actor, action=LIFT_GRANTED, subject=subject)
    confirm_second_factor(actor, proof)
    with transaction.atomic():
        lift = _locked(lift_id, expected, "asked")
        now_ns = wiring.clock().now_ns()
        if lift.expires_ns <= now_ns:
            raise conflict("申请的时间已过", "the time that was asked for is over")
        _decided(actor, lift, "granted")
        _record(actor, LIFT_GRANTED, lift, cameras, GRANT, said)
        for camera in cameras:
            configuration_changed(actor, camera.id, "mask_lift", None, f"{lift.id} {lift.asked_name} {lift.purpose}")
    return lift


def refuse_lift(actor: Actor, lift_id: str, reason: str, expected: int | None) -> MaskLift:
    """The second person says no, with the reason."""
    _, cameras = _to_decide(actor, lift_id)
    with transaction.atomic():
        lift = _locked(lift_id, expected, "asked")
        lift.word = reason
        _decided(actor, lift, "refused")
        _record(actor, LIFT_REFUSED, lift, cameras, GRANT, None, reason)
    return lift


def end_lift(actor: Actor, lift_id: str, reason: str, expected: int | None) -> MaskLift:
    """Take back what was asked, or end what was granted: by who asked, or by who may grant. Tickets end at once."""
    lift, cameras = lift_by_id(actor, lift_id)
    if lift.asked_by_id != actor.user:
        for camera in cameras:
            GRANT.require(actor, camera)
    with transaction.atomic():
        lift = _locked(lift_id, expected, "asked", "granted")
        granted = lift.state == "granted"
        lift.state, lift.word = "ended", reason
        lift.ended_name, lift.ended_ns = actor.name[:64], wiring.clock().now_ns()
        lift.version += 1
        lift.save()
        _record(actor, LIFT_ENDED, lift, cameras, ASK, None, reason)
        for camera in cameras if granted else ():
            take_back(viewer=lift.asked_by_id, camera=camera.id)
            configuration_changed(actor, camera.id, "mask_lift", lift.id, None)
    return lift


def lift_by_id(actor: Actor, lift_id: str) -> tuple[MaskLift, list[Camera]]:
    """A lift and its cameras, for who asked and who may decide about it. Raises not_found for everybody else."""
    lift = MaskLift.objects.filter(pk=lift_id).first()
    cameras = list(Camera.objects.filter(pk__in=LiftedCamera.objects.filter(lift_id=lift_id).values("camera")))
    if lift is None or (lift.asked_by_id != actor.user and not all(GRANT.allows(actor, one) for one in cameras)):
        raise not_found("没有这份申请", "there is no such request")
    return lift, cameras


def lifts_for(viewer: str, camera_id: str, least_ns: int) -> list[MaskLift]:
    """A person's lifts at a camera that go on for `least_ns` more, the newest first. In a transaction: the rows are
    locked, so that none ends while a ticket is issued."""
    now_ns = wiring.clock().now_ns()
    rows = MaskLift.objects.select_for_update(of=("self",)).filter(
        asked_by_id=viewer, state="granted", expires_ns__gt=now_ns + least_ns,
        pk__in=LiftedCamera.objects.filter(camera_id=camera_id).values("lift"),
    )  # fmt: skip
    return list(rows.order_by("-decided_ns", "-id"))


def lifted_for_retrieval(retrieval: str, camera_id: str, from_ns: int, to_ns: int) -> bool:
    """Whether a copy of [from, to) may leave without masks: a lift granted for this retrieval, in force."""
    return bool(retrieval) and MaskLift.objects.filter(
        retrieval=retrieval, state="granted", expires_ns__gt=wiring.clock().now_ns(), from_ns__lte=from_ns,
        to_ns__gte=to_ns, pk__in=LiftedCamera.objects.filter(camera_id=camera_id).values("lift"),
    ).exists()  # fmt: skip


def require_originals(retrieval: str, camera_id: str, from_ns: int, to_ns: int) -> None:
    """Originals of [from, to) may leave: no mask covers any of it, or two people lifted them for this retrieval.

    Raises MingjianError `masked_footage`.
    """
    if masks_over(camera_id, from_ns, to_ns) and not lifted_for_retrieval(retrieval, camera_id, from_ns, to_ns):
        raise MingjianError(
            "masked_footage",
            Text(
                zh="这段录像有隐私遮蔽：须先为本次调取申请解除遮蔽，并由另一人批准",
                en="this footage is under privacy masks: originals leave after a lift for this retrieval, granted by a second person",
            ),
            fault=Fault.USER,
            remedy=Text(
                zh="请为该调取申请解除遮蔽，由另一人批准后再试",
                en="have a lift of the masks granted for that retrieval, then try again",
            ),
        )


def open_lifts(now_ns: int) -> Q:
    """Lifts that wait for an answer and can still be granted."""
    return Q(state="asked", expires_ns__gt=now_ns)


def _check(wish: LiftWish, now_ns: int) -> None:
    if not 1 <= len(wish.cameras) <= MOST_CAMERAS:
        raise refused("cameras", f"须为 1 到 {MOST_CAMERAS} 台摄像机", f"name 1 to {MOST_CAMERAS} cameras")
    if not wish.live and wish.to_ns is None:
        raise refused("from", "须选实时画面或者写明录像的起止时间", "ask for live, or name the footage's span")
    if (wish.from_ns is None) != (wish.to_ns is None):
        raise refused("to", "须写明起止时间", "a span has both ends")
    if wish.from_ns is not None and wish.to_ns is not None and wish.from_ns >= wish.to_ns:
        raise refused("to", "结束时间须晚于开始时间", "to must be later than from")
    if wish.expires_ns <= now_ns:
        raise refused("expires_at", "到期时间须在以后", "it ends in the future")


def _camera(actor: Actor, camera_id: str, retrieval: str) -> Camera:
    camera = Camera.objects.filter(pk=camera_id).first()
    seen = camera is not None and (
        is_own_staff(actor, camera) or READ_CAMERA.allows(actor, camera) or bool(ways_to(actor, camera, retrieval))
    )
    if camera is None or not seen:
        raise not_found("没有这台摄像机", "there is no such camera")
    return camera


def _to_decide(actor: Actor, lift_id: str) -> tuple[MaskLift, list[Camera]]:
    GRANT.require(actor)
    lift, cameras = lift_by_id(actor, lift_id)
    for camera in cameras:
        GRANT.require(actor, camera)
    if lift.state != "asked":
        raise conflict("这份申请已有结果", "the request has been decided")
    return lift, cameras


def _locked(lift_id: str, expected: int | None, *states: str) -> MaskLift:
    lift = MaskLift.objects.select_for_update(of=("self",)).get(pk=lift_id)
    require_version(lift.version, expected)
    if lift.state not in states:
        raise conflict("这份申请已不在此状态", "the request is in another state")
    return lift


def _decided(actor: Actor, lift: MaskLift, state: str) -> None:
    lift.state, lift.decided_by_id, lift.decided_name = state, actor.user, actor.name[:64]
    lift.decided_ns = wiring.clock().now_ns()
    lift.version += 1
    lift.save()


def _record(
    actor: Actor,
    name: str,
    lift: MaskLift,
    cameras: Sequence[Camera],
    policy: Policy,
    said: Judgement | None,
    reason: str = "",
) -> None:
    span = None if lift.to_ns is None else f"{format_iso_ns(lift.from_ns or 0)}/{format_iso_ns(lift.to_ns)}"
    for camera in cameras:
        record(
            actor, name, kind="camera", object_id=camera.id, name=camera.name, policy=policy, reason=reason,
            after={
                "lift": lift.id, "state": lift.state, "for": lift.asked_name, "purpose": lift.purpose, "live": lift.live,
                "footage": span, "expires": format_iso_ns(lift.expires_ns), "retrieval": lift.retrieval,
            },
            judgements=[] if said is None else [said],
        )  # fmt: skip
