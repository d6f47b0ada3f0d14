"""May this camera stand in the register: the same rules as for a project, over the file of one camera.

BLOCKED refuses: nobody can override it. SUSPENDED waits for a named person with a picture. Everything else is accepted
with what is still due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mingjian.rules import audio, builders, declared_use, privacy, prohibited_rooms, secure_margins
from mingjian.rules.audio import Sound
from mingjian.rules.builders import Installation
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.law import Law
from mingjian.rules.places import PlacePart
from mingjian.rules.privacy import PrivacyAssessment
from mingjian.rules.prohibited_rooms import Confirmation, Room, View
from mingjian.rules.secure_margins import Nearby, Reply
from mingjian.web.accounts.models import User
from mingjian.web.authority.applying import applying
from mingjian.web.dates import dated_fact
from mingjian.web.organisations.kinds import AUTHORITIES
from mingjian.web.registry.archive.names import ENROLLED
from mingjian.web.registry.models import Camera, CameraArchive, Duty
from mingjian.web.registry.places.queries import held_on, kinds_on

GOVERNMENT = "government_department"

judge_room = applying(prohibited_rooms.judge_room, by=ENROLLED)
judge_names = applying(prohibited_rooms.judge_names, by=ENROLLED)
judge_view = applying(prohibited_rooms.judge_view, by=ENROLLED)
judge_sound = applying(audio.judge_sound, by=ENROLLED)
judge_privacy = applying(privacy.judge_privacy, by=ENROLLED)
judge_declarations = applying(declared_use.judge_declarations, by=ENROLLED)
may_install = applying(builders.may_install, by=ENROLLED)
judge_margin = applying(secure_margins.judge_margin, by=ENROLLED)


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """All that the rules ask about one camera. Cameras alike in this are judged alike."""

    room: Room
    texts: tuple[str, ...]
    confirmation: Confirmation | None
    view: View
    sound: Sound
    privacy: PrivacyAssessment
    declared: tuple[tuple[str, str], ...]
    installation: Installation | None  # None: no place is known
    nearby: tuple[Nearby, ...] | None  # None: no position is known
    reply: Reply | None
    installed: dt.date | None


def judge_camera(
    law: Law, camera: Camera, archive: CameraArchive, nearby: tuple[Nearby, ...], on: dt.date
) -> dict[str, Judgement]:
    """Each judgement by name. What cannot be asked (no place, no position) is left out, and is due in the score."""
    return judge_facts(law, facts_of(camera, archive, nearby, on), on)


def facts_of(
    camera: Camera,
    archive: CameraArchive,
    nearby: tuple[Nearby, ...],
    on: dt.date,
    duties: Iterable[Duty] | None = None,
    kinds: frozenset[str] | None = None,
    texts: tuple[str, ...] | None = None,
) -> CameraFacts:
    """What the rules ask. Where the caller has them already: `duties` and `kinds` of its place, `texts` as `texts_of`."""
    return CameraFacts(
        room=Room(None if camera.room is None else camera.room.kind, archive.room_interior),
        texts=texts_of(camera, archive) if texts is None else texts,
        confirmation=confirmation_of(archive),
        view=View(archive.sees_prohibited_room, archive.could_see_by_moving),
        sound=sound_of(archive),
        privacy=_privacy(archive),
        declared=tuple(_declared(archive).items()),
        installation=None if camera.place is None else installation(camera, archive, on, duties, kinds),
        nearby=None if camera.lon_e7 is None else nearby,
        reply=_reply(archive),
        installed=dated_fact(archive.installed_date).day,
    )


def judge_facts(law: Law, facts: CameraFacts, on: dt.date) -> dict[str, Judgement]:
    """As `judge_camera`."""
    found = {
        "placement": prohibited_rooms.placement_of(
            judge_room(law, facts.room, on),
            judge_names(law, facts.texts, facts.room, facts.confirmation, on),
            judge_view(law, facts.view, on),
        ),
        "sound": judge_sound(law, facts.sound, on),
        "privacy": judge_privacy(law, facts.privacy, on),
        "declared_use": judge_declarations(law, dict(facts.declared), on),
    }
    if facts.installation is not None:
        found["builder"] = may_install(law, facts.installation, on)
    if facts.nearby is not None:
        found["margin"] = judge_margin(law, facts.nearby, facts.reply, facts.installed, on)
    return found


def installation(
    camera: Camera,
    archive: CameraArchive,
    on: dt.date,
    duties: Iterable[Duty] | None = None,
    kinds: frozenset[str] | None = None,
) -> Installation:
    """Who would install where: the builder's capacities at this part of the place on that day."""
    place = camera.place
    assert place is not None
    part = "whole" if camera.part is None else camera.part.part
    return Installation(
        PlacePart(kinds_on(place, on) if kinds is None else kinds, part),
        roles_at(camera, archive, on, duties),
        place.public_place,
        archive.necessary,
    )


