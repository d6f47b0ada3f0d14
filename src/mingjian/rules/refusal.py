"""A holder that does not hand over (qd204 20(4)): lawful where something is missing, never of a complete request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from mingjian.kernel.text import Text, listed
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law, judge
from mingjian.rules.retrieval import Request, judge_confidentiality, judge_papers, judge_two_staff, judge_way
from mingjian.rules.state_table import LETS_THROUGH

NO_REFUSAL = "qd204.use.no_refusal"
LEAST_REASON = 2  # characters: a word

_Ground = Callable[[Law, Request, dt.date, int], Judgement]
_GROUNDS: Mapping[str, tuple[Text, _Ground]] = {
    "approval": (Text("有效的批准", "a valid approval"), judge_way),
    "two_staff": (
        Text("两名工作人员", "two of its staff"),
        lambda law, request, on, _: judge_two_staff(law, request, on),
    ),
    "papers": (
        Text("工作证件和批准文件", "credentials and the approval"),
        lambda law, request, on, _: judge_papers(law, request, on),
    ),
    "confidentiality": (
        Text("保密承诺", "the undertaking of confidentiality"),
        lambda law, request, on, _: judge_confidentiality(law, request, on),
    ),
}


def judge_refusal(law: Law, request: Request, reason: str, on: dt.date, now_s: int, *, came: bool) -> Judgement:
    """Whether the holder may refuse this request. `came`: those who execute stand at its desk.

    PASS: something is missing, it goes back to who asks. FAIL: it is complete, so the refusal goes to the organ above.
    DUE: either needs its reason. A person concerned is no authority: NOT_APPLICABLE.
    """
    clause = law.ask(NO_REFUSAL, on)
    if isinstance(clause, Judgement):
        return clause
    if request.way not in clause.names("ways"):
        return judge(Verdict.NOT_APPLICABLE, (clause,), Text("申请人不是有关部门", "no authority asks"))
    if len(reason.strip()) < LEAST_REASON:
        return judge(
            Verdict.DUE, (clause,), Text("不予提供应当说明理由", "a refusal needs its reason"),
            Text("填写理由", "give the reason"),
        )  # fmt: skip
    grounds = clause.names("grounds_at_the_desk" if came else "grounds_before")
    missing = [name for name in grounds if _GROUNDS[name][1](law, request, on, now_s).verdict not in LETS_THROUGH]
    if missing:
        named = listed(_GROUNDS[name][0] for name in missing)
        return judge(
            Verdict.PASS, (clause,), Text(f"缺少{named.zh}，依规定不予提供", f"not handed over for want of: {named.en}"),
            Text(f"补齐{named.zh}", f"bring: {named.en}"),
        )  # fmt: skip
    return judge(
        Verdict.FAIL, (clause,), Text("手续齐全而拒绝提供", "a complete request is refused"),
        Text("报公安机关处理，并依法提供", "it goes to public security; hand over what the law asks for"),
    )  # fmt: skip
