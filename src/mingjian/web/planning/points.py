"""Planned points: each is judged when it is added or changed, before anything is built.

A point that is covered already, or near a zone without a reply, is not refused here: it stands in the plan with its
judgement, and the project that would build it meets the same rules again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules import duplicate_coverage, landscape, secure_margins
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.duplicate_coverage import DuplicateCheck
from mingjian.rules.judgement import Judgement, strictest
from mingjian.rules.library import current_law
from mingjian.rules.secure_margins import Nearby
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying
from mingjian.web.ground import Position, View
from mingjian.web.http.problem import not_found
from mingjian.web.http.versions import require_version
from mingjian.web.planning.duplicates import covering, networks_at_hand
from mingjian.web.planning.models import Plan, PlannedPoint
from mingjian.web.planning.plans import plan_for
from mingjian.web.planning.policies import DRAFT
from mingjian.web.registry.models import Camera, PlacePart
from mingjian.web.zones.nearby import zones_near

ADDED = register("planning.point.add", "增加规划点位", "added a planned point")
CHANGED = register("planning.point.change", "修改规划点位", "changed a planned point")
DROPPED = register("planning.point.drop", "取消规划点位", "dropped a planned point")
BUILT = register("planning.point.built", "规划点位已建成", "a planned point was built")

judge_new_point = applying(duplicate_coverage.judge_new_point, by=ADDED)
judge_landscape = applying(landscape.judge_landscape, by=ADDED)
judge_margin = applying(secure_margins.judge_margin, by=ADDED)

FIELDS = (
    "name", "lon_e7", "lat_e7", "azimuth_deg", "view_angle_deg", "view_distance_m", "pole", "network",
    "landscape_note", "reason_to_build", "cost_fen",
)  # fmt: skip


def judge_site(actor: Actor, values: Mapping[str, Any]) -> tuple[Judgement, ...]:
    """The answers to a view at a site: duplicates (6.2), landscape (6.3), secure margins (7.3; sc799 10).

    Asks for zones near by, which counts against probing: call it outside a transaction.
    """
    at = Position(values["lon_e7"], values["lat_e7"])
    view = View(at, values["azimuth_deg"], values["view_angle_deg"], values["view_distance_m"])
    return _judge(values, view, zones_near(actor, at))


def _judge(values: Mapping[str, Any], view: View, nearby: tuple[Nearby, ...]) -> tuple[Judgement, ...]:
    law, today = current_law(), shanghai_day(wiring.clock().now_ns())
    at_hand = networks_at_hand(view.at)
    check = DuplicateCheck(
        checked=frozenset({"existing_cameras", "existing_networks"}),
        cameras=tuple(covering(view, values["pole"].strip())),
        usable_network_at_hand=bool(at_hand.names),
        uses_that_network=values["network"].strip() in at_hand.names,
        reason_to_build=values["reason_to_build"],
        network_contacts=at_hand.contacts,
    )
    return (
        judge_new_point(law, check, today),
        judge_landscape(law, values["landscape_note"], today),
        judge_margin(law, nearby, None, None, today),
    )


def add_point(actor: Actor, plan_id: str, values: Mapping[str, Any], part_id: str | None = None) -> PlannedPoint:
    """Put a point into a draft. Raises MingjianError not_found, conflict (no draft), invalid naming the field."""
    DRAFT.require(actor, plan_for(actor, plan_id))
    judgements = judge_site(actor, values)
    judgement = strictest(judgements)
    with transaction.atomic():
        plan = _draft(actor, plan_id)
        now_ns = wiring.clock().now_ns()
        point = PlannedPoint(id=new_id(now_ns), plan=plan, judged_ns=now_ns, judgement=judgement.document())
        _fill(point, values, part_id)
        point.save(force_insert=True)
        record(
            actor, ADDED, kind="planned_point", object_id=point.id, name=point.name, policy=DRAFT,
            after={**_state(point), "verdict": judgement.verdict.value}, judgements=judgements,
        )  # fmt: skip
    return point


def change_point(
    actor: Actor, plan_id: str, point_id: str, values: Mapping[str, Any], expected_version: int | None
) -> PlannedPoint:
    """Change a point of a draft and judge it again. `part` may be among the values."""
    DRAFT.require(actor, plan_for(actor, plan_id))
    wanted = _state(point_for(actor, plan_id, point_id)) | {key: values[key] for key in FIELDS if key in values}
    judgements = judge_site(actor, wanted)
    judgement = strictest(judgements)
    with transaction.atomic():
        _draft(actor, plan_id)
        point = point_for(actor, plan_id, point_id, lock=True)
        require_version(point.version, expected_version)
        old = _state(point)
        _fill(point, wanted, values.get("part", point.part_id))
        point.judgement, point.judged_ns = judgement.document(), wiring.clock().now_ns()
        point.version += 1
        point.save()
        before, after = changes(old, _state(point))
        record(
            actor, CHANGED, kind="planned_point", object_id=point.id, name=point.name, before=before,
            after={**after, "verdict": judgement.verdict.value}, policy=DRAFT,
            judgements=judgements,
        )  # fmt: skip
    return point


def drop_point(actor: Actor, plan_id: str, point_id: str, reason: str, expected_version: int | None) -> PlannedPoint:
    """Take a point out of the plan; its row stays."""
    with transaction.atomic():
        DRAFT.require(actor, plan_for(actor, plan_id))
        point = point_for(actor, plan_id, point_id, lock=True)
        require_version(point.version, expected_version)
        point.dropped_ns = wiring.clock().now_ns()
        point.version += 1
        point.save()
        record(
            actor, DROPPED, kind="planned_point", object_id=point.id, name=point.name, policy=DRAFT, reason=reason
        )  # fmt: skip
    return point


def point_built(actor: Actor, point_id: str, camera: Camera) -> None:
    """Within a transaction: the camera of a planned point was enrolled. An unknown or dropped point changes nothing."""
    point = PlannedPoint.objects.select_for_update().filter(pk=point_id, dropped_ns__isnull=True).first()
    if point is None or point.camera_id is not None:
        return
    point.camera = camera
    point.version += 1
    point.save()
    record(actor, BUILT, kind="planned_point", object_id=point.id, name=point.name, after={"camera": camera.id})


def point_for(actor: Actor, plan_id: str, point_id: str, *, lock: bool = False) -> PlannedPoint:
    """The point of a plan that the actor may see. Raises MingjianError not_found."""
    plan = plan_for(actor, plan_id)
    rows = PlannedPoint.objects.select_for_update() if lock else PlannedPoint.objects.all()
    point = rows.filter(pk=point_id, plan=plan).first()
    if point is None:
        raise not_found("没有这个点位", "there is no such point")
    return point


def _draft(actor: Actor, plan_id: str) -> Plan:
    plan = plan_for(actor, plan_id, lock=True)
    if plan.state != "draft":
        raise MingjianError(
            "conflict",
            Text(zh="规划已报批，点位不能变动", en="the plan has left the draft: its points stay as they are"),
            fault=Fault.USER,
            remedy=Text(zh="编制新版本", en="draft a new version"),
        )
    return plan


def _fill(point: PlannedPoint, values: Mapping[str, Any], part_id: str | None) -> None:
    for name in FIELDS:
        setattr(point, name, values[name])
    point.part = point.place = None
    if part_id:
        point.part = PlacePart.objects.select_related("place").filter(pk=part_id).first()
        if point.part is None:
            raise MingjianError(
                "invalid",
                Text(zh="没有这个场所部位", en="there is no such part of a place"),
                fault=Fault.USER,
                field="part",
            )
        point.place = point.part.place


def _state(point: PlannedPoint) -> dict[str, Any]:
    return {name: getattr(point, name) for name in FIELDS} | {"part": point.part_id}
