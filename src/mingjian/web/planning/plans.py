"""What is done with plans: drafted, submitted, approved, put into force, followed by a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules import plan_approval
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.library import current_law
from mingjian.rules.plan_approval import PlanVersion
from mingjian.rules.state_table import Step, step
from mingjian.rules.states.plan import PLAN
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying, cited_reason
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.models import Division, Organisation
from mingjian.web.planning.models import Plan
from mingjian.web.planning.policies import APPROVE, DRAFT, READ
from mingjian.web.registry.shared import past_day

DRAFTED = register("planning.plan.draft", "编制规划", "began to draft a plan")
CHANGED = register("planning.plan.change", "修改规划", "changed a plan")
STEPPED = {
    "submit": register("planning.plan.submit", "规划报批", "submitted a plan for approval"),
    "withdraw": register("planning.plan.withdraw", "撤回规划", "withdrew a plan"),
    "return": register("planning.plan.return", "退回规划", "returned a plan for revision"),
    "approve": register("planning.plan.approve", "批准规划", "approved a plan"),
    "publish": register("planning.plan.publish", "公布实施规划", "put a plan into force"),
    "supersede": register("planning.plan.supersede", "规划被新版本替代", "a plan was superseded"),
}
TABLE = replace(
    PLAN,
    guards={
        "drafted": applying(plan_approval.judge_drafting, by=STEPPED["submit"]),
        "approved": applying(plan_approval.judge_plan, by=(STEPPED["approve"], STEPPED["publish"])),
    },
)
BY_GOVERNMENT = frozenset({"return", "approve"})
LEVELS = {"city": "municipal", "district": "district"}  # of a division, as the rules call them
BODIES = frozenset({"public_security", "development_reform", "big_data", "emergency_management"})


def draft_plan(actor: Actor, division_id: str, organisation_id: str, title: str, text: str = "") -> Plan:
    """Begin the next version of a division's plan, led by a public security organ of it.

    Raises MingjianError not_found, invalid (title, organisation), conflict while another version is being drafted.
    """
    division = Division.objects.filter(pk=division_id).first()
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if division is None or organisation is None:
        raise not_found("没有这个行政区划或者单位", "there is no such division or organisation")
    DRAFT.require(actor, organisation)
    if organisation.kind != "public_security" or organisation.division_id != division.id:
        raise refused(
            "organisation",
            "规划由本级公安机关牵头编制",
            "a plan is drafted under the public security organ of its level",
        )
    with transaction.atomic():
        latest = Plan.objects.select_for_update().filter(division=division).order_by("-number").first()
        if latest is not None and latest.state in ("draft", "submitted", "approved"):
            raise MingjianError(
                "conflict",
                Text(zh="该区划已有一版规划正在编制或者报批", en="another version of this plan is under way"),
                fault=Fault.USER,
                remedy=Text(zh="在该版本上继续，或者先撤回", en="go on with that one, or withdraw it first"),
            )
        now_ns = wiring.clock().now_ns()
        plan = Plan(
            id=new_id(now_ns),
            title=_title(title),
            text=text[:100_000],
            division=division,
            organisation=organisation,
            number=1 if latest is None else latest.number + 1,
            previous=latest,
            created_ns=now_ns,
        )
        plan.save(force_insert=True)
        record(
            actor, DRAFTED, kind="plan", object_id=plan.id, name=plan.title, after={"number": plan.number}, policy=DRAFT
        )
    return plan


def change_plan(actor: Actor, plan_id: str, values: Mapping[str, Any], expected_version: int | None) -> Plan:
    """Change title, text or drafters of a draft. Raises MingjianError conflict once it left the draft."""
    with transaction.atomic():
        plan = plan_for(actor, plan_id, lock=True)
        DRAFT.require(actor, plan)
        require_version(plan.version, expected_version)
        if plan.state != "draft":
            raise MingjianError(
                "conflict",
                Text(zh="规划已报批，不能修改", en="the plan has left the draft and cannot be changed"),
                fault=Fault.USER,
                remedy=Text(zh="由审批机关退回后修改，或者编制新版本", en="have it returned, or draft a new version"),
            )
        old = _state(plan)
        if "title" in values:
            plan.title = _title(values["title"])
        if "text" in values:
            plan.text = values["text"][:100_000]
        if "drafters" in values:
            plan.drafters = _drafters(values["drafters"])
        before, after = changes(old, _state(plan))
        if after:
            plan.version += 1
            plan.save()
            record(
                actor,
                CHANGED,
                kind="plan",
                object_id=plan.id,
                name=plan.title,
                before=before,
                after=after,
                policy=DRAFT,
            )
    return plan


def step_plan(
    actor: Actor, plan_id: str, event: str, expected_version: int | None, papers: Mapping[str, str], reason: str = ""
) -> Plan:
    """Take a step of rules.states.plan. `papers`: approver, approval_number, approved_date with `approve`.

    Putting a version into force supersedes the one before. Raises MingjianError conflict with the rule's reason.
    """
    policy = APPROVE if event in BY_GOVERNMENT else DRAFT
    with transaction.atomic():
        plan = plan_for(actor, plan_id, lock=True)
        policy.require(actor, plan)
        require_version(plan.version, expected_version)
        if event == "supersede":
            raise _held(try_step(plan, "nothing"))  # only a newer version supersedes
        if event == "approve":
            _take_approval(actor, plan, papers)
        taken = try_step(plan, event)
        if not taken.moved:
            raise _held(taken)
        if event == "publish":
            plan.in_force_date = shanghai_day(wiring.clock().now_ns()).isoformat()
            _supersede(actor, plan.previous)
        _move(actor, plan, event, taken, reason)
    return plan


def try_step(plan: Plan, event: str) -> Step:
    """What the table says to an event, today."""
    today = shanghai_day(wiring.clock().now_ns())
    return step(TABLE, plan.state, event, current_law(), facts_of(plan), today)


def facts_of(plan: Plan) -> PlanVersion:
    """The plan as the rules take it."""
    drafters = {"public_security", *(one["body"] for one in plan.drafters)}
    approver = plan.approver
    return PlanVersion(
        drafters=frozenset(drafters),
        level=LEVELS.get(plan.division.level, plan.division.level),
        approved_by_level=None if approver is None else LEVELS.get(approver.division.level, approver.division.level),
    )


def plan_for(actor: Actor, plan_id: str, *, lock: bool = False) -> Plan:
    """The plan, if the actor may see it; else it is not there. Raises MingjianError not_found."""
    rows = Plan.objects.select_for_update(of=("self",)) if lock else Plan.objects.all()
    plan = READ.visible(actor, rows.select_related("division", "organisation")).filter(pk=plan_id).first()
    if plan is None:
        raise not_found("没有这份规划", "there is no such plan")
    return plan


def _take_approval(actor: Actor, plan: Plan, papers: Mapping[str, str]) -> None:
    approver = Organisation.objects.select_related("division").filter(pk=papers.get("approver", "")).first()
    if approver is None or approver.kind != "government":
        raise refused("approver", "批准机关应为人民政府", "a plan is approved by a government")
    APPROVE.require(actor, approver)
    if approver.division.level == plan.division.level and approver.division_id != plan.division_id:
        raise refused("approver", "应由本级人民政府批准", "its own government approves a plan, not another district's")
    if not papers.get("approval_number", "").strip():
        raise refused("approval_number", "请填写批准文号", "give the number of the approval")
    plan.approver = approver
    plan.approval_number = papers["approval_number"].strip()[:64]
    plan.approved_date = past_day(papers.get("approved_date", ""), "approved_date")


def _supersede(actor: Actor, previous: Plan | None) -> None:
    if previous is not None and previous.state == "in_force":
        _move(actor, previous, "supersede", try_step(previous, "supersede"), "")


def _move(actor: Actor, plan: Plan, event: str, taken: Step, reason: str) -> None:
    before = plan.state
    plan.state = taken.state
    plan.version += 1
    plan.save()
    record(
        actor,
        STEPPED[event],
        kind="plan",
        object_id=plan.id,
        name=plan.title,
        before={"state": before},
        after={"state": plan.state, "approval_number": plan.approval_number},
        policy=APPROVE if event in BY_GOVERNMENT else DRAFT,
        judgements=[taken.judgement],
        reason=reason,
    )


def _held(taken: Step) -> MingjianError:
    judgement = taken.judgement
    return MingjianError("conflict", cited_reason(judgement), fault=Fault.USER, field="event", remedy=judgement.remedy)


def _drafters(given: Any) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for position, one in enumerate(given):
        body = str(one.get("body", ""))
        if body not in BODIES:
            raise refused(f"drafters/{position}/body", "编制单位不在列举之内", "no drafting body that the clause names")
        organisation, document = str(one.get("organisation", "")), str(one.get("document", ""))
        if organisation and not Organisation.objects.filter(pk=organisation).exists():
            raise refused(f"drafters/{position}/organisation", "没有这个单位", "there is no such organisation")
        found[body] = {"body": body, "organisation": organisation, "document": document[:128]}
    return [found[body] for body in sorted(found)]


def _state(plan: Plan) -> dict[str, Any]:
    return {"title": plan.title, "text": plan.text[:1000], "drafters": plan.drafters}


def _title(title: str) -> str:
    if not 2 <= len(title.strip()) <= 128:
        raise refused("title", "名称应为 2 到 128 个字符", "a title has 2 to 128 characters")
    return title.strip()
