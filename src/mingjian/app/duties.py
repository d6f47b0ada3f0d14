"""What a worker does again and again: every duty with its own due time and its own failures.

A duty may be repeated without harm, so that a worker started anew begins with all of them. One that fails is logged, told
as a problem until it succeeds, and tried again after a pause; the others go on.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mingjian.kernel.clock import NS_PER_S, Clock
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.text import Text
from mingjian.rules.day_count import shanghai_day

_LOG = logging.getLogger(__name__)

LONGEST_PAUSE_NS = 3600 * NS_PER_S


@dataclass(slots=True)
class Duty:
    """`do` may answer how many things it found, for the log. `daily`: also as soon as a new day has begun in Shanghai.

    `retry_ns` is the first pause after a failure; it doubles to an hour unless `steady`.
    """

    name: str
    do: Callable[[], int | None]
    every_ns: int
    daily: bool = False
    retry_ns: int = 30 * NS_PER_S
    steady: bool = False
    due_ns: int = 0
    failures: int = 0
    done_on: dt.date | None = None
    problem: dict[str, str] | None = None


class Duties:
    """Call `step` about once a second; it does what is due. Failures of the kinds `expected` need no traceback."""

    def __init__(self, clock: Clock, duties: Sequence[Duty], expected: tuple[type[Exception], ...] = ()) -> None:
        self._clock = clock
        self._duties = list(duties)
        self._expected: tuple[type[Exception], ...] = (MingjianError, *expected)

    @property
    def problems(self) -> tuple[dict[str, str], ...]:
        """Duty, code, and text in both languages, with the remedy, of each that failed when it was last tried."""
        return tuple(duty.problem for duty in self._duties if duty.problem is not None)

    def step(self) -> bool:
        """Do what is due: by the time that passed, and the daily ones by the civil day. Whether there was anything."""
        now_ns, today = self._clock.mono_ns(), shanghai_day(self._clock.now_ns())
        done = False
        for duty in self._duties:
            new_day = duty.daily and duty.done_on != today and not duty.failures
            if now_ns >= duty.due_ns or new_day:
                duty.due_ns = now_ns + self._do(duty, today)
                done = True
        return done

    def _do(self, duty: Duty, today: dt.date) -> int:
        """The pause until the next time (ns)."""
        try:
            found = duty.do()
        except Exception as error:  # noqa: BLE001 - the worker goes on with its other duties, and tries this one again
            return self._failed(duty, error)
        if found:
            _LOG.info("the duty %s found %d", duty.name, found)
        duty.failures, duty.done_on, duty.problem = 0, today, None
        return duty.every_ns

    def _failed(self, duty: Duty, error: Exception) -> int:
        code, message = "failed", Text(zh=f"未完成：{error}", en=f"not done: {error}")
        if isinstance(error, MingjianError):
            code, message = error.code, Text(zh=error.say("zh"), en=error.say("en"))
        duty.failures += 1
        duty.problem = {"duty": duty.name, "code": code, "zh": message.zh, "en": message.en}
        trace = None if isinstance(error, self._expected) else error
        _LOG.error("the duty %s: %s", duty.name, message.en, extra={"data": {"code": code}}, exc_info=trace)
        if duty.steady:
            return duty.retry_ns
        return min(duty.retry_ns << min(duty.failures - 1, 20), LONGEST_PAUSE_NS)
