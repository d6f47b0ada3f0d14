"""Opening obstruction cases and taking them through their states. Reports, guards and diagnosis all come here."""

from __future__ import annotations

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Verdict, strictest
from mingjian.rules.library import current_law
from mingjian.rules.state_table import step
from mingjian.rules.states.obstruction import OBSTRUCTION, ObstructionFacts
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.files.models import StoredFile
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.inspections.leads import NewLead, lead_by_id, open_lead
from mingjian.web.obstructions import judging
from mingjian.web.obstructions.models import ObstructionCase
from mingjian.web.obstructions.names import OPENED, STEPPED
from mingjian.web.obstructions.policies import READ, REPORT, WORK
from mingjian.web.registry.models import Camera

ACTS = ("cover", "spray", "alter", "move", "remove")
EVENTS = ("confirm", "dismiss", "notify", "restore", "relapse", "close")
_OVER = ("closed", "unfounded")


def report_obstruction(
    actor: Actor, camera_id: str, act: str, authorised: bool, detail: str, picture: str = "", lead_id: str = ""
) -> ObstructionCase:
    """A person reports it, or an officer takes it from a lead (a report of the public).

    A case still open of the camera and act is returned as it is. Raises MingjianError not_found, invalid, and Refused.
    """
    REPORT.require(actor)
    camera = Camera.objects.select_related("system__place").filter(pk=camera_id, removed_ns__isnull=True).first()
    if camera is None or not REPORT.allows(actor, camera):
        raise not_found("没有这个摄像机", "there is no such camera")
    lead = lead_by_id(actor, lead_id) if lead_id else None
    case = ObstructionCase(act=act, authorised=authorised, detail=detail.strip()[:2000], lead=lead)
    case.source = "person" if lead is None else "report"
    case.picture_file = _picture(picture, "picture")
    return open_case(actor, camera, case, REPORT)


def found_by_diagnosis(camera_id: str, act: str, detail: str, by: Actor) -> ObstructionCase | None:
    """Picture diagnosis saw it: the program opens the case, a person confirms it. None for a camera no longer there."""
    camera = Camera.objects.select_related("system__place").filter(pk=camera_id, removed_ns__isnull=True).first()
    if camera is None:
        return None
    return open_case(by, camera, ObstructionCase(act=act, detail=detail[:2000], source="diagnosis"), None)


def open_case(actor: Actor, camera: Camera, case: ObstructionCase, policy: Policy | None) -> ObstructionCase:
    """Save the case with what the law says; what it forbids is a lead of the district's organ. In a transaction."""
    now_ns = wiring.clock().now_ns()
    law, on = current_law(), shanghai_day(now_ns)
    with transaction.atomic():
        Camera.objects.select_for_update().get(pk=camera.pk)  # two reports at once open one case
        same = ObstructionCase.objects.filter(camera=camera, act=case.act).exclude(state__in=_OVER).first()
        if same is not None:
            return same
        case.id, case.camera, case.created_ns, case.found_date = new_id(now_ns), camera, now_ns, on.isoformat()
        case.organisation_id, case.division_id = camera.organisation_id, camera.division_id
        said = judging.judged(law, case, on)
        worst = strictest(said)
        if case.lead is None and worst.verdict is Verdict.FAIL and case.division_id is not None:
            case.lead = open_lead(
                actor,
                NewLead(
                    origin="obstruction", title=f"遮挡妨碍：{camera.name}"[:128], division_id=case.division_id,
                    clauses=worst.keys, detail=case.detail, camera_id=camera.id, place_id=camera.place_id,
                    system_id=camera.system_id, subject_kind="obstruction", subject_id=case.id,
                ),
            )  # fmt: skip
        case.save(force_insert=True)
        record(
            actor, OPENED, kind="obstruction", object_id=case.id, name=camera.name,
            after={"act": case.act, "authorised": case.authorised, "source": case.source}, policy=policy,
            judgements=said,
        )  # fmt: skip
    return case


def step_case(actor: Actor, case_id: str, event: str, picture: str, note: str, expected: int | None) -> ObstructionCase:
    """Take a step. `restore` may come from who reports, with the picture that shows it; all else from the organ.

    Raises MingjianError conflict with reason and remedy when the table holds it.
    """
    policy = REPORT if event == "restore" else WORK
    with transaction.atomic():
        case = case_by_id(actor, case_id, lock=True)
        policy.require(actor, case)
        require_version(case.version, expected)
        if picture:
            case.picture_after_file = _picture(picture, "picture")
        law, on = current_law(), shanghai_day(wiring.clock().now_ns())
        facts = ObstructionFacts(judging.act_of(law, case, on), bool(case.picture_after_file))
        taken = step(OBSTRUCTION, case.state, event, law, facts, on)
        if not taken.moved:
            raise MingjianError(
                "conflict", taken.judgement.reason, fault=Fault.USER, field="event", remedy=taken.judgement.remedy
            )
        before, case.state = case.state, taken.state
        if event == "restore":
            case.restored_date = on.isoformat()
        elif event == "relapse":
            case.restored_date, case.picture_after_file = "", ""
        case.version += 1
        case.save()
        record(
            actor, STEPPED, kind="obstruction", object_id=case.id, name=case.camera.name, before={"state": before},
            after={"state": case.state, "event": event}, policy=policy,
            judgements=[taken.judgement, *judging.judged(law, case, on)], reason=note[:500],
        )  # fmt: skip
    return case


def case_by_id(actor: Actor, case_id: str, *, lock: bool = False) -> ObstructionCase:
    """The case, if the actor may see it. Raises MingjianError not_found."""
    rows = ObstructionCase.objects.select_for_update(of=("self",)) if lock else ObstructionCase.objects.all()
    case = READ.visible(actor, rows.filter(pk=case_id)).select_related("camera__system__place").first()
    if case is None:
        raise not_found("没有这起遮挡妨碍", "there is no such case")
    return case


def _picture(file_id: str, field: str) -> str:
    rows = StoredFile.objects.filter(pk=file_id, removed_ns__isnull=True, media_type__startswith="image/")
    if file_id and not rows.exists():
        raise refused(field, "须先上传画面", "upload the picture first")
    return file_id
