"""The clocks of systems as rows, and the alerts of a day. Both come from the rules; making them twice changes nothing."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from mingjian.rules.day_count import shanghai_day
from mingjian.rules.filing_clock import alert_on, clocks, governing_clock
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.filings.facts import events_of
from mingjian.web.filings.models import Filing, FilingAlert, FilingDeadline
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
            "division_id": system.division_id,
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
    """An alert for each open deadline on the days the policy names: once, however often it is called that day."""
    raised = 0
    for deadline in FilingDeadline.objects.filter(filed_date="").iterator(chunk_size=500):
        last_day = dt.date.fromisoformat(deadline.last_day)
        offset = alert_on(law, last_day, today)
        if offset is None:
            continue
        with transaction.atomic():
            _, made = FilingAlert.objects.get_or_create(
                deadline=deadline, last_day=deadline.last_day, offset_days=offset,
                defaults={"at_ns": wiring.clock().now_ns()},
            )  # fmt: skip
        raised += made
    return raised
