"""When an act can no longer be punished (Administrative Penalty Law 36), counted from its end if it goes on.

Two years, five where life, health or financial security is harmed. The five years came with the revision in force
since 2021-07-15; before it article 29 of the older text gave two years for everything.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.day_count import DatedFact

YEARS = 2
YEARS_LIFE_AND_HEALTH = 5
REVISION = dt.date(2021, 7, 15)


@dataclass(frozen=True, slots=True)
class Limitation:
    """`barred` None when the dates do not tell. `basis` cites the article."""

    barred: bool | None
    last_day: dt.date | None
    basis: Text


def limitation(ended: DatedFact, continuing: bool, harms_life_or_health: bool, discovered_on: dt.date) -> Limitation:
    """Whether the act was discovered too late. A continuing act is never barred."""
    basis = Text("《中华人民共和国行政处罚法》第三十六条", "Administrative Penalty Law, article 36")
    if continuing:
        return Limitation(False, None, basis)
    if ended.earliest is None or ended.latest is None:
        return Limitation(None, None, basis)
    first = _last_day(ended.earliest, harms_life_or_health)
    last = _last_day(ended.latest, harms_life_or_health)
    if discovered_on <= first:
        return Limitation(False, last, basis)
    return Limitation(True if discovered_on > last else None, last, basis)


def _last_day(ended: dt.date, harms: bool) -> dt.date:
    years = YEARS_LIFE_AND_HEALTH if harms and ended >= REVISION else YEARS
    try:
        return ended.replace(year=ended.year + years)
    except ValueError:  # 29 February: the month's last day
        return ended.replace(year=ended.year + years, day=28)
