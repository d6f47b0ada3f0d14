"""What covers a planned view already (qd204 6.2): the cameras around it, measured on the ground.

The answer is for the rule, and through it for the planner: of cameras outside his reach he learns "covered, contact X"
and nothing else. So do enrolment and import, which ask the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from mingjian.rules.duplicate_coverage import SAME_POLE, ExistingCamera
from mingjian.rules.library import current_law
from mingjian.web.ground import Position, View, box_around, distance_m, overlap_percent
from mingjian.web.registry.models import Camera

LONGEST_VIEW_M = 500  # cameras further away than this and the new view's own reach are not looked at


def covering(view: View, *, apart_from: str = "") -> tuple[ExistingCamera, ...]:
    """Active cameras whose field of view overlaps the new one, or that hang on the same pole."""
    return tuple(found for _, found in cameras_near(view, apart_from=apart_from))


def cameras_near(view: View, *, apart_from: str = "") -> Iterator[tuple[Camera, ExistingCamera]]:
    """The same with the rows: for those who may see them."""
    low, high = box_around(view.at, view.distance_m + LONGEST_VIEW_M)
    rows = Camera.objects.filter(
        lat_e7__range=(low.lat_e7, high.lat_e7), lon_e7__range=(low.lon_e7, high.lon_e7),
        removed_ns__isnull=True, standing="active",
    ).exclude(pk=apart_from).select_related("organisation").order_by("id")  # fmt: skip
    pole_m = current_law().policy_number(SAME_POLE)
    for camera in rows:
        assert camera.lon_e7 is not None
        assert camera.lat_e7 is not None
        at = Position(camera.lon_e7, camera.lat_e7)
        away_m = distance_m(view.at, at)
        overlap = _overlap(view, camera, at)
        if overlap or away_m <= pole_m:
            yield camera, ExistingCamera(overlap, int(away_m), contact_of(camera))


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
