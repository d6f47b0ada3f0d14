"""Issuing and renewing tickets: rights checked each time, every look registered and audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.ticket import Right, Ticket, open_ticket, sign_ticket
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Refused
from mingjian.web.registry.models import Camera
from mingjian.web.registry.queries import camera_by_id
from mingjian.web.viewing.custody import look_denied, look_opened
from mingjian.web.viewing.lifetime import LONGEST_FOOTAGE_MS, TICKET_MS
from mingjian.web.viewing.models import IssuedTicket, Look
from mingjian.web.viewing.policies import ASK_TICKET, OF_RIGHT
from mingjian.web.viewing.revocations import in_force

LOOKED = register("viewing.look", "观看画面", "looked at a camera")

_RECORDED = frozenset({Right.PLAYBACK, Right.EXPORT})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to look at. Times are UTC milliseconds, 0 and 0 where no footage is asked for."""

    camera: str
    streams: tuple[str, ...]
    rights: tuple[Right, ...]
    purpose: str
    from_ms: int = 0
    to_ms: int = 0


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed ticket and its claims."""

    text: str
    ticket: Ticket
    watermark: str


def issue_ticket(actor: Actor, session: str, wish: Wish) -> Issued:
    """Issue a ticket for a new look. `session` is the web session's digest.

    Raises Refused for a right the actor does not have, MingjianError not_found or one naming the field at fault.
    """
    try:
        _require_rights(actor, wish.rights)
    except Refused:
        look_denied(actor, wish.camera, list(wish.streams), wish.from_ms, wish.to_ms, wish.purpose)
        raise
    _check_times(wish)
    camera = camera_by_id(wish.camera)
    _check_streams(camera, wish)
    now_ms = _now_ms()
    look = Look(
        id=new_id(wiring.clock().now_ns()),
        viewer_id=actor.user,
        viewer_name=actor.name,
        viewer_unit=actor.unit,
        session=session,
        camera=camera.id,
        camera_name=camera.name,
        streams=list(wish.streams),
        rights=[right.value for right in wish.rights],
        purpose=wish.purpose,
        from_ms=wish.from_ms,
        to_ms=wish.to_ms,
        issued_ms=now_ms,
        expires_ms=now_ms + TICKET_MS,
    )
    ticket = _ticket_of(look, actor, now_ms)
    with transaction.atomic():
        IssuedTicket.objects.filter(expires_ms__lt=now_ms).delete()
        look.save(force_insert=True)
        IssuedTicket.objects.create(id=ticket.id, look=look, issued_ms=now_ms, expires_ms=ticket.expires_ms)
        after = {
            "look": look.id,
            "rights": look.rights,
            "streams": look.streams,
            "purpose": look.purpose,
            "from_ms": look.from_ms,
            "to_ms": look.to_ms,
        }
        look_opened(actor, look)
        record(actor, LOOKED, kind="camera", object_id=camera.id, name=camera.name, after=after, policy=ASK_TICKET)
    return _sign(ticket, actor)


def renew_ticket(actor: Actor, session: str, text: str) -> Issued:
    """A fresh ticket for the same look; rights, session, camera and revocations are looked at again.

    A renewal adds to the look's own row, not to the audit record: one look is one entry, with its end in the register.
    Raises MingjianError ticket_invalid, ticket_expired, ticket_edge, ticket_foreign or ticket_revoked, or Refused.
    """
    config = configuration.current()
    now_ms = _now_ms()
    old = open_ticket(text, config.ticket_key.public_key(), now_ms, config.edge)
    if old.viewer != actor.user or old.session != session:
        raise _bad_ticket("ticket_foreign", "观看凭证属于另一次登录", "the ticket belongs to another session")
    rights = tuple(Right(right) for right in old.rights)
    _require_rights(actor, rights)
    with transaction.atomic():
        issued = IssuedTicket.objects.select_related("look").filter(pk=old.id).first()
        if issued is None or issued.look.revoked_ms is not None or any(entry.covers(old) for entry in in_force()):
            raise _bad_ticket("ticket_revoked", "观看凭证已被收回", "the ticket has been taken back")
        camera = camera_by_id(old.camera)
        if Right.LIVE in rights and camera.removed_ns is not None:
            raise _removed(camera)
        ticket = replace(
            old,
            id=new_id(wiring.clock().now_ns()),
            viewer_name=actor.labelled(),
            issued_ms=now_ms,
            expires_ms=now_ms + TICKET_MS,
        )
        IssuedTicket.objects.create(id=ticket.id, look=issued.look, issued_ms=now_ms, expires_ms=ticket.expires_ms)
        Look.objects.filter(pk=issued.look.pk).update(expires_ms=ticket.expires_ms, renewals=F("renewals") + 1)
    return _sign(ticket, actor)


def _ticket_of(look: Look, actor: Actor, now_ms: int) -> Ticket:
    return Ticket(
        id=new_id(wiring.clock().now_ns()),
        viewer=actor.user,
        viewer_name=actor.labelled(),
        camera=look.camera,
        streams=tuple(look.streams),
        rights=tuple(look.rights),
        purpose=look.purpose,
        issued_ms=now_ms,
        expires_ms=now_ms + TICKET_MS,
        from_ms=look.from_ms,
        to_ms=look.to_ms,
        edge=configuration.current().edge,
        session=look.session,
    )


def _sign(ticket: Ticket, actor: Actor) -> Issued:
    return Issued(sign_ticket(ticket, configuration.current().ticket_key), ticket, actor.labelled())


def _require_rights(actor: Actor, rights: Sequence[Right]) -> None:
    ASK_TICKET.require(actor)
    for right in rights:
        OF_RIGHT[right].require(actor)


def _check_times(wish: Wish) -> None:
    """Footage is asked for with its bounds; a look at the present has none."""
    if not _RECORDED.intersection(wish.rights) and not (wish.from_ms or wish.to_ms):
        return
    if not wish.from_ms or not wish.to_ms:
        missing = "to" if wish.from_ms else "from"
        raise _bad_time(missing, "回放和导出须给出起止时间", "playback and export need both from and to")
    if wish.to_ms <= wish.from_ms:
        raise _bad_time("to", "结束时间须晚于开始时间", "to must be later than from")
    if wish.to_ms - wish.from_ms > LONGEST_FOOTAGE_MS:
        raise _bad_time("to", "时间范围最长 366 天", "at most 366 days at once")


def _check_streams(camera: Camera, wish: Wish) -> None:
    if Right.LIVE in wish.rights and camera.removed_ns is not None:
        raise _removed(camera)
    known = {stream.name for stream in camera.streams.all()}
    if camera.removed_ns is None and not known.intersection(wish.streams):
        raise MingjianError(
            "invalid",
            Text(zh="这台摄像机没有所要的码流", en="this camera has no such stream"),
            fault=Fault.USER,
            field="streams",
            remedy=Text(zh=f"可用码流:{'、'.join(sorted(known))}", en=f"it has: {', '.join(sorted(known))}"),
        )


def _now_ms() -> int:
    return wiring.clock().now_ns() // 1_000_000


def _removed(camera: Camera) -> MingjianError:
    return MingjianError(
        "conflict",
        Text(
            zh=f"摄像机“{camera.name}”已被移除,没有实时画面",
            en=f"{camera.name} has been removed: there is no live picture",
        ),
        fault=Fault.USER,
        field="camera",
        remedy=Text(zh="仍可回放它保存期内的录像", en="its footage can still be played back while it is kept"),
    )


def _bad_time(field: str, zh: str, en: str) -> MingjianError:
    return MingjianError("invalid", Text(zh=zh, en=en), fault=Fault.USER, field=field)


def _bad_ticket(code: str, zh: str, en: str) -> MingjianError:
    remedy = Text(zh="请重新打开画面", en="open the picture again")
    return MingjianError(code, Text(zh=zh, en=en), fault=Fault.USER, field="ticket", remedy=remedy)
