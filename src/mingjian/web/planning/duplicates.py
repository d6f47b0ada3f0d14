"""What covers a planned view already (qd204 6.2): the cameras around it, measured on the ground, and their networks.

The answer is for the rule, and through it for the planner: of cameras outside his reach he learns "covered, contact X"
and nothing else. So do enrolment and import, which ask the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mingjian.rules.duplicate_coverage import NETWORK, SAME_POLE, ExistingCamera
from mingjian.rules.library import current_law
from mingjian.web.ground import Position, View, box_around, distance_m, overlap_percent
from mingjian.web.registry.models import Camera

LONGEST_VIEW_M = 500  # cameras further away than this and the new view's own reach are not looked at


def covering(view: View, pole: str = "") -> Iterator[ExistingCamera]:
    """Active cameras whose field of view overlaps the new one, or that hang on the same pole: near it, or by its number."""
    near = _within(view.at, view.distance_m + LONGEST_VIEW_M)
    rows = _active().filter(near | Q(archive__pole=pole) if pole else near).select_related("organisation", "archive")
    pole_m = current_law().policy_number(SAME_POLE)
    for camera in rows.order_by("id"):
        same_pole = bool(pole) and getattr(camera, "archive", None) is not None and camera.archive.pole == pole
        if camera.lon_e7 is None or camera.lat_e7 is None:  # found by its pole alone
            yield ExistingCamera(0, 0, contact_of(camera), same_pole)
            continue
        at = Position(camera.lon_e7, camera.lat_e7)
        away_m = distance_m(view.at, at)
        overlap = _overlap(view, camera, at)
        if overlap or same_pole or away_m <= pole_m:
            yield ExistingCamera(overlap, int(away_m), contact_of(camera), same_pole)


@dataclass(frozen=True, slots=True)
class NetworksAtHand:
    """Names of the networks that cameras near by use, and whom to ask about them."""

    names: frozenset[str]
    contacts: tuple[str, ...]


def networks_at_hand(at: Position) -> NetworksAtHand:
    """The networks of active cameras within the distance of the policy; a new point is to use one of them."""
    rows = _active().filter(_within(at, current_law().policy_number(NETWORK)), archive__network__gt="")
    found = list(rows.select_related("organisation", "archive").order_by("id"))
    names = frozenset(camera.archive.network.strip() for camera in found)
    return NetworksAtHand(names, tuple(dict.fromkeys(contact_of(camera) for camera in found)))


def _active() -> QuerySet[Camera]:
    return Camera.objects.filter(removed_ns__isnull=True, standing="active")


def _within(at: Position, radius_m: float) -> Q:
    """In the square around the point: an index finds it."""
    low, high = box_around(at, radius_m)
    return Q(lat_e7__range=(low.lat_e7, high.lat_e7), lon_e7__range=(low.lon_e7, high.lon_e7))


def contact_of(camera: Camera) -> str:
    """Whom to ask about a camera: its organisation, with the telephone that it gave for this."""
    organisation = camera.organisation
    if organisation is None:
        return camera.group.rpartition("/")[2] or "—"
    return " ".join(part for part in (organisation.name, organisation.telephone) if part)


def _overlap(view: View, camera: Camera, at: Position) -> int:
    if not (camera.view_angle_deg and camera.view_distance_m):
        return 0  # its view is not registered: only the pole counts
    seen = View(at, camera.azimuth_deg or 0, min(360, camera.view_angle_deg), camera.view_distance_m)
    return overlap_percent(view, seen)
