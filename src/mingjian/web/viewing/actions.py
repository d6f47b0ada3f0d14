"""What is done about looking: taking tickets back, saving walls. Issuing and renewing are in viewing.tickets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.dispatch import receiver

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.accounts.models import User
from mingjian.web.accounts.signals import account_closed, session_locked, signed_out
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.http.versions import require_version
from mingjian.web.registry.models import Camera
from mingjian.web.registry.signals import camera_closed
from mingjian.web.retrievals.models import Retrieval
from mingjian.web.retrievals.signals import retrieval_shut
from mingjian.web.viewing.models import IssuedTicket, Layout, Look, Over
from mingjian.web.viewing.policies import LAYOUTS, OWN_LAYOUT, REVOKE
from mingjian.web.viewing.queries import layout_by_id
from mingjian.web.viewing.revocations import take_back, take_back_all

REVOKED = register("viewing.revoke", "收回观看凭证", "took viewing tickets back")

GRIDS = (1, 4, 6, 8, 9, 16, 25, 36)
MOST_LAYOUTS = 100


def revoke(actor: Actor, reason: str, *, viewer: str = "", camera: str = "", ticket: str = "") -> None:
    """Take back tickets of a viewer, of a camera, of a viewer at a camera, or one look by any of its tickets' ids."""
    REVOKE.require(actor)
    if not (viewer or camera or ticket):
        raise MingjianError(
            "invalid",
            Text(zh="请指明收回谁的、哪台摄像机的或哪张凭证", en="name a viewer, a camera or a ticket"),
            fault=Fault.USER,
            field="viewer",
        )
    with transaction.atomic():
        if ticket:
            _revoke_look(ticket)
        if viewer or camera:
            _mark_over(Over.REVOKED, viewer=viewer, camera=camera)
            take_back(viewer=viewer, camera=camera)
        after = {"viewer": viewer, "camera": camera, "ticket_id": ticket}
        record(actor, REVOKED, kind="ticket", object_id=ticket, after=after, policy=REVOKE, reason=reason)


def save_layout(actor: Actor, name: str, grid: int, tiles: list[dict[str, str] | None]) -> Layout:
    """Save a new wall. Raises MingjianError name_taken, or one naming the field at fault."""
    LAYOUTS.require(actor)
    _check_layout(grid, tiles)
    if Layout.objects.filter(owner_id=actor.user).count() >= MOST_LAYOUTS:
        raise MingjianError(
            "conflict",
            Text(zh=f"最多保存 {MOST_LAYOUTS} 个布局", en=f"at most {MOST_LAYOUTS} layouts are kept"),
            fault=Fault.USER,
            remedy=Text(zh="请先删除不用的布局", en="delete one you no longer use"),
        )
    now_ns = wiring.clock().now_ns()
    layout = Layout(id=new_id(now_ns), owner_id=actor.user, name=name, grid=grid, tiles=tiles, created_ns=now_ns)
    try:
        with transaction.atomic():
            layout.save(force_insert=True)
    except IntegrityError as error:
        raise _layout_name_taken(name) from error
    return layout


def change_layout(actor: Actor, layout_id: str, values: Mapping[str, Any], expected_version: int | None) -> Layout:
    """Change one's own wall: name, grid, tiles."""
    try:
        with transaction.atomic():
            layout = layout_by_id(actor, layout_id, lock=True)
            OWN_LAYOUT.require(actor, layout)
            require_version(layout.version, expected_version)
            for key in ("name", "grid", "tiles"):
                if key in values:
                    setattr(layout, key, values[key])
            _check_layout(layout.grid, layout.tiles)
            layout.version += 1
            layout.save()
    except IntegrityError as error:
        raise _layout_name_taken(str(values.get("name", ""))) from error
    return layout


def delete_layout(actor: Actor, layout_id: str, expected_version: int | None) -> None:
    """Delete one's own wall."""
    with transaction.atomic():
        layout = layout_by_id(actor, layout_id, lock=True)
        OWN_LAYOUT.require(actor, layout)
        require_version(layout.version, expected_version)
        layout.delete()


