"""Registering works, finding the cameras that they may hinder, and looking at each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.ids import new_id
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.obstruction import NEARBY_METRES
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.dates import check_date
from mingjian.web.ground import Plane, Position, View, box_around, distance_to_m, sees
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.obstructions import judging
from mingjian.web.obstructions.models import Works, WorksView
from mingjian.web.obstructions.names import WORKS_ENDED, WORKS_LOOKED_AT, WORKS_REGISTERED
from mingjian.web.obstructions.policies import LOOK, READ_WORKS, REGISTER_WORKS
from mingjian.web.planning.duplicates import LONGEST_VIEW_M
from mingjian.web.registry.models import Camera
from mingjian.web.registry.shared import clean, division_of, organisation_of

KINDS = ("outdoor_advertising", "pipeline", "other_facility")
LONGEST_WORKS_M = 20_000
_E7 = 10_000_000


def register_works(actor: Actor, values: Mapping[str, Any]) -> Works:
    """Register works and note every camera near them or with them in its view.

    `values`: kind, title, permit_number, applicant, organisation, division, geometry (GeoJSON), begins, ends. Raises
    MingjianError naming the field at fault, and Refused.
    """
    organisation = organisation_of(values["organisation"])
    REGISTER_WORKS.require(actor, organisation)
    division = division_of(values["division"])
    begins, ends = check_date(values["begins"], "begins", exact=True), values.get("ends") or ""
    if ends and check_date(ends, "ends", exact=True) < begins:
        raise refused("ends", "结束日期早于开始日期", "they end before they begin")
    middle, radius_m = _extent(values["geometry"])
    now_ns = wiring.clock().now_ns()
    law, on = current_law(), shanghai_day(now_ns)
    works = Works(
        id=new_id(now_ns), kind=values["kind"], title=clean(values["title"], "title", 1, 128),
        permit_number=values.get("permit_number", ""), applicant=values.get("applicant", ""),
        organisation=organisation, division=division, geometry=values["geometry"], begins_date=begins,
        ends_date=ends, created_ns=now_ns,
    )  # fmt: skip
    nearby_m = law.policy_number(NEARBY_METRES)
    with transaction.atomic():
        works.save(force_insert=True)
        views = [
            WorksView(works=works, camera=camera, distance_m=int(away_m), in_view=in_view)
            for camera, away_m, in_view in _cameras(works.geometry, middle, radius_m, nearby_m)
        ]
        WorksView.objects.bulk_create(views)
        said = [judging.works_near(law, works, view, on) for view in views]
        record(
            actor, WORKS_REGISTERED, kind="works", object_id=works.id, name=works.title,
            after={"kind": works.kind, "begins": begins, "ends": ends, "cameras": len(views)}, policy=REGISTER_WORKS,
            judgements=said,
        )  # fmt: skip
    return works


def look_at(actor: Actor, works_id: str, camera_id: str, hinders: bool, note: str, expected: int | None) -> Works:
    """Say whether the works hinder a camera. One that they do becomes a lead of the district's organ."""
    with transaction.atomic():
        works = works_by_id(actor, works_id, lock=True)
        view = works.views.select_related("camera").filter(camera_id=camera_id).first()
        if view is None or not LOOK.allows(actor, view.camera):
            LOOK.require(actor)
            raise not_found("没有这个摄像机", "there is no such camera")
        require_version(works.version, expected)
        before = view.hinders
        view.hinders, view.note, view.looked_by = hinders, note.strip()[:500], actor.name[:64]
        view.save()
        works.version += 1
        works.save()
        said = judging.works_near(current_law(), works, view, shanghai_day(wiring.clock().now_ns()))
        record(
            actor, WORKS_LOOKED_AT, kind="works", object_id=works.id, name=works.title,
            before={"camera": camera_id, "hinders": before}, after={"camera": camera_id, "hinders": hinders},
            policy=LOOK, judgements=[said],
        )  # fmt: skip
        if said.verdict is Verdict.FAIL:
            open_lead(
                actor,
                NewLead(
                    origin="obstruction", title=f"设施妨碍采集：{view.camera.name}"[:128],
                    division_id=view.camera.division_id or works.division_id, clauses=said.keys,
                    detail=f"{works.title}\n{view.note}", camera_id=view.camera_id, place_id=view.camera.place_id,
                    system_id=view.camera.system_id, subject_kind="works", subject_id=works.id,
                ),
            )  # fmt: skip
    return works


