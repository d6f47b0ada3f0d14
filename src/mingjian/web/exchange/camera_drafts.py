"""A camera as a row would make it, without a model instance: what rules, score and search read of it.

`values` of a row are attributes of Camera and CameraArchive as they will be stored (ids, not names), with `code` and
`keep_days`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, cast

from mingjian.rules.judgement import Judgement
from mingjian.rules.library import current_law
from mingjian.rules.secure_margins import Nearby
from mingjian.web.authority.actor import Actor
from mingjian.web.ground import Position
from mingjian.web.organisations.models import Organisation
from mingjian.web.registry.archive.enrolment import facts_of
from mingjian.web.registry.archive.fields import ARCHIVE_FIELDS, OF_CAMERA
from mingjian.web.registry.archive.many import ManyCameras
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera, CameraArchive, Duty, Place
from mingjian.web.registry.places.queries import kinds_on
from mingjian.web.registry.searching import initials
from mingjian.web.wiring import clock
from mingjian.web.zones.nearby import Surroundings

CAMERA_ATTRIBUTES = (
    "name", "group", "organisation_id", "division_id", "place_id", "part_id", "room_id", "system_id", "lon_e7", "lat_e7",
    *OF_CAMERA,
)  # fmt: skip
ARCHIVE_ATTRIBUTES = (*ARCHIVE_FIELDS, "builder_id", "given")
MOVING = ("lon_e7", "lat_e7", *OF_CAMERA)
ARCHIVE_DEFAULTS = {
    column.attname: column.get_default() for column in CameraArchive._meta.concrete_fields if not column.primary_key
}
CAMERA_DEFAULTS = {
    column.attname: column.get_default() for column in Camera._meta.concrete_fields if not column.generated
}


MOST_PLACES = 5000
"""Kept from chunk to chunk: some kilobytes each."""


class Drafts:
    """Makes and judges drafts; `counted`: positions near a secure zone count as questions."""

    def __init__(self, actor: Actor, *, counted: bool) -> None:
        self.now_ns = clock().now_ns()
        self.today = today()
        self._judges = ManyCameras(current_law(), self.today)
        self._surroundings = Surroundings(actor, counted=counted)
        self._organisations: dict[str, Organisation] = {}
        self.places: dict[str, Place] = {}
        self._duties: dict[str, list[Duty]] = {}
        self._members: dict[str, dict[str, Any]] = {}  # parts and rooms by id
        self._kinds: dict[str, frozenset[str]] = {}

    def load_places(self, ids: Iterable[str | None]) -> None:
        """Read the places of a chunk of rows that are not known yet, with what the rules ask about them."""
        wanted = {one for one in ids if one}
        if len(self.places) + len(wanted) > MOST_PLACES:
            self.places, self._duties, self._members, self._kinds = {}, {}, {}, {}
        fresh = wanted - self.places.keys()
        rows = Place.objects.prefetch_related("kinds", "parts", "rooms").in_bulk(list(fresh)) if fresh else {}
        for key, place in rows.items():
            self.places[key], self._duties[key] = place, []
            self._members[key] = {one.pk: one for one in (*place.parts.all(), *place.rooms.all())}
            self._kinds[key] = kinds_on(place, self.today)
        for duty in Duty.objects.filter(part__place_id__in=list(rows)).select_related("part") if rows else ():
            self._duties[duty.part.place_id].append(duty)

    def draft(self, values: Mapping[str, Any], camera: Camera | None) -> SimpleNamespace:
        """The camera as it would be, with `archive`: all that rules, score and search read, without a model instance."""
        if camera is None:
            attributes = {**CAMERA_DEFAULTS, **{key: values[key] for key in CAMERA_ATTRIBUTES if key in values}}
            archive = {**ARCHIVE_DEFAULTS, **{key: values[key] for key in ARCHIVE_ATTRIBUTES if key in values}}
        else:
            attributes = {key: values.get(key, getattr(camera, key)) for key in CAMERA_DEFAULTS}
            kept = file_of(camera)
            archive = {key: values.get(key, getattr(kept, key)) for key in ARCHIVE_DEFAULTS}
        attributes["code"] = values.get("code", attributes["code"])
        if values.get("masked"):
            archive["mask_confirmed_ns"] = self.now_ns
        if camera is not None and any(key in values for key in MOVING):
            archive["moved_ns"] = self.now_ns
        draft = SimpleNamespace(**attributes)
        draft.initials = initials(draft.name)
        same = camera is not None and camera.place_id == draft.place_id
        draft.place = self.places.get(draft.place_id or "") or (camera.place if same and camera is not None else None)
        draft.part = self._member(draft.place, "parts", draft.part_id)
        draft.room = self._member(draft.place, "rooms", draft.room_id)
        draft.organisation = self._organisation(draft.organisation_id)
        draft.archive = SimpleNamespace(**archive)
        draft.archive.builder = self._organisation(draft.archive.builder_id)
        return draft

    def _member(self, place: Place | None, relation: str, key: str | None) -> Any:
        if place is None or key is None:
            return None
        if place.pk in self._members:
            return self._members[place.pk].get(key)
        return next((one for one in getattr(place, relation).all() if one.pk == key), None)

    def _organisation(self, key: str | None) -> Organisation | None:
        if key is None:
            return None
        if key not in self._organisations:
            self._organisations[key] = Organisation.objects.get(pk=key)
        return self._organisations[key]

    def judge(self, draft: SimpleNamespace) -> dict[str, Judgement]:
        """What the law says of it, by name of the judgement."""
        nearby: tuple[Nearby, ...] = ()
        if draft.lon_e7 is not None and draft.lat_e7 is not None:
            nearby = self._surroundings.near(Position(draft.lon_e7, draft.lat_e7))
        duties, kinds = self._duties.get(draft.place_id or ""), self._kinds.get(draft.place_id or "")
        camera, archive = cast("Camera", draft), cast("CameraArchive", draft.archive)
        return self._judges.judge(facts_of(camera, archive, nearby, self.today, duties, kinds))


def document_of(camera: Camera, archive: CameraArchive | None) -> dict[str, Any]:
    """A camera as `values` have it."""
    found = {key: getattr(camera, key) for key in (*CAMERA_ATTRIBUTES, "code", "keep_days")}
    kept = ARCHIVE_DEFAULTS if archive is None else vars(archive)
    return found | {key: kept[key] for key in ARCHIVE_ATTRIBUTES}


def file_of(camera: Camera) -> CameraArchive:
    """Its file, or an empty one."""
    try:
        return camera.archive
    except CameraArchive.DoesNotExist:
        return CameraArchive(camera=camera)
