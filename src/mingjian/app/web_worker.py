"""What the worker does for the register: deadlines and alerts of filings, changed facts, agreements that ran out,
retrievals and holds whose time is over, holds that the engine was not told.

Each duty may be repeated without harm, so that a worker started anew begins with all of them. One that fails is logged
and tried again after a pause that doubles to an hour; the others go on.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.rules.day_count import shanghai_day

_LOG = logging.getLogger(__name__)

AGREEMENTS_EVERY_NS = 60 * NS_PER_S
RETRIEVALS_EVERY_NS = 5 * NS_PER_S
BULK_EVERY_NS = 300 * NS_PER_S
DEADLINES_EVERY_NS = 3600 * NS_PER_S  # new systems come in all day; the first round after midnight raises its alerts
_FIRST_PAUSE_NS = 30 * NS_PER_S
_LONGEST_PAUSE_NS = 3600 * NS_PER_S


@dataclass(slots=True)
class _Duty:
    """Something done again and again; `daily`: also as soon as a new day has begun in Shanghai."""

    name: str
    do: Callable[[], int]
    every_ns: int
    daily: bool = False
    due_ns: int = 0
    failures: int = 0
    done_on: dt.date | None = None


class WebWorker:
    """Call `step` about once a second; it does what is due. Django must be up."""

    def __init__(self, clock: Clock) -> None:
        from mingjian.web.filings.changes import check_all_changes
        from mingjian.web.filings.deadlines import sweep
        from mingjian.web.masks.publishing import keep_file
        from mingjian.web.monitoring.conduct import find_bulk_looking
        from mingjian.web.organisations.actions.agreements import close_ended_agreements
        from mingjian.web.retention.actions import take_certificates
        from mingjian.web.retention.deleting import execute_orders
        from mingjian.web.retrievals.copies import PLAYER_COPIES
        from mingjian.web.retrievals.emergencies import close_what_is_over
        from mingjian.web.retrievals.holds import release_expired, tell_engine

        self._clock = clock
        self._duties = [
            _Duty("agreements", close_ended_agreements, AGREEMENTS_EVERY_NS),
            _Duty("deadlines", sweep, DEADLINES_EVERY_NS, daily=True),
            _Duty("retrievals", close_what_is_over, RETRIEVALS_EVERY_NS),
            _Duty("holds", release_expired, RETRIEVALS_EVERY_NS),
            _Duty("holds at the engine", tell_engine, RETRIEVALS_EVERY_NS),
            _Duty("masks", keep_file, RETRIEVALS_EVERY_NS),
            _Duty("deletion orders", execute_orders, RETRIEVALS_EVERY_NS),
            _Duty("bulk looking", find_bulk_looking, BULK_EVERY_NS),
            _Duty("player copies", PLAYER_COPIES.sweep, AGREEMENTS_EVERY_NS),
            _Duty("retention", take_certificates, AGREEMENTS_EVERY_NS),
            _Duty("changes", check_all_changes, DEADLINES_EVERY_NS, daily=True),
        ]

    def step(self) -> None:
        """Do what is due: by the time that passed, and the daily ones by the civil day."""
        now_ns, today = self._clock.mono_ns(), shanghai_day(self._clock.now_ns())
        for duty in self._duties:
            new_day = duty.daily and duty.done_on != today and not duty.failures
            if now_ns >= duty.due_ns or new_day:
                self._do(duty, now_ns, today)

    def _do(self, duty: _Duty, now_ns: int, today: dt.date) -> None:
        try:
            found = duty.do()
        except Exception:  # noqa: BLE001 - the worker goes on with its other duties, and tries this one again
            _LOG.exception("the duty %s failed", duty.name)
            duty.failures += 1
            pause_ns = min(_FIRST_PAUSE_NS << min(duty.failures - 1, 20), _LONGEST_PAUSE_NS)
        else:
            if found:
                _LOG.info("the duty %s found %d", duty.name, found)
            duty.failures, duty.done_on, pause_ns = 0, today, duty.every_ns
        duty.due_ns = now_ns + pause_ns
