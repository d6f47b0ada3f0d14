"""Footage leaving through the machine's own command line: allowed and recorded before the first byte is written."""

from __future__ import annotations

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.registry.queries import camera_by_id
from mingjian.web.viewing.policies import EXPORT

EXPORTED = register("viewing.export", "导出录像", "exported footage")
_SHORTEST_REASON = 2


def begin_export(actor: Actor, camera_id: str, stream: str, from_ns: int, to_ns: int, reason: str) -> None:
    """Allow and record an export of [from, to).

    Raises Refused, MingjianError not_found, or invalid (field: reason) for an export without a reason.
    """
    EXPORT.require(actor)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise MingjianError(
            "invalid",
            Text(zh="导出录像必须说明事由", en="exporting footage needs a reason"),
            fault=Fault.USER,
            field="reason",
        )
    camera = camera_by_id(camera_id)
    after = {"stream": stream, "from": format_iso_ns(from_ns), "to": format_iso_ns(to_ns)}
    record(
        actor, EXPORTED, kind="camera", object_id=camera.id, name=camera.name, after=after, policy=EXPORT, reason=reason
    )
