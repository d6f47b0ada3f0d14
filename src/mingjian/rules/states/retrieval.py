"""A retrieval from draft to the return or destruction of what was handed over (qd204 23, 24; sc799 20, 21).

Nothing moves without its check, but for withdrawing a draft. An emergency is the one way around approval; it lapses by
itself, and what it opened is reported after.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Law
from mingjian.rules.retrieval import (
    CONDITIONS,
    CONFIDENTIALITY,
    EMERGENCY,
    PAPERS,
    PUBLIC_SECURITY,
    REGISTRATION,
    STATE_ORGANS,
    TWO_STAFF,
    Request,
    executable,
    judge_confidentiality,
    judge_emergency,
    judge_papers,
    judge_registration,
    judge_state_organ,
    judge_two_staff,
    judge_way,
)
from mingjian.rules.state_table import LETS_THROUGH, State, StateTable, Transition


@dataclass(frozen=True, slots=True)
class RetrievalFacts:
    """The request and the instant (seconds since 1970, UTC); what the deciding or executing person gave.

    `reason`: of a refusal, return or end. `digests`: what was handed over is sealed with its digests.
    `ended_by`: ids of those who attest return or destruction. `expires_s`: when the decision ends, on whatever way.
    """

    request: Request
    now_s: int
    reason: str = ""
    digests: bool = False
    ended_by: frozenset[str] = frozenset()
    expires_s: int | None = None


def _submit(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    """For a person concerned all but the manager's consent, which is what is asked for."""
    request = facts.request
    if request.way == "person_concerned":
        person = request.person
        asked = None if person is None else replace(person, manager_consents=True, supervised=True)
        return judge_way(law, replace(request, person=asked), on, facts.now_s)
    return judge_state_organ(law, request, on)


