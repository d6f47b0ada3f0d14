"""What masks do to a ticket: by default everything is shown under them; a lift, or the right to confirm them, is a right
on the ticket (ports.ticket.Right).
"""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_MS, NS_PER_S
from mingjian.ports.ticket import Right
from mingjian.web.authority.actor import Actor
from mingjian.web.masks.lifts import lift_for
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
    """The rights to add to a ticket, whether what it shows is masked, and when a lift ends (UTC ms)."""

    rights: tuple[Right, ...] = ()
    masked: bool = False
    until_ms: int | None = None

    @property
    def lifted(self) -> tuple[Right, ...]:
        """The lift, if there is one: it is what the register of looks names."""
        return tuple(right for right in self.rights if right is Right.UNMASKED)


def masks_under(actor: Actor, camera: Camera, admitted: Admission) -> Masking:
    """What holds for this actor at this camera, in the transaction that issues the ticket."""
    if not is_masked(camera.id, admitted.from_ms, admitted.to_ms):
        return Masking()
    lift = lift_for(
        actor.user, camera.id, live=Right.LIVE in admitted.rights or not admitted.to_ms,
        from_ns=admitted.from_ms * NS_PER_MS, to_ns=admitted.to_ms * NS_PER_MS, least_ns=_LEAST_LIFT_NS,
    )  # fmt: skip
    if lift is not None:
        return Masking((Right.UNMASKED,), masked=False, until_ms=lift.expires_ns // NS_PER_MS)
    return Masking((Right.MASK_CHECK,) if DRAW.allows(actor, camera) else (), masked=True)
