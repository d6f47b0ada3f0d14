"""Staff records, monitoring rooms, changes of use, audits of views, alarms of bulk looking."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.clock import NS_PER_S
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.monitoring import conduct, policies, rooms, staff
from mingjian.web.monitoring.models import BulkAlarm, ChangeRequest, RoomAccess, RoomEntry, StaffRecord, ViewAudit
from mingjian.web.registry.judging import shown
from mingjian.web.registry.shared import organisation_of

router = Router(tags=["monitoring"])
Day = Annotated[str, Field(max_length=10)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Short = Annotated[str, Field(min_length=2, max_length=255)]


class StaffIn(Input):
    """Until when trainings are valid, and the day of vetting; "" is none."""

    organisation: str = Field(max_length=26)
    skills_until: Day = ""
    confidentiality_until: Day = ""
    vetted_date: Day = ""


class StaffOut(Schema):
    """A record; `judgement` is what the law says of it today."""

    user: str
    name: str
    organisation: str
    skills_until: str
    confidentiality_until: str
    vetted_date: str
    judgement: dict[str, Any]
    version: int


class StaffPage(Schema):
    """By when they were made."""

    items: list[StaffOut]
    next: str | None


class MonitoringRoomIn(Input):
    """A monitoring room."""

    organisation: str = Field(max_length=26)
    name: Name


class AccessIn(Input):
    """Somebody for the access list."""

    person_name: Name
    reason: Short


class EntryIn(Input):
    """An entry: by one's own place on the list (`access`), or accompanied by somebody on it (`escort`)."""

    person_name: Annotated[str, Field(max_length=64)] = ""
    unit: Annotated[str, Field(max_length=128)] = ""
    access: Annotated[str, Field(max_length=26)] = ""
    escort: Annotated[str, Field(max_length=26)] = ""
    reason: Short


class AccessOut(Schema):
    """Somebody on the list; `until_s` null while he is."""

    id: str
    person_name: str
    reason: str
    since_s: int
    until_s: int | None


class EntryOut(Schema):
    """Who entered."""

    id: str
    person_name: str
    unit: str
    listed: bool
    escort: str
    reason: str
    entered_s: int
    left_s: int | None
    recorded_by: str


class MonitoringRoomOut(Schema):
    """A room with its list."""

    id: str
    name: str
    organisation: str
    access: list[AccessOut]


class RoomPage(Schema):
    """By name."""

    items: list[MonitoringRoomOut]
    next: str | None


class EntryPage(Schema):
    """Newest first."""

    items: list[EntryOut]
    next: str | None


class ChangeIn(Input):
    """What is asked for: who else shall use it, where it shall point, or what it shall serve."""

    camera: str = Field(max_length=26)
    kind: Literal["new_consumer", "re_aiming", "change_of_purpose"]
    change: str = Field(min_length=2, max_length=500)
    reason: str = Field(min_length=2, max_length=500)


class DecideIn(Input):
    """The decision, with its reason."""

    approve: bool
    answer: str = Field(min_length=2, max_length=500)


class ChangeOut(Schema):
    """A request: asked, approved, refused."""

    id: str
    camera: str
    camera_name: str
    kind: str
    change: str
    reason: str
    state: str
    asked_by: str
    asked_s: int
    decided_by: str
    answer: str
    version: int


class ChangePage(Schema):
    """Newest first."""

    items: list[ChangeOut]
    next: str | None


class AuditIn(Input):
    """What a camera sees that it must not, and whether a masked zone shows."""

    camera: str = Field(max_length=26)
    seen: list[Literal["state_secret", "trade_secret", "privacy"]] = Field(default=[], max_length=3)
    mask_fails: bool = False
    note: str = Field("", max_length=500)


class ViewAuditOut(Schema):
    """An audit of a field of view."""

    id: str
    camera: str
    camera_name: str
    seen: list[str]
    mask_fails: bool
    note: str
    verdict: str
    audited_by: str
    audited_s: int


class ViewAuditPage(Schema):
    """Newest first."""

    items: list[ViewAuditOut]
    next: str | None


class AlarmOut(Schema):
    """A day of bulk looking, in camera-minutes."""

    viewer: str
    name: str
    day: str
    minutes: int
    threshold: int


class AlarmPage(Schema):
    """Newest first."""

    items: list[AlarmOut]
    next: str | None


