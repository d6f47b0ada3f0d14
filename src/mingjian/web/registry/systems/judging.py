"""What the law says of a system: each rule the register asks about it, asked here and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from mingjian.rules import conformance, declared_use, integration_cost, interfaces, scope
from mingjian.rules.conformance import TestResult
from mingjian.rules.conformance import VulnerabilityNotice as RuleNotice
from mingjian.rules.integration_cost import IntegrationCost as RuleCost
from mingjian.rules.interfaces import Interfaces
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.scope import SystemScope
from mingjian.web.authority.applying import applying
from mingjian.web.registry.models import IntegrationCost, System
from mingjian.web.registry.systems.names import (
    ADDED,
    CHANGED,
    CONFORMANCE_ADDED,
    COST_ADDED,
    INTERFACE_SET,
    NOTICE_ADDED,
    NOTICE_STEP,
    SCOPED,
)

in_scope = applying(scope.in_scope, by=(ADDED, CHANGED, SCOPED))
judge_declarations = applying(declared_use.judge_declarations, by=(ADDED, CHANGED))
judge_conformance = applying(conformance.judge_conformance, by=CONFORMANCE_ADDED)
judge_product = applying(conformance.judge_product, by=(CONFORMANCE_ADDED, NOTICE_ADDED, NOTICE_STEP))
judge_interfaces = applying(interfaces.judge_interfaces, by=INTERFACE_SET)
judge_cost = applying(integration_cost.judge_cost, by=COST_ADDED)

_PASSED = {"passed": True, "failed": False}
JUDGED = ("division", "conformances", "notices", "costs")


def judgements(system: System, on: dt.date) -> dict[str, Judgement]:
    """What the register's clauses make of a system on a day; outside the scope of the municipal one only `scope`."""
    found = {"scope": scope_of(system, on)}
    if found["scope"].verdict is Verdict.NOT_APPLICABLE:
        return found
    found["declared_use"] = declarations_of(system, on)
    found["conformance"] = conformance_of(system, on)
    found["products"] = products_of(system, on)
    found["interfaces"] = judge_interfaces(current_law(), interfaces_of(system), on)
    for cost in system.costs.all():
        found[f"cost.{cost.id}"] = cost_of(cost, on)
    return found


def judge_all(systems: Iterable[System], on: dt.date) -> Iterator[tuple[str, dict[str, Judgement]]]:
    """Every system given (fetched with JUDGED) by id with its judgements."""
    for system in systems:
        yield system.id, judgements(system, on)


def scope_of(system: System, on: dt.date) -> Judgement:
    """Whether the municipal regulation governs it (qd204 2)."""
    value = SystemScope(system.division.code, frozenset(system.functions), system.concerns_public_safety)
    return in_scope(current_law(), value, on)


def declarations_of(system: System, on: dt.date) -> Judgement:
    """Whether purpose, legal basis and sharing grade are declared (qd204 4)."""
    declared = {
        "purpose": system.purpose,
        "legal_basis": system.legal_basis,
        "sharing_grade": "" if system.sharing_grade is None else str(system.sharing_grade),
    }
    return judge_declarations(current_law(), declared, on)


def conformance_of(system: System, on: dt.date) -> Judgement:
    """Its conformance profile (qd204 12)."""
    lines = system.conformances.all()
    profile = tuple(TestResult(one.basis, one.standard, one.edition, _PASSED.get(one.result)) for one in lines)
    return judge_conformance(current_law(), profile, on)


def products_of(system: System, on: dt.date) -> Judgement:
    """Mandatory standards of its products, and suppliers' notices followed to their remedy (sc799 12)."""
    mandatory = [_PASSED.get(one.result) for one in system.conformances.all() if one.basis == "mandatory_standard"]
    meets = False if False in mandatory else True if mandatory and None not in mandatory else None
    notices = tuple(RuleNotice(one.reference, frozenset(one.steps)) for one in system.notices.all())
    return judge_product(current_law(), meets, notices, on)


def cost_of(cost: IntegrationCost, on: dt.date) -> Judgement:
    """Whether a line of the ledger of integration is borne by the right budget (qd204 13.2)."""
    line = RuleCost(cost.body, cost.body_level, cost.budget_level or None, cost.amount_fen)
    return judge_cost(current_law(), line, on)


def interfaces_of(system: System) -> Interfaces:
    """The three platforms as recorded. Connected counts only with evidence (qd204 13.1)."""
    recorded = system.interfaces
    return Interfaces(
        system.funding,
        frozenset(name for name, one in recorded.items() if one.get("reserved")),
        frozenset(name for name, one in recorded.items() if one.get("connected") and one.get("evidence")),
        system.security_grade,
    )
