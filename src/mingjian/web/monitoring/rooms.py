"""Monitoring rooms: who is on the list, and who entered (qd204 19(4))."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from mingjian.kernel.ids import new_id
from mingjian.rules import monitoring
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.http.problem import not_found, refused
from mingjian.web.monitoring.models import MonitoringRoom, RoomAccess, RoomEntry
from mingjian.web.monitoring.names import ACCESS_ENDED, ACCESS_GIVEN, ENTERED, LEFT, ROOM_MADE
from mingjian.web.monitoring.policies import KEEP, LOG, ROOMS
from mingjian.web.organisations.models import Organisation
from mingjian.web.registry.judging import today
from mingjian.web.registry.shared import clean

judge_entry = applying(monitoring.judge_entry, by=ENTERED)


def make_room(actor: Actor, organisation: Organisation, name: str) -> MonitoringRoom:
    """Register a room of one's organisation."""
    KEEP.require(actor, organisation)
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        room = MonitoringRoom.objects.create(
            id=new_id(now_ns), name=clean(name, "name", 1, 64), organisation=organisation,
            division_id=organisation.division_id, created_ns=now_ns,
        )  # fmt: skip
        record(
            actor,
            ROOM_MADE,
            kind="monitoring_room",
            object_id=room.id,
            name=room.name,
            after={"name": room.name},
            policy=KEEP,
        )
    return room


def give_access(actor: Actor, room_id: str, person_name: str, reason: str) -> RoomAccess:
    """Put somebody on the list."""
    room = _room(actor, room_id)
    KEEP.require(actor, room)
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        row = RoomAccess.objects.create(
            id=new_id(now_ns), room=room, person_name=clean(person_name, "person_name", 1, 64),
            reason=clean(reason, "reason", 2, 255), since_ns=now_ns,
        )  # fmt: skip
        _record(actor, ACCESS_GIVEN, room, {"person": row.person_name}, reason)
    return row


def end_access(actor: Actor, room_id: str, access_id: str, reason: str) -> RoomAccess:
    """Take somebody off the list."""
    room = _room(actor, room_id)
    KEEP.require(actor, room)
    with transaction.atomic():
        row = RoomAccess.objects.select_for_update().filter(pk=access_id, room=room).first()
        if row is None:
            raise not_found("名单中没有此人", "nobody of that id is on the list")
        if row.until_ns is None:
            row.until_ns = wiring.clock().now_ns()
            row.save()
            _record(actor, ACCESS_ENDED, room, {"person": row.person_name}, reason)
    return row


def enter(actor: Actor, room_id: str, person_name: str, unit: str, access: str, escort: str, reason: str) -> RoomEntry:
    """Log an entry: by `access` (one's own place on the list), or by `escort`'s. Raises RuledOut `entry_forbidden`."""
    room = _room(actor, room_id)
    LOG.require(actor, room)
    listed = _on_list(room, access, "access")
    accompanied = _on_list(room, escort, "escort")
    judgement = judge_entry(current_law(), listed is not None, accompanied is not None, today())
    if judgement.verdict is Verdict.BLOCKED:
        subject = Subject("monitoring_room", room.id, room.name)
        raise RuledOut("entry_forbidden", judgement, actor=actor, action=ENTERED, field="access", subject=subject)
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        row = RoomEntry.objects.create(
            id=new_id(now_ns), room=room, access=listed, escort=accompanied, unit=clean(unit, "unit", 0, 128),
            person_name=clean(person_name, "person_name", 1, 64) if listed is None else listed.person_name,
            reason=clean(reason, "reason", 2, 255), entered_ns=now_ns, recorded_by=actor.name[:64],
        )  # fmt: skip
        record(
            actor, ENTERED, kind="monitoring_room", object_id=room.id, name=room.name,
            after={"person": row.person_name, "unit": row.unit}, policy=LOG, reason=reason, judgements=[judgement],
        )  # fmt: skip
    return row


def leave(actor: Actor, room_id: str, entry_id: str) -> RoomEntry:
    """Log that somebody left; said twice, the first time counts. Raises MingjianError not_found, Refused."""
    room = _room(actor, room_id)
    LOG.require(actor, room)
    with transaction.atomic():
        rows = RoomEntry.objects.select_for_update(of=("self",)).select_related("escort")
        row = rows.filter(pk=entry_id, room=room).first()
        if row is None:
            raise not_found("没有这条出入登记", "there is no such entry")
        if row.left_ns is None:
            row.left_ns = wiring.clock().now_ns()
            row.save(update_fields=["left_ns"])
            record(
                actor, LEFT, kind="monitoring_room", object_id=room.id, name=room.name,
                after={"person": row.person_name}, policy=LOG,
            )  # fmt: skip
    return row


def rooms(actor: Actor) -> QuerySet[MonitoringRoom]:
    """The rooms of the actor's reach."""
    return ROOMS.visible(actor, MonitoringRoom.objects.all())


def log_of(actor: Actor, room_id: str) -> tuple[MonitoringRoom, QuerySet[RoomEntry]]:
    """A room and who entered it. Raises MingjianError not_found."""
    room = _room(actor, room_id)
    ROOMS.require(actor, room)
    return room, RoomEntry.objects.filter(room=room)


def _room(actor: Actor, room_id: str) -> MonitoringRoom:
    room = MonitoringRoom.objects.filter(pk=room_id).first()
    if room is None or not (ROOMS.allows(actor, room)):
        raise not_found("没有这个监看场所", "there is no such monitoring room")
    return room


def _on_list(room: MonitoringRoom, access_id: str, field: str) -> RoomAccess | None:
    if not access_id:
        return None
    row = RoomAccess.objects.filter(pk=access_id, room=room, until_ns__isnull=True).first()
    if row is None:
        raise refused(field, "不在准入名单", "not on the access list")
    return row


def _record(actor: Actor, name: str, room: MonitoringRoom, after: dict[str, str], reason: str) -> None:
    record(
        actor, name, kind="monitoring_room", object_id=room.id, name=room.name, after=after, policy=KEEP, reason=reason
    )
