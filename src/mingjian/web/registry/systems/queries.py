"""Reading and judging systems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from mingjian.rules.conformance import TestResult, judge_conformance, judge_product
from mingjian.rules.conformance import VulnerabilityNotice as RuleNotice
from mingjian.rules.declared_use import judge_declarations
from mingjian.rules.integration_cost import IntegrationCost as RuleCost
from mingjian.rules.integration_cost import judge_cost
from mingjian.rules.interfaces import Interfaces, judge_interfaces
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.scope import SystemScope, in_scope
from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.registry.models import System, SystemSearch
from mingjian.web.registry.rights import READ_SYSTEMS
from mingjian.web.registry.searching import matching

_PASSED = {"passed": True, "failed": False}
JUDGED = ("division", "conformances", "notices", "costs")


def system_by_id(system_id: str, *, lock: bool = False) -> System:
    """The system, removed ones too. Raises MingjianError not_found."""
    rows = System.objects.select_for_update() if lock else System.objects.all()
    system = rows.filter(pk=system_id).first()
    if system is None:
        raise not_found("没有这个系统", "there is no such system")
    return system


def visible_system(actor: Actor, system_id: str, *, lock: bool = False) -> System:
    """The system when the actor may see it; one he may not see does not exist for him."""
    system = system_by_id(system_id, lock=lock)
    if not READ_SYSTEMS.allows(actor, system):
        raise not_found("没有这个系统", "there is no such system")
    return system


def systems_page(
    actor: Actor,
    *,
    text: str = "",
    standing: str = "",
    division: str = "",
    organisation: str = "",
    place: str = "",
    cursor: str | None = None,
    limit: int = 200,
) -> tuple[list[System], str | None]:
    """Systems by name within the actor's reach; `division` includes those below."""
    rows = READ_SYSTEMS.visible(actor, System.objects.filter(removed_ns__isnull=True))
    exact = {"standing": standing, "organisation_id": organisation, "place_id": place}
    rows = rows.filter(**{key: value for key, value in exact.items() if value})
    if division:
        rows = rows.filter(division__reached_from__ancestor_id=division)
    rows = matching(rows, SystemSearch, text)
    return page(rows.select_related("organisation", "division"), ["name", "id"], cursor, limit)


def judgements(system: System, on: dt.date) -> dict[str, Judgement]:
    """What the register's clauses make of a system on a day; outside the scope of the municipal one only `scope`."""
    law = current_law()
    scope = SystemScope(system.division.code, frozenset(system.functions), system.concerns_public_safety)
    found = {"scope": in_scope(law, scope, on)}
    if found["scope"].verdict is Verdict.NOT_APPLICABLE:
        return found
    declared = {
        "purpose": system.purpose,
        "legal_basis": system.legal_basis,
        "sharing_grade": "" if system.sharing_grade is None else str(system.sharing_grade),
    }
    found["declared_use"] = judge_declarations(law, declared, on)
    lines = list(system.conformances.all())
    profile = tuple(TestResult(one.basis, one.standard, one.edition, _PASSED.get(one.result)) for one in lines)
    found["conformance"] = judge_conformance(law, profile, on)
    mandatory = [_PASSED.get(one.result) for one in lines if one.basis == "mandatory_standard"]
    meets = False if False in mandatory else True if mandatory and None not in mandatory else None
    notices = tuple(RuleNotice(one.reference, frozenset(one.steps)) for one in system.notices.all())
    found["products"] = judge_product(law, meets, notices, on)
    found["interfaces"] = judge_interfaces(law, interfaces_of(system), on)
    for cost in system.costs.all():
        line = RuleCost(cost.body, cost.body_level, cost.budget_level or None, cost.amount_fen)
        found[f"cost.{cost.id}"] = judge_cost(law, line, on)
    return found


def interfaces_of(system: System) -> Interfaces:
    """The three platforms as recorded. Connected counts only with evidence (qd204 13.1)."""
    recorded = system.interfaces
    return Interfaces(
        system.funding,
        frozenset(name for name, one in recorded.items() if one.get("reserved")),
        frozenset(name for name, one in recorded.items() if one.get("connected") and one.get("evidence")),
        system.security_grade,
    )


def judge_all(systems: Iterable[System], on: dt.date) -> Iterator[tuple[str, dict[str, Judgement]]]:
    """Every system given (fetched with JUDGED) by id with its judgements."""
    for system in systems:
        yield system.id, judgements(system, on)
