"""A published calendar of public holidays of one year, working weekends included."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """`off` are days off as announced, `working_weekends` the weekend days worked in exchange."""

    year: int
    confidence: str
    source: Text
    off: frozenset[dt.date]
    working_weekends: frozenset[dt.date]

    def is_day_off(self, day: dt.date) -> bool:
        """Whether nobody works on `day`: an announced holiday or an ordinary weekend."""
        if day in self.off:
            return True
        return day.weekday() >= _SATURDAY and day not in self.working_weekends
