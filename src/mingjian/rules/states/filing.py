"""A filing: DRAFT, SUBMITTED, RETURNED once, REGISTERED. A filing is never an approval (qd204 16; sc799 14).

Registering has no guard: nothing that is missing or late blocks it, findings are kept beside it. Returning is possible
once, with everything that is missing named at one time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.filing_contents import ACCEPTANCE, ENTRY_INTO_USE, Filing, judge_contents
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law
from mingjian.rules.state_table import State, StateTable, Transition

_BOTH = (ACCEPTANCE, ENTRY_INTO_USE)


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """A filing as it lies before the officer, and whether it was returned before."""

    filing: Filing
    returned_before: bool = False


def _may_return(law: Law, facts: FilingFacts, on: dt.date) -> Judgement:
    contents = judge_contents(law, facts.filing, on)
    if facts.returned_before:
        return Judgement(
            Verdict.BLOCKED,
            contents.clauses,
            Text("补正要求应当一次性告知，不得再次退回", "what is missing is told once: it is not returned again"),
            Text("予以登记并记录发现的问题", "register it with findings"),
        )
    if contents.verdict is not Verdict.DUE:
        return Judgement(
            Verdict.BLOCKED,
            contents.clauses,
            Text("材料齐全，不得退回", "nothing is missing: it may not be returned"),
            Text("予以登记", "register it"),
        )
    return Judgement(
        Verdict.PASS,
        contents.clauses,
        Text(f"出具一次性补正告知书：{contents.reason.zh}", f"one notice of what is missing: {contents.reason.en}"),
    )


FILING: StateTable[FilingFacts] = StateTable(
    name="filing",
    title=Text("备案", "Filing"),
    initial="draft",
    states=(
        State("draft", Text("填报中", "draft")),
        State("submitted", Text("已收件", "submitted")),
        State("returned", Text("待补正", "returned for correction")),
        State("registered", Text("已备案", "registered")),
        State("change_due", Text("待变更备案", "change filing due")),
        State("closed", Text("已注销", "closed"), final=True),
        State("withdrawn", Text("已撤回", "withdrawn"), final=True),
    ),
    transitions=(
        Transition("draft", "submit", "submitted", Text("提交，出具收件凭证", "submit; acceptance slip"), None, _BOTH),
        Transition("draft", "withdraw", "withdrawn", Text("撤回", "withdraw")),
        Transition("submitted", "return", "returned", Text("一次性告知补正", "return once"), "return_once", _BOTH),
        Transition("returned", "resubmit", "submitted", Text("补正", "correct"), None, _BOTH),
        Transition(
            "returned", "register", "registered", Text("逾期未补正，如实登记", "register with findings"), None, _BOTH
        ),
        Transition("submitted", "register", "registered", Text("登记，出具备案回执", "register; receipt"), None, _BOTH),
        Transition(
            "registered",
            "fact_changed",
            "change_due",
            Text("备案事项变化", "a filed fact changed"),
            None,
            (ENTRY_INTO_USE,),
        ),
        Transition(
            "change_due",
            "submit_change",
            "submitted",
            Text("提交变更备案", "submit the change"),
            None,
            (ENTRY_INTO_USE,),
        ),
        Transition("registered", "close", "closed", Text("全部拆除后注销", "close after total removal")),
    ),
    guards={"return_once": _may_return},
)
