"""Which places must have a system, by part of a place, and who bears the duty (qd204 7.1, 8.1, 8.2; sc799 7.1, 7.2).

A place may fall under several categories, judged per pack. Obligations attach to parts: one camera at the entrance
does not cover a mall.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

OBLIGED = "qd204.place.obliged"
CATEGORIES = (
    "qd204.place.roads_and_squares",
    "qd204.place.transport",
    "qd204.place.supply",
    "qd204.place.dangerous_goods",
    "qd204.place.press_telecom_finance",
    "qd204.place.commerce_culture",
    "qd204.place.residential_entrances",
    "qd204.place.valuables",
    "qd204.place.other_public_safety",
)
GOVERNMENT_BUILDS = "qd204.builder.government"
UNIT_BUILDS = "qd204.builder.managing_unit"
NATIONAL_GOVERNMENT = "sc799.place.government_built"
NATIONAL_MANAGER = "sc799.place.manager_built"
NATIONAL_ITEMS = (
    "sc799.place.gathering",
    "sc799.place.hubs",
    "sc799.place.vehicles",
    "sc799.place.service_areas",
)


@dataclass(frozen=True, slots=True)
class PlacePart:
    """A part of a place: `kinds` and `part` of place_kinds. Private interiors oblige nobody to install."""

    kinds: frozenset[str]
    part: str = "public_area"


@dataclass(frozen=True, slots=True)
class DutyBearer:
    """Who must build, by which clause: `role` is government_department, managing_unit or using_unit."""

    clause: str
    roles: tuple[str, ...]


def categories(law: Law, place: PlacePart, on: dt.date) -> tuple[Clause, ...]:
    """Every clause of every pack in force under which this part of a place must have a system."""
    found: list[Clause] = []
    lead = law.ask(OBLIGED, on)
    if isinstance(lead, Clause):
        found += [clause for key in CATEGORIES if (clause := _matching(law, key, place, on)) is not None]
    government = _matching(law, NATIONAL_GOVERNMENT, place, on)
    if government is not None:
        found.append(government)
    manager = law.ask(NATIONAL_MANAGER, on)
    if isinstance(manager, Clause) and place.part in manager.names("parts"):
        found += [clause for key in NATIONAL_ITEMS if (clause := _matching(law, key, place, on)) is not None]
    return tuple(found)


def listed_in_national_article_7(law: Law, place: PlacePart, on: dt.date) -> bool:
    """Whether sc799 7.1 or 7.2 names this part of a place; if not, sc799 9 governs it."""
    return any(clause.key.startswith("sc799.") for clause in categories(law, place, on))


def must_have_system(law: Law, place: PlacePart, has_system: bool | None, on: dt.date) -> Judgement:
    """PASS obliged and covered; FAIL a gap; NOT_APPLICABLE nobody is obliged; UNDETERMINED before the texts held."""
    lead = law.ask(OBLIGED, on)
    if isinstance(lead, Judgement) and lead.verdict is Verdict.UNDETERMINED:
        return lead
    found = categories(law, place, on)
    if not found:
        named = (lead,) if isinstance(lead, Clause) else ()
        return judge(
            Verdict.NOT_APPLICABLE,
            named,
            Text("不在应当建设的场所和区域之列", "no clause obliges this part of a place"),
        )
    cited = ((lead,) if isinstance(lead, Clause) and any(clause.key in CATEGORIES for clause in found) else ()) + found
    if has_system is None:
        return judge(
            Verdict.UNDECIDABLE,
            cited,
            Text("应当建设，但未登记是否已建", "obliged, but whether a system exists is not registered"),
            Text("核实并登记现有系统", "find out and register the existing system"),
        )
    if has_system:
        return judge(Verdict.PASS, cited, Text("应当建设，已建设", "obliged, and there is a system"))
    return judge(
        Verdict.FAIL,
        cited,
        Text("应当建设视频图像信息系统而未建设", "a system is obliged and there is none"),
        Text("由建设责任主体组织建设", "the duty bearer has a system built"),
    )


def coverage_gaps(law: Law, kinds: frozenset[str], covered: Mapping[str, bool | None], on: dt.date) -> Judgement:
    """The strictest over all parts of a place; `covered` maps each part the place has to whether a system covers it.

    Raises ValueError when the place has no part.
    """
    return strictest(
        must_have_system(law, PlacePart(kinds, part), has_system, on) for part, has_system in covered.items()
    )


def duty_bearers(law: Law, place: PlacePart, on: dt.date) -> tuple[DutyBearer, ...]:
    """Who must build here, per pack; empty where nobody is obliged."""
    found = categories(law, place, on)
    bearers: list[DutyBearer] = []
    if any(clause.key in CATEGORIES for clause in found):
        government = law.ask(GOVERNMENT_BUILDS, on)
        unit = law.ask(UNIT_BUILDS, on)
        if isinstance(government, Clause) and place.kinds & set(government.names("kinds")):
            bearers.append(DutyBearer(government.key, government.names("builders")))
        elif isinstance(unit, Clause):
            bearers.append(DutyBearer(unit.key, unit.names("builders")))
    if any(clause.key == NATIONAL_GOVERNMENT for clause in found):
        bearers.append(DutyBearer(NATIONAL_GOVERNMENT, law.clause(NATIONAL_GOVERNMENT).names("builders")))
    if any(clause.key in NATIONAL_ITEMS for clause in found):
        bearers.append(DutyBearer(NATIONAL_MANAGER, law.clause(NATIONAL_MANAGER).names("builders")))
    return tuple(bearers)


def _matching(law: Law, key: str, place: PlacePart, on: dt.date) -> Clause | None:
    clause = law.ask(key, on)
    if isinstance(clause, Judgement) or not place.kinds & set(clause.names("kinds")):
        return None
    if place.part == "private_interior":
        return None
    if "parts" in clause.parameters and place.part not in clause.names("parts"):
        return None
    return clause
