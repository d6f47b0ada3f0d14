"""Examples: retrieval (qd204 23, 24; sc799 20, 21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mingjian.kernel.text import Text
from mingjian.rules import retrieval as r
from mingjian.rules.example import Example, boundary, failing, passing
from mingjian.rules.examples.dates import BOTH
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law

NOW_S = 1_750_000_000
EXTENT = r.Extent("east-1", NOW_S - 7200, NOW_S - 3600)
STAFF = (r.Staff("ann", "bureau", "001", True), r.Staff("ben", "bureau", "002", True))
HEAD = (r.DatedPost("head", "district", dt.date(2024, 1, 1)),)
APPROVAL = r.Approval("chief", HEAD, BOTH, (EXTENT,), NOW_S + 86_400)
DECLARED = r.Declaration("accident", "ann", True, True, NOW_S, NOW_S + 7200)
PERSON = r.PersonConcerned("self", "property", "view", True, False, True, True)
POLICE = r.Request(
    "public_security", "ann", "bureau", "刑事诉讼法", "law_enforcement", (EXTENT,), "copy", STAFF, APPROVAL,
    papers=frozenset({"credentials", "approval_document"}), registered=True, undertakings=frozenset({"ann", "ben"}),
)  # fmt: skip
DEPARTMENT = replace(POLICE, way="department", approval=None, own_approval=True, coordinated_with="district")
EMERGENCY = replace(POLICE, way="emergency", approval=None, form="view", declaration=DECLARED)
CONCERNED = replace(POLICE, way="person_concerned", approval=None, person=PERSON)


def _post(post: str, level: str, until: dt.date | None = None) -> r.Request:
    return replace(POLICE, approval=replace(APPROVAL, posts=(r.DatedPost(post, level, dt.date(2024, 1, 1), until),)))


def _approval(request: r.Request, now_s: int = NOW_S) -> Callable[[Law], object]:
    return lambda law: r.judge_approval(law, request, BOTH, now_s).verdict


def _plain(rule: Callable[[Law, r.Request, dt.date], Judgement], request: r.Request) -> Callable[[Law], object]:
    return lambda law: rule(law, request, BOTH).verdict


def _emergency(request: r.Request, now_s: int = NOW_S) -> Callable[[Law], object]:
    return lambda law: r.judge_emergency(law, request, BOTH, now_s).verdict


def _concerned(**values: Any) -> r.Request:
    return replace(CONCERNED, person=replace(PERSON, **values))


EXAMPLES: tuple[Example, ...] = (
    passing(r.PUBLIC_SECURITY, Text("区公安机关负责人批准", "the head of a district organ"), _approval(POLICE), Verdict.PASS),
    passing(
        r.PUBLIC_SECURITY, Text("市公安机关分管负责人批准", "a deputy in charge of the municipal organ"),
        _approval(_post("deputy_in_charge", "municipal")), Verdict.PASS,
    ),
    failing(
        r.PUBLIC_SECURITY, Text("派出所所长批准", "a station chief"), _approval(_post("head", "station")), Verdict.BLOCKED
    ),
    failing(
        r.PUBLIC_SECURITY, Text("批准人自己执行", "the approver executes"),
        _approval(replace(POLICE, approval=replace(APPROVAL, approver="ben"))), Verdict.BLOCKED,
    ),
    boundary(
        r.PUBLIC_SECURITY, Text("任职末日批准", "on the last day of the post"),
        _approval(_post("head", "district", BOTH)), Verdict.PASS,
    ),
    boundary(
        r.PUBLIC_SECURITY, Text("卸任次日批准", "the day after"),
        _approval(_post("head", "district", BOTH - dt.timedelta(days=1))), Verdict.BLOCKED,
    ),
    boundary(
        r.PUBLIC_SECURITY, Text("有效期届满之时", "at the instant of expiry"),
        _approval(POLICE, APPROVAL.expires_s), Verdict.BLOCKED,
    ),
    passing(r.DEPARTMENTS, Text("已批准并协调", "approved and coordinated"), _plain(r.judge_department, DEPARTMENT), Verdict.PASS),
    failing(
        r.DEPARTMENTS, Text("未协调", "not coordinated"),
        _plain(r.judge_department, replace(DEPARTMENT, coordinated_with="")), Verdict.DUE,
    ),
    boundary(
        r.DEPARTMENTS, Text("只与派出所协调", "with a station only"),
        _plain(r.judge_department, replace(DEPARTMENT, coordinated_with="station")), Verdict.DUE,
    ),
    *(
        passing(
            r.EMERGENCY, Text(f"突发事件：{kind}", f"an emergency: {kind}"),
            _emergency(replace(EMERGENCY, declaration=replace(DECLARED, kind=kind))), Verdict.PASS,
        )
        for kind in ("public_order", "natural_disaster", "accident", "public_health")
    ),
    failing(
        r.EMERGENCY, Text("无处置权的部门", "a body without power"),
        _emergency(replace(EMERGENCY, declaration=replace(DECLARED, body_has_power=False))), Verdict.BLOCKED,
    ),
    boundary(r.EMERGENCY, Text("单人声明最后一秒", "one declarant, the last second"), _emergency(EMERGENCY, NOW_S + 1799), Verdict.PASS),
    boundary(r.EMERGENCY, Text("单人声明满三十分钟", "one declarant, 30 minutes"), _emergency(EMERGENCY, NOW_S + 1800), Verdict.BLOCKED),
    passing(r.TWO_STAFF, Text("两人", "two people"), _plain(r.judge_two_staff, POLICE), Verdict.PASS),
    failing(
        r.TWO_STAFF, Text("一人", "one person"), _plain(r.judge_two_staff, replace(POLICE, executors=STAFF[:1])), Verdict.DUE
    ),
    boundary(
        r.TWO_STAFF, Text("同一证件两次", "one credential twice"),
        _plain(r.judge_two_staff, replace(POLICE, executors=(STAFF[0], replace(STAFF[1], credential="001")))), Verdict.DUE,
    ),
    passing(r.PAPERS, Text("证件和批准文件", "both papers"), _plain(r.judge_papers, POLICE), Verdict.PASS),
    failing(r.PAPERS, Text("都未出示", "neither"), _plain(r.judge_papers, replace(POLICE, papers=frozenset())), Verdict.DUE),
    *(
        boundary(
            r.PAPERS, Text(f"只出示{one}", f"only {one}"),
            _plain(r.judge_papers, replace(POLICE, papers=frozenset({one}))), Verdict.DUE,
        )
        for one in ("credentials", "approval_document")
    ),
    passing(r.REGISTRATION, Text("已登记", "registered"), _plain(r.judge_registration, POLICE), Verdict.PASS),
    failing(r.REGISTRATION, Text("未登记", "not registered"), _plain(r.judge_registration, replace(POLICE, registered=False)), Verdict.DUE),
    boundary(
        r.REGISTRATION, Text("其他齐全但未登记", "all but the registration"),
        lambda law: r.executable(law, replace(POLICE, registered=False), BOTH, NOW_S).verdict, Verdict.DUE,
    ),
    passing(r.CONFIDENTIALITY, Text("均已承诺", "everybody"), _plain(r.judge_confidentiality, POLICE), Verdict.PASS),
    failing(
        r.CONFIDENTIALITY, Text("无人承诺", "nobody"),
        _plain(r.judge_confidentiality, replace(POLICE, undertakings=frozenset())), Verdict.DUE,
    ),
    boundary(
        r.CONFIDENTIALITY, Text("两人中一人承诺", "one of two"),
        _plain(r.judge_confidentiality, replace(POLICE, undertakings=frozenset({"ann"}))), Verdict.DUE,
    ),
    passing(r.CONDITIONS, Text("四项齐备", "all four"), _plain(r.judge_conditions, POLICE), Verdict.PASS),
    failing(r.CONDITIONS, Text("缺登记", "not registered"), _plain(r.judge_conditions, replace(POLICE, registered=False)), Verdict.DUE),
    boundary(
        r.CONDITIONS, Text("条款自身被援引", "the clause itself is cited"),
        lambda law: r.CONDITIONS in r.judge_conditions(law, POLICE, BOTH).keys
        and r.judge_conditions(law, POLICE, BOTH).verdict is Verdict.PASS,
        True,
    ),
    passing(r.STATE_ORGANS, Text("执法办案", "law enforcement"), _plain(r.judge_state_organ, POLICE), Verdict.PASS),
    passing(
        r.STATE_ORGANS, Text("处置突发事件", "handling an emergency"),
        _plain(r.judge_state_organ, replace(POLICE, duty="emergency_handling")), Verdict.PASS,
    ),
    failing(
        r.STATE_ORGANS, Text("没有法律依据", "no legal basis"), _plain(r.judge_state_organ, replace(POLICE, legal_basis=" ")), Verdict.DUE
    ),
    boundary(
        r.STATE_ORGANS, Text("未限定范围", "no extent"), _plain(r.judge_state_organ, replace(POLICE, extents=())), Verdict.DUE
    ),
    *(
        passing(
            r.PERSONS_CONCERNED, Text(f"{relation}查阅", f"{relation} views"),
            _plain(r.judge_person_concerned, _concerned(relation=relation, relation_proved=True, protects=protects)), Verdict.PASS,
        )
        for relation, protects in (("self", "property"), ("close_relative", "life_health"), ("carer", "property"))
    ),
    failing(
        r.PERSONS_CONCERNED, Text("管理单位未同意", "the manager does not consent"),
        _plain(r.judge_person_concerned, _concerned(manager_consents=False)), Verdict.DUE,
    ),
    boundary(
        r.PERSONS_CONCERNED, Text("要求复制", "asks for a copy"),
        _plain(r.judge_person_concerned, _concerned(form="copy")), Verdict.BLOCKED,
    ),
)  # fmt: skip