@router.get("/staff", auth=Requires(policies.READ), response=StaffPage, operation_id="monitoring_staff")
def list_staff(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Training and vetting of the people of one's reach."""
    found, following = page(staff.staff_records(actor_of(request)), ["id"], cursor, limit)
    return {"items": [_staff(request, row) for row in found], "next": following}


@router.put("/staff/{user_id}", auth=Requires(policies.KEEP), response=StaffOut, operation_id="monitoring_staff_record")
def put_staff(request: HttpRequest, response: HttpResponse, user_id: str, data: StaffIn) -> dict[str, Any]:
    """Record trainings and vetting of one of the unit's people; needs If-Match once there is a record."""
    values = data.model_dump()
    organisation = organisation_of(values.pop("organisation"))
    expected = expected_version(request) if request.headers.get("If-Match") else None
    row = staff.record_staff(actor_of(request), organisation, user_id, values, expected)
    set_etag(response, row.version)
    return _staff(request, row)


@router.get("/rooms", auth=Requires(policies.ROOMS), response=RoomPage, operation_id="monitoring_rooms")
def list_rooms(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Monitoring rooms with who is on their lists."""
    found, following = page(rooms.rooms(actor_of(request)).prefetch_related("access"), ["name", "id"], cursor, limit)
    return {"items": [_room(room) for room in found], "next": following}


@router.post(
    "/rooms", auth=Requires(policies.KEEP), response={201: MonitoringRoomOut}, operation_id="monitoring_room_make"
)
def post_room(request: HttpRequest, response: HttpResponse, data: MonitoringRoomIn) -> Status[dict[str, Any]]:
    """Register a monitoring room. Takes Idempotency-Key."""
    actor, organisation = actor_of(request), organisation_of(data.organisation)
    status, made = create_once(
        request, response, actor.user, lambda: _room(rooms.make_room(actor, organisation, data.name))
    )
    return Status(status, made)


@router.post(
    "/rooms/{room_id}/access", auth=Requires(policies.KEEP), response={201: AccessOut}, operation_id="monitoring_access"
)
def post_access(request: HttpRequest, response: HttpResponse, room_id: str, data: AccessIn) -> Status[dict[str, Any]]:
    """Put somebody on the access list. Takes Idempotency-Key."""
    actor = actor_of(request)
    status, made = create_once(
        request, response, actor.user, lambda: _access(rooms.give_access(actor, room_id, data.person_name, data.reason))
    )
    return Status(status, made)


@router.post(
    "/rooms/{room_id}/access/{access_id}/end",
    auth=Requires(policies.KEEP),
    response=AccessOut,
    operation_id="monitoring_access_end",
)
def end_access(request: HttpRequest, room_id: str, access_id: str, data: Reason) -> dict[str, Any]:
    """Take somebody off the list."""
    return _access(rooms.end_access(actor_of(request), room_id, access_id, data.reason))


@router.get(
    "/rooms/{room_id}/entries", auth=Requires(policies.ROOMS), response=EntryPage, operation_id="monitoring_log"
)
def list_entries(request: HttpRequest, room_id: str, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Who entered a room."""
    _, rows = rooms.log_of(actor_of(request), room_id)
    found, following = page(rows.select_related("escort"), ["-entered_ns", "-id"], cursor, limit)
    return {"items": [_entry(row) for row in found], "next": following}


@router.post(
    "/rooms/{room_id}/entries", auth=Requires(policies.LOG), response={201: EntryOut}, operation_id="monitoring_enter"
)
def post_entry(request: HttpRequest, response: HttpResponse, room_id: str, data: EntryIn) -> Status[dict[str, Any]]:
    """Log an entry; who is neither listed nor accompanied is refused, which is logged, too. Takes Idempotency-Key."""
    actor = actor_of(request)
    status, made = create_once(
        request, response, actor.user, lambda: _entry(rooms.enter(actor, room_id, **data.model_dump()))
    )
    return Status(status, made)


@router.post(
    "/rooms/{room_id}/entries/{entry_id}/leave",
    auth=Requires(policies.LOG),
    response=EntryOut,
    operation_id="monitoring_leave",
)
def post_leave(request: HttpRequest, room_id: str, entry_id: str) -> dict[str, Any]:
    """Log that somebody left."""
    return _entry(rooms.leave(actor_of(request), room_id, entry_id))


@router.get("/changes", auth=Requires(policies.READ), response=ChangePage, operation_id="monitoring_changes")
def list_changes(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Requests for changes of use."""
    found, following = page(conduct.requests(actor_of(request)), ["-asked_ns", "-id"], cursor, limit)
    return {"items": [_change(row) for row in found], "next": following}


@router.post("/changes", auth=Requires(policies.ASK), response={201: ChangeOut}, operation_id="monitoring_change_ask")
def post_change(request: HttpRequest, response: HttpResponse, data: ChangeIn) -> Status[dict[str, Any]]:
    """Ask for a new consumer, another aim or another purpose. Takes Idempotency-Key."""
    actor = actor_of(request)
    status, made = create_once(
        request,
        response,
        actor.user,
        lambda: _change(conduct.ask_change(actor, data.camera, data.kind, data.change, data.reason)),
    )
    set_etag(response, made["version"])
    return Status(status, made)


@router.post(
    "/changes/{change_id}/decide",
    auth=Requires(policies.DECIDE),
    response=ChangeOut,
    operation_id="monitoring_change_decide",
)
def decide(request: HttpRequest, response: HttpResponse, change_id: str, data: DecideIn) -> dict[str, Any]:
    """Approve or refuse somebody else's request; needs If-Match."""
    row = conduct.decide_change(actor_of(request), change_id, data.approve, data.answer, expected_version(request))
    set_etag(response, row.version)
    return _change(row)


@router.get("/view-audits", auth=Requires(policies.READ), response=ViewAuditPage, operation_id="monitoring_view_audits")
def list_audits(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Audits of what cameras see."""
    found, following = page(conduct.audits(actor_of(request)), ["-audited_ns", "-id"], cursor, limit)
    return {"items": [_audit(row) for row in found], "next": following}


@router.post(
    "/view-audits", auth=Requires(policies.ASK), response={201: ViewAuditOut}, operation_id="monitoring_view_audit"
)
def post_audit(request: HttpRequest, response: HttpResponse, data: AuditIn) -> Status[dict[str, Any]]:
    """Say what a camera sees. Takes Idempotency-Key."""
    actor = actor_of(request)
    status, made = create_once(
        request,
        response,
        actor.user,
        lambda: _audit(conduct.audit_view(actor, data.camera, list(data.seen), data.mask_fails, data.note)),
    )
    return Status(status, made)


@router.get("/bulk-alarms", auth=Requires(policies.READ), response=AlarmPage, operation_id="monitoring_bulk_alarms")
def list_alarms(request: HttpRequest, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
    """Days on which somebody looked far more than on his others."""
    found, following = page(conduct.alarms(actor_of(request)), ["-raised_ns", "-id"], cursor, limit)
    return {"items": [_alarm(row) for row in found], "next": following}


def _staff(request: HttpRequest, row: StaffRecord) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in (*staff.FIELDS, "version")},
        "user": row.user_id,
        "name": row.user.display_name or row.user.name,
        "organisation": row.organisation_id,
        "judgement": shown(staff.standing(row), language_of(request)),
    }


def _room(room: Any) -> dict[str, Any]:
    return {
        "id": room.id,
        "name": room.name,
        "organisation": room.organisation_id,
        "access": [_access(one) for one in room.access.all()],
    }


def _access(row: RoomAccess) -> dict[str, Any]:
    return {
        "id": row.id,
        "person_name": row.person_name,
        "reason": row.reason,
        "since_s": row.since_ns // NS_PER_S,
        "until_s": None if row.until_ns is None else row.until_ns // NS_PER_S,
    }


def _entry(row: RoomEntry) -> dict[str, Any]:
    return {
        "id": row.id,
        "person_name": row.person_name,
        "unit": row.unit,
        "listed": row.access_id is not None,
        "escort": "" if row.escort is None else row.escort.person_name,
        "reason": row.reason,
        "entered_s": row.entered_ns // NS_PER_S,
        "left_s": None if row.left_ns is None else row.left_ns // NS_PER_S,
        "recorded_by": row.recorded_by,
    }


def _change(row: ChangeRequest) -> dict[str, Any]:
    fields = ("id", "kind", "change", "reason", "state", "answer", "version")
    return {
        **{field: getattr(row, field) for field in fields},
        "camera": row.camera_id,
        "camera_name": row.camera.name,
        "asked_by": row.asked_name,
        "asked_s": row.asked_ns // NS_PER_S,
        "decided_by": row.decided_name,
    }


def _audit(row: ViewAudit) -> dict[str, Any]:
    return {
        **{field: getattr(row, field) for field in ("id", "seen", "mask_fails", "note", "verdict")},
        "camera": row.camera_id,
        "camera_name": row.camera.name,
        "audited_by": row.audited_name,
        "audited_s": row.audited_ns // NS_PER_S,
    }


def _alarm(row: BulkAlarm) -> dict[str, Any]:
    return {
        "viewer": row.viewer_id,
        "name": row.viewer_name,
        "day": row.day,
        "minutes": row.minutes,
        "threshold": row.threshold,
    }
