"""Looks as leaves of the ledger: opened in the transaction that issues the ticket, ended when it is over, denied too."""

from __future__ import annotations

from django.db import transaction

from mingjian.kernel.clock import NS_PER_MS
from mingjian.ledger.leaf import AccessEnd, AccessOpening
from mingjian.ports.ticket import Right
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.ledger.actions import append_leaf, person_of
from mingjian.web.viewing.admission import unit_of
from mingjian.web.viewing.models import Look
from mingjian.web.viewing.seen import edge_word, span_seen

_ACTS = {
    Right.LIVE: "view",
    Right.PLAYBACK: "playback",
    Right.SNAPSHOT: "snapshot",
    Right.EXPORT: "export",
    Right.UNMASKED: "mask_lift",
}
_SWEEP = 500
_CLOSING_MS = 1000  # an edge hears of a revocation within half a second


def look_opened(actor: Actor, look: Look) -> None:
    """One leaf a right; call it in the transaction that makes the look, so that no ticket leaves without it."""
    for right in look.rights:
        _open(
            actor, look.id, _ACTS[Right(right)], look.camera, list(look.streams), look.from_ms, look.to_ms, look.purpose,
            look.retrieval,
        )  # fmt: skip


def look_widened(actor: Actor, look: Look, right: Right) -> None:
    """A look that goes on with one right more; in the transaction that renews its ticket."""
    look.rights = [*look.rights, right.value]
    look.save(update_fields=["rights"])
    _open(
        actor,
        look.id,
        _ACTS[right],
        look.camera,
        list(look.streams),
        look.from_ms,
        look.to_ms,
        look.purpose,
        look.retrieval,
    )


def export_opened(
    actor: Actor, access: str, camera: str, stream: str, from_ns: int, to_ns: int, reason: str, retrieval: str
) -> None:
    """An export at the command line, which has no ticket."""
    _open(actor, access, "export", camera, [stream], from_ns // NS_PER_MS, to_ns // NS_PER_MS, reason, retrieval)


def look_denied(actor: Actor, camera: str, streams: list[str], from_ms: int, to_ms: int, purpose: str) -> None:
    """Somebody wanted to look and may not. In a transaction of its own: nothing else of the attempt stays."""
    if camera:
        _open(actor, "denied", "denied", camera, streams, from_ms, to_ms, purpose)


def _open(
    actor: Actor,
    access: str,
    act: str,
    camera: str,
    streams: list[str],
    from_ms: int,
    to_ms: int,
    purpose: str,
    retrieval: str = "",
) -> None:
    append_leaf(
        AccessOpening(
            at_ns=wiring.clock().now_ns(), access=access, act=act, camera=camera,
            stream=streams[0] if len(streams) == 1 else None,
            start_ns=from_ms * NS_PER_MS if to_ms else None, end_ns=to_ms * NS_PER_MS if to_ms else None,
            person=person_of(actor), unit=unit_of(actor)[:256] or None, purpose=purpose or "-",
            retrieval=retrieval or None,
        )
    )  # fmt: skip


def end_looks() -> int:
    """The end of every look that is over: its last ticket ran out, or was taken back. How many; the worker's business.

    The span is what the edge says has left; of a look that it cannot speak of, that of the tickets.
    """
    now_ms = wiring.clock().now_ns() // NS_PER_MS
    word = edge_word()
    ended = []
    with transaction.atomic():
        over = list(Look.objects.select_for_update().filter(ended=False, expires_ms__lte=now_ms)[:_SWEEP])
        over += list(
            Look.objects.select_for_update().filter(ended=False, expires_ms__gt=now_ms, revoked_ms__isnull=False)[
                :_SWEEP
            ]
        )
        for look in over:
            end_ms = look.expires_ms if look.revoked_ms is None else min(look.revoked_ms, look.expires_ms)
            seen = span_seen(word, look, end_ms + _CLOSING_MS if look.revoked_ms is not None else end_ms, now_ms)
            if seen is not None:
                access_ended(look.id, seen.from_ms, seen.to_ms, end_ms - look.issued_ms)
                ended.append(look.pk)
        Look.objects.filter(pk__in=ended).update(ended=True)
    return len(ended)


def access_ended(access: str, from_ms: int, to_ms: int, duration_ms: int) -> None:
    """One access is over."""
    append_leaf(
        AccessEnd(
            at_ns=wiring.clock().now_ns(), access=access, start_ns=from_ms * NS_PER_MS if to_ms else None,
            end_ns=to_ms * NS_PER_MS if to_ms else None, duration_ns=max(0, duration_ms) * NS_PER_MS,
        )
    )  # fmt: skip
