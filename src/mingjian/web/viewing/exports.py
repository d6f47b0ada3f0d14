"""Footage leaving through the machine's own command line: allowed and recorded before the first byte is written."""

from __future__ import annotations

from django.db import transaction

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Refused
from mingjian.web.registry.queries import camera_by_id
from mingjian.web.viewing.custody import access_ended, export_opened, look_denied
from mingjian.web.viewing.policies import EXPORT

EXPORTED = register("viewing.export", "导出录像", "exported footage")
_SHORTEST_REASON = 2


def begin_export(actor: Actor, camera_id: str, stream: str, from_ns: int, to_ns: int, reason: str) -> str:
    """Allow and record an export of [from, to); the access's id, for `end_export`.

    Raises Refused, MingjianError not_found, or invalid (field: reason) for an export without a reason.
    """
    from_ms, to_ms = from_ns // NS_PER_MS, to_ns // NS_PER_MS
    try:
        EXPORT.require(actor)
    except Refused:
        look_denied(actor, camera_id, [stream], from_ms, to_ms, reason)
        raise
    if len(reason.strip()) < _SHORTEST_REASON:
        raise MingjianError(
            "invalid",
            Text(zh="导出录像必须说明事由", en="exporting footage needs a reason"),
            fault=Fault.USER,
            field="reason",
        )
    camera = camera_by_id(camera_id)
    after = {"stream": stream, "from": format_iso_ns(from_ns), "to": format_iso_ns(to_ns)}
    access = new_id(wiring.clock().now_ns())
    with transaction.atomic():
        export_opened(actor, access, camera.id, stream, from_ns, to_ns, reason)
        record(
            actor, EXPORTED, kind="camera", object_id=camera.id, name=camera.name, after=after, policy=EXPORT,
            reason=reason,
        )  # fmt: skip
    return access


def end_export(access: str, from_ns: int, to_ns: int, began_ns: int) -> None:
    """The export that `begin_export` allowed is over, whether it was done or broken off."""
    duration_ms = (wiring.clock().now_ns() - began_ns) // NS_PER_MS
    access_ended(access, from_ns // NS_PER_MS, to_ns // NS_PER_MS, duration_ms)
