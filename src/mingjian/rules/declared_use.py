"""Every camera declares purpose, legal basis and sharing grade (qd204 4) and carries flags of secrecy (qd204 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

DECLARED_USE = "qd204.principles.declared_use"
NO_LEAK = "qd204.principles.no_leak"
_DECLARATIONS = {
    "purpose": Text("用途", "purpose"),
    "legal_basis": Text("法律依据", "legal basis"),
    "sharing_grade": Text("共享等级", "sharing grade"),
}
_FLAGS = {
    "state_secret": Text("涉及国家秘密", "state secret"),
    "trade_secret": Text("涉及商业秘密", "trade secret"),
    "privacy": Text("涉及个人隐私", "privacy"),
}


def judge_declarations(law: Law, declared: Mapping[str, str], on: dt.date) -> Judgement:
    """DUE while something is not declared; PASS complete."""
    clause = law.ask(DECLARED_USE, on)
    if isinstance(clause, Judgement):
        return clause
    missing = [name for name in clause.names("declarations") if not declared.get(name, "").strip()]
    if not missing:
        return judge(Verdict.PASS, (clause,), Text("用途、依据、共享等级均已登记", "all is declared"))
    named = listed(_DECLARATIONS[name] for name in missing)
    return judge(
        Verdict.DUE,
        (clause,),
        Text(f"未登记{named.zh}", f"not declared: {named.en}"),
        Text(f"补充{named.zh}", f"declare: {named.en}"),
    )


def strictest_flag(law: Law, flags: Iterable[str], on: dt.date) -> str | None:
    """The strictest flag among those of the sources, which clips and packages inherit; None where there is none."""
    clause = law.ask(NO_LEAK, on)
    if isinstance(clause, Judgement):
        return None
    carried = set(flags)
    return next((flag for flag in clause.names("flags_strictest_first") if flag in carried), None)


def judge_inherited(law: Law, source_flags: Iterable[str], carried: str | None, on: dt.date) -> Judgement:
    """Whether a clip or package carries at least the strictest flag of its sources."""
    clause = law.ask(NO_LEAK, on)
    if isinstance(clause, Judgement):
        return clause
    order = clause.names("flags_strictest_first")
    needed = strictest_flag(law, source_flags, on)
    if needed is None:
        return judge(Verdict.PASS, (clause,), Text("来源未标注秘密或者隐私", "the sources carry no flag"))
    if carried in order and order.index(carried) <= order.index(needed):
        return judge(Verdict.PASS, (clause,), Text("已继承最严格的标注", "the strictest flag is inherited"))
    return judge(
        Verdict.FAIL,
        (clause,),
        Text(f"未继承来源的标注“{_FLAGS[needed].zh}”", f"does not carry the flag of its source: {_FLAGS[needed].en}"),
        Text(f"标注为{_FLAGS[needed].zh}", f"flag it: {_FLAGS[needed].en}"),
    )
