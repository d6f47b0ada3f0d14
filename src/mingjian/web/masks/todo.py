"""Masks to confirm after a move, masks somebody wants off, positions and lifts that wait for a second person."""

from __future__ import annotations

from django.db.models import F

from mingjian.kernel.text import Text
from mingjian.rules.privacy import MEASURES
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.masks.lifts import open_lifts
from mingjian.web.masks.models import LiftedCamera, Mask, MaskLift, PositionStatement
from mingjian.web.masks.policies import DRAW, GRANT, within
from mingjian.web.masks.positions import WAITS_NS
from mingjian.web.registry.models import Camera
from mingjian.web.todo.providers import Todo, first_and_count, provide


def unconfirmed(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Cameras that were moved since their masks were confirmed: nobody else sees them until then."""
    held = Mask.objects.filter(withdrawn_ns=None, confirmed_ns__lte=F("camera__archive__moved_ns"))
    cameras = Camera.objects.filter(pk__in=within(DRAW, actor, held).values("camera")).order_by("name", "id")
    count, found = first_and_count(cameras, limit)
    return count, [Todo(one.name, "camera_masks", one.id, urgent=True, clause=MEASURES) for one in found]


def withdrawals(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Masks that another person wants off."""
    rows = Mask.objects.filter(withdrawn_ns=None, withdrawal_ns__isnull=False).exclude(withdrawal_by_id=actor.user)
    rows = within(DRAW, actor, rows).select_related("camera").order_by("withdrawal_ns", "id")
    count, found = first_and_count(rows, limit)
    return count, [Todo(one.camera.name, "camera_masks", one.camera_id, clause=MEASURES) for one in found]


def positions(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Where another person says that a camera stands."""
    since_ns = wiring.clock().now_ns() - WAITS_NS
    rows = PositionStatement.objects.filter(from_ns=None, ended_ns=None, stated_ns__gt=since_ns)
    rows = within(DRAW, actor, rows.exclude(stated_by_id=actor.user)).select_related("camera")
    count, found = first_and_count(rows.order_by("stated_ns", "id"), limit)
    return count, [
        Todo(f"{one.camera.name}：{one.preset}", "camera_masks", one.camera_id, urgent=True, clause=MEASURES)
        for one in found
    ]


def lifts(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Requests to see through masks that another person made."""
    waiting = MaskLift.objects.filter(open_lifts(wiring.clock().now_ns())).exclude(asked_by_id=actor.user)
    rows = LiftedCamera.objects.filter(lift__in=waiting).select_related("lift", "camera")
    rows = within(GRANT, actor, rows).order_by("lift__asked_ns", "id")
    count, found = first_and_count(rows, limit)
    return count, [
        Todo(f"{one.camera.name}：{one.lift.asked_name}", "mask_lift", one.lift_id, urgent=True, clause=MEASURES)
        for one in found
    ]


provide("masks.unconfirmed", Text("移动后待确认的隐私遮蔽", "privacy masks to confirm after a move"), DRAW, unconfirmed)
provide("masks.withdrawals", Text("待确认撤除的隐私遮蔽", "privacy masks somebody wants off"), DRAW, withdrawals)
provide("masks.positions", Text("待确认的云台预置位", "camera positions to confirm"), DRAW, positions)
provide("masks.lifts", Text("待批准的解除遮蔽查看", "requests to see through privacy masks"), GRANT, lifts)
