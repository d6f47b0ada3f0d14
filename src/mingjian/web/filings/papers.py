"""The papers of a filing: acceptance slip, one-time notice, receipt. Content is frozen when issued; the PDF follows.

`content` holds the values of a document of web.documents as plain JSON. Making the PDF twice gives the same bytes: its
day and its second are those of issue. Each paper says that a filing is no approval.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.ids import new_id
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.filing_contents import PARTS
from mingjian.rules.judgement import Citation, Judgement
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.documents.render import render
from mingjian.web.documents.schemas import AcceptanceSlip, CorrectionNotice, Document, FilingReceipt
from mingjian.web.filings.models import Filing, FilingPaper

TITLES = {"slip": AcceptanceSlip.title, "notice": CorrectionNotice.title, "receipt": FilingReceipt.title}
KINDS = {
    "acceptance": "竣工验收备案",
    "entry_into_use": "投入使用备案",
    "both": "竣工验收、投入使用备案",
    "removal": "拆除备案",
}
_NO_ORGAN = "收件机关待定"


def issue_slip(filing: Filing, channel: str, received_on: dt.date) -> FilingPaper:
    """收件凭证, each time something is handed in: what came, how and when."""
    papers = [PARTS[part].zh for part in PARTS if part in filing.given]
    papers += [f"{name}：{value}" for name, value in fact_rows(filing)]
    return _issue(
        filing,
        "slip",
        matter=KINDS[filing.kind],
        channel=channel,
        received_on=received_on.isoformat(),
        papers=papers,
        received_by=filing.entered_by or "网上收件",
    )


def issue_notice(filing: Filing, due: str, missing: list[str], said: Iterable[Judgement]) -> FilingPaper:
    """一次性补正告知书: all that is missing; `due` is the organ's own term."""
    organ = filing.organ
    return _issue(
        filing,
        "notice",
        received_on=filing.first_submitted_date,
        missing=missing,
        due=due,
        contact=_NO_ORGAN if organ is None else f"{organ.name} {organ.telephone}".strip(),
        basis=_keys(said),
    )


def issue_receipt(filing: Filing, found: Iterable[Judgement], said: Iterable[Judgement]) -> FilingPaper:
    """备案回执 under the filing's number, with what the law found."""
    return _issue(
        filing,
        "receipt",
        number=filing.number,
        matter=KINDS[filing.kind],
        facts=[list(row) for row in fact_rows(filing)],
        filed_on=filing.first_submitted_date,
        findings=[f"{one.reason.zh}（{cited(one)}）。" for one in found],
        basis=_keys(said),
    )


def fact_rows(filing: Filing) -> list[tuple[str, str]]:
    """The filed facts with their names, in the order of PARTS."""
    return [(label.zh, filing.facts[part]) for part, label in PARTS.items() if part in filing.facts]


def cited(judgement: Judgement) -> str:
    """The clauses as printed; a number that is not certain carries its mark."""
    return "、".join(clause.printed("zh") for clause in judgement.clauses)


def pdf(paper: FilingPaper) -> bytes:
    """The paper as PDF/A. The same bytes each time for the same release of the program and its fonts."""
    return render(_document(paper))


def _issue(filing: Filing, kind: str, **values: Any) -> FilingPaper:
    now_ns = wiring.clock().now_ns()
    paper_id = new_id(now_ns)
    content = {
        "organ": _NO_ORGAN if filing.organ is None else filing.organ.name,
        "number": paper_id,
        "dated": shanghai_day(now_ns).isoformat(),
        "filer": filing.organisation.name,
        "system": filing.system.name,
        **values,
    }
    return FilingPaper.objects.create(
        id=paper_id, filing=filing, number=filing.papers.count() + 1, kind=kind, content=content, issued_ns=now_ns
    )


def _document(paper: FilingPaper) -> Document:
    values = dict(paper.content)
    for name in ("dated", "received_on", "filed_on", "due"):
        if name in values:
            values[name] = dt.date.fromisoformat(values[name])
    for name in ("papers", "missing", "findings"):
        if name in values:
            values[name] = tuple(values[name])
    if "facts" in values:
        values["facts"] = tuple((name, value) for name, value in values["facts"])
    values["basis"] = _citations(values.get("basis", ()))
    values["made_at_s"] = paper.issued_ns // NS_PER_S
    if paper.kind == "slip":
        return AcceptanceSlip(**values)
    if paper.kind == "notice":
        return CorrectionNotice(**values)
    return FilingReceipt(**values)


def _keys(said: Iterable[Judgement]) -> list[str]:
    return list(dict.fromkeys(key for one in said for key in one.keys))


def _citations(keys: Iterable[str]) -> tuple[Citation, ...]:
    """The clauses as the law's text has them; the numbers of a text in force do not change."""
    law = current_law()
    return tuple(law.clause(key).cite() for key in keys)
