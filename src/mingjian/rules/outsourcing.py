"""What an agreement with somebody who runs or maintains a system says (qd204 21; sc799 15.2, 19)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.exemptions import governing
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

MUNICIPAL = "qd204.operation.outsourcing"
NATIONAL = "sc799.operation.outsourcing"
CONTRACTOR = "sc799.contractor.confidentiality"

TERMS: Mapping[str, Text] = {
    "client_duties": Text("委托方的运行安全责任", "the client's duties"),
    "contractor_duties": Text("受托方的运行安全责任", "the contractor's duties"),
    "confidentiality": Text("安全保密条款", "confidentiality"),
    "network_security": Text("网络安全义务", "network security"),
    "data_security": Text("数据安全义务", "data security"),
    "personal_information": Text("个人信息保护义务", "protection of personal information"),
    "supervision": Text("委托方的监督", "supervision by the client"),
    "no_other_use": Text("不得用于与受托工作无关的活动", "no use beyond the work"),
    "no_keeping": Text("不得擅自留存、加工", "no keeping or processing"),
    "no_disclosure": Text("不得泄露或者向他人提供", "no disclosure"),
}


@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """`work`: design, construction, inspection, acceptance, maintenance, operation. `terms`: of TERMS, what is said."""

    work: str
    terms: frozenset[str]


def judge_agreement(law: Law, agreement: AgreementTerms, listed_in_article_7: bool | None, on: dt.date) -> Judgement:
    """FAIL names the terms that the agreement lacks for its kind of work, under each clause that governs it."""
    answers = [law.ask(MUNICIPAL, on), governing(law, NATIONAL, listed_in_article_7 is not False, on)]
    answers.append(law.ask(CONTRACTOR, on))
    return strictest(answer if isinstance(answer, Judgement) else _said(answer, agreement) for answer in answers)


def _said(clause: Clause, agreement: AgreementTerms) -> Judgement:
    if agreement.work not in clause.names("works"):
        return judge(Verdict.NOT_APPLICABLE, (clause,), Text("本条不涉及此类委托", "it is not about this work"))
    missing = [TERMS[name] for name in clause.names("terms") if name not in agreement.terms]
    if missing:
        named = listed(missing)
        return judge(
            Verdict.FAIL, (clause,), Text(f"协议未约定：{named.zh}", f"the agreement does not settle: {named.en}"),
            Text(f"补充约定：{named.zh}", f"add: {named.en}"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("协议已约定各方责任", "the agreement settles what it must"))
