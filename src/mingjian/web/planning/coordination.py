"""Coordination (qd204 3): the mechanism of a government, and the tasks of its departments.

A gap that a government department is to close (8.1) becomes a task here; it is never fined under article 26.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules import coordination as rules
from mingjian.rules import places
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying
from mingjian.web.dates import check_date
from mingjian.web.http.problem import not_found
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.models import Organisation
from mingjian.web.planning.models import CoordinationTask, Mechanism
from mingjian.web.planning.plans import LEVELS
from mingjian.web.planning.policies import ANSWER, APPROVE, COORDINATE
from mingjian.web.registry.models import PlacePart
from mingjian.web.registry.places.coverage import coverage_of
from mingjian.web.registry.places.queries import kinds_on

SENT = register("planning.task.send", "派发协调任务", "sent a coordination task")
ANSWERED = register("planning.task.answer", "办理协调任务", "answered a coordination task")
WITHDRAWN = register("planning.task.withdraw", "撤回协调任务", "withdrew a coordination task")
MECHANISM_SET = register("planning.mechanism.set", "登记协调机制", "registered a coordination mechanism")

judge_mechanism = applying(rules.judge_mechanism, by=MECHANISM_SET)
may_be_tasked = applying(rules.may_be_tasked, by=SENT)
gap_outcome = applying(rules.gap_outcome, by=SENT)
must_have_system = applying(places.must_have_system, by=SENT)

ANSWERS: Mapping[str, tuple[str, ...]] = {"sent": ("accepted", "declined"), "accepted": ("done", "declined")}


def set_mechanism(
    actor: Actor, organisation_id: str, values: Mapping[str, Any], expected_version: int | None
) -> tuple[Mechanism, Judgement]:
    """Register a government's mechanism; the judgement says what clause 3.1 still asks for."""
    organisation = Organisation.objects.select_related("division").filter(pk=organisation_id).first()
    if organisation is None or organisation.kind != "government":
        raise not_found("没有这个人民政府", "there is no such government")
    APPROVE.require(actor, organisation)
    with transaction.atomic():
        row = Mechanism.objects.select_for_update().filter(organisation=organisation).first()
        if row is None:
            row = Mechanism(id=new_id(wiring.clock().now_ns()), organisation=organisation, version=0)
        else:
            require_version(row.version, expected_version)
        old = _mechanism_state(row)
        row.exists, row.members = bool(values["exists"]), list(values["members"])
        row.included_in, row.document = sorted(set(values["included_in"])), values["document"][:128]
        row.version += 1
        row.save()
        judgement = judge(row)
        before, after = changes(old, _mechanism_state(row))
        record(
            actor, MECHANISM_SET, kind="mechanism", object_id=row.id, name=organisation.name, before=before,
            after={**after, "verdict": judgement.verdict.value}, policy=APPROVE,
            judgements=[judgement],
        )  # fmt: skip
    return row, judgement


def judge(row: Mechanism) -> Judgement:
    """Clause 3.1 about a mechanism, today."""
    level = row.organisation.division.level
    facts = rules.Mechanism(LEVELS.get(level, level), row.exists, frozenset(row.included_in))
    return judge_mechanism(current_law(), facts, shanghai_day(wiring.clock().now_ns()))