def end_works(actor: Actor, works_id: str, reason: str, expected: int | None) -> Works:
    """They are over, or were never begun: nothing is to be looked at any more."""
    with transaction.atomic():
        works = works_by_id(actor, works_id, lock=True)
        REGISTER_WORKS.require(actor, works)
        require_version(works.version, expected)
        works.ended_ns = wiring.clock().now_ns()
        works.version += 1
        works.save()
        record(
            actor, WORKS_ENDED, kind="works", object_id=works.id, name=works.title, policy=REGISTER_WORKS,
            reason=reason,
        )  # fmt: skip
    return works


def works_by_id(actor: Actor, works_id: str, *, lock: bool = False) -> Works:
    """The works, if the actor may see them or a camera near them. Raises MingjianError not_found."""
    rows = Works.objects.select_for_update(of=("self",)) if lock else Works.objects.all()
    works = rows.select_related("organisation").filter(pk=works_id).first()
    if works is None or not (READ_WORKS.allows(actor, works) or views_of(actor, works)):
        raise not_found("没有这项设施施工", "there are no such works")
    return works


def views_of(actor: Actor, works: Works) -> list[WorksView]:
    """The cameras near the works that are within the actor's reach."""
    rows = works.views.select_related("camera__organisation")
    return list(
        READ_WORKS.visible(
            actor, rows, organisation="camera__organisation_id", division="camera__division_id"
        ).order_by("distance_m", "camera_id")
    )


def _extent(geometry: Mapping[str, Any]) -> tuple[Position, float]:
    """A point of the geometry and the radius around it that holds all of it. Raises MingjianError invalid."""
    try:
        lon, lat = _first_point(geometry.get("coordinates"))
        middle = Position(round(lon * _E7), round(lat * _E7))
        west, south, east, north = Plane(middle).geometry(geometry).bounds
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise refused("geometry", "范围应为 GeoJSON 点、线或者面", "a geometry is GeoJSON in degrees") from error
    radius_m = max(abs(west), abs(south), abs(east), abs(north))
    if abs(lon) > 180 or abs(lat) > 85 or radius_m > LONGEST_WORKS_M:
        raise refused("geometry", "范围的坐标无效或者过大", "the geometry is out of bounds or too large")
    return middle, radius_m


def _first_point(coordinates: Any) -> tuple[float, float]:
    while isinstance(coordinates, list | tuple) and coordinates and isinstance(coordinates[0], list | tuple):
        coordinates = coordinates[0]
    lon, lat = coordinates[0], coordinates[1]
    return float(lon), float(lat)


def _cameras(
    geometry: Mapping[str, Any], middle: Position, radius_m: float, nearby_m: int
) -> Iterator[tuple[Camera, float, bool]]:
    low, high = box_around(middle, radius_m + LONGEST_VIEW_M)
    rows = Camera.objects.filter(
        lat_e7__range=(low.lat_e7, high.lat_e7), lon_e7__range=(low.lon_e7, high.lon_e7),
        removed_ns__isnull=True, standing="active",
    ).order_by("id")  # fmt: skip
    for camera in rows:
        assert camera.lon_e7 is not None
        assert camera.lat_e7 is not None
        at = Position(camera.lon_e7, camera.lat_e7)
        away_m = distance_to_m(at, geometry)
        in_view = bool(camera.view_angle_deg and camera.view_distance_m) and sees(
            View(at, camera.azimuth_deg or 0, min(360, camera.view_angle_deg or 0), camera.view_distance_m or 0),
            geometry,
        )
        if in_view or away_m <= nearby_m:
            yield camera, away_m, in_view
