"""Places: list, register, change, their parts, rooms and duties, and what each pack makes of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.rules.exemptions import EXEMPTION
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.place_kinds import PLACE_KINDS, PLACE_PARTS
from mingjian.rules.prohibited_rooms import ROOM_KINDS
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Cursor, Input, Limit, Plain, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry.judging import day_or_today, shown, today
from mingjian.web.registry.models import Duty, Place
from mingjian.web.registry.places import actions, judging, queries
from mingjian.web.registry.places.coverage import coverage_of
from mingjian.web.registry.rights import MANAGE_PLACES, READ_PLACES

router = Router(tags=["places"])

Id = Annotated[str, Field(max_length=26)]
Day = Annotated[str, Field(max_length=10)]
Name = Annotated[str, Field(min_length=1, max_length=128)]


class PositionIn(Input):
    """Coordinates as they were measured; kept so, and turned into WGS-84."""

    datum: Literal["WGS-84", "CGCS2000", "GCJ-02", "BD-09"] = "WGS-84"
    lon: str = Field(max_length=24)
    lat: str = Field(max_length=24)


class PlaceIn(Input):
    """A new place. `geometry` is GeoJSON in `geometry_datum`; its middle is the place's position unless one is given."""

    name: Name
    division: Id
    organisation: Id | None = None
    kinds: list[Annotated[str, Field(max_length=32)]] = Field([], max_length=20)
    parts: list[Annotated[str, Field(max_length=24)]] = Field([], max_length=20)
    sector: str = Field("", max_length=32)
    address: str = Field("", max_length=255)
    position: PositionIn | None = None
    geometry: dict[str, Any] | None = None
    geometry_datum: Literal["WGS-84", "CGCS2000", "GCJ-02", "BD-09"] = "WGS-84"
    public_place: bool | None = None
    movable: bool = False
    licence: str = Field("", max_length=64)
    note: str = Field("", max_length=1000)


class PlaceChangeIn(Input):
    """What to change; what is not given stays."""

    name: Name | None = None
    division: Id | None = None
    organisation: Id | None = None
    sector: str | None = Field(None, max_length=32)
    address: str | None = Field(None, max_length=255)
    position: PositionIn | None = None
    geometry: dict[str, Any] | None = None
    geometry_datum: Literal["WGS-84", "CGCS2000", "GCJ-02", "BD-09"] | None = None
    public_place: bool | None = None
    movable: bool | None = None
    licence: str | None = Field(None, max_length=64)
    note: str | None = Field(None, max_length=1000)
    reason: str = Field("", max_length=500)


class KindIn(Input):
    """One of the kinds a place is, from when to when; empty dates: unknown, still."""

    kind: str = Field(max_length=32)
    since_date: Day = ""
    until_date: Day = ""


class KindsIn(Input):
    """All the kinds of a place."""

    kinds: list[KindIn] = Field(max_length=50)


class PartIn(Input):
    """A part of a place."""

    part: str = Field(max_length=24)
    name: str = Field("", max_length=64)


class RoomIn(Input):
    """A room of a place."""

    kind: str = Field(max_length=24)
    name: str = Field("", max_length=64)
    floor: str = Field("", max_length=16)
    part: Id | None = None


class DutyIn(Input):
    """A duty at a part of a place."""

    part: Id
    organisation: Id
    role: str = Field(max_length=24)
    since_date: Day = ""
    until_date: Day = ""


class DutyEndIn(Input):
    """When a duty ends; empty: today."""

    until_date: Day = ""


class PlaceMadeOut(Schema):
    """What was made, and the place's version after it."""

    id: str
    version: int


class PlaceOut(Plain):
    """A place in a list."""

    id: str
    name: str
    division: str
    division_name: str
    organisation: str | None
    organisation_name: str
    kinds: list[str]
    sector: str
    address: str
    lon: float | None
    lat: float | None
    given: dict[str, str] | None
    public_place: bool | None
    movable: bool
    licence: str
    note: str
    removed_at: str | None
    version: int


class PlacePage(Schema):
    """Places by name."""

    items: list[PlaceOut]
    next: str | None


class PartOut(Schema):
    """A part."""

    id: str
    part: str
    name: str


class RoomOut(Schema):
    """A room."""

    id: str
    kind: str
    name: str
    floor: str
    part: str | None


class DutyOut(Schema):
    """A duty."""

    id: str
    part: str
    organisation: str
    organisation_name: str
    role: str
    since_date: str
    until_date: str


class KindOut(Schema):
    """A kind, dated."""

    kind: str
    since_date: str
    until_date: str


class PlaceFileOut(PlaceOut):
    """A place with everything that hangs on it.

    `exempt_from`: clauses that do not bind this place (sc799 9.2), as a document cites them.
    """

    geometry: dict[str, Any] | None
    dated_kinds: list[KindOut]
    parts: list[PartOut]
    rooms: list[RoomOut]
    duties: list[DutyOut]
    exempt_from: list[str]


class DutyBearerOut(Schema):
    """Who must build, by which clause."""

    clause: str
    cited: str
    roles: list[str]


