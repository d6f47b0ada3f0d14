"""No organ may mandate brand, seller, designer, installer or repairer (qd204 11): procurement and enrolment texts."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

NO_MANDATE = "qd204.project.no_mandated_brand"

_MUST = r"(?:必须|应当|应|须|只能|仅限|限定|一律|统一)"
_NAMED = r"(?:指定|限定|仅限|只能|唯一|必须(?:由|委托|选择|选用|采用|使用|采购))"
_GAP = r"[^。;;,,\n]{0,14}"
_BY_KIND = {
    "brand": (
        rf"{_MUST}{_GAP}(?:采用|选用|使用|采购|购买|为){_GAP}品牌",
        rf"(?:指定|限定){_GAP}(?:品牌|型号)",
        r"品牌\s*[::]\s*[^\s_((]+",
    ),
    "seller": (rf"{_NAMED}{_GAP}(?:供应商|供货|销售|经销|供应)", r"唯一供应商"),
    "designer": (rf"{_NAMED}{_GAP}设计(?:单位|院|公司|企业)",),
    "installer": (rf"{_NAMED}{_GAP}(?:施工|安装|承建|建设)(?:单位|公司|企业|队)",),
    "repairer": (rf"{_NAMED}{_GAP}(?:维修|维护|运维)(?:单位|公司|企业|商)",),
}
_WORDS = {
    "brand": Text("产品品牌", "brand"),
    "seller": Text("销售单位", "seller"),
    "designer": Text("设计单位", "designer"),
    "installer": Text("施工单位", "installer"),
    "repairer": Text("维修单位", "repairer"),
}
_FREE = re.compile(
    r"(?:不得|禁止|严禁|不)(?:指定|限定|采用指定)|不限品牌|自主选择|法定条件的|合格的|具备.{0,6}资质的"
    r"|注明|填写|填报|列明|标明|写明|载明"
)


@dataclass(frozen=True, slots=True)
class Mandate:
    """Something mandated: what kind, the words, and where they begin (characters from 0)."""

    kind: str
    words: str
    start: int


def find_mandates(law: Law, text: str, known_brands: tuple[str, ...], on: dt.date) -> tuple[Mandate, ...]:
    """Every mandate in a template, by position. `known_brands` come from the register's own device archive."""
    clause = law.ask(NO_MANDATE, on)
    if isinstance(clause, Judgement):
        return ()
    found: dict[tuple[str, int], Mandate] = {}
    for kind in clause.names("may_not_mandate"):
        patterns = list(_BY_KIND[kind])
        if kind == "brand" and known_brands:
            patterns.append(rf"{_MUST}{_GAP}(?:{'|'.join(map(re.escape, known_brands))})")
        for pattern in patterns:
            for match in re.finditer(pattern, text):
                if not _FREE.search(_phrase(text, match.start(), match.end())):
                    found.setdefault((kind, match.start()), Mandate(kind, match[0], match.start()))
    return tuple(sorted(found.values(), key=lambda mandate: (mandate.start, mandate.kind)))


def judge_template(law: Law, text: str, known_brands: tuple[str, ...], on: dt.date) -> Judgement:
    """FAIL with the words found; PASS when the text leaves the choice free. A person decides on what is found."""
    clause = law.ask(NO_MANDATE, on)
    if isinstance(clause, Judgement):
        return clause
    mandates = find_mandates(law, text, known_brands, on)
    if not mandates:
        return judge(Verdict.PASS, (clause,), Text("未见指定品牌或者单位的内容", "nothing is mandated"))
    kinds = list(dict.fromkeys(mandate.kind for mandate in mandates))
    words = "、".join(f"“{mandate.words}”" for mandate in mandates)
    return judge(
        Verdict.FAIL,
        (clause,),
        Text(
            f"文本指定{'、'.join(_WORDS[kind].zh for kind in kinds)}：{words}",
            f"the text mandates {', '.join(_WORDS[kind].en for kind in kinds)}: {words}",
        ),
        Text("删去指定内容，改为技术要求", "strike the mandate and state technical requirements instead"),
    )


def _phrase(text: str, start: int, end: int) -> str:
    """What stands between the commas and stops around a match: 不得指定品牌 excuses itself, not its neighbour."""
    marks = "。;;,,\n"
    left = max(text.rfind(mark, 0, start) for mark in marks) + 1
    rights = [at for at in (text.find(mark, end) for mark in marks) if at >= 0]
    return text[left : min(rights, default=len(text))]
