"""A project as the rules take it, one camera at a time; the strictest camera decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from mingjian.rules import (
    acceptance,
    audio,
    brand_mandate,
    builders,
    contractors,
    interfaces,
    privacy,
    prohibited_rooms,
    secure_margins,
    simultaneous,
)
from mingjian.rules.builders import Installation
from mingjian.rules.contractors import ContractedWork, Credential
from mingjian.rules.day_count import DatedFact
from mingjian.rules.interfaces import Interfaces
from mingjian.rules.judgement import Judgement, strictest
from mingjian.rules.law import Law
from mingjian.rules.places import PlacePart
from mingjian.rules.privacy import PrivacyAssessment
from mingjian.rules.prohibited_rooms import Room, View
from mingjian.rules.secure_margins import Nearby, Reply
from mingjian.rules.simultaneous import STAGES, StageDates
from mingjian.rules.states.project import ProjectFacts
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import applying
from mingjian.web.dates import dated_fact
from mingjian.web.filings.facts import listed_in_article_7
from mingjian.web.ground import Position
from mingjian.web.organisations.models import Qualification
from mingjian.web.projects.models import Project, ProjectCamera
from mingjian.web.projects.names import CHECKED, STEPPED
from mingjian.web.registry.archive.enrolment import confirmation_of, sound_of, texts_of
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera, CameraArchive, Device, Duty
from mingjian.web.registry.places.queries import kinds_on
from mingjian.web.zones.nearby import zones_near

may_install = applying(builders.may_install, by=STEPPED)
judge_room = applying(prohibited_rooms.judge_room, by=STEPPED)
judge_names = applying(prohibited_rooms.judge_names, by=STEPPED)
judge_view = applying(prohibited_rooms.judge_view, by=STEPPED)
judge_sound = applying(audio.judge_sound, by=STEPPED)
judge_margin = applying(secure_margins.judge_margin, by=STEPPED)
judge_privacy = applying(privacy.judge_privacy, by=STEPPED)
judge_contractor = applying(contractors.judge_contractor, by=STEPPED)
judge_acceptance = applying(acceptance.judge_acceptance, by=STEPPED)
judge_three_simultaneous = applying(simultaneous.judge_three_simultaneous, by=STEPPED)
judge_interfaces = applying(interfaces.judge_interfaces, by=STEPPED)
judge_archives = applying(acceptance.judge_archives, by=STEPPED)
judge_template = applying(brand_mandate.judge_template, by=CHECKED)
may_demand = applying(contractors.may_demand, by=CHECKED)

_GOVERNMENT = frozenset({"government", "department", "public_security"})
_OUTDOORS = 1  # GB/T 28181-2022 RoomType


def facts_of(actor: Actor, project: Project) -> list[tuple[ProjectCamera, ProjectFacts]]:
    """One for each camera of the project."""
    shared = {
        "reply": reply_of(project),
        "works": works_of(project),
        "papers": frozenset(name for name, file in project.papers.items() if file),
        "project_kind": project.kind,
        "stages": stages_of(project),
    }
    rows = project.cameras.select_related("camera__archive", "camera__room", "camera__part", "camera__place")
    return [(row, _facts(actor, project, row, shared)) for row in rows.order_by("camera_id")]


def refused_outright(law: Law, facts: ProjectFacts, on: dt.date) -> Judgement:
    """What no paper can mend: builder, rooms, view, sound. A margin's reply can still come and is not among it."""
    return strictest(
        (
            may_install(law, facts.installation, on),
            judge_room(law, facts.room, on),
            judge_names(law, facts.texts, facts.room, facts.confirmation, on),
            judge_view(law, facts.view, on),
            judge_sound(law, facts.sound, on),
        )
    )


def asked(law: Law, facts: ProjectFacts, event: str, on: dt.date) -> list[Judgement]:
    """What a step rests on, rule by rule, for the record."""
    if event == "site":
        return [refused_outright(law, facts, on), judge_margin(law, facts.nearby, facts.reply, None, on)]
    if event == "design":
        return [judge_privacy(law, facts.privacy, on)]
    if event == "start_construction":
        return [judge_contractor(law, work, on) for work in facts.works]
    if event == "accept":
        return [judge_acceptance(law, facts.papers, on)]
    if event == "put_into_use":
        return [judge_three_simultaneous(law, facts.project_kind, True, facts.stages, on)]
    return []