@receiver(account_closed)
def _on_account_closed(sender: type[User], user: User, actor: Actor, **kwargs: object) -> None:
    _mark_over(Over.ACCOUNT, viewer=user.id)
    take_back(viewer=user.id)


@receiver(signed_out)
def _on_signed_out(sender: type[User], user: User, actor: Actor, session_digest: str, **kwargs: object) -> None:
    """Its looks end now, in the register and the ledger too, not when their tickets would have run out."""
    with transaction.atomic():
        _mark_over(Over.SIGNED_OUT, viewer=user.id, session=session_digest)
        take_back(viewer=user.id, session=session_digest)


@receiver(session_locked)
def _on_session_locked(sender: type[User], user: User, session_digest: str, **kwargs: object) -> None:
    """What the screen showed is over; unlocked, each picture is opened by a look of its own."""
    with transaction.atomic():
        _mark_over(Over.LOCKED, viewer=user.id, session=session_digest)
        take_back(viewer=user.id, session=session_digest)


@receiver(camera_closed)
def _on_camera_closed(sender: type[Camera], camera: Camera, actor: Actor, **kwargs: object) -> None:
    _mark_over(Over.CAMERA, camera=camera.id)
    take_back(camera=camera.id)


@receiver(retrieval_shut)
def _on_retrieval_shut(sender: type[Retrieval], retrieval: str, **kwargs: object) -> None:
    """Every look that rests on it ends, whoever looks."""
    now_ms = _now_ms()
    looks = Look.objects.filter(retrieval=retrieval, expires_ms__gt=now_ms, revoked_ms__isnull=True)
    live = IssuedTicket.objects.filter(look__in=looks, expires_ms__gt=now_ms)
    take_back_all(list(live.values_list("pk", flat=True)))
    looks.update(revoked_ms=now_ms, over_because=Over.RETRIEVAL)


def _revoke_look(ticket_id: str) -> None:
    issued = IssuedTicket.objects.select_related("look").filter(pk=ticket_id).first()
    if issued is None:
        raise MingjianError(
            "not_found",
            Text(zh="没有这张凭证，或它已过期", en="there is no such ticket, or it has expired"),
            fault=Fault.USER,
            field="ticket",
        )
    Look.objects.filter(pk=issued.look_id).update(revoked_ms=_now_ms(), over_because=Over.REVOKED)
    siblings = IssuedTicket.objects.filter(look_id=issued.look_id, expires_ms__gt=_now_ms())
    take_back_all(list(siblings.values_list("pk", flat=True)))


def _mark_over(why: Over, *, viewer: str = "", camera: str = "", session: str = "") -> None:
    now_ms = _now_ms()
    looks = Look.objects.filter(expires_ms__gt=now_ms, revoked_ms__isnull=True)
    if viewer:
        looks = looks.filter(viewer_id=viewer)
    if camera:
        looks = looks.filter(camera=camera)
    if session:
        looks = looks.filter(session=session)
    looks.update(revoked_ms=now_ms, over_because=why)


def _now_ms() -> int:
    return wiring.clock().now_ns() // 1_000_000


def _check_layout(grid: int, tiles: list[dict[str, str] | None]) -> None:
    if grid not in GRIDS:
        wanted = ", ".join(str(size) for size in GRIDS)
        raise MingjianError(
            "invalid",
            Text(zh=f"画面数只能是：{wanted}", en=f"grid must be one of: {wanted}"),
            fault=Fault.USER,
            field="grid",
        )
    if len(tiles) > grid:
        raise MingjianError(
            "invalid",
            Text(zh=f"{grid} 画面的布局最多 {grid} 格", en=f"a wall of {grid} has at most {grid} tiles"),
            fault=Fault.USER,
            field="tiles",
        )


def _layout_name_taken(name: str) -> MingjianError:
    return MingjianError(
        "name_taken",
        Text(zh=f"您已有名为“{name}”的布局", en=f"you have a layout named {name!r} already"),
        fault=Fault.USER,
        field="name",
        remedy=Text(zh="请换一个名称，或修改原布局", en="choose another name, or change that layout"),
    )
