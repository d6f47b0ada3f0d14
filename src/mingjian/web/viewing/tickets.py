"""Issuing and renewing tickets: judged each time (admission), every look registered and audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import F

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.ports.ticket import Right, Ticket, open_ticket, sign_ticket
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut
from mingjian.web.authority.policy import Refused
from mingjian.web.registry.models import Camera
from mingjian.web.registry.queries import camera_by_id
from mingjian.web.viewing.admission import LOOKED, Admission, Wish, admit, cited, unit_of
from mingjian.web.viewing.custody import look_denied, look_opened, look_widened
from mingjian.web.viewing.lifetime import LONGEST_FOOTAGE_MS, TICKET_MS
from mingjian.web.viewing.masking import OF_MASKS, Masking, masks_under
from mingjian.web.viewing.models import IssuedTicket, Look
from mingjian.web.viewing.policies import ASK_TICKET
from mingjian.web.viewing.revocations import in_force

_RECORDED = frozenset({Right.PLAYBACK, Right.EXPORT})


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed ticket and its claims, the retrieval that it rests on, if any, and what masks do to it."""

    text: str
    ticket: Ticket
    watermark: str
    retrieval: str
    under: Masking


def issue_ticket(actor: Actor, session: str, wish: Wish) -> Issued:
    """Issue a ticket for a new look. `session` is the web session's digest. What is refused leaves a leaf, too.

    Raises as `admission.admit`, Refused, MingjianError not_found or one naming the field at fault.
    """
    ASK_TICKET.require(actor)
    _check_times(wish)
    camera = camera_by_id(wish.camera)
    try:
        with transaction.atomic():
            return _issue(actor, session, camera, wish)
    except MingjianError as refusal:
        if isinstance(refusal, Refused | RuledOut) or refusal.code == "not_found":
            look_denied(actor, camera.id, list(wish.streams), wish.from_ms, wish.to_ms, wish.purpose)
        raise


def _issue(actor: Actor, session: str, camera: Camera, wish: Wish) -> Issued:
    admitted = admit(actor, camera, wish)
    _check_streams(camera, wish, admitted.rights)
    under = masks_under(actor, camera, admitted)
    now_ms = _now_ms()
    look = Look(
        id=new_id(wiring.clock().now_ns()),
        viewer_id=actor.user,
        viewer_name=actor.name,
        viewer_unit=unit_of(actor)[:128],
        session=session,
        camera=camera.id,
        camera_name=camera.name,
        streams=list(wish.streams),
        rights=[right.value for right in admitted.rights] + list(under.registered),
        purpose=wish.purpose,
        from_ms=admitted.from_ms,
        to_ms=admitted.to_ms,
        issued_ms=now_ms,
        expires_ms=_expiry(now_ms, admitted, under),
        opened_by=admitted.opened_by,
        retrieval=admitted.retrieval,
    )
    ticket = _ticket_of(look, actor, under)
    IssuedTicket.objects.filter(expires_ms__lt=now_ms, look__ended=True).delete()
    look.save(force_insert=True)
    IssuedTicket.objects.create(id=ticket.id, look=look, issued_ms=now_ms, expires_ms=ticket.expires_ms)
    after = {
        "look": look.id,
        "rights": look.rights,
        "streams": look.streams,
        "purpose": look.purpose,
        "from_ms": look.from_ms,
        "to_ms": look.to_ms,
        "opened_by": look.opened_by,
        "retrieval": look.retrieval,
    }
    look_opened(actor, look)
    record(
        actor, LOOKED, kind="camera", object_id=camera.id, name=camera.name, after=after, policy=ASK_TICKET,
        judgements=cited(admitted.judgements),
    )  # fmt: skip
    return _sign(ticket, actor, look.retrieval, under)


def renew_ticket(actor: Actor, session: str, text: str) -> Issued:
    """A fresh ticket for the same look; what opens it, session, camera and revocations are looked at again.

    A renewal adds to the look's own row, not to the audit record: one look is one entry, with its end in the register.
    Raises MingjianError ticket_invalid, ticket_expired, ticket_edge, ticket_foreign or ticket_revoked, or as `admit`.
    """
    config = configuration.current()
    now_ms = _now_ms()
    old = open_ticket(text, config.ticket_key.public_key(), now_ms, config.edge)
    if old.viewer != actor.user or old.session != session:
        raise _bad_ticket("ticket_foreign", "观看凭证属于另一次登录", "the ticket belongs to another session")
    ASK_TICKET.require(actor)
    try:
        with transaction.atomic():
            return _renew(actor, old, now_ms)
    except (Refused, RuledOut):
        look_denied(actor, old.camera, list(old.streams), old.from_ms, old.to_ms, old.purpose)
        raise


