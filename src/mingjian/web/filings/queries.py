"""Reading filings: one, with its relations; pages; the page of papers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mingjian.web.authority.actor import Actor
from mingjian.web.filings import policies
from mingjian.web.filings.models import Filing, FilingAlert, FilingDeadline, FilingPaper
from mingjian.web.http.problem import not_found

_WITH = ("system__place", "system__organisation", "system__deadline", "organisation", "organ")


def filing_by_id(actor: Actor, filing_id: str, *, lock: bool = False) -> Filing:
    """The filing, if the actor may read it. Raises MingjianError not_found: whether there is one is not told either.

    `lock` within a transaction that changes it.
    """
    rows = Filing.objects.filter(pk=filing_id)
    if lock:
        rows = rows.select_for_update(of=("self",))
    filing = rows.select_related(*_WITH).first()
    if filing is None or not policies.may_read(actor, filing):
        raise not_found("没有这份备案", "there is no such filing")
    return filing


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which filings; empty: any. `text` is part of a number or of the system's name; `overdue` as of `today`."""

    state: str = ""
    system: str = ""
    kind: str = ""
    organ: str = ""
    text: str = ""
    overdue: bool = False


def filings(actor: Actor, wanted: Wanted, today: str) -> QuerySet[Filing]:
    """The filings of the actor's reach; `today` is a day in Shanghai."""
    rows = policies.visible(actor, Filing.objects.all()).select_related(*_WITH)
    exact = {"state": wanted.state, "system_id": wanted.system, "kind": wanted.kind, "organ_id": wanted.organ}
    rows = rows.filter(**{column: value for column, value in exact.items() if value})
    if wanted.text:
        rows = rows.filter(Q(number__contains=wanted.text) | Q(system__name__contains=wanted.text))
    if wanted.overdue:
        unfiled = Q(state="draft", system__deadline__filed_date="", system__deadline__latest_last_day__lt=today)
        uncorrected = Q(state="returned", correction_due_date__gt="", correction_due_date__lt=today)
        rows = rows.filter((unfiled & ~Q(kind="removal")) | uncorrected)
    return rows


def due_day(filing: Filing) -> str:
    """The day by which the filer is to act: hand in, or correct; "" when nothing runs. YYYY-MM-DD."""
    if filing.state == "returned":
        return filing.correction_due_date
    deadline: FilingDeadline | None = getattr(filing.system, "deadline", None)
    if filing.state != "draft" or filing.kind == "removal" or deadline is None or deadline.filed_date:
        return ""
    return deadline.last_day


def open_deadlines(actor: Actor) -> QuerySet[FilingDeadline]:
    """Systems of the actor's reach that have to be filed and are not."""
    rows = policies.READ.visible(actor, FilingDeadline.objects.filter(filed_date=""))
    return rows.select_related("system", "organisation")


def drafts_of(systems: list[str]) -> dict[str, str]:
    """The filing begun for each of these systems, if any: the latest."""
    begun = Filing.objects.filter(system_id__in=systems, state="draft").exclude(kind="removal")
    return dict(begun.order_by("created_ns").values_list("system_id", "pk"))


def alerts_of(systems: list[str]) -> dict[str, list[FilingAlert]]:
    """The reminders given of these systems' deadlines, in their order."""
    found: dict[str, list[FilingAlert]] = defaultdict(list)
    for one in FilingAlert.objects.filter(deadline__in=systems).order_by("offset_days"):
        found[one.deadline_id or ""].append(one)
    return found


def paper_of(actor: Actor, filing_id: str, paper_id: str) -> FilingPaper:
    """A paper of a filing the actor may read. Raises MingjianError not_found."""
    filing = filing_by_id(actor, filing_id)
    paper = filing.papers.filter(pk=paper_id).first()
    if paper is None:
        raise not_found("没有这份文书", "there is no such paper")
    return paper