def _declare(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    return judge_emergency(law, facts.request, on, facts.now_s)


def _second(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    declared = facts.request.declaration
    answer = judge_emergency(law, facts.request, on, facts.now_s)
    if answer.verdict is Verdict.PASS and declared is not None and declared.confirmed_by in (None, declared.declarant):
        return Judgement(
            Verdict.BLOCKED,
            answer.clauses,
            Text("应由声明人以外的人确认", "somebody other than the declarant confirms"),
        )
    return answer


def _over(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    answer = _allowed(law, facts, on)
    if answer.verdict in LETS_THROUGH:
        return Judgement(Verdict.BLOCKED, answer.clauses, Text("尚在有效期内", "it is still in force"))
    return Judgement(Verdict.PASS, answer.clauses, Text("已失效", "it is over"))


def _reasoned(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    if len(facts.reason.strip()) < 2:
        return Judgement(
            Verdict.DUE, (), Text("应当说明理由", "a reason is needed"), Text("填写理由", "give the reason")
        )
    return Judgement(Verdict.PASS, (), Text("已说明理由", "a reason is given"))


def _allowed(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    return _in_time(facts, judge_way(law, facts.request, on, facts.now_s))


def _in_time(facts: RetrievalFacts, answer: Judgement) -> Judgement:
    """A decision that has expired lets nothing through, on whatever way it was made."""
    if facts.expires_s is None or facts.now_s < facts.expires_s:
        return answer
    return Judgement(Verdict.BLOCKED, answer.clauses, Text("已过有效期", "it has expired"))


def _present(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    """Article 24 of the municipal regulation is for authorities; a person concerned comes with his proofs."""
    if facts.request.way == "person_concerned":
        return _allowed(law, facts, on)
    return strictest(
        [_allowed(law, facts, on), judge_two_staff(law, facts.request, on), judge_papers(law, facts.request, on)]
    )


def _register(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    if facts.request.way == "person_concerned":
        return strictest([_allowed(law, facts, on), judge_registration(law, facts.request, on)])
    return strictest(
        [
            _allowed(law, facts, on),
            judge_registration(law, facts.request, on),
            judge_confidentiality(law, facts.request, on),
        ]
    )


def _execute(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    return _in_time(facts, executable(law, facts.request, on, facts.now_s))


def _sealed(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    if not facts.digests:
        return Judgement(Verdict.DUE, (), Text("尚未封存并计算摘要", "not sealed with digests yet"))
    return Judgement(Verdict.PASS, (), Text("已封存", "sealed"))


def _viewed(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    if facts.request.form != "view":
        return Judgement(Verdict.BLOCKED, (), Text("复制或者提取的，应当封存", "what was copied or taken is sealed"))
    return Judgement(Verdict.PASS, (), Text("查阅完毕", "viewed"))


def _ended(law: Law, facts: RetrievalFacts, on: dt.date) -> Judgement:
    if len(facts.ended_by) < 2:
        return Judgement(Verdict.DUE, (), Text("归还或者销毁应由两人证明", "two people attest return or destruction"))
    return Judgement(Verdict.PASS, (), Text("已由两人证明", "two people attested it"))


_WAY = (PUBLIC_SECURITY, STATE_ORGANS)

RETRIEVAL: StateTable[RetrievalFacts] = StateTable(
    name="retrieval",
    title=Text("调取", "Retrieval"),
    initial="draft",
    states=(
        State("draft", Text("填写中", "draft")),
        State("submitted", Text("待批准", "submitted")),
        State("returned", Text("退回补正", "returned for missing papers")),
        State("refused", Text("不予批准", "refused")),
        State("escalated", Text("报上级机关", "escalated")),
        State("approved", Text("已批准", "approved")),
        State("emergency", Text("突发事件声明", "emergency declared")),
        State("confirmed", Text("声明已确认", "emergency confirmed")),
        State("presented", Text("已到场出示", "presented by two people")),
        State("registered", Text("已登记", "registered")),
        State("executed", Text("已执行", "executed")),
        State("sealed", Text("已封存", "sealed")),
        State("lapsed", Text("声明已关闭，待报告", "emergency over, report due")),
        State("withdrawn", Text("已撤回", "withdrawn"), final=True),
        State("expired", Text("已失效", "expired"), final=True),
        State("rejected", Text("维持不予批准", "refusal upheld"), final=True),
        State("closed", Text("已办结", "closed"), final=True),
        State("returned_material", Text("已归还", "material returned"), final=True),
        State("destroyed", Text("已销毁", "material destroyed"), final=True),
    ),
    transitions=(
        Transition("draft", "submit", "submitted", Text("提交", "submit"), "complete", (STATE_ORGANS,)),
        Transition("draft", "withdraw", "withdrawn", Text("撤回", "withdraw")),
        Transition("draft", "declare", "emergency", Text("声明突发事件", "declare"), "declaration", (EMERGENCY,)),
        Transition("emergency", "confirm", "confirmed", Text("第二人确认", "confirm"), "second_person", (EMERGENCY,)),
        Transition("emergency", "close", "lapsed", Text("到时关闭", "close by itself"), "over", (EMERGENCY,)),
        Transition("confirmed", "close", "lapsed", Text("期满关闭", "close at expiry"), "over", (EMERGENCY,)),
        Transition("emergency", "end", "lapsed", Text("提前结束", "end before its time"), "reason"),
        Transition("confirmed", "end", "lapsed", Text("提前结束", "end before its time"), "reason"),
        Transition(
            "confirmed", "present", "presented", Text("两人到场出示证件", "present"), "present", (TWO_STAFF, PAPERS)
        ),
        Transition("lapsed", "report", "closed", Text("事后报告", "report after"), "reason"),
        Transition("submitted", "return", "returned", Text("材料不全，退回", "return: papers missing"), "reason"),
        Transition("returned", "resubmit", "submitted", Text("补正", "correct"), "complete", (STATE_ORGANS,)),
        Transition("submitted", "refuse", "refused", Text("不予批准", "refuse"), "reason"),
        Transition("refused", "escalate", "escalated", Text("报上级机关", "escalate"), "reason"),
        Transition("escalated", "approve", "approved", Text("批准", "approve"), "approval", _WAY),
        Transition("escalated", "uphold", "rejected", Text("维持", "uphold"), "reason"),
        Transition("submitted", "approve", "approved", Text("批准，可以缩小范围", "approve, or narrow"), "approval", _WAY),
        Transition("approved", "expire", "expired", Text("有效期满", "expire"), "over", (PUBLIC_SECURITY,)),
        Transition(
            "approved", "present", "presented", Text("两人到场出示证件", "present"), "present", (TWO_STAFF, PAPERS)
        ),
        Transition("presented", "expire", "expired", Text("有效期满", "expire"), "over", (PUBLIC_SECURITY,)),
        Transition(
            "presented", "register", "registered", Text("登记并承诺保密", "register"), "register",
            (REGISTRATION, CONFIDENTIALITY),
        ),
        Transition("registered", "expire", "expired", Text("有效期满", "expire"), "over", (PUBLIC_SECURITY,)),
        Transition(
            "registered", "execute", "executed", Text("查阅、复制或者提取", "view, copy or take"), "execute", (CONDITIONS,)
        ),
        Transition("executed", "finish_view", "closed", Text("查阅完毕", "viewed"), "viewed"),
        Transition("executed", "seal", "sealed", Text("封存", "seal"), "sealed"),
        Transition("sealed", "give_back", "returned_material", Text("归还", "give back"), "ended"),
        Transition("sealed", "destroy", "destroyed", Text("销毁", "destroy"), "ended"),
    ),
    guards={
        "complete": _submit, "declaration": _declare, "second_person": _second, "over": _over, "reason": _reasoned,
        "approval": _allowed, "present": _present, "register": _register, "execute": _execute, "sealed": _sealed,
        "viewed": _viewed, "ended": _ended,
    },
)  # fmt: skip
