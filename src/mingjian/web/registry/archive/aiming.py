"""Turning a camera elsewhere (qd204 20(1)): its file says so only after a change of use was approved.

Whoever keeps changes of use (web.monitoring) says whether one was approved; the register knows no requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mingjian.rules.judgement import Judgement
from mingjian.web.authority.actor import Actor
from mingjian.web.registry.models import Camera

AIM = ("azimuth_deg", "view_angle_deg", "view_distance_m")
Approval = Callable[[Actor, Camera], Judgement]
_approval: list[Approval] = []


def provide_approval(find: Approval) -> None:
    """Name the function that takes an approved change of a camera's aim, once. It raises RuledOut when there is none."""
    _approval[:] = [find]


def turned(before: Mapping[str, Any], camera: Camera) -> bool:
    """Whether a camera in use is to see something else. Stating for the first time where it looks turns nothing."""
    if camera.standing != "active":
        return False
    return any(before.get(name) is not None and before[name] != getattr(camera, name) for name in AIM)


def require_approval(actor: Actor, camera: Camera) -> list[Judgement]:
    """The law's word on turning it, for the entry. Raises RuledOut `change_needed`. Call it in the transaction."""
    return [find(actor, camera) for find in _approval]
