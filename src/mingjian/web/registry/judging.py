"""What the register's judgements have in common: the law, the day, and how an answer is shown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement
from mingjian.web import wiring
from mingjian.web.dates import check_date


def today() -> dt.date:
    """The civil day in Shanghai."""
    return shanghai_day(wiring.clock().now_ns())


def day_or_today(text: str, field: str = "on") -> dt.date:
    """The day a judgement is asked for; "" is today. Raises MingjianError `invalid`."""
    return dt.date.fromisoformat(check_date(text, field, exact=True)) if text else today()


def shown(judgement: Judgement, language: str) -> dict[str, Any]:
    """A judgement as the API shows it: its document, with sentences in the reader's language beside."""
    return {
        **judgement.document(),
        "cited": [clause.printed(language) for clause in judgement.clauses],
        "said": judgement.reason.for_language(language),
        "remedy_said": None if judgement.remedy is None else judgement.remedy.for_language(language),
    }


def in_vocabulary(value: str, known: Any, field: str) -> str:
    """The value when it is one of the closed words. Raises MingjianError `invalid`."""
    if value not in known:
        raise MingjianError(
            "invalid",
            Text(zh="不在可选值之内", en="not one of the known values"),
            fault=Fault.USER,
            field=field,
            remedy=Text(zh=f"可选：{'、'.join(known)}"[:300], en=f"one of: {', '.join(known)}"[:300]),
        )
    return value