def beside(law: Law, project: Project, on: dt.date) -> list[Judgement]:
    """What no step waits for, and the project is to bring all the same: reserved interfaces, archives of its making."""
    system = project.system
    reserved = frozenset(name for name, one in system.interfaces.items() if one.get("reserved"))
    connected = frozenset(name for name, one in system.interfaces.items() if one.get("connected"))
    archives = frozenset(name for name, file in project.papers.items() if file)
    return [
        judge_interfaces(law, Interfaces(system.funding, reserved, connected, system.security_grade), on),
        judge_archives(law, archives, listed_in_article_7(law, system, on), on),
    ]


def template(law: Law, text: str, on: dt.date) -> Judgement:
    """Whether a text mandates a brand or a firm; the brands are those of the register's own devices."""
    brands = set(Device.objects.exclude(manufacturer="").values_list("manufacturer", flat=True).distinct())
    brands |= set(CameraArchive.objects.exclude(manufacturer="").values_list("manufacturer", flat=True).distinct())
    return judge_template(law, text, tuple(sorted(brands)), on)


def demanded(law: Law, credentials: tuple[str, ...], on: dt.date) -> list[Judgement]:
    """Whether a form may demand each of these papers of a contractor (qd204 14): only what a statute demands."""
    return [may_demand(law, credential, on) for credential in credentials]


def reply_of(project: Project) -> Reply | None:
    """What the unit asked answered; None while nobody was asked."""
    if project.reply is None:
        return None
    day = project.reply.get("day") or ""
    return Reply(
        project.reply.get("positive"), bool(project.reply.get("file")), dt.date.fromisoformat(day) if day else None
    )


def works_of(project: Project) -> tuple[ContractedWork, ...]:
    """The works with what their contractors hold by the register."""
    return tuple(
        ContractedWork(
            work["kind"],
            dated_fact(work.get("day") or ""),
            work.get("building_engineering"),
            _credentials(work.get("contractor") or ""),
        )
        for work in project.works
    )


def stages_of(project: Project) -> Mapping[str, StageDates]:
    """Design, construction and commissioning of the main works and of the system."""

    def day(dates: Mapping[str, str], name: str) -> DatedFact | None:
        return dated_fact(dates[name]) if dates.get(name) else None

    return {name: StageDates(day(project.main_dates, name), day(project.own_dates, name)) for name in STAGES}


def _credentials(organisation_id: str) -> tuple[Credential, ...]:
    rows = Qualification.objects.filter(organisation_id=organisation_id).exclude(since_date="")
    found = []
    for row in rows:
        since, until = dated_fact(row.since_date).latest, dated_fact(row.until_date).earliest
        if since is not None:
            found.append(Credential(row.kind, since, until))
    return tuple(found)


def _facts(actor: Actor, project: Project, row: ProjectCamera, shared: Mapping[str, object]) -> ProjectFacts:
    camera = row.camera
    archive = getattr(camera, "archive", None) or CameraArchive(camera=camera)
    place = camera.place or project.system.place
    kinds = frozenset[str]() if place is None else kinds_on(place, today())
    installation = Installation(
        PlacePart(kinds, camera.part.part if camera.part else "public_area"),
        roles_of(project, camera),
        None if place is None else place.public_place,
        archive.necessary,
    )
    nearby: tuple[Nearby, ...] = ()
    if camera.lon_e7 is not None and camera.lat_e7 is not None:
        nearby = zones_near(actor, Position(camera.lon_e7, camera.lat_e7))
    return ProjectFacts(
        installation=installation,
        room=_room(camera, archive),
        texts=texts_of(camera, archive),
        confirmation=confirmation_of(archive),
        view=View(archive.sees_prohibited_room, archive.could_see_by_moving),
        sound=sound_of(archive),
        nearby=nearby,
        privacy=PrivacyAssessment(row.may_infringe, frozenset(row.measures), row.mask_confirmed_ns, row.moved_ns),
        **shared,  # type: ignore[arg-type]
    )


def _room(camera: Camera, archive: CameraArchive) -> Room:
    if camera.room is not None:
        return Room(camera.room.kind, archive.room_interior)
    if archive.room_type == _OUTDOORS:
        return Room("outdoors", False)
    return Room(None, archive.room_interior)


def roles_of(project: Project, camera: Camera) -> frozenset[str]:
    """The builder's capacities at the camera's place: by recorded duties, by managing it, by being government."""
    place = camera.place or project.system.place
    roles: set[str] = set()
    if place is not None:
        duties = Duty.objects.filter(part__place=place, organisation_id=project.organisation_id, until_date="")
        roles |= set(duties.values_list("role", flat=True))
        if place.organisation_id == project.organisation_id:
            roles.add("managing_unit")
    if project.organisation.kind in _GOVERNMENT:
        roles.add("government_department")
    return frozenset(roles)