def roles_at(
    camera: Camera, archive: CameraArchive, on: dt.date, duties: Iterable[Duty] | None = None
) -> frozenset[str]:
    """The capacities of the builder (who is not named: the organisation whose camera it is)."""
    builder = archive.builder if archive.builder is not None else camera.organisation
    place = camera.place
    if builder is None or place is None:
        return frozenset()
    roles = {GOVERNMENT} if builder.kind in AUTHORITIES else set()
    if place.organisation_id == builder.id:
        roles.add("managing_unit")
    if duties is None:
        duties = Duty.objects.filter(part__place=place, organisation=builder)
    day = on.isoformat()
    roles |= {
        duty.role
        for duty in duties
        if duty.organisation_id == builder.id
        and camera.part_id in (None, duty.part_id)
        and held_on(duty.since_date, duty.until_date, day)
    }
    return frozenset(roles)


def texts_of(camera: Camera, archive: CameraArchive | None) -> tuple[str, ...]:
    """Names and on-screen text in which a word for a room of privacy may stand."""
    more = () if archive is None else (archive.onscreen_text, archive.point_common_name)
    return tuple(text for text in (camera.name, *more) if text)


def suspended_by_name(law: Law, camera: Camera, on: dt.date) -> Judgement:
    """A camera known by its name only: what the words in it say."""
    return judge_names(law, texts_of(camera, None), Room(None, None), None, on)


def standing_of(judgements: Mapping[str, Judgement]) -> str:
    """refused, suspended or active."""
    verdicts = {one.verdict for one in judgements.values()}
    if Verdict.BLOCKED in verdicts:
        return "refused"
    return "suspended" if Verdict.SUSPENDED in verdicts else "active"


def deciding(judgements: Mapping[str, Judgement]) -> tuple[Judgement, ...]:
    """Those that refuse or suspend."""
    return tuple(one for one in judgements.values() if one.verdict in (Verdict.BLOCKED, Verdict.SUSPENDED))


def due(judgements: Mapping[str, Judgement]) -> dict[str, Judgement]:
    """What is accepted and still to be done."""
    mild = (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.ADVISED)
    return {name: one for name, one in judgements.items() if one.verdict not in mild}


def confirmation_of(archive: CameraArchive) -> Confirmation | None:
    """What a named person said after looking at a picture; None while nobody has."""
    if not archive.confirmed_by or not archive.confirmed_file:
        return None
    name = User.objects.filter(pk=archive.confirmed_by).values_list("display_name", "name").first() or ()
    person = next(filter(None, name), archive.confirmed_by)
    return Confirmation(person, archive.confirmed_file, bool(archive.confirmed_prohibited))


def sound_of(archive: CameraArchive) -> Sound:
    """Whether it records sound, on what basis, and whether it hears what is private."""
    return Sound(bool(archive.audio), archive.audio_basis, archive.overhears_privacy)


def _privacy(archive: CameraArchive) -> PrivacyAssessment:
    measures = frozenset({"mask"}) if archive.masked else frozenset()
    return PrivacyAssessment(archive.may_infringe_privacy, measures, archive.mask_confirmed_ns, archive.moved_ns)


def _declared(archive: CameraArchive) -> dict[str, str]:
    grade = "" if archive.sharing_grade is None else str(archive.sharing_grade)
    return {"purpose": archive.purpose, "legal_basis": archive.legal_basis, "sharing_grade": grade}


def _reply(archive: CameraArchive) -> Reply | None:
    given: Any = archive.margin_reply
    if not given:
        return None
    return Reply(given.get("positive"), bool(given.get("file")), dated_fact(given.get("given_date", "")).day)
