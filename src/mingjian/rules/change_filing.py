"""A change of any filed fact opens a change filing (sc799 14.1 "promptly": the limit in days is a policy, not law)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from mingjian.kernel.text import Text, listed
from mingjian.rules.exemptions import governing
from mingjian.rules.filing_contents import PARTS
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

ENTRY_INTO_USE = "sc799.filing.entry_into_use"
PROMPTLY_DAYS = "policy.change_filing.promptly_days"


def changed_parts(filed: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    """The parts whose filed value is no longer so, sorted."""
    return tuple(sorted(part for part in filed.keys() | now.keys() if filed.get(part) != now.get(part)))


def judge_change(
    law: Law,
    filed: Mapping[str, str],
    now: Mapping[str, str],
    changed_on: dt.date,
    filed_on: dt.date | None,
    today: dt.date,
    listed_in_article_7: bool | None = True,
) -> Judgement:
    """PASS nothing filed changed, or the change is filed; DUE otherwise, urgent once the policy's days are over."""
    clause = governing(law, ENTRY_INTO_USE, listed_in_article_7, changed_on)
    if isinstance(clause, Judgement):
        return clause
    changed = [part for part in changed_parts(filed, now) if part in clause.names("parts")]
    if not changed:
        return judge(Verdict.PASS, (clause,), Text("备案事项未变化", "no filed fact has changed"))
    if filed_on is not None:
        return judge(Verdict.PASS, (clause,), Text("已办理备案变更", "the change is filed"))
    named = listed(PARTS[part] for part in changed)
    late = (today - changed_on).days > law.policy_number(PROMPTLY_DAYS)
    return judge(
        Verdict.DUE,
        (clause,),
        Text(
            f"{named.zh}已变化，应当及时办理备案变更" + ("，已超过内部时限" if late else ""),
            f"changed: {named.en}; a change filing is due promptly" + (", past the internal limit" if late else ""),
        ),
        Text("办理备案变更", "file the change"),
        (PROMPTLY_DAYS,),
    )
