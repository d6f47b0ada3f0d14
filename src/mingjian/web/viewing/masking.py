"""What masks do to a ticket: by default everything is shown under them; a lift, or the right to confirm them, is a right
on the ticket (ports.ticket.Right).
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.ports.ticket import Right
from mingjian.web.authority.actor import Actor
from mingjian.web.masks.lifts import lifts_for
from mingjian.web.masks.models import MaskLift
from mingjian.web.masks.policies import DRAW
from mingjian.web.masks.queries import is_masked
from mingjian.web.registry.models import Camera
from mingjian.web.viewing.admission import Admission

OF_MASKS = frozenset({Right.UNMASKED.value, Right.MASK_CHECK.value})
"""Rights that nobody asks for: they follow from the camera's masks each time a ticket is issued."""

_LEAST_LIFT_NS = 60 * NS_PER_S
"""A lift with less than this to go is over for new tickets: a look goes on under masks instead of breaking off."""


@dataclass(frozen=True, slots=True)
class Masking:
    """What is added to a ticket: `lift`, of the present and of footage [from_ms, to_ms) (UTC ms, 0 and 0 for none), until
    `until_ms`; `check`: the bearer may confirm masks. `masked`: masks cover some of what he asks for, but for a lift."""

    masked: bool = False
    check: bool = False
    live: bool = False
    from_ms: int = 0
    to_ms: int = 0
    until_ms: int | None = None

    @property
    def lift(self) -> bool:
        """Whether there is one."""
        return self.live or bool(self.to_ms)

    @property
    def registered(self) -> tuple[str, ...]:
        """The right that the register of looks names."""
        return (Right.UNMASKED.value,) if self.lift else ()

    @property
    def rights(self) -> tuple[str, ...]:
        """The rights on the ticket."""
        return (*self.registered, *((Right.MASK_CHECK.value,) if self.check else ()))


def masks_under(actor: Actor, camera: Camera, admitted: Admission) -> Masking:
    """What holds for this actor at this camera, in the transaction that issues the ticket."""
    if not is_masked(camera.id, admitted.from_ms, admitted.to_ms):
        return Masking()
    found = lifts_for(actor.user, camera.id, _LEAST_LIFT_NS)
    present = next((one for one in found if one.live), None) if Right.LIVE in admitted.rights else None
    recorded = next((one for one in found if _shared(one, admitted) is not None), None)
    from_ms, to_ms = (recorded and _shared(recorded, admitted)) or (0, 0)
    used = [one for one in (present, recorded) if one is not None]
    return Masking(
        masked=True,
        check=DRAW.allows(actor, camera),
        live=present is not None,
        from_ms=from_ms,
        to_ms=to_ms,
        until_ms=min((one.expires_ns // NS_PER_MS for one in used), default=None),
    )


def _shared(lift: MaskLift, admitted: Admission) -> tuple[int, int] | None:
    """The footage that a lift and a wish share, in whole milliseconds inside both."""
    if lift.from_ns is None or lift.to_ns is None or not admitted.to_ms:
        return None
    from_ms, to_ms = max(admitted.from_ms, -(-lift.from_ns // NS_PER_MS)), min(admitted.to_ms, lift.to_ns // NS_PER_MS)
    return (from_ms, to_ms) if from_ms < to_ms else None
