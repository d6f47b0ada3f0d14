"""The manager's inspections of prohibited areas (sc799 8.2): recorded, reported when a device was found, due again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules import manager_inspection
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.manager_inspection import EVERY_DAYS, MANAGER_INSPECTS
from mingjian.rules.manager_inspection import AreaInspection as InspectionValue
from mingjian.rules.prohibited_rooms import ROOM_KINDS, judge_room
from mingjian.rules.prohibited_rooms import Room as RoomValue
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying
from mingjian.web.dates import check_date
from mingjian.web.http.problem import refused
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.registry.models import AreaInspection, Place, Room
from mingjian.web.registry.places.queries import visible_place
from mingjian.web.registry.rights import INSPECT_AREAS
from mingjian.web.registry.shared import clean
from mingjian.web.todo.providers import Todo, first_and_count, provide

INSPECTED = register("inspections.area", "登记禁装区域检查", "inspected prohibited areas")

judge_inspection = applying(manager_inspection.judge_inspection, by=INSPECTED)


def prohibited_kinds(today: dt.date) -> tuple[str, ...]:
    """The kinds of rooms in which nothing may be installed on that day, as the rule says."""
    law = current_law()
    return tuple(
        kind for kind in ROOM_KINDS if judge_room(law, RoomValue(kind, True), today).verdict is Verdict.BLOCKED
    )


def inspect_area(
    actor: Actor, place_id: str, day: str, found_device: bool, finding: str, reported: bool
) -> tuple[AreaInspection, Judgement]:
    """Record an inspection. A device found and reported is an urgent lead of the district's organ.

    Raises MingjianError not_found, invalid naming the field, and Refused.
    """
    place = visible_place(actor, place_id)
    INSPECT_AREAS.require(actor, place)
    now_ns = wiring.clock().now_ns()
    today = shanghai_day(now_ns)
    inspected = dt.date.fromisoformat(check_date(day, "date", exact=True))
    if inspected > today:
        raise refused("date", "检查日期不得晚于今日", "it cannot have been inspected after today")
    with transaction.atomic():
        row = AreaInspection(
            id=new_id(now_ns), place=place, inspected_date=day, inspector=actor.name[:64], found_device=found_device,
            finding=clean(finding, "finding", 0, 1000),
            reported_date=today.isoformat() if found_device and reported else "",
        )  # fmt: skip
        row.save(force_insert=True)
        said = judgement_of(row, today)
        record(
            actor, INSPECTED, kind="place", object_id=place.id, name=place.name,
            after={"date": day, "found_device": found_device, "reported": bool(row.reported_date)},
            policy=INSPECT_AREAS, judgements=[said],
        )  # fmt: skip
        if row.reported_date:
            open_lead(
                actor,
                NewLead(
                    origin="other", title="管理单位报告：禁装区域发现摄像设备", division_id=place.division_id,
                    clauses=(MANAGER_INSPECTS,), detail=row.finding, urgent=True, about_id=place.organisation_id,
                    place_id=place.id, subject_kind="inspection", subject_id=row.id,
                ),
            )  # fmt: skip
    return row, said


def judgement_of(row: AreaInspection | None, today: dt.date) -> Judgement:
    """What the law says of the last inspection; None: there was none."""
    if row is None:
        return judge_inspection(current_law(), InspectionValue(None), today)
    reported = dt.date.fromisoformat(row.reported_date) if row.reported_date else None
    inspected = dt.date.fromisoformat(row.inspected_date)
    return judge_inspection(current_law(), InspectionValue(inspected, row.found_device, reported), today)


def due_places(actor: Actor, today: dt.date) -> QuerySet[Place]:
    """Places with prohibited rooms whose last inspection is longer ago than the policy's cycle, or that had none."""
    cycle = dt.timedelta(days=current_law().policy_number(EVERY_DAYS))
    since = (today - cycle).isoformat()
    rooms = Room.objects.filter(place=OuterRef("pk"), kind__in=prohibited_kinds(today))
    recent = AreaInspection.objects.filter(place=OuterRef("pk"), inspected_date__gte=since)
    rows = Place.objects.filter(removed_ns__isnull=True).filter(Exists(rooms), ~Exists(recent))
    return INSPECT_AREAS.visible(actor, rows, division="")


def inspections_due(actor: Actor, limit: int) -> tuple[int, list[Todo]]:
    """For the to-do page."""
    rows = due_places(actor, shanghai_day(wiring.clock().now_ns()))
    count, found = first_and_count(rows.order_by("name", "id"), limit)
    return count, [Todo(place.name, "place", place.id, clause=MANAGER_INSPECTS) for place in found]


provide("inspections.areas", Text("待检查禁装区域", "prohibited areas to inspect"), INSPECT_AREAS, inspections_due)
