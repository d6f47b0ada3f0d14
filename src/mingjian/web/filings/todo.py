"""What filings ask of people: to file in time, to correct, to file a change, to decide."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from mingjian.kernel.text import Text
from mingjian.rules.filing_clock import REMOVAL
from mingjian.rules.law import Clause
from mingjian.rules.library import current_law
from mingjian.web.authority.actor import Actor
from mingjian.web.filings import policies
from mingjian.web.filings.deadlines import removal_clock
from mingjian.web.filings.handing_in import today
from mingjian.web.filings.models import Filing, FilingDeadline, Removal
from mingjian.web.todo.providers import Todo, first_and_count, provide

Answer = tuple[int, list[Todo]]


def own_deadlines(actor: Actor, limit: int) -> Answer:
    """Systems of the actor's own organisations that have to be filed, the earliest last day first."""
    return _deadlines(policies.FILE.visible(actor, _open_deadlines(), division=""), limit)


def overdue_deadlines(actor: Actor, limit: int) -> Answer:
    """Systems of the officer's districts whose last day is over."""
    rows = policies.TAKE_IN.visible(actor, _open_deadlines().filter(latest_last_day__lt=today().isoformat()))
    return _deadlines(rows, limit)


def returned(actor: Actor, limit: int) -> Answer:
    """Filings to correct, by the organ's term."""
    rows = policies.FILE.visible(actor, Filing.objects.filter(state="returned"), division="")
    return _filings(rows.order_by("correction_due_date", "id"), limit, "correction_due_date")


def change_due(actor: Actor, limit: int) -> Answer:
    """Filings of which a filed fact has changed."""
    rows = policies.FILE.visible(actor, Filing.objects.filter(state="change_due"), division="")
    return _filings(rows.order_by("changed_date", "id"), limit, "")


def removals_to_file(actor: Actor, limit: int) -> Answer:
    """Devices taken down and not filed yet, by the last day of the removal's own clock (qd204 16.2)."""
    return _removals(policies.FILE.visible(actor, _taken_down(), division=""), limit)


def overdue_removals(actor: Actor, limit: int) -> Answer:
    """The same of the officer's districts, once the last day is over: more than so many days since they came down."""
    last = current_law().ask(REMOVAL, today())
    if not isinstance(last, Clause):
        return 0, []
    before = today() - dt.timedelta(days=last.number("days"))
    return _removals(policies.TAKE_IN.visible(actor, _taken_down().filter(removed_date__lt=before.isoformat())), limit)


def _taken_down() -> QuerySet[Removal]:
    return Removal.objects.filter(state="removed")


def _removals(rows: QuerySet[Removal], limit: int) -> Answer:
    count, found = first_and_count(rows.select_related("system").order_by("removed_date", "id"), limit)
    law, on = current_law(), today()
    items = []
    for row in found:
        clock = removal_clock(law, row.removed_date)
        last = None if clock is None else clock.latest_last_day
        items.append(
            Todo(
                row.system.name, "removal", row.id, due="" if last is None else last.isoformat(),
                overdue=last is not None and last < on, clause="" if clock is None else clock.clause.key,
            )
        )  # fmt: skip
    return count, items


def to_decide(actor: Actor, limit: int) -> Answer:
    """Filings handed in that the officer's own organ leads, the oldest first."""
    rows = policies.DECIDE.visible(
        actor, Filing.objects.filter(state="submitted"), organisation="organ_id", division=""
    )  # fmt: skip
    return _filings(rows.order_by("first_submitted_date", "id"), limit, "")


def _open_deadlines() -> QuerySet[FilingDeadline]:
    return FilingDeadline.objects.filter(filed_date="")


def _deadlines(rows: QuerySet[FilingDeadline], limit: int) -> Answer:
    on = today().isoformat()
    count, found = first_and_count(rows.select_related("system").order_by("last_day", "system_id"), limit)
    items = [
        Todo(
            row.system.name, "system", row.system_id, due=row.last_day, overdue=row.latest_last_day < on,
            clause=row.clause,
        )
        for row in found
    ]  # fmt: skip
    return count, items


def _filings(rows: QuerySet[Filing], limit: int, due: str) -> Answer:
    on = today().isoformat()
    items = []
    count, found = first_and_count(rows.select_related("system"), limit)
    for row in found:
        day = getattr(row, due) if due else ""
        items.append(Todo(row.system.name, "filing", row.id, due=day, overdue=bool(day) and day < on))
    return count, items


provide("filings.due", Text("待备案", "filings due"), policies.FILE, own_deadlines)
provide("filings.returned", Text("待补正", "filings to correct"), policies.FILE, returned)
provide("filings.change_due", Text("待变更备案", "change filings due"), policies.FILE, change_due)
provide("filings.removals", Text("已拆除待备案", "removals to file"), policies.FILE, removals_to_file)
provide("filings.to_decide", Text("待登记备案", "filings to decide on"), policies.DECIDE, to_decide)
provide("filings.overdue", Text("逾期未备案", "overdue filings"), policies.TAKE_IN, overdue_deadlines)
provide(
    "filings.removals_overdue",
    Text("拆除后逾期未备案", "removals overdue for filing"),
    policies.TAKE_IN,
    overdue_removals,
)
