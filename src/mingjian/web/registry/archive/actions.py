"""Enrolment of a camera, changes of its file, the confirmation with a picture, codes and systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.ids import new_id
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.library import current_law
from mingjian.rules.secure_margins import Nearby
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import RuledOut, Subject
from mingjian.web.files.actions import About, require_attached, require_picture
from mingjian.web.ground import Position
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.registry.archive.aiming import AIM, require_approval, turned
from mingjian.web.registry.archive.codes import give_code, next_code
from mingjian.web.registry.archive.enrolment import judge_camera, standing_of
from mingjian.web.registry.archive.fields import ARCHIVE_FIELDS, OF_CAMERA, checked_fields, score
from mingjian.web.registry.archive.names import CODED, CONFIRMED, ENROLLED, FILE_CHANGED
from mingjian.web.registry.archive.photos import pictured
from mingjian.web.registry.judging import today
from mingjian.web.registry.keeping import judge_keep_days
from mingjian.web.registry.models import Camera, CameraArchive, CameraSearch, Membership, Place, PlacePart, Room, System
from mingjian.web.registry.names import ADDED
from mingjian.web.registry.plan import plan_changed
from mingjian.web.registry.policies import MANAGE
from mingjian.web.registry.queries import camera_by_id, visible_camera
from mingjian.web.registry.rights import Scope
from mingjian.web.registry.searching import camera_text, initials, remember
from mingjian.web.registry.shared import clean, division_of, organisation_of, placed
from mingjian.web.zones.nearby import zones_near

_WHERE = {"place": Place, "part": PlacePart, "room": Room, "system": System}
_MOVING = ("lon_e7", "lat_e7", "azimuth_deg", "view_angle_deg", "view_distance_m")


def enrol_camera(actor: Actor, values: Mapping[str, Any]) -> tuple[Camera, dict[str, Judgement]]:
    """Register a camera by its file, without a stream: `name`, `organisation`, `division`, and the fields of the file.

    Raises RuledOut `enrolment_refused` citing the clause when a rule forbids it: a lead is opened then.
    """
    MANAGE.require(actor, Scope(values["organisation"], values["division"]))
    now_ns = wiring.clock().now_ns()
    keep_days = values.get("keep_days") or configuration.current().keep_days
    camera = Camera(
        id=new_id(now_ns), planned_from_ns=now_ns, created_ns=now_ns, keep_days=keep_days,
        group=clean(values.get("group", ""), "group", 0, 255),
    )  # fmt: skip
    archive = CameraArchive(camera=camera)
    _apply(camera, archive, values)
    kept = judge_keep_days(actor, ADDED, keep_days, camera)
    judgements = _judged(actor, camera, archive)
    with transaction.atomic():
        if values.get("code"):
            give_code(camera, values["code"])
        _settle(camera, archive, judgements)
        camera.save(force_insert=True)
        archive.save(force_insert=True)
        join_system(camera, None)
        remember_file(camera, archive)
        record(
            actor, ENROLLED, kind="camera", object_id=camera.id, name=camera.name, policy=MANAGE,
            after={**_state(camera, archive), "standing": camera.standing}, judgements=(*kept, *judgements.values()),
        )  # fmt: skip
    return camera, judgements


def change_archive(
    actor: Actor, camera_id: str, values: Mapping[str, Any], expected: int | None, reason: str = ""
) -> tuple[Camera, dict[str, Judgement]]:
    """Change fields of the file; the camera is judged again. Raises as enrol_camera, and changed_meanwhile.

    One in use that is to look elsewhere needs an approved change of use: RuledOut `change_needed` (qd204 20(1)).
    """
    camera, archive = _file_of(actor, camera_id)
    MANAGE.require(actor, camera)
    old, system = _state(camera, archive), camera.system_id
    aimed = {name: getattr(camera, name) for name in AIM}
    _apply(camera, archive, values)
    MANAGE.require(actor, camera)
    turns = turned(camera.standing, aimed, vars(camera))
    judgements = _judged(actor, camera, archive)
    with transaction.atomic():
        _as_seen(camera, expected)
        approved = require_approval(actor, camera) if turns else []
        if values.get("code"):
            give_code(camera, values["code"])
        if any(old.get(name) != getattr(camera, name) for name in _MOVING):
            archive.moved_ns = wiring.clock().now_ns()
        _settle(camera, archive, judgements)
        before, after = changes(old, _state(camera, archive))
        if not after:
            return camera, judgements
        _keep(camera, archive)
        join_system(camera, system)
        record(
            actor, FILE_CHANGED, kind="camera", object_id=camera.id, name=camera.name, before=before, after=after,
            policy=MANAGE, reason=reason, judgements=(*approved, *judgements.values()),
        )  # fmt: skip
    return camera, judgements


def confirm_place(
    actor: Actor, camera_id: str, picture: str, prohibited: bool, expected: int | None
) -> tuple[Camera, dict[str, Judgement]]:
    """A named person looked at a picture (the id of a stored one of this camera) and says whether a prohibited room is seen.

    His word never outweighs the structured type of the room. "Prohibited" refuses the camera at once.
    """
    if not actor.user:
        raise refused("person", "须由实名用户核实", "a named person has to confirm")
    camera, archive = _file_of(actor, camera_id)
    MANAGE.require(actor, camera)
    with transaction.atomic():
        _as_seen(camera, expected)
        archive.confirmed_by = actor.user
        archive.confirmed_file = require_picture(picture, About("camera", camera.id), "picture")
        archive.confirmed_prohibited, archive.confirmed_ns = prohibited, wiring.clock().now_ns()
        judgements = judge_camera(current_law(), camera, archive, _nearby(actor, camera), today())
        _settle(camera, archive, judgements)
        if camera.standing == "refused":
            _lead(actor, camera, _blocking(judgements))
        _keep(camera, archive)
        record(
            actor, CONFIRMED, kind="camera", object_id=camera.id, name=camera.name, policy=MANAGE,
            after={"prohibited": prohibited, "picture": picture, "standing": camera.standing},
            judgements=judgements.values(),
        )  # fmt: skip
    return camera, judgements


def generate_code(actor: Actor, camera_id: str, industry: str, kind: str, network: str, expected: int | None) -> Camera:
    """Give the camera the next code under its division. The code before it stays its own for ever."""
    camera, archive = _file_of(actor, camera_id)
    MANAGE.require(actor, camera)
    with transaction.atomic():
        _as_seen(camera, expected)
        before = {"code": camera.code}
        give_code(camera, next_code(camera, industry, kind, network))
        camera.archive_score = scored(camera, archive)
        _keep(camera, archive)
        record(
            actor, CODED, kind="camera", object_id=camera.id, name=camera.name, before=before,
            after={"code": camera.code}, policy=MANAGE,
        )  # fmt: skip
    return camera


def _file_of(actor: Actor, camera_id: str) -> tuple[Camera, CameraArchive]:
    camera = visible_camera(actor, camera_id)
    archive = CameraArchive.objects.filter(camera=camera).select_related("builder").first()
    return camera, archive or CameraArchive(camera=camera)


def _as_seen(camera: Camera, expected: int | None) -> None:
    """Inside the transaction: the row is locked, still there, and as the actor (and we) saw it."""
    locked = camera_by_id(camera.id, lock=True)
    require_version(locked.version, camera.version if expected is None else expected)
    require_version(locked.version, camera.version)
    if locked.removed_ns is not None:
        raise refused("camera", "这台摄像机已被移除", "this camera has been removed", "conflict")


def _apply(camera: Camera, archive: CameraArchive, values: Mapping[str, Any]) -> None:
    if "name" in values:
        camera.name = clean(values["name"], "name", 1, 128)
        camera.initials = initials(camera.name)
    if values.get("organisation"):
        camera.organisation = organisation_of(values["organisation"])
    if values.get("division"):
        camera.division = division_of(values["division"])
    _place_at(camera, values)
    _state_where(camera, archive, values)
    of_camera, of_archive = checked_fields({key: values[key] for key in values if key in (*OF_CAMERA, *ARCHIVE_FIELDS)})
    for row, fields in ((camera, of_camera), (archive, of_archive)):
        for key, value in fields.items():
            setattr(row, key, value)
    if of_archive.get("masked"):
        archive.mask_confirmed_ns = wiring.clock().now_ns()


def _place_at(camera: Camera, values: Mapping[str, Any]) -> None:
    for name, model in _WHERE.items():
        if values.get(name):
            row: Any = model._default_manager.filter(pk=values[name]).first()
            if row is None:
                raise refused(name, "没有这条登记", "there is no such record")
            setattr(camera, name, row)
    for name in ("part", "room"):
        row = getattr(camera, name)
        if row is not None and row.place_id != camera.place_id:
            raise refused(name, "不属于该场所", "it is not of that place")


def _state_where(camera: Camera, archive: CameraArchive, values: Mapping[str, Any]) -> None:
    if values.get("builder"):
        archive.builder = organisation_of(values["builder"], "builder")
    if values.get("position") is not None:
        where = placed(values["position"])
        camera.lon_e7, camera.lat_e7, archive.given = where["lon_e7"], where["lat_e7"], where["given"]
    if values.get("margin_reply") is not None:
        if file := values["margin_reply"].get("file"):
            about = About("camera", camera.id, camera.organisation_id or "")
            require_attached(file, about, "margin_reply.file")
        archive.margin_reply = values["margin_reply"]


def _nearby(actor: Actor, camera: Camera) -> tuple[Nearby, ...]:
    if camera.lon_e7 is None or camera.lat_e7 is None:
        return ()
    return zones_near(actor, Position(camera.lon_e7, camera.lat_e7))


def _judged(actor: Actor, camera: Camera, archive: CameraArchive) -> dict[str, Judgement]:
    """The judgements of a file that may stand. Raises RuledOut enrolment_refused after opening a lead."""
    judgements = judge_camera(current_law(), camera, archive, _nearby(actor, camera), today())
    if standing_of(judgements) != "refused":
        return judgements
    blocking = _blocking(judgements)
    with transaction.atomic():
        _lead(actor, camera, blocking)
    raise RuledOut(
        "enrolment_refused", blocking, actor=actor, action=ENROLLED, subject=Subject("camera", "", camera.name)
    )


def _blocking(judgements: Mapping[str, Judgement]) -> Judgement:
    return strictest(one for one in judgements.values() if one.verdict is Verdict.BLOCKED)


def _lead(actor: Actor, camera: Camera, blocking: Judgement) -> None:
    if camera.division_id is None:
        return
    open_lead(
        actor,
        NewLead(
            origin="enrolment",
            title=camera.name,
            division_id=camera.division_id,
            clauses=blocking.keys,
            detail=blocking.reason.zh,
            about_id=camera.organisation_id,
            place_id=camera.place_id,
            subject_kind="camera",
            subject_id="" if camera._state.adding else camera.id,
        ),
    )


def _settle(camera: Camera, archive: CameraArchive, judgements: Mapping[str, Judgement]) -> None:
    camera.standing = standing_of(judgements)
    camera.archive_score = scored(camera, archive)


def _keep(camera: Camera, archive: CameraArchive) -> None:
    camera.version += 1
    camera.save()
    archive.save()
    remember_file(camera, archive)
    if camera.streams.exists():
        plan_changed()  # what is suspended or refused is recorded no longer


def remember_file(camera: Camera, archive: CameraArchive) -> None:
    """Keep what searching reads."""
    hosts = list(camera.streams.values_list("host", flat=True))
    remember(CameraSearch, camera.id, camera_text(camera, hosts, archive))


def scored(camera: Camera, archive: CameraArchive) -> int:
    """How complete the file is, its photos counted."""
    return score(camera, archive, photo=bool(pictured([camera.id])))


def join_system(camera: Camera, before: str | None) -> None:
    """The owning membership follows the camera's system; the one before ends today."""
    if camera.system_id == before:
        return
    day = today().isoformat()
    camera.memberships.filter(owning=True, until_date="").update(until_date=day)
    if camera.system_id is not None:
        Membership.objects.create(camera=camera, system_id=camera.system_id, since_date=day)


def _state(camera: Camera, archive: CameraArchive) -> dict[str, Any]:
    """What the audit record shows; names of organisations and places are in their own rows."""
    of_camera = (
        "name", "code", "standing", "system_id", "place_id", "part_id", "room_id", "organisation_id", "division_id",
        *_MOVING,
    )  # fmt: skip
    shown = {name: getattr(camera, name) for name in of_camera}
    return shown | {name: getattr(archive, name) for name in (*ARCHIVE_FIELDS, "builder_id", "given", "margin_reply")}
