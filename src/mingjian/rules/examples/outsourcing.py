"""Examples: agreements with contractors (qd204 21; sc799 15.2, 19)."""

# mypy: disable-error-code="misc"
# (lambdas bind loop variables by default arguments, whose type mypy cannot infer)
from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH, LAST_MUNICIPAL_ONLY, MUNICIPAL_ONLY
from mingjian.rules.judgement import Verdict
from mingjian.rules.law import Law
from mingjian.rules.outsourcing import CONTRACTOR, MUNICIPAL, NATIONAL, TERMS, AgreementTerms, judge_agreement

_ALL = frozenset(TERMS)
# clause: its terms, its works, a day on which it is in force
_OF: dict[str, tuple[tuple[str, ...], tuple[str, ...], dt.date]] = {
    MUNICIPAL: (("client_duties", "contractor_duties"), ("operation", "maintenance"), MUNICIPAL_ONLY),
    NATIONAL: (
        ("confidentiality", "network_security", "data_security", "personal_information", "supervision"),
        ("operation",),
        BOTH,
    ),
    CONTRACTOR: (
        ("confidentiality", "no_other_use", "no_keeping", "no_disclosure"),
        ("design", "construction", "inspection", "acceptance", "maintenance"),
        BOTH,
    ),
}


def _fails(law: Law, key: str, work: str, terms: frozenset[str], on: dt.date, listed: bool = True) -> bool:
    said = judge_agreement(law, AgreementTerms(work, terms), listed, on)
    return said.verdict is Verdict.FAIL and key in said.keys


def _of_clauses() -> tuple[Example, ...]:
    found: list[Example] = []
    for key, (terms, works, on) in _OF.items():
        found += [
            failing(
                key,
                Text(f"未约定{TERMS[term].zh}", f"it lacks: {TERMS[term].en}"),
                lambda law, key=key, term=term, work=works[0], on=on: _fails(law, key, work, _ALL - {term}, on),
                True,
            )
            for term in terms
        ]
        found += [
            failing(
                key,
                Text(f"{work}：没有约定", f"{work}: nothing is settled"),
                lambda law, key=key, work=work, on=on: _fails(law, key, work, frozenset(), on),
                True,
            )
            for work in works
        ]
        found.append(
            passing(
                key, Text("应当约定的均已约定", "all is settled"),
                lambda law, key=key, work=works[0], terms=terms, on=on: _fails(law, key, work, frozenset(terms), on), False,
            )
        )  # fmt: skip
    return tuple(found)


EXAMPLES: tuple[Example, ...] = (
    *_of_clauses(),
    boundary(
        MUNICIPAL, Text("设计委托不适用第二十一条", "article 21 is not about design"),
        lambda law: _fails(law, MUNICIPAL, "design", frozenset(), MUNICIPAL_ONLY), False,
    ),
    boundary(
        NATIONAL, Text("第七条以外的场所不适用", "a place outside article 7 is exempt"),
        lambda law: _fails(law, NATIONAL, "operation", frozenset(), BOTH, listed=False), False,
    ),
    boundary(
        CONTRACTOR, Text("条例施行前一日", "the day before the regulation"),
        lambda law: _fails(law, CONTRACTOR, "design", frozenset(), LAST_MUNICIPAL_ONLY), False,
    ),
)  # fmt: skip
