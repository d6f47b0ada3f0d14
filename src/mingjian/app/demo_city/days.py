"""Civil days of the demo: all are counted from the day on which it is filled."""

from __future__ import annotations

import datetime as dt


def days_from_now(days: int) -> str:
    """The civil day in Shanghai so many days from now."""
    return (dt.date.fromisoformat(today()) + dt.timedelta(days=days)).isoformat()


def today() -> str:
    """The civil day in Shanghai."""
    from mingjian.web.registry.judging import today as shanghai

    return shanghai().isoformat()
