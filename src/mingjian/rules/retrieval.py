"""Retrieval of footage (qd204 23, 24; sc799 20, 21): who may approve, who executes, what has to be shown, emergencies.

Every function answers about values; people are told apart by `id`. A visitor without an account has an id of its own
(kind and number of the credential), so that "two people" never means one person twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Clause, Law, judge

PUBLIC_SECURITY = "qd204.retrieval.public_security"
DEPARTMENTS = "qd204.retrieval.departments"
EMERGENCY = "qd204.retrieval.emergency"
CONDITIONS = "qd204.retrieval.conditions"
TWO_STAFF = "qd204.retrieval.two_staff"
PAPERS = "qd204.retrieval.papers"
REGISTRATION = "qd204.retrieval.registration"
CONFIDENTIALITY = "qd204.retrieval.confidentiality"
STATE_ORGANS = "sc799.retrieval.state_organs"
PERSONS_CONCERNED = "sc799.retrieval.persons_concerned"
ONE_DECLARANT_MINUTES = "policy.retrieval.emergency_one_declarant_minutes"


@dataclass(frozen=True, slots=True)
class Extent:
    """One camera from `begins_s` to before `ends_s` (seconds since 1970, UTC)."""

    camera: str
    begins_s: int
    ends_s: int

    def covers(self, other: Extent) -> bool:
        """Whether `other` lies inside."""
        return self.camera == other.camera and self.begins_s <= other.begins_s and other.ends_s <= self.ends_s


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who executes: of which body, identified by which credential, and whether he himself confirmed."""

    id: str
    body: str
    credential: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class DatedPost:
    """A post at an organ, [since, until], acting appointments included. `level`: municipal, district, station."""

    post: str
    level: str
    since: dt.date
    until: dt.date | None = None

    def held_on(self, on: dt.date) -> bool:
        """Whether it was held on that day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Approval:
    """What the person in charge decided. `extents` may be narrower than what was asked, never wider."""

    approver: str
    posts: tuple[DatedPost, ...]
    decided_on: dt.date
    extents: tuple[Extent, ...]
    expires_s: int


@dataclass(frozen=True, slots=True)
class Declaration:
    """An emergency as declared by somebody of a body with power to investigate or handle it."""

    kind: str
    declarant: str
    body_has_power: bool
    area: bool  # drawn on the map
    declared_s: int
    expires_s: int
    confirmed_by: str | None = None
    confirmed_s: int | None = None


@dataclass(frozen=True, slots=True)
class PersonConcerned:
    """Who asks for himself or his own (sc799 21): what he is to the person, what for, in which form, with what proof."""

    relation: str
    protects: str
    form: str
    identity_proved: bool
    relation_proved: bool
    manager_consents: bool
    supervised: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A retrieval as it lies. `way`: public_security, department, other_organ, emergency, person_concerned."""

    way: str
    requester: str
    body: str
    legal_basis: str
    duty: str
    extents: tuple[Extent, ...]
    form: str = "view"  # view, copy, take
    executors: tuple[Staff, ...] = ()
    approval: Approval | None = None
    own_approval: bool = False  # of a department, court or other organ, by its own rules
    coordinated_with: str = ""  # level of the public security organ that keeps the coordination record
    declaration: Declaration | None = None
    person: PersonConcerned | None = None
    papers: frozenset[str] = frozenset()
    registered: bool = False
    undertakings: frozenset[str] = frozenset()  # ids of those who gave it


def judge_approval(law: Law, request: Request, on: dt.date, now_s: int) -> Judgement:
    """Approval by the person in charge, by the post held on the day of decision; never by one who asks or executes."""
    clause = law.ask(PUBLIC_SECURITY, on)
    if isinstance(clause, Judgement):
        return clause
    approval = request.approval
    if approval is None:
        return judge(
            Verdict.DUE, (clause,), Text("尚未经公安机关负责人批准", "not approved by the person in charge yet"),
            Text("报市、区（市）公安机关负责人批准", "have the person in charge decide"),
        )  # fmt: skip
    if approval.approver in {request.requester, *(one.id for one in request.executors)}:
        return _blocked(clause, "批准人不得是申请人或者调取人员", "the approver neither asks nor executes")
    fitting = [
        one
        for one in approval.posts
        if one.post in clause.names("posts")
        and one.level in clause.names("levels")
        and one.held_on(approval.decided_on)
    ]
    if not fitting:
        return _blocked(
            clause, "批准人在批准之日不是市、区（市）公安机关负责人",
            "on that day the approver was not in charge of a municipal or district organ",
        )  # fmt: skip
    if not approval.extents or not _within(approval.extents, request.extents):
        return _blocked(clause, "批准范围超出申请范围", "an approval may narrow what was asked, never widen it")
    if now_s >= approval.expires_s:
        return _blocked(clause, "批准已过有效期", "the approval has expired")
    return judge(Verdict.PASS, (clause,), Text("经公安机关负责人批准", "approved by the person in charge"))


