"""Clocks as rows and alerts: computed from the rules, the same however often, on the days the policy names."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mingjian.web.filings.deadlines import refresh_deadline, sweep
from mingjian.web.filings.models import Filing, FilingAlert, FilingDeadline
from mingjian.web.registry.models import System


def row(system: System, **values: str) -> FilingDeadline | None:
    for key, value in values.items():
        setattr(system, key, value)
    system.save()
    return refresh_deadline(system)


def test_what_was_in_use_before_the_regulation_has_until_2025_06_30(system: System) -> None:
    """2025-04-01 and 90 days."""
    deadline = row(system, accepted_date="", in_use_date="2024-05-01")
    assert deadline is not None
    assert (deadline.clause, deadline.last_day) == ("sc799.filing.entry_into_use", "2025-06-30")


def test_the_earlier_of_the_packs_deadlines_governs(system: System) -> None:
    deadline = row(system, accepted_date="2025-05-20", in_use_date="2025-05-01")
    assert deadline is not None
    assert (deadline.clause, deadline.last_day) == ("sc799.filing.entry_into_use", "2025-05-31")
    deadline = row(system, accepted_date="2025-04-20", in_use_date="2025-05-01")
    assert deadline is not None
    assert (deadline.clause, deadline.last_day) == ("qd204.filing.acceptance", "2025-05-20")


def test_a_date_known_to_the_month_ends_between_two_days(system: System) -> None:
    deadline = row(system, accepted_date="2025-04", in_use_date="")
    assert deadline is not None
    assert (deadline.last_day, deadline.latest_last_day) == ("2025-05-01", "2025-05-30")


def test_nothing_has_started_a_clock(system: System) -> None:
    assert row(system, accepted_date="", in_use_date="") is None
    assert not FilingDeadline.objects.exists()


def test_alerts_come_at_15_7_3_1_days_before_the_day_after_and_on(system: System) -> None:
    first, raised = dt.date(2025, 4, 10), []
    for day in range(50):
        on = first + dt.timedelta(days=day)
        if sweep(on):
            raised.append((on - dt.date(2025, 5, 10)).days)
        assert sweep(on) == 0
    assert raised == [-15, -7, -3, -1, 1, 8, 15]
    assert FilingAlert.objects.count() == len(raised)


def test_whoever_was_away_on_the_day_is_reminded_afterwards_and_once(system: System) -> None:
    """The worker was down from T-8 to T-5: the alert of T-7 comes with its next round, and T-3 on its own day."""
    assert [sweep(dt.date(2025, 5, day)) for day in (2, 5, 6, 7, 8)] == [1, 1, 0, 1, 0]
    offsets = FilingAlert.objects.order_by("offset_days").values_list("offset_days", flat=True)
    assert list(offsets) == [-15, -7, -3]


def test_what_is_filed_is_no_longer_called_up(system: System) -> None:
    Filing.objects.create(
        id="filing", kind="both", state="submitted", system=system, organisation_id="mall", division_id="east-street",
        first_submitted_date="2025-04-12", created_ns=0,
    )  # fmt: skip
    assert sweep(dt.date(2025, 4, 25)) == 0
    assert FilingDeadline.objects.get().filed_date == "2025-04-12"


@pytest.mark.parametrize(("in_use", "expected"), [("2025-03-31", "2025-06-30"), ("2025-04-01", "2025-05-01")])
def test_the_day_of_force_divides_the_terms(system: System, in_use: str, expected: str, on_day: Any) -> None:
    deadline = row(system, accepted_date="", in_use_date=in_use)
    assert deadline is not None
    assert deadline.last_day == expected
