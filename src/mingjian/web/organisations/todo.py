"""What the slice asks of people: certificates that are over or soon will be."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.day_count import shanghai_day
from mingjian.web import wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.organisations.models import Qualification
from mingjian.web.organisations.policies import QUALIFICATIONS_CHANGE
from mingjian.web.todo.providers import Todo, provide

_AHEAD_DAYS = 60


def expiring_certificates(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """Certificates of the actor's organisations that are over, or will be within 60 days; the earliest end first."""
    today = shanghai_day(wiring.clock().now_ns())
    last = (today + dt.timedelta(days=_AHEAD_DAYS)).isoformat()
    rows = Qualification.objects.exclude(until_date="").filter(until_date__lte=last, organisation__dissolved_date="")
    rows = QUALIFICATIONS_CHANGE.visible(actor, rows, division="").order_by("until_date", "id")
    items = [
        Todo(
            f"{row.organisation.name} {row.number or row.kind}", "qualification", row.id, due=row.until_date,
            overdue=row.until_date <= today.isoformat(),
        )
        for row in rows.select_related("organisation")[:limit]
    ]  # fmt: skip
    return rows.count(), items


provide(
    "organisations.certificates", Text("资质证书将到期", "certificates about to expire"), QUALIFICATIONS_CHANGE,
    expiring_certificates,
)  # fmt: skip