class PartJudgementOut(Schema):
    """What the packs make of one part: clauses that list it, duty bearers, and whether a system is missing."""

    part: PartOut
    categories: list[str]
    cited: list[str]
    bearers: list[DutyBearerOut]
    judgement: dict[str, Any]


class WordOut(Schema):
    """A word of a closed vocabulary."""

    value: str
    zh: str
    en: str


class VocabularyOut(Schema):
    """The words of the register."""

    kinds: list[WordOut]
    parts: list[WordOut]
    rooms: list[WordOut]
    duty_roles: list[str]


@router.get("", auth=Requires(READ_PLACES), response=PlacePage, operation_id="places_list")
def list_places(
    request: HttpRequest,
    text: Annotated[str, Field(max_length=128)] = "",
    kind: Annotated[str, Field(max_length=32)] = "",
    division: Annotated[str, Field(max_length=26)] = "",
    organisation: Annotated[str, Field(max_length=26)] = "",
    movable: bool | None = None,
    removed: bool = False,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Places by name; `text` finds parts of names, pinyin initials, addresses and licences."""
    rows, following = queries.places_page(
        actor_of(request), text=text, kind=kind, division=division, organisation=organisation, movable=movable,
        removed=removed, cursor=cursor, limit=limit,
    )  # fmt: skip
    kinds = queries.present_kinds([row.id for row in rows])
    items = [_plain(row, row.division__name, row.organisation__name or "", kinds[row.id]) for row in rows]
    return {"items": items, "next": following}


@router.get("/vocabulary", auth=Requires(READ_PLACES), response=VocabularyOut, operation_id="places_vocabulary")
def vocabulary(request: HttpRequest) -> dict[str, Any]:
    """The kinds of places, parts and rooms, and the roles of duty bearers."""
    words = {"kinds": PLACE_KINDS, "parts": PLACE_PARTS, "rooms": ROOM_KINDS}
    named = {
        key: [{"value": value, "zh": text.zh, "en": text.en} for value, text in known.items()]
        for key, known in words.items()
    }
    return {**named, "duty_roles": list(actions.DUTY_ROLES)}


@router.post("", auth=Requires(MANAGE_PLACES), response={201: PlaceFileOut}, operation_id="places_add")
def add_place(request: HttpRequest, response: HttpResponse, data: PlaceIn) -> Status[dict[str, Any]]:
    """Register a place."""
    actor, language = actor_of(request), language_of(request)

    def create() -> dict[str, Any]:
        return _file(actions.add_place(actor, data.model_dump(exclude_unset=True)), language)

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.get("/{place_id}", auth=Requires(READ_PLACES), response=PlaceFileOut, operation_id="places_get")
def get_place(request: HttpRequest, response: HttpResponse, place_id: str) -> dict[str, Any]:
    """One place with kinds, parts, rooms and duties, and ETag."""
    place = queries.visible_place(actor_of(request), place_id)
    set_etag(response, place.version)
    return _file(place, language_of(request))


@router.patch("/{place_id}", auth=Requires(MANAGE_PLACES), response=PlaceFileOut, operation_id="places_change")
def change_place(request: HttpRequest, response: HttpResponse, place_id: str, data: PlaceChangeIn) -> dict[str, Any]:
    """Change a place; needs If-Match."""
    values = data.given()
    reason = values.pop("reason", "")
    place = actions.change_place(actor_of(request), place_id, values, expected_version(request), reason)
    set_etag(response, place.version)
    return _file(place, language_of(request))


@router.delete("/{place_id}", auth=Requires(MANAGE_PLACES), response={204: None}, operation_id="places_remove")
def remove_place(request: HttpRequest, place_id: str, data: Reason) -> Status[None]:
    """Take a place out of the register; needs If-Match."""
    actions.remove_place(actor_of(request), place_id, data.reason, expected_version(request))
    return Status(204, None)


@router.put("/{place_id}/kinds", auth=Requires(MANAGE_PLACES), response=PlaceFileOut, operation_id="places_kinds")
def set_kinds(request: HttpRequest, response: HttpResponse, place_id: str, data: KindsIn) -> dict[str, Any]:
    """Replace what the place is; needs If-Match."""
    kinds = [one.model_dump() for one in data.kinds]
    place = actions.set_kinds(actor_of(request), place_id, kinds, expected_version(request))
    set_etag(response, place.version)
    return _file(place, language_of(request))


@router.post(
    "/{place_id}/parts", auth=Requires(MANAGE_PLACES), response={201: PlaceMadeOut}, operation_id="places_part_add"
)
def add_part(request: HttpRequest, response: HttpResponse, place_id: str, data: PartIn) -> Status[dict[str, Any]]:
    """Register a part; needs the place's If-Match."""
    part = actions.add_part(actor_of(request), place_id, data.part, data.name, expected_version(request))
    return _made(response, part.pk, part.place.version)


@router.post(
    "/{place_id}/rooms", auth=Requires(MANAGE_PLACES), response={201: PlaceMadeOut}, operation_id="places_room_add"
)
def add_room(request: HttpRequest, response: HttpResponse, place_id: str, data: RoomIn) -> Status[dict[str, Any]]:
    """Register a room; needs the place's If-Match."""
    room = actions.add_room(actor_of(request), place_id, data.model_dump(), expected_version(request))
    return _made(response, room.pk, room.place.version)


@router.post(
    "/{place_id}/duties", auth=Requires(MANAGE_PLACES), response={201: PlaceMadeOut}, operation_id="places_duty_add"
)
def add_duty(request: HttpRequest, response: HttpResponse, place_id: str, data: DutyIn) -> Status[dict[str, Any]]:
    """Register a duty bearer at a part; needs the place's If-Match."""
    expected = expected_version(request)
    duty = actions.add_duty(actor_of(request), place_id, data.model_dump(), expected)
    return _made(response, duty.pk, expected + 1)


@router.post(
    "/{place_id}/duties/{duty_id}/end", auth=Requires(MANAGE_PLACES), response=DutyOut, operation_id="places_duty_end"
)
def end_duty(request: HttpRequest, place_id: str, duty_id: str, data: DutyEndIn) -> dict[str, Any]:
    """A duty ends; needs the place's If-Match."""
    return _duty(actions.end_duty(actor_of(request), place_id, duty_id, data.until_date, expected_version(request)))


@router.get(
    "/{place_id}/judgement",
    auth=Requires(READ_PLACES),
    response=list[PartJudgementOut],
    operation_id="places_judgement",
)
def judge_place(request: HttpRequest, place_id: str, on: Day = "") -> list[dict[str, Any]]:
    """What both packs make of each part on a day (`on`, default today): categories, duty bearers, gaps."""
    place = queries.visible_place(actor_of(request), place_id)
    language, law = language_of(request), current_law()

    def cited(key: str) -> str:
        return law.clause(key).cite().printed(language)

    found = judging.judged_parts(
        place, place.parts.order_by("part", "name", "id"), day_or_today(on), coverage_of(place.id)
    )
    return [
        {
            "part": _part(one.part),
            "categories": list(one.categories),
            "cited": [cited(key) for key in one.categories],
            "bearers": [
                {"clause": bearer.clause, "cited": cited(bearer.clause), "roles": list(bearer.roles)}
                for bearer in one.bearers
            ],
            "judgement": shown(one.judgement, language),
        }
        for one in found
    ]


def _made(response: HttpResponse, made: str, version: int) -> Status[dict[str, Any]]:
    set_etag(response, version)
    return Status(201, {"id": made, "version": version})


def degrees(value_e7: int | None) -> float | None:
    """Degrees of the register's whole numbers."""
    return None if value_e7 is None else value_e7 / 1e7


def _plain(
    place: Place | queries.PlaceRow, division_name: str, organisation_name: str, kinds: list[str]
) -> dict[str, Any]:
    fields = ("id", "name", "sector", "address", "given", "public_place", "movable", "licence", "note", "version")
    return {
        **{field: getattr(place, field) for field in fields},
        "division": place.division_id,
        "division_name": division_name,
        "organisation": place.organisation_id,
        "organisation_name": organisation_name,
        "kinds": kinds,
        "lon": degrees(place.lon_e7),
        "lat": degrees(place.lat_e7),
        "removed_at": None if place.removed_ns is None else format_iso_ns(place.removed_ns),
    }


def _file(place: Place, language: str) -> dict[str, Any]:
    parts = [_part(part) for part in place.parts.order_by("part", "name", "id")]
    duties = Duty.objects.filter(part__place=place).select_related("organisation").order_by("id")
    organisation_name = place.organisation.name if place.organisation is not None else ""
    return {
        **_plain(place, place.division.name, organisation_name, queries.present_kinds([place.id])[place.id]),
        "geometry": place.geometry,
        "dated_kinds": list(place.kinds.order_by("id").values("kind", "since_date", "until_date")),
        "parts": parts,
        "rooms": [
            {"id": room.id, "kind": room.kind, "name": room.name, "floor": room.floor, "part": room.part_id}
            for room in place.rooms.order_by("id")
        ],
        "duties": [_duty(duty) for duty in duties],
        "exempt_from": _exempt_from(place, [part["part"] for part in parts], language),
    }


def _exempt_from(place: Place, parts: list[str], language: str) -> list[str]:
    if place.public_place is False:
        return []
    on = today()
    said = judging.exemptions_of(queries.kinds_on(place, on), parts, on)
    cited = [clause for one in said if one.verdict is Verdict.NOT_APPLICABLE for clause in one.clauses]
    return [clause.printed(language) for clause in cited if clause.key != EXEMPTION]


def _part(part: Any) -> dict[str, Any]:
    return {"id": part.id, "part": part.part, "name": part.name}


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.id,
        "part": duty.part_id,
        "organisation": duty.organisation_id,
        "organisation_name": duty.organisation.name,
        "role": duty.role,
        "since_date": duty.since_date,
        "until_date": duty.until_date,
    }
