"""Integration of other social systems: responsible body and cost per budget level (qd204 13.2). Money in fen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

INTEGRATION = "qd204.interface.integration_cost"


@dataclass(frozen=True, slots=True)
class IntegrationCost:
    """One line of the ledger: the body's kind and level, the budget that pays (None: not stated), and the amount."""

    body: str
    body_level: str
    budget_level: str | None
    amount_fen: int


def judge_cost(law: Law, cost: IntegrationCost, on: dt.date) -> Judgement:
    """PASS when public security or the designated body integrates at the cost of its own level of budget."""
    clause = law.ask(INTEGRATION, on)
    if isinstance(clause, Judgement):
        return clause
    if cost.body not in clause.names("integrators"):
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("整合主体不是公安机关或者政府确定的部门", "the body is neither public security nor designated"),
            Text("由公安机关或者政府确定的部门负责整合", "let public security or the designated body integrate"),
        )
    if cost.budget_level is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause,),
            Text("未登记费用列入哪一级财政预算", "the budget that pays is not stated"),
            Text("登记预算级次", "state the level of budget"),
        )
    if "same_level" in clause.names("budget") and cost.budget_level != cost.body_level:
        return judge(
            Verdict.FAIL,
            (clause,),
            Text("费用未列入同级政府财政预算", "the cost is not in the budget of the same level"),
            Text("调整为同级财政预算列支", "put it into the budget of the same level"),
        )
    return judge(Verdict.PASS, (clause,), Text("费用已列入同级财政预算", "in the budget of the same level"))


def cost_by_level(costs: Iterable[IntegrationCost]) -> dict[str, int]:
    """Fen per budget level; what has no level is under "unstated"."""
    totals: dict[str, int] = {}
    for cost in costs:
        level = cost.budget_level or "unstated"
        totals[level] = totals.get(level, 0) + cost.amount_fen
    return totals