def _renew(actor: Actor, old: Ticket, now_ms: int) -> Issued:
    issued = IssuedTicket.objects.select_related("look").filter(pk=old.id).first()
    if issued is None or issued.look.revoked_ms is not None or any(entry.covers(old) for entry in in_force()):
        raise _bad_ticket("ticket_revoked", "观看凭证已被收回", "the ticket has been taken back")
    camera, rights = camera_by_id(old.camera), tuple(Right(one) for one in old.rights if one not in OF_MASKS)
    admitted = admit(
        actor, camera,
        Wish(old.camera, old.streams, rights, old.purpose, old.from_ms, old.to_ms, issued.look.retrieval),
    )  # fmt: skip
    if Right.LIVE in rights and camera.removed_ns is not None:
        raise _removed(camera)
    under = masks_under(actor, camera, admitted)
    if under.lift and Right.UNMASKED.value not in issued.look.rights:
        look_widened(actor, issued.look, Right.UNMASKED)
    ticket = replace(
        old,
        id=new_id(wiring.clock().now_ns()),
        viewer_name=actor.labelled(),
        rights=(*(right.value for right in rights), *under.rights),
        **_unmasked(under),
        issued_ms=now_ms,
        expires_ms=_expiry(now_ms, admitted, under),
    )
    IssuedTicket.objects.create(id=ticket.id, look=issued.look, issued_ms=now_ms, expires_ms=ticket.expires_ms)
    Look.objects.filter(pk=issued.look.pk).update(expires_ms=ticket.expires_ms, renewals=F("renewals") + 1)
    return _sign(ticket, actor, issued.look.retrieval, under)


def _expiry(now_ms: int, admitted: Admission, under: Masking) -> int:
    """Five minutes, or when what opens it ends, or the lift of its masks."""
    ends = [one for one in (admitted.until_ms, under.until_ms) if one is not None]
    return min([now_ms + TICKET_MS, *ends])


def _ticket_of(look: Look, actor: Actor, under: Masking) -> Ticket:
    return Ticket(
        id=new_id(wiring.clock().now_ns()),
        viewer=actor.user,
        viewer_name=actor.labelled(),
        camera=look.camera,
        streams=tuple(look.streams),
        rights=tuple(dict.fromkeys((*look.rights, *under.rights))),
        purpose=look.purpose,
        issued_ms=look.issued_ms,
        expires_ms=look.expires_ms,
        from_ms=look.from_ms,
        to_ms=look.to_ms,
        edge=configuration.current().edge,
        session=look.session,
        **_unmasked(under),
    )


def _unmasked(under: Masking) -> dict[str, Any]:
    return {"unmasked_live": under.live, "unmasked_from_ms": under.from_ms, "unmasked_to_ms": under.to_ms}


def _sign(ticket: Ticket, actor: Actor, retrieval: str, under: Masking) -> Issued:
    text = sign_ticket(ticket, configuration.current().ticket_key)
    return Issued(text, ticket, actor.labelled(), retrieval, under)


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


def _check_streams(camera: Camera, wish: Wish, rights: Sequence[Right]) -> None:
    if Right.LIVE in rights and camera.removed_ns is not None:
        raise _removed(camera)
    known = {stream.name for stream in camera.streams.all()}
    if camera.removed_ns is None and not known.intersection(wish.streams):
        raise MingjianError(
            "invalid",
            Text(zh="这台摄像机没有所要的码流", en="this camera has no such stream"),
            fault=Fault.USER,
            field="streams",
            remedy=Text(zh=f"可用码流：{'、'.join(sorted(known))}", en=f"it has: {', '.join(sorted(known))}"),
        )


def _now_ms() -> int:
    return wiring.clock().now_ns() // 1_000_000


def _removed(camera: Camera) -> MingjianError:
    return MingjianError(
        "conflict",
        Text(
            zh=f"摄像机“{camera.name}”已被移除，没有实时画面",
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
