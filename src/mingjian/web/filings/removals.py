"""Removing devices: planned with reason and scope, authorised, notified, done, filed within 30 days, restored.

Before anything comes down footage and holds are kept and a substitute is set; afterwards the place is checked for a gap
anew. What is done with the devices is done to the register: a removed camera keeps its row and its footage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.rules import obstruction, removal
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law
from mingjian.rules.library import current_law
from mingjian.rules.places import coverage_gaps
from mingjian.rules.removal import RemovalRecord
from mingjian.rules.state_table import step
from mingjian.rules.states.removal import REMOVAL_TABLE
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying
from mingjian.web.dates import check_date
from mingjian.web.filings.actions import new_filing, system_to_file
from mingjian.web.filings.deadlines import refresh_deadline
from mingjian.web.filings.facts import listed_in_article_7, seat_of
from mingjian.web.filings.handing_in import hand_in, today
from mingjian.web.filings.models import Removal
from mingjian.web.filings.names import SUBMITTED
from mingjian.web.filings.policies import FILE, READ
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.registry.models import Camera
from mingjian.web.registry.places.coverage import covering
from mingjian.web.registry.places.queries import kinds_on
from mingjian.web.registry.plan import plan_changed

PLANNED = register("removals.plan", "拟拆除设备", "planned a removal")
CHANGED = register("removals.change", "补充拆除记录", "added to the record of a removal")
STEPPED = register("removals.step", "推进拆除", "a removal took a step")

judge_removal = applying(removal.judge_removal, by=STEPPED)
judge_act = applying(obstruction.judge_act, by=STEPPED)

FIELDS = ("authority", "notice", "substitute", "return_date", "footage_kept", "holds_kept")
EVENTS = ("authorise", "cancel", "notify", "remove", "file", "restore")


def plan_removal(actor: Actor, system_id: str, scope: str, camera_ids: list[str], reason: str) -> Removal:
    """Plan it. `camera_ids` may be empty for a total one: then all of the system's.

    Raises MingjianError not_found for a system out of reach, invalid for a camera that is none of it.
    """
    FILE.require(actor)
    with transaction.atomic():
        system = system_to_file(system_id)
        if not FILE.allows(actor, system):
            raise not_found("没有这个系统", "there is no such system")
        cameras = Camera.objects.filter(system=system, removed_ns__isnull=True).exclude(standing="removed")
        found = [camera for camera in cameras if camera.id in camera_ids or (scope == "total" and not camera_ids)]
        if not found or len(found) < len(set(camera_ids)):
            raise refused("cameras", "请选择本系统现有的摄像机", "name cameras that the system has")
        if scope == "total" and len(found) < len(cameras):
            raise refused(
                "cameras", "全部拆除应包括本系统所有摄像机", "a total removal takes all of the system's cameras"
            )
        now_ns = wiring.clock().now_ns()
        made = Removal.objects.create(
            id=new_id(now_ns), system=system, organisation=system.organisation, division_id=seat_of(system),
            scope=scope, reason=reason, created_ns=now_ns,
        )  # fmt: skip
        made.cameras.set(found)
        after = {"scope": scope, "cameras": [camera.id for camera in found]}
        record(
            actor, PLANNED, kind="removal", object_id=made.id, name=system.name, after=after, policy=FILE,
            reason=reason,
        )  # fmt: skip
    return made


def change_removal(actor: Actor, removal_id: str, values: Mapping[str, Any], expected: int | None) -> Removal:
    """Add authority, notice, substitute, day of return, and that footage and holds are kept."""
    with transaction.atomic():
        row = removal_by_id(actor, removal_id, lock=True)
        FILE.require(actor, row)
        require_version(row.version, expected)
        if values.get("return_date"):
            check_date(values["return_date"], "return_date", exact=True)
        before = _state(row)
        for key in FIELDS:
            if key in values:
                setattr(row, key, values[key])
        old, new = changes(before, _state(row))
        if new:
            row.version += 1
            row.save()
            record(
                actor, CHANGED, kind="removal", object_id=row.id, name=row.system.name, before=old, after=new,
                policy=FILE,
            )  # fmt: skip
    return row


def step_removal(actor: Actor, removal_id: str, event: str, date: str, expected: int | None) -> Removal:
    """Take a step; `date` is the day the devices came down. Filing hands a removal filing in.

    Raises MingjianError conflict with reason and remedy when the table holds it.
    """
    if event not in EVENTS:
        raise refused("event", "没有这个操作", "no such step")
    with transaction.atomic():
        row = removal_by_id(actor, removal_id, lock=True)
        FILE.require(actor, row)
        require_version(row.version, expected)
        law, on = current_law(), today()
        value = _value(law, row, on)
        taken = step(REMOVAL_TABLE, row.state, event, law, value, on)
        if not taken.moved:
            raise MingjianError(
                "conflict", taken.judgement.reason, fault=Fault.USER, field="event", remedy=taken.judgement.remedy
            )
        before, row.state = row.state, taken.state
        if event == "remove":
            _take_down(law, row, _day(date, on))
        elif event == "file":
            _file(actor, row)
        elif event == "restore":
            _restore(row)
        row.version += 1
        row.save()
        act = obstruction.Act("remove", "authority" in value.steps, value.listed_in_article_7)
        said = [taken.judgement, judge_act(law, obstruction.NO_ALTERING, act, on)]
        said.append(judge_removal(law, _value(law, row, on), on))
        record(
            actor, STEPPED, kind="removal", object_id=row.id, name=row.system.name, before={"state": before},
            after={"state": row.state, "event": event}, policy=FILE, judgements=said,
        )  # fmt: skip
    return row


def removal_by_id(actor: Actor, removal_id: str, *, lock: bool = False) -> Removal:
    """The removal, if the actor may read it. Raises MingjianError not_found."""
    rows = Removal.objects.select_for_update(of=("self",)) if lock else Removal.objects.all()
    row = (
        READ.visible(actor, rows.filter(pk=removal_id))
        .select_related("system__place", "system__organisation", "organisation")
        .first()
    )
    if row is None:
        raise not_found("没有这项拆除", "there is no such removal")
    return row


def judgement_of(row: Removal) -> Judgement:
    """What is still missing of the record, as of today."""
    law, on = current_law(), today()
    return judge_removal(law, _value(law, row, on), on)


def gap_after(law: Law, row: Removal, on: dt.date) -> Judgement:
    """The coverage of the system's place by what still stands, part by part."""
    place = row.system.place
    if place is None:
        return Judgement(Verdict.UNDECIDABLE, (), Text("系统未登记场所", "the system has no place"))
    kinds = kinds_on(place, on)
    standing = covering().filter(place=place)
    covered = set(standing.values_list("part__part", flat=True))
    parts = set(place.parts.values_list("part", flat=True))
    by_part = {part: part in covered for part in sorted(parts)} or {"public_area": standing.exists()}
    return coverage_gaps(law, kinds, by_part, on)


