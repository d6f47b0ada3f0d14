"""What is done with projects: propose, fill in, step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.rules.simultaneous import STAGES
from mingjian.rules.state_table import step
from mingjian.rules.states.project import PROJECT
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.dates import check_date
from mingjian.web.files.actions import About, require_attached
from mingjian.web.filings.actions import filer_of, system_to_file
from mingjian.web.filings.deadlines import refresh_deadline
from mingjian.web.filings.handing_in import today
from mingjian.web.filings.policies import Whose
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.projects import judging
from mingjian.web.projects.models import Project, ProjectCamera, ProjectStep
from mingjian.web.projects.names import CHANGED, CHECKED, HELD, PROPOSED, STEPPED
from mingjian.web.projects.policies import BUILD, CHECK_TEMPLATE, READ
from mingjian.web.registry.models import Camera
from mingjian.web.registry.shared import past_day

FIELDS = ("name", "kind", "main_dates", "own_dates", "works", "papers", "reply")
# Steps that move the system: its standing, and which of its dates they set when it is not known yet.
_MOVES = {
    "start_construction": ("building", ""),
    "start_trial": ("trial_running", "in_use_date"),
    "accept": ("accepted", "accepted_date"),
    "put_into_use": ("in_use", "in_use_date"),
}


def propose(actor: Actor, system_id: str, organisation_id: str | None, values: Mapping[str, Any]) -> Project:
    """Propose a project for a system with the cameras it has now."""
    BUILD.require(actor)
    with transaction.atomic():
        system = system_to_file(system_id)
        builder = filer_of(system, organisation_id)
        if not BUILD.allows(actor, Whose(builder.id)):
            raise not_found("没有这个系统", "there is no such system")
        now_ns = wiring.clock().now_ns()
        project = Project(
            id=new_id(now_ns), system=system, organisation=builder, division_id=system.division_id, created_ns=now_ns
        )
        _fill(project, values)
        project.save(force_insert=True)
        cameras = Camera.objects.filter(system=system, removed_ns__isnull=True).exclude(standing="refused")
        ProjectCamera.objects.bulk_create(ProjectCamera(project=project, camera=camera) for camera in cameras)
        record(
            actor, PROPOSED, kind="project", object_id=project.id, name=project.name, after=_state(project),
            policy=BUILD,
        )  # fmt: skip
    return project


def change_project(actor: Actor, project_id: str, values: Mapping[str, Any], expected: int | None) -> Project:
    """Put in what became known: dates, works, papers, the reply; and assessments of cameras.

    `assessments` maps a camera's id to {may_infringe, measures, mask_plan, mask_confirmed}. Raises MingjianError invalid
    for a paper that was not handed in for this project, and for what names no field, no stage, no camera of it.
    """
    with transaction.atomic():
        project = project_by_id(actor, project_id, lock=True)
        BUILD.require(actor, project)
        require_version(project.version, expected)
        before = _state(project)
        _check_papers(project, values)
        _fill(project, values)
        assessed = _assess(project, values.get("assessments") or {})
        old, new = changes(before, _state(project))
        if new or assessed:
            project.version += 1
            project.save()
            record(
                actor, CHANGED, kind="project", object_id=project.id, name=project.name, before=old,
                after={**new, "assessed": assessed}, policy=BUILD,
            )  # fmt: skip
    return project


def take_step(actor: Actor, project_id: str, event: str, date: str, expected: int | None) -> ProjectStep:
    """Try a step. Held, it stays where it is and the answer says why; what no paper can mend refuses the project.

    `date` is the day it happened, for steps that move the system. A refused project opens an inspection lead.
    """
    with transaction.atomic():
        project = project_by_id(actor, project_id, lock=True)
        BUILD.require(actor, project)
        require_version(project.version, expected)
        if date:
            past_day(date, "date")
        law = current_law()
        if event == "refuse":
            raise _conflict("不予登记由核验结果产生", "refusing follows from the judgement")
        state, moved, judgement = _judged(actor, law, project, event)
        if not moved and event == "site" and (outright := _outright(actor, law, project)) is not None:
            return _refuse(actor, law, project, outright)
        project.state = state
        if moved:
            _move_system(project, event, date or today().isoformat())
        said = [
            one for _, facts in judging.facts_of(actor, project) for one in judging.asked(law, facts, event, today())
        ]
        if event == "put_into_use":
            said += judging.beside(law, project, today())
        return _keep(actor, project, event, moved, judgement, said)


def check_template(actor: Actor, text: str, demands: tuple[str, ...] = ()) -> Judgement:
    """Judge a procurement or enrolment text for mandated brands and firms (qd204 11), and the papers it demands (14)."""
    CHECK_TEMPLATE.require(actor)
    law, on = current_law(), today()
    said = [judging.template(law, text, on), *judging.demanded(law, demands, on)]
    judgement = strictest(said)
    record(
        actor, CHECKED, kind="template", after={"verdict": judgement.verdict.value, "characters": len(text)},
        policy=CHECK_TEMPLATE, judgements=said,
    )  # fmt: skip
    return judgement


def project_by_id(actor: Actor, project_id: str, *, lock: bool = False) -> Project:
    """The project, if the actor may read it. Raises MingjianError not_found."""
    rows = Project.objects.select_for_update(of=("self",)) if lock else Project.objects.all()
    rows = READ.visible(actor, rows.filter(pk=project_id))
    project = rows.select_related("system__place", "system__organisation", "organisation").first()
    if project is None:
        raise not_found("没有这个项目", "there is no such project")
    return project


def _judged(actor: Actor, law: Law, project: Project, event: str) -> tuple[str, bool, Judgement]:
    """The step for every camera: it goes through when it does for all."""
    on = today()
    facts = [one for _, one in judging.facts_of(actor, project)]
    if not facts:
        raise _conflict("项目没有摄像机点位", "the project has no camera")
    steps = [step(PROJECT, project.state, event, law, one, on) for one in facts]
    moved = all(one.moved for one in steps)
    judgements = [one.judgement for one in steps if one.moved == moved]
    return (steps[0].state if moved else project.state), moved, strictest(judgements)


def _outright(actor: Actor, law: Law, project: Project) -> list[tuple[ProjectCamera, Judgement]] | None:
    found = [(row, judging.refused_outright(law, facts, today())) for row, facts in judging.facts_of(actor, project)]
    blocked = [(row, judgement) for row, judgement in found if judgement.verdict is Verdict.BLOCKED]
    return blocked or None


def _refuse(actor: Actor, law: Law, project: Project, blocked: list[tuple[ProjectCamera, Judgement]]) -> ProjectStep:
    project.state = "refused"
    for row, judgement in blocked:
        row.camera.standing = "refused"
        row.camera.save(update_fields=["standing"])
        open_lead(
            actor,
            NewLead(
                origin="project", title=f"点位不予登记：{row.camera.name}", division_id=project.division_id,
                clauses=judgement.keys, detail=judgement.reason.zh, about_id=project.organisation_id,
                place_id=row.camera.place_id, system_id=project.system_id, camera_id=row.camera_id,
                subject_kind="project", subject_id=project.id,
            ),
        )  # fmt: skip
    return _keep(actor, project, "refuse", True, strictest(judgement for _, judgement in blocked), [])


def _move_system(project: Project, event: str, date: str) -> None:
    if event not in _MOVES:
        return
    system = project.system
    system.standing, column = _MOVES[event]
    if column and not getattr(system, column):
        setattr(system, column, date)
    if event == "put_into_use":
        project.own_dates = {**project.own_dates, "commissioning": project.own_dates.get("commissioning") or date}
    system.version += 1
    system.save()
    refresh_deadline(system)


def _keep(
    actor: Actor, project: Project, event: str, moved: bool, judgement: Judgement, said: list[Judgement]
) -> ProjectStep:
    project.version += 1
    project.save()
    record(
        actor, STEPPED if moved else HELD, kind="project", object_id=project.id, name=project.name,
        after={"event": event, "state": project.state, "verdict": judgement.verdict.value}, policy=BUILD,
        judgements=[judgement, *said], reason=judgement.reason.zh[:500],
    )  # fmt: skip
    return ProjectStep.objects.create(
        project=project, event=event, moved=moved, state=project.state, on_date=today().isoformat(),
        judgement=judgement.document(), by_name=actor.name[:64], at_ns=wiring.clock().now_ns(),
    )  # fmt: skip


def _fill(project: Project, values: Mapping[str, Any]) -> None:
    for key in ("main_dates", "own_dates"):
        for stage, date in (values.get(key) or {}).items():
            if stage not in STAGES:
                raise refused(f"{key}.{stage}", "没有这个阶段", "no such stage")
            check_date(date, f"{key}.{stage}")
    for index, work in enumerate(values.get("works") or []):
        check_date(work.get("day") or "", f"works.{index}.day")
    if (values.get("reply") or {}).get("day"):
        check_date(values["reply"]["day"], "reply.day", exact=True)
    for key in FIELDS:
        if key in values:
            setattr(project, key, values[key])


def _check_papers(project: Project, values: Mapping[str, Any]) -> None:
    """A paper is a file that was handed in for this project: naming one does not make it."""
    about = About("project", project.id)
    for name, file in (values.get("papers") or {}).items():
        if file and file != project.papers.get(name):
            require_attached(file, about, f"papers.{name}")
    if file := (values.get("reply") or {}).get("file"):
        require_attached(file, about, "reply.file")


def _assess(project: Project, assessments: Mapping[str, Mapping[str, Any]]) -> list[str]:
    rows = {row.camera_id: row for row in project.cameras.all()}
    for camera_id, given in assessments.items():
        if camera_id not in rows:
            raise refused(f"assessments.{camera_id}", "项目没有这台摄像机", "the project has no such camera")
        row = rows[camera_id]
        row.may_infringe = given.get("may_infringe", row.may_infringe)
        row.measures = sorted(set(given.get("measures") or row.measures))
        row.mask_plan = given.get("mask_plan") or row.mask_plan
        if given.get("mask_confirmed"):
            row.mask_confirmed_ns = wiring.clock().now_ns()
        row.save()
    return sorted(assessments)


def _state(project: Project) -> dict[str, Any]:
    return {key: getattr(project, key) for key in FIELDS}


def _conflict(zh: str, en: str) -> MingjianError:
    return MingjianError("conflict", Text(zh, en), fault=Fault.USER, field="event")
