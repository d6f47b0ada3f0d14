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
from mingjian.rules.prohibited_rooms import ROOM_KINDS
from mingjian.rules.secure_margins import Nearby
from mingjian.web.authority.actor import Actor
from mingjian.web.ground import Position
from mingjian.web.organisations.models import Organisation
from mingjian.web.registry.archive.fields import ARCHIVE_FIELDS, OF_CAMERA
from mingjian.web.registry.archive.many import ManyCameras
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera, CameraArchive, Duty, Place, PlacePart, Room
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
_ATTRIBUTES, _OF_ARCHIVE = frozenset(CAMERA_ATTRIBUTES), frozenset(ARCHIVE_ATTRIBUTES)

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
        self._members: dict[str, dict[str, PlacePart | Room]] = {}  # by id
        self._kinds: dict[str, frozenset[str]] = {}

    def load(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Read what a chunk of rows names and is not known yet: organisations, and places as the rules ask of them."""
        rows = list(rows)
        self._load_places({row["place_id"] for row in rows if row.get("place_id")})
        named = {row[key] for row in rows for key in ("organisation_id", "builder_id") if row.get(key)}
        if fresh := named - self._organisations.keys():
            self._organisations |= Organisation.objects.in_bulk(list(fresh))

    def _load_places(self, wanted: set[str]) -> None:
        if len(self.places) + len(wanted) > MOST_PLACES:
            self.places, self._duties, self._members, self._kinds = {}, {}, {}, {}
        fresh = wanted - self.places.keys()
        rows = Place.objects.prefetch_related("kinds", "parts", "rooms").in_bulk(list(fresh)) if fresh else {}
        for key, place in rows.items():
            self.places[key], self._duties[key] = place, []
            self._members[key] = {
                **{one.pk: one for one in place.parts.all()},
                **{one.pk: one for one in place.rooms.all()},
            }
            self._kinds[key] = kinds_on(place, self.today)
        for duty in Duty.objects.filter(part__place_id__in=list(rows)).select_related("part") if rows else ():
            self._duties[duty.part.place_id].append(duty)

    def draft(self, values: Mapping[str, Any], camera: Camera | None) -> SimpleNamespace:
        """The camera as it would be, with `archive`: all that rules, score and search read, without a model instance."""
        if camera is None:
            attributes, archive = CAMERA_DEFAULTS.copy(), ARCHIVE_DEFAULTS.copy()
            for key, value in values.items():
                if key in _ATTRIBUTES:
                    attributes[key] = value
                elif key in _OF_ARCHIVE:
                    archive[key] = value
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
        draft.part = draft.room = None
        if draft.place is not None:
            draft.part = self._member(draft.place, "parts", draft.part_id)
            draft.room = self._member(draft.place, "rooms", draft.room_id)
        draft.organisation = self._organisation(draft.organisation_id)
        draft.archive = SimpleNamespace(**archive)
        draft.archive.builder = self._organisation(draft.archive.builder_id)
        return draft

    def part_in(self, place: Place, kind: str) -> str | None:
        """The id of a loaded place's part of this kind."""
        members = self._members[place.pk].values()
        return next((one.pk for one in members if isinstance(one, PlacePart) and one.part == kind), None)

    def room_in(self, place: Place, text: str) -> str | None:
        """The id of a loaded place's room of this id or name, else of this kind."""
        rooms = [one for one in self._members[place.pk].values() if isinstance(one, Room)]
        kinds = {key for key, label in ROOM_KINDS.items() if text in (key, label.zh, label.en)}
        return next((one.pk for one in rooms if text in (one.pk, one.name)), None) or next(
            (one.pk for one in rooms if one.kind in kinds), None
        )

    def _member(self, place: Place, relation: str, key: str | None) -> Any:
        if key is None:
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
        return self._judges.judge(camera, archive, nearby, duties, kinds)


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
