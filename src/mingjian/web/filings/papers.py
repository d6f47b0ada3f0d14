"""The papers of a filing: acceptance slip, one-time notice, receipt. Content is frozen when issued; the PDF follows.

Making the PDF twice gives the same bytes: its date is that of issue, and nothing else of the moment goes into it. Each
paper says that a filing is no approval.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import typst

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.ids import new_id
from mingjian.rules.day_count import SHANGHAI
from mingjian.rules.filing_contents import PARTS
from mingjian.web import wiring
from mingjian.web.filings.models import Filing, FilingPaper

TITLES = {"slip": "收件凭证", "notice": "一次性补正告知书", "receipt": "备案回执"}
KINDS = {
    "acceptance": "竣工验收备案",
    "entry_into_use": "投入使用备案",
    "both": "竣工验收、投入使用备案",
    "removal": "拆除备案",
}
NO_APPROVAL = "本文书仅为备案材料收讫、登记的记载,不是行政许可或者审批,不表示对系统设计、施工和验收的认可。"


def issue(filing: Filing, kind: str, rows: list[tuple[str, str]], points: list[str]) -> FilingPaper:
    """Freeze a paper of the filing as of now: labelled rows, and numbered points below them."""
    now_ns = wiring.clock().now_ns()
    moment = dt.datetime.fromtimestamp(now_ns // NS_PER_S, SHANGHAI)
    content = {
        "title": TITLES[kind],
        "rows": [
            ["备案单位", filing.organisation.name],
            ["统一社会信用代码", filing.credit_code or "(由部门间信息共享获取)"],
            ["系统名称", filing.system.name],
            ["备案事项", KINDS[filing.kind]],
            ["收件机关", "" if filing.organ is None else filing.organ.name],
            *[list(row) for row in rows],
        ],
        "points": points,
        "statement": NO_APPROVAL,
        "organ": "" if filing.organ is None else filing.organ.name,
        "date": f"{moment.year}年{moment.month}月{moment.day}日",
        "filing": filing.id,
    }
    return FilingPaper.objects.create(
        id=new_id(now_ns), filing=filing, number=filing.papers.count() + 1, kind=kind, content=content, issued_ns=now_ns
    )


def fact_rows(filing: Filing) -> list[tuple[str, str]]:
    """The filed facts with their names, in the order of PARTS."""
    return [(label.zh, filing.facts[part]) for part, label in PARTS.items() if part in filing.facts]


def pdf(paper: FilingPaper) -> bytes:
    """The paper as PDF/A-2b. The same bytes each time for the same release of the program and its fonts."""
    return render(_TEMPLATE, {**paper.content, "id": paper.id}, paper.issued_ns)


def render(template: str, content: dict[str, Any], at_ns: int) -> bytes:
    """Typst over a template that reads its content from sys.inputs; the document's date is `at_ns`."""
    made = typst.compile(
        template.encode(),
        format="pdf",
        sys_inputs={"content": json.dumps(content, ensure_ascii=False, sort_keys=True)},
        timestamp=at_ns // NS_PER_S,
        pdf_standards=["a-2b"],
    )
    assert isinstance(made, bytes)
    return made


_TEMPLATE = """
#let c = json(bytes(sys.inputs.content))
#set document(title: c.title, author: c.organ)
#set page(paper: "a4", margin: (x: 2.6cm, y: 2.8cm), footer: align(center, text(9pt, fill: luma(90))[#c.id]))
#set text(font: ("Noto Serif CJK SC", "Noto Sans CJK SC"), lang: "zh", region: "cn", size: 11pt)
#set par(leading: 0.9em)
#align(center, text(20pt, weight: "bold", c.title))
#v(1em)
#table(
  columns: (4.2cm, 1fr), inset: 8pt, stroke: 0.6pt,
  ..c.rows.map(row => (text(weight: "bold", row.at(0)), row.at(1))).flatten(),
)
#if c.points.len() > 0 [
  #v(0.6em)
  #enum(..c.points)
]
#v(1em)
#c.statement
#v(2.4em)
#align(right)[#c.organ \\ #c.date]
"""
