"""What is done with the machine."""

from __future__ import annotations

from mingjian.kernel.errors import MingjianError
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.models import Outcome
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.system.policies import CONFIRM_TIME

TIME_CONFIRMED = register("system.confirm_time", "确认系统时间", "confirmed the system's time")


def confirm_time(actor: Actor, reason: str) -> None:
    """Vouch for the machine's time, so that deleting by retention may go on. Recorded whether the engine takes it or not.

    Raises MingjianError engine_away.
    """
    CONFIRM_TIME.require(actor)
    try:
        wiring.engine().confirm_time(actor.labelled(), reason)
    except MingjianError:
        record(actor, TIME_CONFIRMED, kind="engine", policy=CONFIRM_TIME, reason=reason, outcome=Outcome.FAILED)
        raise
    record(actor, TIME_CONFIRMED, kind="engine", policy=CONFIRM_TIME, reason=reason)
