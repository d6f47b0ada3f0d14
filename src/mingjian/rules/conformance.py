"""Conformance to standards (qd204 12) and suppliers' mandatory standards and vulnerabilities (sc799 12)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

CONFORMANCE = "qd204.project.conformance"
PRODUCTS = "sc799.product.mandatory_standards"
_BASES = {
    "national_standard": Text("国家标准", "national standard"),
    "technical_specification": Text("公布的技术规范", "published specification"),
}
_STEPS = {
    "remedy": Text("采取补救措施", "remedy"),
    "inform_users": Text("告知用户", "tell the users"),
    "report_authority": Text("报告主管部门", "report to the authority"),
}


@dataclass(frozen=True, slots=True)
class TestResult:
    """One line of a conformance profile: basis, standard, its edition, and the result (None while not tested)."""

    __test__ = False

    basis: str
    standard: str
    edition: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class VulnerabilityNotice:
    """A supplier's notice of a defect or vulnerability and the steps done."""

    reference: str
    steps_done: frozenset[str]


def judge_conformance(law: Law, profile: tuple[TestResult, ...], on: dt.date) -> Judgement:
    """Every basis the clause names needs a tested line with its edition, and no line may have failed."""
    clause = law.ask(CONFORMANCE, on)
    if isinstance(clause, Judgement):
        return clause
    return strictest(
        _basis(clause, name, tuple(line for line in profile if line.basis == name)) for name in clause.names("bases")
    )


def _basis(clause: Clause, name: str, lines: tuple[TestResult, ...]) -> Judgement:
    basis = _BASES[name]
    failed = [line.standard for line in lines if line.passed is False]
    if failed:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text(f"不符合{basis.zh}：{'、'.join(failed)}", f"fails the {basis.en}: {', '.join(failed)}"),
            Text("整改后重新检测", "correct it and test again"),
        )
    if not lines or any(line.passed is None or not line.edition.strip() for line in lines):
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text(f"缺少{basis.zh}的检测结果或者版本号", f"no result or edition for the {basis.en}"),
            Text("补充标准编号、版本和检测结果", "give standard, edition and result"),
        )
    return judge(Verdict.PASS, (clause,), Text(f"符合{basis.zh}", f"conforms to the {basis.en}"))


def judge_product(
    law: Law, meets_mandatory_standards: bool | None, notices: tuple[VulnerabilityNotice, ...], on: dt.date
) -> Judgement:
    """Mandatory standards met, and every vulnerability notice followed through to all its steps."""
    clause = law.ask(PRODUCTS, on)
    if isinstance(clause, Judgement):
        return clause
    if meets_mandatory_standards is False:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("产品、服务不符合国家标准的强制性要求", "the product fails mandatory standards"),
            Text("更换或者整改产品", "replace or correct the product"),
        )
    if meets_mandatory_standards is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("未登记产品符合强制性标准的证明", "no proof of mandatory standards is registered"),
            Text("补充强制性标准符合性证明", "register the proof"),
        )
    return strictest(
        [
            judge(
                Verdict.PASS,
                (clause,),
                Text("符合强制性标准，安全缺陷已处置", "mandatory standards met, no open defect"),
            )
        ]
        + [_notice(clause, notice) for notice in notices]
    )


def _notice(clause: Clause, notice: VulnerabilityNotice) -> Judgement:
    open_steps = [step for step in clause.names("vulnerability_steps") if step not in notice.steps_done]
    if not open_steps:
        return judge(Verdict.PASS, (clause,), Text("安全缺陷已处置", "the defect is dealt with"))
    named = listed(_STEPS[step] for step in open_steps)
    return judge(
        Verdict.DUE,
        (clause,),
        Text(f"安全缺陷{notice.reference}尚未：{named.zh}", f"defect {notice.reference} still needs: {named.en}"),
        Text("督促提供者立即补救、告知和报告", "have the supplier remedy, tell and report at once"),
    )
