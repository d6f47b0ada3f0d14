"""How near a position is to a zone, for judging it (rules.secure_margins): the one way zones are looked at.

The answer never leaves as such: callers hand it to the rule, whose words tell neither which zone nor where. Whoever asks
about many positions at a margin in an hour is trying to find its outline: he is stopped, and the attempt is an alarm.
"""

from __future__ import annotations

from typing import Any

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.text import Text
from mingjian.rules.library import current_law
from mingjian.rules.secure_margins import MARGIN, Nearby
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Refused
from mingjian.web.ground import Position, distance_to_m
from mingjian.web.zones.actions import opened
from mingjian.web.zones.models import SecureZone, ZoneQuestion

PROBING = "zones.probing"  # what the entry of a refusal names: alarms watch for it
QUESTIONS_AN_HOUR = 20
_HOUR_NS = 3600 * NS_PER_S


def zones_near(actor: Actor, position: Position) -> tuple[Nearby, ...]:
    """The zones within the margin. Raises Refused `too_many_attempts` when he asked too often.

    Only answers that touch a margin are counted: a city full of ordinary cameras never meets the limit.
    """
    return Surroundings(actor).near(position)


class Surroundings:
    """Every zone, opened once: for asking about many positions, each of which counts as if it was asked alone.

    `counted` False: for positions this actor has been answered about just before.
    """

    def __init__(self, actor: Actor, *, counted: bool = True) -> None:
        self._actor = actor
        self._counted = counted
        self._margin_m = current_law().policy_number(MARGIN)
        zones = SecureZone.objects.filter(removed_ns__isnull=True).order_by("id")
        self._zones: list[tuple[str, Any]] = [(zone.kind, opened(zone)["geometry"]) for zone in zones]

    def near(self, position: Position) -> tuple[Nearby, ...]:
        """As `zones_near`."""
        found = []
        for kind, geometry in self._zones:
            away_m = distance_to_m(position, geometry)
            if away_m <= self._margin_m:
                found.append(Nearby(kind, int(away_m)))
        if found and self._counted:
            _count(self._actor)
        return tuple(found)


def _count(actor: Actor) -> None:
    if not actor.user:
        return  # the person at the machine holds its keys anyway
    now_ns = wiring.clock().now_ns()
    ZoneQuestion.objects.filter(at_ns__lte=now_ns - _HOUR_NS).delete()
    asked = ZoneQuestion.objects.filter(actor_id=actor.user).count()
    if asked >= QUESTIONS_AN_HOUR:
        raise Refused(  # leaves its audit entry, "denied", whatever becomes of the transaction around us
            "too_many_attempts",
            Text(
                zh="一小时内在受限范围附近核查的点位过多，已记录并通知公安机关",
                en="too many sites near a restricted margin within an hour: recorded, and public security is told",
            ),
            policy=PROBING,
            actor=actor,
            remedy=Text(zh="确需批量核查的，请由公安机关核定", en="have public security check many sites at once"),
        )
    ZoneQuestion.objects.create(actor_id=actor.user, at_ns=now_ns)
