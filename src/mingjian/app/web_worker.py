"""What the worker does for the register: deadlines and alerts of filings, changed facts, agreements that ran out,
retrievals and holds whose time is over, holds that the engine was not told, cameras that may have turned.
"""

from __future__ import annotations

from mingjian.app.duties import Duties, Duty
from mingjian.kernel.clock import NS_PER_S, Clock

AGREEMENTS_EVERY_NS = 60 * NS_PER_S
RETRIEVALS_EVERY_NS = 5 * NS_PER_S
BULK_EVERY_NS = 300 * NS_PER_S
DEADLINES_EVERY_NS = 3600 * NS_PER_S  # new systems come in all day; the first round after midnight raises its alerts


class WebWorker(Duties):
    """The duties of all slices. Django must be up."""

    def __init__(self, clock: Clock) -> None:
        from mingjian.web.filings.changes import check_all_changes
        from mingjian.web.filings.deadlines import sweep
        from mingjian.web.masks.moves import end_interrupted
        from mingjian.web.masks.publishing import keep_file
        from mingjian.web.monitoring.conduct import find_bulk_looking
        from mingjian.web.organisations.actions.agreements import close_ended_agreements
        from mingjian.web.retention.actions import take_certificates
        from mingjian.web.retention.deleting import execute_orders
        from mingjian.web.retrievals.copies import PLAYER_COPIES
        from mingjian.web.retrievals.emergencies import close_what_is_over
        from mingjian.web.retrievals.holds import release_expired, tell_engine
        from mingjian.web.retrievals.redaction_work import REDACTIONS

        super().__init__(clock, [
            Duty("agreements", close_ended_agreements, AGREEMENTS_EVERY_NS),
            Duty("deadlines", sweep, DEADLINES_EVERY_NS, daily=True),
            Duty("retrievals", close_what_is_over, RETRIEVALS_EVERY_NS),
            Duty("holds", release_expired, RETRIEVALS_EVERY_NS),
            Duty("holds at the engine", tell_engine, RETRIEVALS_EVERY_NS),
            Duty("positions", end_interrupted, RETRIEVALS_EVERY_NS),
            Duty("masks", keep_file, RETRIEVALS_EVERY_NS),
            Duty("deletion orders", execute_orders, RETRIEVALS_EVERY_NS),
            Duty("bulk looking", find_bulk_looking, BULK_EVERY_NS),
            Duty("player copies", PLAYER_COPIES.sweep, AGREEMENTS_EVERY_NS),
            Duty("redactions", REDACTIONS.sweep, AGREEMENTS_EVERY_NS),
            Duty("retention", take_certificates, AGREEMENTS_EVERY_NS),
            Duty("changes", check_all_changes, DEADLINES_EVERY_NS, daily=True),
        ])  # fmt: skip
