"""The clocks of systems as rows, and the alerts of a day. Both come from the rules; making them twice changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver

from mingjian.rules.day_count import shanghai_day
from mingjian.rules.filing_clock import FilingClock, FilingEvents, alert_reached, clocks, governing_clock
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.dates import dated_fact
from mingjian.web.filings.facts import events_of, seat_of
from mingjian.web.filings.models import Filing, FilingAlert, FilingDeadline, Removal
from mingjian.web.organisations.holdings import organisation_succeeded
from mingjian.web.organisations.models import Organisation
from mingjian.web.registry.models import System


def refresh_deadline(system: System, today: dt.date | None = None, law: Law | None = None) -> FilingDeadline | None:
    """Compute the system's governing clock anew and keep it; None (and no row) when no clock runs."""
    law = current_law() if law is None else law
    today = shanghai_day(wiring.clock().now_ns()) if today is None else today
    clock = governing_clock(clocks(law, events_of(law, system, today)))
    if clock is None or system.out_of_scope_reason:
        FilingDeadline.objects.filter(pk=system.pk).delete()
        return None
    filed = Filing.objects.filter(system=system).exclude(first_submitted_date="").exclude(kind="removal")
    row, _ = FilingDeadline.objects.update_or_create(
        system=system,
        defaults={
            "organisation_id": system.organisation_id,
            "division_id": seat_of(system),
            "clause": clock.clause.key,
            "last_day": clock.first_last_day.isoformat(),
            "latest_last_day": clock.latest_last_day.isoformat(),
            "filed_date": filed.order_by("first_submitted_date").values_list("first_submitted_date", flat=True).first()
            or "",
        },
    )
    return row


def sweep(today: dt.date | None = None) -> int:
    """The worker's daily round: every clock anew, and today's alerts. How many alerts were raised."""
    law = current_law()
    today = shanghai_day(wiring.clock().now_ns()) if today is None else today
    started = System.objects.filter(removed_ns__isnull=True).exclude(Q(accepted_date="") & Q(in_use_date=""))
    for system in started.select_related("organisation", "place").iterator(chunk_size=500):
        refresh_deadline(system, today, law)
    return raise_alerts(today, law)


def raise_alerts(today: dt.date, law: Law) -> int:
    """The alert that is reached of each open deadline, and of each removal that is to be filed: once each."""
    deadlines = FilingDeadline.objects.filter(filed_date="").values_list("system_id", "last_day")
    removals = Removal.objects.filter(state="removed").values_list("id", "removed_date")
    ends = ((key, clock) for key, day in removals if (clock := removal_clock(law, day)) is not None)
    return _raise("deadline_id", deadlines.iterator(chunk_size=500), today, law) + _raise(
        "removal_id", ((key, clock.first_last_day.isoformat()) for key, clock in ends), today, law
    )


@receiver(organisation_succeeded)
def _on_succession(sender: type[Organisation], old: Organisation, heir: Organisation, **kwargs: Any) -> None:
    """The clock runs on for the heir."""
    FilingDeadline.objects.filter(organisation=old).update(organisation=heir)


def removal_clock(law: Law, removed_date: str) -> FilingClock | None:
    """The clock of a removal (qd204 16.2), which runs from its own day; None when the law of that day knows none."""
    return governing_clock(clocks(law, FilingEvents(removed=dated_fact(removed_date))))


def _raise(of: str, ends: Iterable[tuple[str, str]], today: dt.date, law: Law) -> int:
    """Alerts of the things with their last days: `of` names the column of FilingAlert that holds their ids."""
    done = set(FilingAlert.objects.exclude(**{of: None}).values_list(of, "last_day", "offset_days"))
    raised = 0
    for key, last_day in ends:
        offset = alert_reached(law, dt.date.fromisoformat(last_day), today)
        if offset is None or (key, last_day, offset) in done:
            continue
        with transaction.atomic():
            _, made = FilingAlert.objects.get_or_create(
                **{of: key}, last_day=last_day, offset_days=offset, defaults={"at_ns": wiring.clock().now_ns()}
            )
        raised += made
    return raised