def _value(law: Law, row: Removal, on: dt.date) -> RemovalRecord:
    done = {
        "authority": row.authority,
        "notice": row.notice,
        "footage_kept": row.footage_kept,
        "holds_kept": row.holds_kept,
        "gap_check": row.gap_check is not None,
        "substitute": row.substitute,
        "return_day": row.return_date,
    }
    devices = tuple(row.cameras.order_by("pk").values_list("pk", flat=True))
    steps = frozenset(name for name, value in done.items() if value)
    return RemovalRecord(row.scope, devices, steps, listed_in_article_7(law, row.system, on))


def _take_down(law: Law, row: Removal, day: str) -> None:
    row.removed_date = day
    standing = "suspended" if row.scope == "temporary" else "removed"
    for camera in row.cameras.all():
        camera.standing, camera.enabled = standing, False
        camera.version += 1
        camera.save()
    if row.scope == "total":
        row.system.standing, row.system.removed_date = "removed", day
        row.system.version += 1
        row.system.save()
    row.gap_check = gap_after(law, row, today()).document()
    plan_changed()


def _file(actor: Actor, row: Removal) -> None:
    """The clock of a removal runs from its own day: 30 days (qd204 16.2)."""
    filing = new_filing(row.system, row.organisation, "removal", {})
    row.filing = filing
    row.save()
    hand_in(actor, filing, "submit", SUBMITTED, FILE)


def _restore(row: Removal) -> None:
    for camera in row.cameras.filter(removed_ns__isnull=True):
        camera.standing, camera.enabled = "active", True
        camera.version += 1
        camera.save()
    if row.scope == "total":
        row.system.standing, row.system.removed_date = "in_use", ""
        row.system.version += 1
        row.system.save()
    refresh_deadline(row.system)
    plan_changed()


def _day(date: str, on: dt.date) -> str:
    day = check_date(date, "date", exact=True) if date else on.isoformat()
    if day > on.isoformat():
        raise refused("date", "拆除日期不得晚于今日", "it cannot have come down after today")
    return day


def _state(row: Removal) -> dict[str, Any]:
    return {key: getattr(row, key) for key in FIELDS}
