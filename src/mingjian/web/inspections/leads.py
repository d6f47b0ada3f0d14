"""Opening, taking and closing leads."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.http.problem import not_found
from mingjian.web.http.versions import require_version
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.inspections.names import CLOSED, OPENED, TAKEN
from mingjian.web.inspections.policies import READ, WORK
from mingjian.web.inspections.powers import require_powers
from mingjian.web.organisations.organs import organ_of

ORIGINS = {
    "enrolment": Text("登记核验", "enrolment"),
    "project": Text("建设项目", "construction project"),
    "filing": Text("备案", "filing"),
    "report": Text("群众举报", "report of the public"),
    "obstruction": Text("遮挡妨碍", "obstruction"),
    "import": Text("批量导入", "import"),
    "conduct": Text("使用行为", "conduct in use"),
    "other": Text("其他", "other"),
}
OUTCOMES = {
    "unfounded": Text("查无实据", "unfounded"),
    "corrected": Text("已当场改正", "corrected on the spot"),
    "case": Text("转案件办理", "became a case"),
    "passed_on": Text("移交其他单位", "passed on"),
}


@dataclass(frozen=True, slots=True)
class NewLead:
    """What a lead is made from. `clauses` are keys as a judgement gives them (Judgement.keys)."""

    origin: str
    title: str
    division_id: str
    clauses: tuple[str, ...] = ()
    detail: str = ""
    urgent: bool = False
    about_id: str | None = None  # the organisation it is about
    place_id: str | None = None
    system_id: str | None = None
    camera_id: str | None = None
    subject_kind: str = ""
    subject_id: str = ""


def open_lead(actor: Actor, new: NewLead) -> InspectionLead:
    """Open a lead for the district's organ. No right is asked: a lead follows from what its caller was allowed to do.

    Called inside the caller's transaction. A lead still open of the same subject and title is returned as it is.
    """
    if new.origin not in ORIGINS:
        raise ValueError(f"no origin of leads: {new.origin}")
    if new.subject_id:
        same = InspectionLead.objects.filter(
            subject_kind=new.subject_kind, subject_id=new.subject_id, title=new.title[:128]
        ).exclude(status="closed")
        if (existing := same.first()) is not None:
            return existing
    now_ns = wiring.clock().now_ns()
    organ = organ_of(new.division_id)
    lead = InspectionLead.objects.create(
        id=new_id(now_ns),
        origin=new.origin,
        urgent=new.urgent,
        title=new.title[:128],
        detail=new.detail[:2000],
        clauses=list(new.clauses),
        division_id=new.division_id,
        organ=organ,
        about_id=new.about_id,
        place_id=new.place_id,
        system_id=new.system_id,
        camera_id=new.camera_id,
        subject_kind=new.subject_kind,
        subject_id=new.subject_id,
        created_ns=now_ns,
    )
    after = {"origin": new.origin, "urgent": new.urgent, "organ": None if organ is None else organ.name}
    record(
        actor, OPENED, kind="lead", object_id=lead.id, name=lead.title, after=after,
        clauses=new.clauses,
    )  # fmt: skip
    return lead


def lead_by_id(actor: Actor, lead_id: str, *, lock: bool = False) -> InspectionLead:
    """The lead, if the actor may see it. Raises MingjianError not_found: whether there is one is not told either."""
    rows = InspectionLead.objects.select_for_update(of=("self",)) if lock else InspectionLead.objects.all()
    rows = rows.select_related("division", "place")
    lead = READ.visible(actor, rows, organisation="organ_id").filter(pk=lead_id).first()
    if lead is None:
        raise not_found("没有这条线索", "there is no such lead")
    return lead


def take_lead(actor: Actor, lead_id: str, expected: int | None) -> InspectionLead:
    """The actor works on it from now on.

    Raises MingjianError conflict when somebody has it already, RuledOut when the place is outside the organ's division.
    """
    with transaction.atomic():
        lead = lead_by_id(actor, lead_id, lock=True)
        WORK.require(actor, lead)
        require_version(lead.version, expected)
        if lead.status != "open":
            raise MingjianError(
                "conflict", Text("线索已被领取或者办结", "the lead is taken or closed already"), fault=Fault.USER
            )
        powers = require_powers(actor, lead, TAKEN)
        lead.status, lead.taken_by, lead.taken_name = "taken", actor.user, actor.name[:64]
        lead.version += 1
        lead.save()
        record(
            actor, TAKEN, kind="lead", object_id=lead.id, name=lead.title, before={"status": "open"},
            after={"status": "taken"}, policy=WORK, judgements=powers,
        )  # fmt: skip
    return lead


def close_lead(
    actor: Actor, lead_id: str, outcome: str, note: str, expected: int | None, answer: str = ""
) -> InspectionLead:
    """Close it with what came of it; `answer` is what who reported it reads, the note stays within the organ.

    Raises MingjianError conflict when it is closed, invalid for another outcome or an answer that nobody waits for.
    """
    if outcome not in OUTCOMES:
        raise MingjianError("invalid", Text("没有这种处理结果", "no such outcome"), fault=Fault.USER, field="outcome")
    with transaction.atomic():
        lead = lead_by_id(actor, lead_id, lock=True)
        WORK.require(actor, lead)
        require_version(lead.version, expected)
        if lead.status == "closed":
            raise MingjianError("conflict", Text("线索已办结", "the lead is closed already"), fault=Fault.USER)
        if answer.strip() and lead.origin != "report":
            said = Text(
                "该线索不是群众举报，无须答复", "the lead is no report of the public: nobody waits for an answer"
            )
            raise MingjianError("invalid", said, fault=Fault.USER, field="answer")
        before = lead.status
        lead.status, lead.outcome, lead.outcome_note = "closed", outcome, note.strip()[:2000]
        lead.answer = answer.strip()[:500]
        lead.closed_ns = wiring.clock().now_ns()
        lead.version += 1
        lead.save()
        record(
            actor, CLOSED, kind="lead", object_id=lead.id, name=lead.title, before={"status": before},
            after={"status": "closed", "outcome": outcome, "answer": lead.answer}, policy=WORK, reason=lead.outcome_note[:500],
        )  # fmt: skip
    return lead
