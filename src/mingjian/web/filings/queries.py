"""Reading filings: one, with its relations; pages; the page of papers."""

from __future__ import annotations

from django.db.models import QuerySet

from mingjian.web.authority.actor import Actor
from mingjian.web.filings import policies
from mingjian.web.filings.models import Filing, FilingPaper
from mingjian.web.http.problem import not_found

_WITH = ("system__place", "system__organisation", "organisation", "organ")


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


def filings(actor: Actor, *, state: str = "", system: str = "", kind: str = "", text: str = "") -> QuerySet[Filing]:
    """The filings of the actor's reach; `text` is part of a number or of the system's name."""
    rows = policies.visible(actor, Filing.objects.all()).select_related(*_WITH)
    if state:
        rows = rows.filter(state=state)
    if system:
        rows = rows.filter(system_id=system)
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(number__contains=text) | rows.filter(system__name__contains=text)
    return rows


def paper_of(actor: Actor, filing_id: str, paper_id: str) -> FilingPaper:
    """A paper of a filing the actor may read. Raises MingjianError not_found."""
    filing = filing_by_id(actor, filing_id)
    paper = filing.papers.filter(pk=paper_id).first()
    if paper is None:
        raise not_found("没有这份文书", "there is no such paper")
    return paper
