"""What is done with places. Each verb checks the right, changes, and leaves an audit entry in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction

from mingjian.kernel.ids import new_id
from mingjian.kernel.isotime import format_iso_ns
from mingjian.rules.judgement import Judgement
from mingjian.rules.place_kinds import PLACE_KINDS, PLACE_PARTS
from mingjian.rules.prohibited_rooms import ROOM_KINDS
from mingjian.web import wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor
from mingjian.web.geography.datum import Datum
from mingjian.web.geography.geojson import read_geometry
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.registry.judging import in_vocabulary, today
from mingjian.web.registry.models import Duty, Place, PlaceKind, PlacePart, PlaceSearch, Room
from mingjian.web.registry.places import judging
from mingjian.web.registry.places.names import (
    ADDED,
    CHANGED,
    DUTY_ADDED,
    DUTY_ENDED,
    KINDS_SET,
    PART_ADDED,
    REMOVED,
    ROOM_ADDED,
)
from mingjian.web.registry.places.queries import kinds_on, visible_place
from mingjian.web.registry.plan import plan_changed
from mingjian.web.registry.rights import MANAGE_PLACES, Scope
from mingjian.web.registry.searching import folded, initials, remember
from mingjian.web.registry.shared import clean, division_of, organisation_of, placed, span

DUTY_ROLES = ("government_department", "managing_unit", "using_unit", "security_duty_holder")
_PLAIN = ("name", "sector", "address", "public_place", "movable", "licence", "note")
_LENGTHS = {"name": (1, 128), "sector": (0, 32), "address": (0, 255), "licence": (0, 64), "note": (0, 1000)}
_SHOWN = (*_PLAIN, "division_id", "organisation_id", "lon_e7", "lat_e7", "given")
MOST_PARTS = 200
_Made = TypeVar("_Made", PlacePart, Room, Duty)


def add_place(actor: Actor, values: Mapping[str, Any]) -> Place:
    """Register a place: `division`, plain fields, `organisation`, `position` {datum, lon, lat} or `geometry`, `kinds`.

    A place gets the part "whole" unless `parts` names others. Raises MingjianError naming the field at fault.
    """
    MANAGE_PLACES.require(actor, Scope(values.get("organisation") or None, values["division"]))
    now_ns = wiring.clock().now_ns()
    place = Place(id=new_id(now_ns), created_ns=now_ns, **checked_place(values))
    kinds = [in_vocabulary(kind, PLACE_KINDS, "kinds") for kind in dict.fromkeys(values.get("kinds") or ())]
    parts = [in_vocabulary(part, PLACE_PARTS, "parts") for part in dict.fromkeys(values.get("parts") or ("whole",))]
    with transaction.atomic():
        place.save(force_insert=True)
        PlaceKind.objects.bulk_create([PlaceKind(place=place, kind=kind) for kind in kinds])
        PlacePart.objects.bulk_create([PlacePart(id=new_id(now_ns), place=place, part=part) for part in parts])
        remember_place(place)
        record(
            actor, ADDED, kind="place", object_id=place.id, name=place.name,
            after={**place_state(place), "kinds": kinds, "parts": parts}, policy=MANAGE_PLACES,
            judgements=exemptions(place, kinds, parts), clauses=judging.listing(kinds, parts, today()),
        )  # fmt: skip
    return place


def change_place(
    actor: Actor, place_id: str, values: Mapping[str, Any], expected: int | None, reason: str = ""
) -> Place:
    """Change what `values` names. Raises MingjianError changed_meanwhile, or naming the field at fault."""
    with transaction.atomic():
        place = _mine(actor, place_id, expected)
        checked = checked_place(values)
        target = Scope(
            checked.get("organisation_id", place.organisation_id), checked.get("division_id", place.division_id)
        )
        MANAGE_PLACES.require(actor, target)
        old = place_state(place)
        for key, value in checked.items():
            setattr(place, key, value)
        before, after = changes(old, place_state(place))
        if "geometry" in checked:
            after = {**after, "geometry_replaced": True}
        if not after:
            return place
        place.version += 1
        place.save()
        remember_place(place)
        _record(actor, CHANGED, place, after, before, reason)
    return place


def remove_place(actor: Actor, place_id: str, reason: str, expected: int | None) -> Place:
    """Take a place out of the register. Raises MingjianError `conflict` while cameras or systems stand there."""
    with transaction.atomic():
        place = _mine(actor, place_id, expected)
        if place.cameras.filter(removed_ns=None).exists() or place.systems.filter(removed_ns=None).exists():
            raise refused(
                "place", "该场所还有在册的系统或者摄像机", "systems or cameras are still registered there", "conflict"
            )
        place.removed_ns = wiring.clock().now_ns()
        place.version += 1
        place.save()
        _record(actor, REMOVED, place, {"removed_at": format_iso_ns(place.removed_ns)}, None, reason)
    return place


def set_kinds(actor: Actor, place_id: str, kinds: Sequence[Mapping[str, str]], expected: int | None) -> Place:
    """Replace what the place is: [{kind, since_date, until_date}], several at once and over time."""
    rows = []
    for number, one in enumerate(kinds):
        since, until = span(one.get("since_date", ""), one.get("until_date", ""))
        kind = in_vocabulary(one["kind"], PLACE_KINDS, f"kinds.{number}.kind")
        rows.append({"kind": kind, "since_date": since, "until_date": until})
    with transaction.atomic():
        place = _mine(actor, place_id, expected)
        before = list(place.kinds.order_by("id").values("kind", "since_date", "until_date"))
        place.kinds.all().delete()
        PlaceKind.objects.bulk_create([PlaceKind(place=place, **row) for row in rows])
        _bump(place)
        held, parts = kinds_on(place, today()), list(place.parts.values_list("part", flat=True))
        _record(
            actor, KINDS_SET, place, {"kinds": rows}, {"kinds": before},
            judgements=exemptions(place, held, parts), clauses=judging.listing(held, parts, today()),
        )  # fmt: skip
        plan_changed()  # how long footage is kept follows from what its place is
    return place


def add_part(actor: Actor, place_id: str, part: str, name: str, expected: int | None) -> PlacePart:
    """Register a part: duties attach to it, one camera does not cover a mall."""
    in_vocabulary(part, PLACE_PARTS, "part")
    name = clean(name, "name", 0, 64)

    def make(place: Place) -> PlacePart:
        if place.parts.count() >= MOST_PARTS:
            raise refused("part", f"一个场所最多 {MOST_PARTS} 个部位", f"a place has at most {MOST_PARTS} parts")
        return PlacePart.objects.create(id=new_id(wiring.clock().now_ns()), place=place, part=part, name=name)

    return _added(
        actor, place_id, expected, PART_ADDED, {"part": part, "name": name}, make,
        lambda place: judging.listing(kinds_on(place, today()), [part], today()),
    )  # fmt: skip


def add_room(actor: Actor, place_id: str, values: Mapping[str, Any], expected: int | None) -> Room:
    """Register a room: `kind`, `name`, `floor`, `part` (id). Its kind decides absolutely whether a camera may be in it."""
    kind = in_vocabulary(values["kind"], ROOM_KINDS, "kind")
    name, floor = clean(values.get("name", ""), "name", 0, 64), clean(values.get("floor", ""), "floor", 0, 16)
    part = values.get("part") or None

    def make(place: Place) -> Room:
        _part_of(place, part)
        return Room.objects.create(
            id=new_id(wiring.clock().now_ns()), place=place, part_id=part, kind=kind, name=name, floor=floor
        )

    return _added(actor, place_id, expected, ROOM_ADDED, {"kind": kind, "name": name, "floor": floor}, make)


def add_duty(actor: Actor, place_id: str, values: Mapping[str, Any], expected: int | None) -> Duty:
    """Register who bears a duty at a part: `part` (id), `organisation`, `role`, `since_date`, `until_date`."""
    organisation = organisation_of(values["organisation"])
    role = in_vocabulary(values["role"], DUTY_ROLES, "role")
    since, until = span(values.get("since_date", ""), values.get("until_date", ""))
    part = str(values["part"])

    def make(place: Place) -> Duty:
        _part_of(place, part)
        return Duty.objects.create(
            id=new_id(wiring.clock().now_ns()), part_id=part, organisation=organisation, role=role,
            since_date=since, until_date=until,
        )  # fmt: skip

    after = {"organisation": organisation.name, "role": role, "part": part, "since_date": since, "until_date": until}
    return _added(actor, place_id, expected, DUTY_ADDED, after, make, lambda place: _bearing(place, part))


def end_duty(actor: Actor, place_id: str, duty_id: str, until: str, expected: int | None) -> Duty:
    """A duty ends on a day: it stays as history."""
    with transaction.atomic():
        place = _mine(actor, place_id, expected)
        duty = Duty.objects.filter(pk=duty_id, part__place=place).select_related("organisation").first()
        if duty is None:
            raise refused("duty", "没有这条责任记录", "there is no such duty", "not_found")
        _, duty.until_date = span(duty.since_date, until or today().isoformat())
        duty.save(update_fields=["until_date"])
        _bump(place)
        _record(actor, DUTY_ENDED, place, {"organisation": duty.organisation.name, "until_date": duty.until_date})
    return duty


def remember_place(place: Place) -> None:
    """Keep what searching reads."""
    remember(PlaceSearch, place.id, place_text(place))


def place_text(place: Place) -> str:
    """What is found of a place: name, initials, address, licence."""
    return folded(place.name, place.initials, place.address, place.licence)


def _added(
    actor: Actor,
    place_id: str,
    expected: int | None,
    action: str,
    after: dict[str, Any],
    make: Callable[[Place], _Made],
    cite: Callable[[Place], Iterable[str]] | None = None,
) -> _Made:
    with transaction.atomic():
        place = _mine(actor, place_id, expected)
        made = make(place)
        _bump(place)
        cited = () if cite is None else cite(place)
        _record(actor, action, place, {**after, "made": str(made.pk)}, clauses=cited)
    return made


def _mine(actor: Actor, place_id: str, expected: int | None) -> Place:
    """The place, locked, when the actor may change it and it is as he saw it."""
    place = visible_place(actor, place_id, lock=True)
    MANAGE_PLACES.require(actor, place)
    require_version(place.version, expected)
    if place.removed_ns is not None:
        raise refused("place", "该场所已注销", "this place has been removed", "conflict")
    return place


def exemptions(place: Place, kinds: Iterable[str], parts: Iterable[str]) -> list[Judgement]:
    """What a public place is exempt from (sc799 9.2); of one that is not public the clause says nothing."""
    return [] if place.public_place is False else judging.exemptions_of(kinds, parts, today())


def _bearing(place: Place, part_id: str) -> list[str]:
    part = place.parts.values_list("part", flat=True).get(pk=part_id)
    return [bearer.clause for bearer in judging.bearing(kinds_on(place, today()), part, today())]


def _bump(place: Place) -> None:
    place.version += 1
    place.save(update_fields=["version"])


def _part_of(place: Place, part_id: str | None) -> None:
    if part_id is not None and not place.parts.filter(pk=part_id).exists():
        raise refused("part", "该场所没有这个部位", "this place has no such part")


def _record(
    actor: Actor,
    action: str,
    place: Place,
    after: dict[str, Any],
    before: dict[str, Any] | None = None,
    reason: str = "",
    judgements: Iterable[Judgement] = (),
    clauses: Iterable[str] = (),
) -> None:
    record(
        actor, action, kind="place", object_id=place.id, name=place.name, before=before, after=after,
        policy=MANAGE_PLACES, reason=reason, judgements=judgements, clauses=clauses,
    )  # fmt: skip


def checked_place(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as columns of Place. Raises MingjianError naming the field at fault."""
    found: dict[str, Any] = {}
    for key in _PLAIN:
        if key in values:
            found[key] = clean(values[key], key, *_LENGTHS[key]) if key in _LENGTHS else values[key]
    if "name" in found:
        found["initials"] = initials(found["name"])
    if "division" in values:
        found["division_id"] = division_of(values["division"]).id
    if values.get("organisation"):
        found["organisation_id"] = organisation_of(values["organisation"]).id
    if "position" in values:
        found |= placed(values["position"])
    if values.get("geometry") is not None:
        datum = Datum(values.get("geometry_datum") or "WGS-84")
        geometry = read_geometry(values["geometry"], datum)
        found["geometry"] = geometry.document
        if "position" not in values:
            middle = geometry.middle
            found |= {"lon_e7": middle.lon_e7, "lat_e7": middle.lat_e7, "given": {"datum": datum.value}}
    return found


def place_state(place: Place) -> dict[str, Any]:
    """What the audit record shows of a place."""
    return {field: getattr(place, field) for field in _SHOWN}