def send_task(actor: Actor, sender_id: str, values: Mapping[str, Any]) -> tuple[CoordinationTask, Judgement]:
    """Send a task: `department`, `duty`, `basis`, `matter`, `part` (or None), `due_date`.

    Raises MingjianError invalid (basis) for a department the clause does not name unless its duty is shown.
    """
    sender = Organisation.objects.filter(pk=sender_id).first()
    department = Organisation.objects.filter(pk=values["department"]).first()
    if sender is None or department is None:
        COORDINATE.require(actor)
        raise not_found("没有这个单位", "there is no such organisation")
    COORDINATE.require(actor, sender)
    COORDINATE.require(actor, department)
    law, today = current_law(), shanghai_day(wiring.clock().now_ns())
    judgement = may_be_tasked(law, values["duty"], today)
    if judgement.verdict is Verdict.UNDECIDABLE and not values["basis"].strip():
        raise MingjianError("invalid", judgement.reason, fault=Fault.USER, field="basis", remedy=judgement.remedy)
    part = _part(values.get("part"))
    judgements = [judgement]
    if part is not None:  # why the department is asked: the part is obliged, and by 8.1 it is a task
        obliged = places.PlacePart(kinds_on(part.place, today), part.part)
        there = coverage_of(part.place_id).has_system(part.place_id, part.id)
        judgements += [must_have_system(law, obliged, there, today), gap_outcome(law, obliged, today)]
    now_ns = wiring.clock().now_ns()
    task = CoordinationTask(
        id=new_id(now_ns), sender=sender, department=department, duty=values["duty"], basis=values["basis"].strip(),
        matter=values["matter"].strip(), part=part, place=part.place if part else None, created_ns=now_ns,
        due_date=check_date(values["due_date"], "due_date"),
    )  # fmt: skip
    with transaction.atomic():
        task.save(force_insert=True)
        record(
            actor, SENT, kind="coordination_task", object_id=task.id, name=task.matter,
            after={"department": department.name, "duty": task.duty}, policy=COORDINATE,
            judgements=judgements,
        )  # fmt: skip
    return task, judgement


def answer_task(actor: Actor, task_id: str, state: str, answer: str, expected_version: int | None) -> CoordinationTask:
    """The department accepts, declines with a reason, or reports it done."""
    with transaction.atomic():
        task = _locked(task_id)
        if task is None or not ANSWER.allows(actor, task.department):
            ANSWER.require(actor)
            raise not_found("没有这项任务", "there is no such task")
        require_version(task.version, expected_version)
        if state not in ANSWERS.get(task.state, ()):
            raise _conflict(task)
        if state in ("declined", "done") and len(answer.strip()) < 2:
            raise MingjianError(
                "invalid",
                Text(zh="请说明理由或者结果", en="say why, or what came of it"),
                fault=Fault.USER,
                field="answer",
            )
        _set(actor, task, state, ANSWERED, ANSWER, answer)
    return task


def withdraw_task(actor: Actor, task_id: str, reason: str, expected_version: int | None) -> CoordinationTask:
    """The sender takes it back."""
    with transaction.atomic():
        task = _locked(task_id)
        if task is None or not COORDINATE.allows(actor, task.sender):
            COORDINATE.require(actor)
            raise not_found("没有这项任务", "there is no such task")
        require_version(task.version, expected_version)
        if task.state not in ANSWERS:
            raise _conflict(task)
        _set(actor, task, "withdrawn", WITHDRAWN, COORDINATE, reason)
    return task


def _set(actor: Actor, task: CoordinationTask, state: str, name: str, policy: Any, words: str) -> None:
    before = {"state": task.state}
    task.state, task.answer = state, words.strip()[:1000] or task.answer
    task.version += 1
    task.save()
    record(
        actor, name, kind="coordination_task", object_id=task.id, name=task.matter, before=before,
        after={"state": state}, policy=policy, reason=words,
    )  # fmt: skip


def _locked(task_id: str) -> CoordinationTask | None:
    rows = CoordinationTask.objects.select_for_update(of=("self",)).select_related("department", "sender")
    return rows.filter(pk=task_id).first()


def _part(part_id: str | None) -> PlacePart | None:
    if not part_id:
        return None
    part = PlacePart.objects.select_related("place").filter(pk=part_id).first()
    if part is None:
        raise MingjianError(
            "invalid",
            Text(zh="没有这个场所部位", en="there is no such part of a place"),
            fault=Fault.USER,
            field="part",
        )
    return part


def _conflict(task: CoordinationTask) -> MingjianError:
    return MingjianError(
        "conflict",
        Text(zh=f"任务当前状态为“{task.state}”，不能这样办理", en=f"the task is {task.state}: this cannot be done now"),
        fault=Fault.USER,
        field="state",
    )


def _mechanism_state(row: Mechanism) -> dict[str, Any]:
    return {"exists": row.exists, "members": row.members, "included_in": row.included_in, "document": row.document}
