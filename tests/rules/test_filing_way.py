"""A filing over time, by any events in any order: no way leads past a check, and what is late stays late."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mingjian.rules.day_count import on_day
from mingjian.rules.filing_clock import (
    Correction,
    FilingClock,
    FilingEvents,
    Submission,
    clocks,
    governing_clock,
    judge_filing,
)
from mingjian.rules.filing_contents import PARTS, Filing, judge_contents, parts_to_ask
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.state_table import step
from mingjian.rules.states.filing import FILING, FilingFacts

LAW = current_law()
HANDING_IN = ("submit", "resubmit", "submit_change")
BEYOND = ("submitted", "returned", "registered", "change_due", "closed")
"""States that nothing reaches without having been handed in."""


class FilingWay(RuleBasedStateMachine):
    """The facts are what somebody did; the machine keeps what a filing's row keeps."""

    @initialize(
        accepted=st.dates(dt.date(2025, 4, 1), dt.date(2030, 1, 1)), kind=st.sampled_from(["acceptance", "both"])
    )
    def begin(self, accepted: dt.date, kind: str) -> None:
        self.state, self.today = FILING.initial, accepted
        self.filing = Filing(kind, frozenset({"builder", "manager", "user"}), frozenset())
        self.events = FilingEvents(
            accepted=on_day(*accepted.timetuple()[:3]), entered_use=on_day(*accepted.timetuple()[:3])
        )
        self.submission = Submission()
        self.returned = 0
        self.clock = self._clock()
        self.worst = self._timeliness()

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        """Time alone heals nothing: a filing that lies makes its answer stricter or leaves it."""
        before = self._timeliness()
        self.today += dt.timedelta(days=days)
        after = self._timeliness()
        assert after.strictness >= before.strictness
        assert not (self.submission.first_submitted and before is Verdict.PASS and after is not Verdict.PASS)

    @rule(part=st.sampled_from(sorted(PARTS)))
    def fill_in(self, part: str) -> None:
        if self.state in ("draft", "returned", "change_due"):
            asked = len(parts_to_ask(LAW, self.filing, self.today))
            self.filing = replace(self.filing, given=self.filing.given | {part})
            assert len(parts_to_ask(LAW, self.filing, self.today)) == asked  # giving more makes nobody ask for more

    @rule(event=st.sampled_from(sorted({move.event for move in FILING.transitions})))
    def try_event(self, event: str) -> None:
        before, missing = self.state, judge_contents(LAW, self.filing, self.today).verdict is Verdict.DUE
        facts = FilingFacts(self.filing, returned_before=self.returned > 0)
        taken = step(FILING, before, event, LAW, facts, self.today)
        if before == "submitted":  # whatever is missing or late, it is registered; returned once, for what is missing
            assert taken.moved == (event == "register" or (event == "return" and missing and not self.returned))
        self.state = taken.state
        if not taken.moved:
            assert (taken.state, bool(taken.judgement.reason.zh)) == (before, True)
        elif event in HANDING_IN:
            self._hand_in()
        elif event == "return":
            self.returned += 1
            correction = Correction(self.today + dt.timedelta(days=15), None)
            self.submission = replace(self.submission, corrections=(*self.submission.corrections, correction))

    @invariant()
    def nothing_is_registered_that_was_not_handed_in(self) -> None:
        assert (self.submission.first_submitted is not None) == (self.state in BEYOND)
        assert self.returned <= 1

    @invariant()
    def the_last_day_does_not_move(self) -> None:
        assert self._clock() == self.clock

    @invariant()
    def late_is_late_for_ever(self) -> None:
        now = self._timeliness()
        assert self.worst is not Verdict.FAIL or now is Verdict.FAIL
        self.worst = now

    def _hand_in(self) -> None:
        corrections = tuple(
            replace(one, corrected_on=one.corrected_on or self.today) for one in self.submission.corrections
        )
        self.submission = Submission(self.submission.first_submitted or self.today, corrections)

    def _clock(self) -> FilingClock:
        found = governing_clock(clocks(LAW, self.events))
        assert found is not None
        return found

    def _timeliness(self) -> Verdict:
        return judge_filing(LAW, self.events, self.submission, self.today).verdict


FilingWay.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestFilingWay = FilingWay.TestCase
