"""The file of a camera: enrol, read, change, confirm, code, history, duplicates. Under /cameras like the cameras."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.rules.judgement import Judgement
from mingjian.rules.library import current_law
from mingjian.web.audit.queries import history_of
from mingjian.web.authority.actor import Actor
from mingjian.web.geography.datum import read_position
from mingjian.web.ground import Position, View
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Cursor, Input, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.archive import actions, duplicates
from mingjian.web.registry.archive.enrolment import due, judge_camera
from mingjian.web.registry.archive.fields import ARCHIVE_FIELDS, COVERED, missing
from mingjian.web.registry.archive.memberships import memberships_of
from mingjian.web.registry.archive.photos import pictured
from mingjian.web.registry.devices.queries import devices_of
from mingjian.web.registry.judging import day_or_today, shown, today
from mingjian.web.registry.models import Camera, CameraArchive
from mingjian.web.registry.places.api import Day, Id, PositionIn, degrees
from mingjian.web.registry.policies import MANAGE, READ
from mingjian.web.registry.queries import visible_camera

router = Router(tags=["camera files"])

Short = Annotated[str, Field(max_length=64)]
Long = Annotated[str, Field(max_length=500)]
Digits = Annotated[str, Field(max_length=20)]


class ReplyIn(Input):
    """What a unit near whose zone the camera stands replied; `file` is its paper."""

    positive: bool | None = None
    file: Id = ""
    given_date: Day = ""


class FileIn(Input):
    """Fields of a camera's file: those of GB/T 28181-2022 and those of governance. What is not given stays."""

    place: Id | None = None
    part: Id | None = None
    room: Id | None = None
    system: Id | None = None
    builder: Id | None = None
    code: Digits | None = None
    position: PositionIn | None = None
    azimuth_deg: int | None = None
    view_angle_deg: int | None = None
    view_distance_m: int | None = None
    manufacturer: Short | None = None
    model: Short | None = None
    address: Long | None = None
    elevation_m: int | None = None
    mount_height_dm: int | None = None
    ptz_type: int | None = None
    position_type: int | None = None
    room_type: int | None = None
    use_type: int | None = None
    supply_light_type: int | None = None
    direction_type: int | None = None
    resolution: Short | None = None
    security_level_code: Short | None = None
    vertical_view_angle_deg: int | None = None
    grassroots_code: Digits | None = None
    point_type: int | None = None
    point_common_name: Long | None = None
    mac: Short | None = None
    host: Long | None = None
    function_type: Short | None = None
    encode_type: Short | None = None
    installed_date: Day | None = None
    management_unit: Long | None = None
    contact: Short | None = None
    record_save_days: int | None = None
    industry: Short | None = None
    onscreen_text: Long | None = None
    purpose: Long | None = None
    necessity: Long | None = None
    necessary: bool | None = None
    legal_basis: Long | None = None
    sharing_grade: int | None = None
    flag: Literal["none", "privacy", "trade_secret", "state_secret"] | None = None
    audio: bool | None = None
    audio_basis: Long | None = None
    overhears_privacy: bool | None = None
    room_interior: bool | None = None
    sees_prohibited_room: bool | None = None
    could_see_by_moving: bool | None = None
    may_infringe_privacy: bool | None = None
    masked: bool | None = None
    contract: Short | None = None
    pole: Short | None = None
    network: Short | None = None
    last_retention_proof_date: Day | None = None
    margin_reply: ReplyIn | None = None


class EnrolIn(FileIn):
    """A camera that enters the register by its file."""

    name: str = Field(min_length=1, max_length=128)
    organisation: Id
    division: Id
    group: str = Field("", max_length=255)
    keep_days: int | None = Field(None, ge=1, le=3650)


class FileChangeIn(FileIn):
    """What to change."""

    name: str | None = Field(None, min_length=1, max_length=128)
    organisation: Id | None = None
    division: Id | None = None
    reason: str = Field("", max_length=500)


class ConfirmIn(Input):
    """Who looked at which picture is the sender; does it show a prohibited room?"""

    picture: str = Field(min_length=1, max_length=26)
    prohibited: bool


class CameraCodeIn(Input):
    """The parts of the code that the division does not give."""

    industry: str = Field("00", max_length=2)
    kind: Literal["131", "132"] = "132"
    network: str = Field("0", max_length=1)


