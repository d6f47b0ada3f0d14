"""Systems that have to be filed and are not yet, with the day their governing clock ends."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from mingjian.kernel.isotime import format_iso_ns
from mingjian.web.filings import policies, queries
from mingjian.web.filings.handing_in import today
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Limit
from mingjian.web.law.queries import cited

router = Router(tags=["filings"])


class DeadlineClauseOut(Schema):
    """The clause whose clock ends first: its key, and how people read it."""

    key: str
    printed: str


class AlertOut(Schema):
    """That it was called up: so many days after the last day (negative: before it), and when."""

    offset_days: int
    at: str


class DeadlineOut(Schema):
    """A system to file. `due` is the first day the clock may end, `overdue` once the last is over.

    `alerts` are the reminders given of this last day, in their order.
    """

    system: str
    system_name: str
    organisation: str
    organisation_name: str
    due: str
    overdue: bool
    filing: str | None
    alerts: list[AlertOut]
    cited: list[DeadlineClauseOut]


class DeadlinePage(Schema):
    """Systems to file, the most pressing first. `today` is the day in Shanghai."""

    today: str
    items: list[DeadlineOut]
    next: str | None


@router.get("", auth=Requires(policies.READ), response=DeadlinePage, operation_id="filings_deadlines")
def list_deadlines(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """What still has to be filed within the actor's reach; `filing` is the draft begun for it."""
    found, following = page(queries.open_deadlines(actor_of(request)), ["last_day", "system_id"], cursor, limit)
    systems = [row.system_id for row in found]
    drafts, alerts = queries.drafts_of(systems), queries.alerts_of(systems)
    on, language = today().isoformat(), language_of(request)
    items = [
        {
            "system": row.system_id,
            "system_name": row.system.name,
            "organisation": row.organisation_id,
            "organisation_name": row.organisation.name,
            "due": row.last_day,
            "overdue": row.latest_last_day < on,
            "filing": drafts.get(row.system_id),
            "alerts": [
                {"offset_days": one.offset_days, "at": format_iso_ns(one.at_ns)}
                for one in alerts[row.system_id]
                if one.last_day == row.last_day
            ],
            "cited": cited([row.clause], language),
        }
        for row in found
    ]
    return {"today": on, "items": items, "next": following}
