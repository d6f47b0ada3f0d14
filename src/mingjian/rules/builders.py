"""May this builder install here (qd204 8; sc799 7.3, 9.1). Who may not is refused, and an inspection lead opens."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge
from mingjian.rules.places import (
    GOVERNMENT_BUILDS,
    NATIONAL_GOVERNMENT,
    NATIONAL_MANAGER,
    UNIT_BUILDS,
    PlacePart,
    categories,
)

NO_OTHER = "qd204.builder.no_other"
NATIONAL_NO_OTHER = "sc799.builder.necessary_and_no_other"
NATIONAL_OTHER_PLACES = "sc799.builder.other_public_places"
_LEAD = Text("不予登记，并转为检查线索", "refused, and an inspection lead is opened")


@dataclass(frozen=True, slots=True)
class Installation:
    """Who would install where. `roles` are the builder's capacities at this place: government_department,
    managing_unit, using_unit, security_duty_holder; empty for anyone else. None means not stated.
    """

    place: PlacePart
    roles: frozenset[str]
    public_place: bool | None = True
    necessary_for_public_safety: bool | None = True


def may_install(law: Law, installation: Installation, on: dt.date) -> Judgement:
    """The strictest of the municipal and the national answer."""
    return strictest((municipal_answer(law, installation, on), national_answer(law, installation, on)))


def municipal_answer(law: Law, installation: Installation, on: dt.date) -> Judgement:
    """qd204 8 alone."""
    no_other = law.ask(NO_OTHER, on)
    if isinstance(no_other, Judgement):
        return no_other
    place = installation.place
    obliged = [clause for clause in categories(law, place, on) if clause.key.startswith("qd204.")]
    if not obliged and not installation.public_place:
        return _not_public(installation, no_other)
    government, unit = law.ask(GOVERNMENT_BUILDS, on), law.ask(UNIT_BUILDS, on)
    if isinstance(government, Clause) and place.kinds & set(government.names("kinds")):
        if installation.roles & set(government.names("builders")):
            return judge(
                Verdict.PASS, (government,), Text("由政府有关部门组织建设", "built by a government department")
            )
        return judge(
            Verdict.BLOCKED,
            (government, no_other),
            Text(
                "该场所由市、区（市）政府有关部门组织建设，其他单位和个人不得擅自建设",
                "this place is built by government departments; nobody else may build here",
            ),
            _LEAD,
        )
    if isinstance(unit, Clause) and installation.roles & set(unit.names("builders")):
        return judge(Verdict.PASS, (unit,), Text("由管理、使用单位组织建设", "built by the managing or using unit"))
    national = national_answer(law, installation, on)
    if national.verdict is Verdict.PASS:
        return Judgement(
            Verdict.PASS,
            (no_other.cite(), *national.clauses),
            Text(
                "依国家规定负有建设责任或者安全防范义务，不属于擅自建设",
                "the national regulation charges or allows this builder: not without authority",
            ),
        )
    return judge(
        Verdict.BLOCKED,
        (no_other,),
        Text(
            "非该场所的管理、使用单位，不得擅自在公共场所建设",
            "only the unit that manages or uses the place may build in this public place",
        ),
        _LEAD,
    )


def national_answer(law: Law, installation: Installation, on: dt.date) -> Judgement:
    """sc799 7.3 or 9.1 alone."""
    listed = law.ask(NATIONAL_NO_OTHER, on)
    elsewhere = law.ask(NATIONAL_OTHER_PLACES, on)
    found = [clause for clause in categories(law, installation.place, on) if clause.key.startswith("sc799.")]
    rule = listed if found else elsewhere
    if isinstance(rule, Judgement):
        return rule
    if not found and not installation.public_place:
        return _not_public(installation, rule)
    if installation.necessary_for_public_safety is None:
        return judge(
            Verdict.UNDECIDABLE,
            (rule,),
            Text("未说明是否为维护公共安全所必需", "necessity for public safety is not stated"),
            Text("逐个摄像机说明必要性", "state the necessity of each camera"),
        )
    if not installation.necessary_for_public_safety:
        return judge(
            Verdict.BLOCKED,
            (rule,),
            Text("并非维护公共安全所必需，不得安装", "not necessary for public safety: it may not be installed"),
            Text("不安装，或者说明维护公共安全的必要性", "leave it out, or state why public safety needs it"),
        )
    may = set(rule.names("duty_holders"))
    if found:
        lead = law.clause(NATIONAL_GOVERNMENT if found[0].key == NATIONAL_GOVERNMENT else NATIONAL_MANAGER)
        may &= set(lead.names("builders"))
        cited: tuple[Clause, ...] = (found[0], rule)
    else:
        cited = (rule,)
    if installation.roles & may:
        return judge(Verdict.PASS, cited, Text("安装主体符合规定", "the builder is one who may install here"))
    return judge(
        Verdict.BLOCKED,
        cited,
        Text("安装主体不符合规定，任何其他单位或者个人不得安装", "the builder is none of those who may install here"),
        _LEAD,
    )


def _not_public(installation: Installation, clause: Clause) -> Judgement:
    if installation.public_place is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("未说明是否为公共场所", "whether it is a public place is not stated"),
            Text("补充场所性质", "state the nature of the place"),
        )
    return judge(Verdict.NOT_APPLICABLE, (clause,), Text("非公共场所，本条不适用", "no public place"))
