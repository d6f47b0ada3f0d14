"""Is it there already: by code, by device, by address, by pole, by position with overlapping views.

Whoever may see the other camera is told which it is; anybody else only "covered, contact X" (requirements: across
subtrees nothing more).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from mingjian.rules.duplicate_coverage import OVERLAP, SAME_POLE
from mingjian.rules.library import current_law
from mingjian.web.authority.actor import Actor
from mingjian.web.ground import Position, View, box_around, distance_m, overlap_percent
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.models import Camera
from mingjian.web.registry.policies import READ

NEAR_M = 100
MOST = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of the new camera; empty or None: not known."""

    code: str = ""
    mac: str = ""
    host: str = ""
    serial: str = ""
    address: str = ""
    pole: str = ""
    view: View | None = None
    itself: str = ""  # its id when it is registered already


@dataclass(frozen=True, slots=True)
class Found:
    """One that is there already. `camera` is None where the actor may not see it; `contact` is whom to ask."""

    grounds: tuple[str, ...]  # code, device, address, pole, position, view
    contact: str
    camera: Camera | None
    overlap_percent: int = 0
    distance_m: int = 0


def find_duplicates(actor: Actor, new: Candidate) -> list[Found]:
    """At most MOST, the nearest first."""
    grounds: dict[str, set[str]] = {}
    rows: dict[str, Camera] = {}

    def note(ground: str, condition: Q) -> None:
        present = Camera.objects.filter(removed_ns__isnull=True).exclude(pk=new.itself)
        for camera in present.filter(condition).select_related("organisation").distinct()[:MOST]:
            rows[camera.id] = camera
            grounds.setdefault(camera.id, set()).add(ground)

    if new.code:
        named = Identifier.objects.filter(kind="gb28181", value=new.code, subject_kind="camera")
        note("code", Q(code=new.code) | Q(pk__in=named.values("subject_id")))
    for field in ("mac", "host"):
        value = getattr(new, field).lower()
        if value:
            note("device", Q(**{f"archive__{field}": value}) | _on_device(field, value))
    if new.host:
        note("device", Q(streams__host=new.host))
    if new.serial:
        note("device", _on_device("serial", new.serial))
    if new.address:
        note("address", Q(archive__address=new.address))
    if new.pole:
        note("pole", Q(archive__pole=new.pole))
    measured = _by_position(new, rows, grounds)
    found = [
        Found(
            tuple(sorted(grounds[key])),
            camera.organisation.name if camera.organisation is not None else "",
            camera if READ.allows(actor, camera) else None,
            *measured.get(key, (0, 0)),
        )
        for key, camera in rows.items()
    ]
    return sorted(found, key=lambda one: (one.distance_m, -one.overlap_percent))[:MOST]


def _on_device(field: str, value: str) -> Q:
    """Served now by a device with this; one that was replaced is somewhere else, or nowhere."""
    return Q(**{f"devices__device__{field}": value, "devices__until_date": ""})


def _by_position(new: Candidate, rows: dict[str, Camera], grounds: dict[str, set[str]]) -> dict[str, tuple[int, int]]:
    """Overlap and distance of those near; adds the ground "position" or "view" to those that count as duplicate."""
    if new.view is None:
        return {}
    law = current_law()
    low, high = box_around(new.view.at, NEAR_M)
    near = Camera.objects.filter(
        removed_ns__isnull=True, lat_e7__range=(low.lat_e7, high.lat_e7), lon_e7__range=(low.lon_e7, high.lon_e7)
    ).exclude(pk=new.itself)
    measured = {}
    for camera in near.select_related("organisation")[:500]:
        assert camera.lon_e7 is not None
        assert camera.lat_e7 is not None
        at = Position(camera.lon_e7, camera.lat_e7)
        away = round(distance_m(new.view.at, at))
        overlap = 0
        if camera.azimuth_deg is not None and camera.view_angle_deg and camera.view_distance_m:
            view = View(at, camera.azimuth_deg, camera.view_angle_deg, camera.view_distance_m)
            overlap = overlap_percent(new.view, view)
        ground = "position" if away <= law.policy_number(SAME_POLE) else ""
        ground = "view" if overlap >= law.policy_number(OVERLAP) else ground
        if ground:
            rows[camera.id] = camera
            grounds.setdefault(camera.id, set()).add(ground)
        measured[camera.id] = (overlap, away)
    return measured