class MembershipOut(Schema):
    """A system that the camera is or was in; `owning`: the one that counts it. Not named to whoever may not see it."""

    id: int
    system_id: str | None
    system_name: str
    owning: bool
    since_date: str
    until_date: str


class ServedOut(Schema):
    """A device that serves or served the camera, by one of its channels. Not named to whoever may not see it."""

    id: int
    device_id: str | None
    name: str
    kind: str
    model: str
    serial: str
    channel: int
    since_date: str
    until_date: str


class CameraFileOut(Schema):
    """A camera's file. `due` names what is still to be done, `missing` the empty fields of a complete file."""

    id: str
    name: str
    code: str
    standing: str
    archive_score: int
    missing: list[str]
    organisation: str | None
    division: str | None
    place: str | None
    part: str | None
    room: str | None
    system: str | None
    builder: str | None
    lon: float | None
    lat: float | None
    given: dict[str, Any] | None
    azimuth_deg: int | None
    view_angle_deg: int | None
    view_distance_m: int | None
    margin_reply: dict[str, Any] | None
    fields: dict[str, Any]
    codes: list[dict[str, Any]]
    memberships: list[MembershipOut]
    devices: list[ServedOut]
    due: dict[str, dict[str, Any]]
    version: int


class CameraHistoryPage(Schema):
    """What was done with a camera, newest first."""

    items: list[dict[str, Any]]
    next: str | None


class CandidateIn(Input):
    """What is known of a camera that may be there already."""

    code: Digits = ""
    mac: Short = ""
    host: Long = ""
    serial: Short = ""
    address: Long = ""
    pole: Short = ""
    position: PositionIn | None = None
    azimuth_deg: int = Field(0, ge=0, le=359)
    view_angle_deg: int = Field(360, ge=1, le=360)
    view_distance_m: int = Field(30, ge=1, le=10_000)
    itself: Id = ""


class CoveredOut(Schema):
    """One that is there already; `camera` and `name` only where the asker may see it."""

    said: str
    contact: str
    grounds: list[str]
    camera: str | None
    name: str
    overlap_percent: int | None
    distance_m: int | None


@router.post("/enrol", auth=Requires(MANAGE), response={201: CameraFileOut}, operation_id="camera_files_enrol")
def enrol(request: HttpRequest, response: HttpResponse, data: EnrolIn) -> Status[dict[str, Any]]:
    """Register a camera by its file. Refused with its clause, suspended, or accepted with what is still due."""
    actor, language = actor_of(request), language_of(request)
    values = data.given()
    status, body = create_once(
        request, response, actor.user, lambda: _file(actor, *actions.enrol_camera(actor, values), language)
    )
    set_etag(response, body["version"])
    return Status(status, body)


@router.post("/duplicates", auth=Requires(MANAGE), response=list[CoveredOut], operation_id="camera_files_duplicates")
def duplicate_check(request: HttpRequest, data: CandidateIn) -> list[dict[str, Any]]:
    """What is there already; of other subtrees only "covered, contact X"."""
    view = None
    if data.position is not None:
        where = read_position(data.position.datum, data.position.lon, data.position.lat, "position")
        at = Position(where.lon_e7, where.lat_e7)
        view = View(at, data.azimuth_deg, data.view_angle_deg, data.view_distance_m)
    known = data.model_dump(include={"code", "mac", "host", "serial", "address", "pole", "itself"})
    found = duplicates.find_duplicates(actor_of(request), duplicates.Candidate(**known, view=view))
    return [_found(one, language_of(request)) for one in found]


@router.get("/{camera_id}/file", auth=Requires(READ), response=CameraFileOut, operation_id="camera_files_get")
def get_file(request: HttpRequest, response: HttpResponse, camera_id: str, on: Day = "") -> dict[str, Any]:
    """The file of a camera, judged as of `on` (default today), with ETag."""
    camera = visible_camera(actor_of(request), camera_id)
    return answer(request, response, camera, day_or_today(on))


@router.patch("/{camera_id}/file", auth=Requires(MANAGE), response=CameraFileOut, operation_id="camera_files_change")
def change_file(request: HttpRequest, response: HttpResponse, camera_id: str, data: FileChangeIn) -> dict[str, Any]:
    """Change fields of the file; needs If-Match. The camera is judged again."""
    values = data.given()
    reason = values.pop("reason", "")
    actor = actor_of(request)
    return _answer(
        request, response, actions.change_archive(actor, camera_id, values, expected_version(request), reason)
    )


