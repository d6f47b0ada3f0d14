"""How long the footage of a camera is kept: never shorter than the law says (qd204 19(7), sc799 17)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules import retention
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.rules.place_kinds import PLACE_PARTS
from mingjian.rules.places import PlacePart, listed_in_national_article_7
from mingjian.web import configuration, wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, applying
from mingjian.web.registry.models import Camera
from mingjian.web.registry.names import ADDED, CHANGED
from mingjian.web.registry.places.queries import kinds_on

LONGEST_DAYS = 3650

judge_setting = applying(retention.judge_setting, by=(ADDED, CHANGED))


@dataclass(frozen=True, slots=True)
class Governed:
    """By what a camera's footage is governed: the kinds of its place, and whether sc799 7 lists it (None: not known)."""

    kinds: frozenset[str] = frozenset()
    listed: bool | None = None


def governed_of(law: Law, camera: Camera, on: dt.date) -> Governed:
    """By the kinds and parts of the camera's place on that day; nothing is known without a place or kinds."""
    if camera.place is None:
        return Governed()
    kinds = kinds_on(camera.place, on)
    if not kinds:
        return Governed()
    parts = {part.part for part in camera.place.parts.all()} or set(PLACE_PARTS) - {"private_interior"}
    return Governed(kinds, any(listed_in_national_article_7(law, PlacePart(kinds, part), on) for part in sorted(parts)))


def minimum_of(law: Law, governed: Governed, on: dt.date) -> int:
    """The least days: the strictest of packs and overlays in force."""
    return retention.retention_minimum(law, governed.kinds, governed.listed, on).days


def judge_setting_of(law: Law, days: int, governed: Governed, on: dt.date) -> Judgement:
    """Whether so many days are enough."""
    return judge_setting(law, days, governed.kinds, governed.listed, on)


def least_days(camera: Camera) -> int:
    """What the engine is told at least, whatever the camera is set to; 0 in a folder marked as demo."""
    if configuration.current().demo:
        return 0
    on = shanghai_day(wiring.clock().now_ns())
    return minimum_of(current_law(), governed_of(current_law(), camera, on), on)


def judge_keep_days(actor: Actor, action: str, days: int, camera: Camera | None = None) -> tuple[Judgement, ...]:
    """What the law says of keeping `days` days, for the entry of `action`; nothing in a folder marked as demo.

    Raises RuledOut `keep_days_too_short` when the law asks for more, MingjianError of the same code below one day and
    `invalid` above LONGEST_DAYS. The law is asked as of today, by the kinds of the camera's place; a category that
    is not known keeps its safe side.
    """
    if days < 1:
        raise MingjianError(
            "keep_days_too_short",
            Text(zh="至少保存 1 天", en="footage is kept at least one day"),
            fault=Fault.USER,
            field="keep_days",
        )
    if days > LONGEST_DAYS:
        raise MingjianError(
            "invalid",
            Text(zh=f"保存天数不得大于 {LONGEST_DAYS}", en=f"days kept must be at most {LONGEST_DAYS}"),
            fault=Fault.USER,
            field="keep_days",
        )
    if configuration.current().demo:
        return ()
    today = shanghai_day(wiring.clock().now_ns())
    governed = Governed() if camera is None else governed_of(current_law(), camera, today)
    judgement = judge_setting_of(current_law(), days, governed, today)
    if judgement.verdict is Verdict.BLOCKED:
        raise RuledOut("keep_days_too_short", judgement, actor=actor, action=action, field="keep_days")
    return (judgement,)
