"""The measures of sc799 16.2 taken together: whether a look was let in with each of them in place.

16.2 binds places of article 7 only; like the register of looks they are kept for every camera.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge

MEASURES = "sc799.use.measures"

NAMES: Mapping[str, Text] = {
    "vetting_and_training": Text("入职审查和培训", "vetting and training"),
    "access_control": Text("授权和访问控制", "authorisation and access control"),
    "register_of_looks": Text("调用登记", "the register of looks"),
    "other_measures": Text("画面水印等其他措施", "other measures, such as the watermark"),
}


def judge_measures(law: Law, taken: Mapping[str, bool], on: dt.date) -> Judgement:
    """FAIL names the measures that were not in place; one that nobody speaks of is not in place."""
    clause = law.ask(MEASURES, on)
    if isinstance(clause, Judgement):
        return clause
    missing = [NAMES[name] for name in clause.names("measures") if not taken.get(name, False)]
    if missing:
        named = listed(missing)
        return judge(
            Verdict.FAIL, (clause,), Text(f"缺少防止滥用、泄露的措施：{named.zh}", f"not in place: {named.en}"),
            Text(f"落实{named.zh}", f"put in place: {named.en}"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("防止滥用、泄露的措施均已落实", "each measure is in place"))
