"""Recording that somebody seems to have done what articles 19, 20, 22-24 or 23 of the national regulation forbid.

A person of the organ records it by hand; what the program finds by itself (`suspect`) comes the same way. Either opens
a lead with every head it falls under; whether it was done is for those who work on the lead.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from mingjian.rules import misconduct
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.misconduct import ACTS, DOERS, Deed
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.authority.subjects import Located
from mingjian.web.dates import check_date
from mingjian.web.http.problem import not_found, refused
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.inspections.models import InspectionLead
from mingjian.web.inspections.names import DEED_RECORDED
from mingjian.web.inspections.policies import WORK
from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.organisations.organs import organ_of
from mingjian.web.registry.models import Camera

judge_deed = applying(misconduct.judge_deed, by=DEED_RECORDED)


@dataclass(frozen=True, slots=True)
class NewDeed:
    """What was done, by whom, when and where: in a division, at a camera if one is known, about an organisation."""

    act: str
    doer: str
    act_date: str
    text: str
    division_id: str = ""
    camera_id: str = ""
    about_id: str = ""
    other_law: str = ""
    urgent: bool = False


def record_deed(actor: Actor, new: NewDeed) -> InspectionLead:
    """Record it as a lead of the district's organ.

    Raises MingjianError not_found outside one's reach, invalid naming the field, RuledOut `no_head` when no clause of
    either pack lists it for who did it on that day, or its law is not named; and Refused.
    """
    if new.act not in ACTS:
        raise refused("act", "没有这种行为", "no such act")
    if new.doer not in DOERS:
        raise refused("doer", "没有这类行为人", "no such doer")
    day = dt.date.fromisoformat(check_date(new.act_date, "act_date", exact=True))
    if day > shanghai_day(wiring.clock().now_ns()):
        raise refused("act_date", "行为发生日期不得晚于今日", "it cannot have been done after today")
    camera = Camera.objects.filter(pk=new.camera_id).first() if new.camera_id else None
    division = _division(actor, camera.division_id if camera is not None else new.division_id)
    if new.camera_id and camera is None:
        raise not_found("没有这台摄像机", "there is no such camera")
    about = new.about_id or (camera.organisation_id if camera is not None else None) or None
    if about is not None and not Organisation.objects.filter(pk=about).exists():
        raise refused("about", "没有这个单位", "there is no such organisation")
    judgement = judge_deed(current_law(), Deed(new.act, new.doer, new.other_law), day)
    if judgement.verdict is not Verdict.FAIL:
        field = "other_law" if judgement.verdict is Verdict.UNDECIDABLE else "act"
        raise RuledOut(
            "no_head", judgement, actor=actor, action=DEED_RECORDED, field=field,
            subject=Subject("division", division.id, division.name),
        )  # fmt: skip
    with transaction.atomic():
        lead = open_lead(
            actor,
            NewLead(
                origin="conduct", title=f"涉嫌{ACTS[new.act].zh}", division_id=division.id, clauses=judgement.keys,
                detail=_detail(new), urgent=new.urgent, about_id=about,
                place_id=None if camera is None else camera.place_id, camera_id=None if camera is None else camera.id,
            ),
        )  # fmt: skip
        record(
            actor, DEED_RECORDED, kind="lead", object_id=lead.id, name=lead.title,
            after={"act": new.act, "doer": new.doer, "act_date": new.act_date, "other_law": new.other_law},
            policy=WORK, judgements=[judgement], reason=new.text[:500],
        )  # fmt: skip
    return lead


def suspect(actor: Actor, camera: Camera, judgement: Judgement, detail: str) -> InspectionLead | None:
    """What the program found at a camera, as an urgent lead; None where the camera lies in no division.

    One that is still open is not opened anew.
    """
    if camera.division_id is None:
        return None
    return open_lead(
        actor,
        NewLead(
            origin="conduct", title=judgement.reason.zh, division_id=camera.division_id, clauses=judgement.keys,
            detail=detail, urgent=True, about_id=camera.organisation_id, place_id=camera.place_id, camera_id=camera.id,
            subject_kind="camera", subject_id=camera.id,
        ),
    )  # fmt: skip


def _division(actor: Actor, division_id: str | None) -> Division:
    """Where it was done, within the actor's reach. Raises MingjianError not_found: outside nothing is told."""
    found = Division.objects.filter(pk=division_id, until_date="").first() if division_id else None
    if found is None:
        raise refused("division", "请选择行为发生地的区划", "choose the division where it was done")
    organ = organ_of(found.id)
    where = Located("" if organ is None else organ.id, found.id)
    if not WORK.allows(actor, where):
        WORK.require(actor)
        raise not_found("没有这个区划", "there is no such division")
    return found


def _detail(new: NewDeed) -> str:
    said = f"{DOERS[new.doer].zh}，{new.act_date}。{new.text.strip()}"
    return f"{said}\n违反：{new.other_law.strip()}" if new.other_law.strip() else said