def judge_department(law: Law, request: Request, on: dt.date) -> Judgement:
    """A department: its own approval, and the record of coordination with the district's organ (no veto)."""
    clause = law.ask(DEPARTMENTS, on)
    if isinstance(clause, Judgement):
        return clause
    if not request.own_approval:
        return judge(
            Verdict.DUE, (clause,), Text("尚无本部门的批准", "the department's own approval is missing"),
            Text("由本部门负责人批准", "have the department approve it"),
        )  # fmt: skip
    if request.coordinated_with not in clause.names("coordinates_with"):
        return judge(
            Verdict.DUE, (clause,), Text("未与所在地区（市）公安机关协调", "not coordinated with the district's organ"),
            Text("登记与所在地区（市）公安机关的协调记录", "record the coordination"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("已批准并已协调", "approved and coordinated"))


def judge_emergency(law: Law, request: Request, on: dt.date, now_s: int) -> Judgement:
    """A declaration opens at once for its one declarant, for the policy's minutes; beyond that a second person confirms.

    This is the one way that a single person opens anything, and it closes by itself.
    """
    clause = law.ask(EMERGENCY, on)
    if isinstance(clause, Judgement):
        return clause
    declared = request.declaration
    if declared is None or declared.kind not in clause.names("event_kinds") or not declared.body_has_power:
        return _blocked(
            clause, "没有由具有调查、处置权的部门作出的突发事件声明",
            "no declaration by a body with power to handle an emergency of a listed kind",
        )  # fmt: skip
    if not declared.area or not declared.declared_s <= now_s < declared.expires_s:
        return _blocked(clause, "声明没有范围，或者不在有效期内", "the declaration has no area, or is not in force")
    ends_s = declared.declared_s + 60 * law.policy_number(ONE_DECLARANT_MINUTES)
    confirmed = (
        declared.confirmed_by not in (None, declared.declarant)
        and declared.confirmed_s is not None
        and declared.declared_s <= declared.confirmed_s <= min(now_s, ends_s)
    )
    if not confirmed and now_s >= ends_s:
        return judge(
            Verdict.BLOCKED, (clause,),
            Text("未经第二人确认，单人声明已到时限", "no second person confirmed it in time: it has closed"),
            Text("重新声明并由第二人确认", "declare it anew and have a second person confirm"),
            (ONE_DECLARANT_MINUTES,),
        )  # fmt: skip
    return judge(
        Verdict.PASS, (clause,), Text("突发事件声明有效", "the declaration is in force"), None, (ONE_DECLARANT_MINUTES,)
    )


def judge_two_staff(law: Law, request: Request, on: dt.date) -> Judgement:
    """At least two different people of the requesting body, each with a credential, each having confirmed himself."""
    clause = law.ask(TWO_STAFF, on)
    if isinstance(clause, Judgement):
        return clause
    present = [one for one in request.executors if one.body == request.body and one.credential and one.confirmed]
    count = min(len({one.id for one in present}), len({one.credential for one in present}))
    least = clause.number("people")
    if count < least:
        return judge(
            Verdict.DUE, (clause,), Text(f"到场工作人员{count}人，不少于{least}人", f"{count} of at least {least} staff"),
            Text("由申请单位的工作人员各自确认身份", "each of the staff confirms in person"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("工作人员符合人数要求", "enough staff are present"))


def judge_papers(law: Law, request: Request, on: dt.date) -> Judgement:
    """Credentials and the document of approval are shown; a declaration of emergency is that document."""
    clause = law.ask(PAPERS, on)
    if isinstance(clause, Judgement):
        return clause
    missing = [one for one in clause.names("papers") if one not in request.papers]
    if missing:
        return judge(
            Verdict.DUE, (clause,), Text("未出示工作证件或者批准文件", "credentials or the approval were not shown"),
            Text("出示工作证件和批准文件", "show credentials and the approval"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("已出示工作证件和批准文件", "credentials and approval were shown"))


def judge_registration(law: Law, request: Request, on: dt.date) -> Judgement:
    """The holder's register has it before anything is executed."""
    clause = law.ask(REGISTRATION, on)
    if isinstance(clause, Judgement):
        return clause
    if not request.registered:
        return judge(
            Verdict.DUE, (clause,), Text("尚未登记", "not registered"),
            Text("由资料管理员登记", "the custodian registers it"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("已登记", "registered"))


def judge_confidentiality(law: Law, request: Request, on: dt.date) -> Judgement:
    """Everybody who executes has given the undertaking."""
    clause = law.ask(CONFIDENTIALITY, on)
    if isinstance(clause, Judgement):
        return clause
    ids = {one.id for one in request.executors}
    if not ids or not ids <= request.undertakings:
        return judge(
            Verdict.DUE, (clause,), Text("尚有人员未作保密承诺", "somebody has not given the undertaking"),
            Text("每名调取人员签署保密承诺书", "each of the staff signs it"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("均已作保密承诺", "everybody has given the undertaking"))


def judge_conditions(law: Law, request: Request, on: dt.date) -> Judgement:
    """All that has to be so before anything is seen or handed over (qd204 24), the clause itself cited with them."""
    clause = law.ask(CONDITIONS, on)
    if isinstance(clause, Judgement):
        return clause
    parts = [
        judge_two_staff(law, request, on), judge_papers(law, request, on), judge_registration(law, request, on),
        judge_confidentiality(law, request, on),
    ]  # fmt: skip
    answer = strictest(parts)
    return Judgement(answer.verdict, (clause.cite(), *answer.clauses), answer.reason, answer.remedy, answer.policies)


def judge_state_organ(law: Law, request: Request, on: dt.date) -> Judgement:
    """A state organ names its lawful duty and basis, and does not reach beyond what the duty needs (sc799 20)."""
    clause = law.ask(STATE_ORGANS, on)
    if isinstance(clause, Judgement):
        return clause
    if request.duty not in clause.names("duties") or not request.legal_basis.strip():
        return judge(
            Verdict.DUE, (clause,), Text("未写明法定职责或者法律依据", "the lawful duty or its basis is not named"),
            Text("写明法定职责和法律依据", "name duty and basis"),
        )  # fmt: skip
    if not request.extents or any(one.begins_s >= one.ends_s for one in request.extents):
        return judge(
            Verdict.DUE, (clause,), Text("未限定摄像机和时间", "cameras and times are not limited"),
            Text("限定到必需的摄像机和时间", "limit it to what is needed"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("职责、依据和范围明确", "duty, basis and extent are named"))


def judge_person_concerned(law: Law, request: Request, on: dt.date) -> Judgement:
    """The person himself, a close relative or who has charge of him may view, with the manager's consent (sc799 21).

    Viewing is supervised and leaves no copy; that is how the program keeps what is learned from being spread.
    """
    clause = law.ask(PERSONS_CONCERNED, on)
    if isinstance(clause, Judgement):
        return clause
    person = request.person
    if (
        person is None
        or person.relation not in clause.names("relations")
        or person.protects not in clause.names("protects")
    ):
        return _blocked(
            clause, "不是本人、近亲属或者负有监护、看护、代管责任的人，或者目的不符",
            "neither the person nor one in charge of him, or another purpose",
        )  # fmt: skip
    if person.form not in clause.names("forms"):
        return _blocked(clause, "只能查阅，不得复制或者提取", "viewing only: no copy is given")
    if not (person.identity_proved and (person.relation_proved or person.relation == "self")):
        return judge(
            Verdict.DUE, (clause,), Text("身份或者关系尚未证明", "identity or relation is not proved"),
            Text("出示身份和关系证明", "show proof of both"),
        )  # fmt: skip
    if not (person.manager_consents and person.supervised):
        return judge(
            Verdict.DUE, (clause,), Text("尚未经管理单位同意，或者无人陪同查阅", "no consent of the manager, or nobody attends"),
            Text("经管理单位同意并由其人员陪同查阅", "the manager consents and attends"),
        )  # fmt: skip
    return judge(Verdict.PASS, (clause,), Text("经管理单位同意查阅", "the manager consents to viewing"))


def judge_way(law: Law, request: Request, on: dt.date, now_s: int) -> Judgement:
    """Whether the request is allowed on its own way; an unknown way is blocked, since none would check it."""
    if request.way == "public_security":
        return strictest([judge_state_organ(law, request, on), judge_approval(law, request, on, now_s)])
    if request.way == "department":
        return strictest([judge_state_organ(law, request, on), judge_department(law, request, on)])
    if request.way == "emergency":
        return judge_emergency(law, request, on, now_s)
    if request.way == "person_concerned":
        return judge_person_concerned(law, request, on)
    basis = judge_state_organ(law, request, on)
    if request.way == "other_organ" and request.own_approval:
        return basis
    return Judgement(
        Verdict.BLOCKED, basis.clauses, Text("没有批准，或者途径不明", "not approved, or the way is unknown")
    )


def executable(law: Law, request: Request, on: dt.date, now_s: int) -> Judgement:
    """Whether footage may be seen or handed over now: the way's own check, and for state organs all of article 24.

    An emergency lets its declarant view before article 24 is complete; a copy is given to nobody without it.
    """
    way = judge_way(law, request, on, now_s)
    if request.way == "person_concerned" or (request.way == "emergency" and request.form == "view"):
        return way
    return strictest([way, judge_conditions(law, request, on)])


def _within(inner: tuple[Extent, ...], outer: tuple[Extent, ...]) -> bool:
    return all(any(one.covers(part) for one in outer) for part in inner)


def _blocked(clause: Clause, zh: str, en: str) -> Judgement:
    return judge(Verdict.BLOCKED, (clause,), Text(zh, en))
