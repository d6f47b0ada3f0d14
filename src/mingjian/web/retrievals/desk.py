"""The holder's desk: who stands behind it."""

from __future__ import annotations

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Refused
from mingjian.web.http.versions import require_version
from mingjian.web.retrievals.models import Retrieval
from mingjian.web.retrievals.policies import HAND_OVER
from mingjian.web.retrievals.requests import COUNTER_WAYS, retrieval_by_id


def at_the_desk(actor: Actor, retrieval_id: str, expected: int | None) -> Retrieval:
    """The row, locked, for the holder's custodian, who is none of those he checks."""
    row = retrieval_by_id(actor, retrieval_id, lock=True)
    if row.holder is None:
        raise MingjianError(
            "conflict",
            Text("范围内有多家单位，请分别申请调取", "the area has several holders: ask each of them"),
            fault=Fault.USER,
        )
    HAND_OVER.require(actor, row.holder)
    require_version(row.version, expected)
    others = {row.approver_id, *row.executors.values_list("person", flat=True)}
    if row.way not in COUNTER_WAYS:
        others.add(row.requester_id)
    if actor.user in others:
        raise Refused(
            "forbidden",
            Text("资料管理员不得是申请、批准或者执行调取的人", "the custodian neither asks, decides nor executes"),
            policy=HAND_OVER.name,
            actor=actor,
        )
    return row
