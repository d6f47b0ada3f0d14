"""What a system needs before it is ACCEPTED (qd204 15), and the archives of its making (sc799 11).

Public security approves neither design nor acceptance: no such paper is ever asked for.
"""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text, listed
from mingjian.rules.exemptions import governing
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Law, judge

INSPECTION = "qd204.acceptance.statutory_inspection"
CERTIFICATE = "qd204.acceptance.certificate"
ARCHIVES = "sc799.project.archives"
_PAPERS = {
    "statutory_inspection_report": Text("法定检验机构检验报告", "report of the statutory inspection body"),
    "acceptance_certificate": Text("竣工验收合格证明", "acceptance certificate"),
    "design": Text("设计档案", "design archive"),
    "construction": Text("施工档案", "construction archive"),
    "inspection": Text("检验档案", "inspection archive"),
    "acceptance": Text("验收档案", "acceptance archive"),
}


def judge_acceptance(law: Law, papers: frozenset[str], on: dt.date) -> Judgement:
    """Both the statutory inspection report and the acceptance certificate; `papers` names those on file."""
    return strictest(_all_held(law, key, "documents", papers, None, on) for key in (INSPECTION, CERTIFICATE))


def judge_archives(law: Law, archives: frozenset[str], listed_in_article_7: bool | None, on: dt.date) -> Judgement:
    """Archives of design, construction, inspection and acceptance, at places of sc799 7."""
    return _all_held(law, ARCHIVES, "archives", archives, listed_in_article_7, on)


def _all_held(
    law: Law, key: str, name: str, held: frozenset[str], listed_in_article_7: bool | None, on: dt.date
) -> Judgement:
    clause = governing(law, key, listed_in_article_7, on)
    if isinstance(clause, Judgement):
        return clause
    missing = [paper for paper in clause.names(name) if paper not in held]
    if not missing:
        return judge(Verdict.PASS, (clause,), Text("资料齐全", "the papers are complete"))
    named = listed(_PAPERS[paper] for paper in missing)
    return judge(
        Verdict.FAIL,
        (clause,),
        Text(f"缺少{named.zh}", f"missing: {named.en}"),
        Text(f"补充{named.zh}", f"provide: {named.en}"),
    )
