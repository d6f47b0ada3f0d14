"""Turning a camera elsewhere (qd204 20(1)): its file says so only after a change of use was approved.

Whoever keeps changes of use (web.monitoring) says whether one was approved; the register knows no requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mingjian.rules.judgement import Judgement
from mingjian.web.authority.actor import Actor
from mingjian.web.registry.models import Camera

AIM = ("azimuth_deg", "view_angle_deg", "view_distance_m")


class Approvals(Protocol):
    """The approved changes of cameras' aims: each is used once."""

    def ask(self, actor: Actor, camera: Camera) -> Judgement:
        """The law's word on turning it now. Uses nothing up."""

    def take(self, actor: Actor, camera: Camera) -> Judgement:
        """The same, and the approval is used up. Raises RuledOut `change_needed` when there is none."""

    def waits(self, camera: Camera) -> bool:
        """Whether one was approved and not used yet: somebody may be turning it."""

    def give_back(self, camera: Camera, since_ns: int) -> None:
        """One used since then did not turn the camera after all: it may be used again."""


_approvals: list[Approvals] = []


def provide_approvals(approvals: Approvals) -> None:
    """Name whoever keeps them."""
    _approvals[:] = [approvals]


def turned(standing: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Which fields of AIM turn a camera in use. Stating for the first time where it looks turns nothing."""
    if standing != "active":
        return ()
    return tuple(name for name in AIM if before.get(name) is not None and name in after and before[name] != after[name])


def approval_of(actor: Actor, camera: Camera) -> list[Judgement]:
    """The law's word on turning it, where somebody keeps approvals. Uses nothing up."""
    return [one.ask(actor, camera) for one in _approvals]


def require_approval(actor: Actor, camera: Camera) -> list[Judgement]:
    """The law's word on turning it, for the entry. Raises RuledOut `change_needed`. Call it in the transaction."""
    return [one.take(actor, camera) for one in _approvals]


def turning_awaited(camera: Camera) -> bool:
    """Whether its turning was approved and its file does not say yet that it was done."""
    return any(one.waits(camera) for one in _approvals)


def give_approval_back(camera: Camera, since_ns: int) -> None:
    """What turned the camera since then is taken back whole, as if it had not been. Call it in the transaction."""
    for one in _approvals:
        one.give_back(camera, since_ns)