@router.post("/{camera_id}/confirm", auth=Requires(MANAGE), response=CameraFileOut, operation_id="camera_files_confirm")
def confirm(request: HttpRequest, response: HttpResponse, camera_id: str, data: ConfirmIn) -> dict[str, Any]:
    """Confirm by a picture whether a prohibited room is seen; needs If-Match."""
    expected = expected_version(request)
    return _answer(
        request, response, actions.confirm_place(actor_of(request), camera_id, data.picture, data.prohibited, expected)
    )


@router.post("/{camera_id}/code", auth=Requires(MANAGE), response=CameraFileOut, operation_id="camera_files_code")
def give_next_code(request: HttpRequest, response: HttpResponse, camera_id: str, data: CameraCodeIn) -> dict[str, Any]:
    """Generate the camera's 20-digit code; needs If-Match."""
    actor, expected = actor_of(request), expected_version(request)
    camera = actions.generate_code(actor, camera_id, data.industry, data.kind, data.network, expected)
    return answer(request, response, camera, today())


@router.get(
    "/{camera_id}/history", auth=Requires(READ), response=CameraHistoryPage, operation_id="camera_files_history"
)
def history(request: HttpRequest, camera_id: str, cursor: Cursor = None, limit: Limit = 200) -> dict[str, Any]:
    """Every change of a camera, from the audit record."""
    camera = visible_camera(actor_of(request), camera_id)
    return history_of("camera", camera.id, cursor, limit, language_of(request))


def answer(request: HttpRequest, response: HttpResponse, camera: Camera, on: dt.date) -> dict[str, Any]:
    """The file as of now, judged as of a day, with its ETag."""
    judgements = judge_camera(current_law(), camera, _archive(camera), (), on)
    return _answer(request, response, (camera, judgements))


def _answer(
    request: HttpRequest, response: HttpResponse, changed: tuple[Camera, dict[str, Judgement]]
) -> dict[str, Any]:
    set_etag(response, changed[0].version)
    return _file(actor_of(request), *changed, language_of(request))


def _archive(camera: Camera) -> CameraArchive:
    found = CameraArchive.objects.filter(camera=camera).select_related("builder").first()
    return found or CameraArchive(camera=camera)


def _file(actor: Actor, camera: Camera, judgements: dict[str, Judgement], language: str) -> dict[str, Any]:
    archive = _archive(camera)
    plain = ("id", "name", "code", "standing", "archive_score", "version")
    sight = ("azimuth_deg", "view_angle_deg", "view_distance_m")
    return {
        **{field: getattr(camera, field) for field in (*plain, *sight)},
        **{name: getattr(camera, f"{name}_id") for name in ("organisation", "division", "place", "part", "room")},
        "system": camera.system_id,
        "builder": archive.builder_id,
        "missing": missing(camera, archive, photo=bool(pictured([camera.id]))),
        "lon": degrees(camera.lon_e7),
        "lat": degrees(camera.lat_e7),
        "given": archive.given,
        "margin_reply": archive.margin_reply,
        "fields": {field: getattr(archive, field) for field in ARCHIVE_FIELDS},
        "codes": list(
            Identifier.objects.filter(kind="gb28181", subject_kind="camera", subject_id=camera.id)
            .order_by("id")
            .values("value", "since_date", "until_date")
        ),
        "memberships": memberships_of(actor, camera),
        "devices": devices_of(actor, camera),
        "due": {name: shown(one, language) for name, one in due(judgements).items()},
    }


def _found(one: duplicates.Found, language: str) -> dict[str, Any]:
    """Across subtrees neither grounds nor distance: only that it is covered, and whom to ask."""
    seen = one.camera is not None
    joint = "" if language == "zh" else " "
    return {
        "said": f"{COVERED.for_language(language)}{joint}{one.contact}",
        "contact": one.contact,
        "grounds": list(one.grounds) if seen else [],
        "camera": one.camera.id if one.camera is not None else None,
        "name": one.camera.name if one.camera is not None else "",
        "overlap_percent": one.overlap_percent if seen else None,
        "distance_m": one.distance_m if seen else None,
    }
