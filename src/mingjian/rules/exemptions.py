"""Places outside sc799 7 are exempt from 11, 14, 15, 16.2 and 17 (sc799 9.2): decided per place."""

from __future__ import annotations

import datetime as dt

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Clause, Law, judge

EXEMPTION = "sc799.exemption.other_public_places"


def governing(law: Law, key: str, listed_in_article_7: bool | None, on: dt.date) -> Clause | Judgement:
    """The clause, or the judgement that it does not govern on that date or at that place.

    `listed_in_article_7` None (not known) leaves an exemptible clause undecidable.
    """
    clause = law.ask(key, on)
    if isinstance(clause, Judgement):
        return clause
    exemption = law.ask(EXEMPTION, on)
    if isinstance(exemption, Judgement) or not clause.key.startswith("sc799.") or listed_in_article_7:
        return clause
    if not _exempts(exemption, clause):
        return clause
    if listed_in_article_7 is None:
        return judge(
            Verdict.UNDECIDABLE,
            (clause, exemption),
            Text("未确定是否属于第七条规定的场所", "whether article 7 lists the place is not decided"),
            Text("确定场所类别", "decide the category of the place"),
        )
    return judge(
        Verdict.NOT_APPLICABLE,
        (exemption, clause),
        Text("属于第七条以外的公共场所，不适用本条强制性要求", "a place outside article 7 is exempt"),
    )


def exemptible(law: Law, on: dt.date) -> tuple[str, ...]:
    """Keys of the clauses from which places outside article 7 are exempt, in the order of the text."""
    exemption = law.ask(EXEMPTION, on)
    if isinstance(exemption, Judgement):
        return ()
    return tuple(
        clause.key
        for clause in law.clauses
        if clause.pack == exemption.pack and clause.status == "rule" and _exempts(exemption, clause)
    )


def exempt(law: Law, key: str, listed_in_article_7: bool | None, on: dt.date) -> Judgement:
    """As a judgement for people: NOT_APPLICABLE exempt, PASS governed."""
    answer = governing(law, key, listed_in_article_7, on)
    if isinstance(answer, Judgement):
        return answer
    exemption = law.ask(EXEMPTION, on)
    cited = (answer,) if isinstance(exemption, Judgement) else (answer, exemption)
    return judge(Verdict.PASS, cited, Text("适用本条", "the clause governs"))


def _exempts(exemption: Clause, clause: Clause) -> bool:
    return bool(set(exemption.names("exempt")) & {str(clause.article), f"{clause.article}.{clause.paragraph}"})
