"""Which cameras to ask for: from place, time and route, the fewest that see it, and what more would add."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.schemas import Input
from mingjian.web.retrievals import policies, proposing
from mingjian.web.retrievals.schemas import Seconds

router = Router(tags=["retrievals"])
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Point = Annotated[list[Degrees], Field(min_length=2, max_length=2)]


class SoughtIn(Input):
    """Places and a line on the map (longitude, latitude in WGS-84), the time, and how uneven the pace may be."""

    places: list[Point] = Field(default_factory=list, max_length=50)
    route: list[Point] = Field(default_factory=list, max_length=500)
    from_s: Seconds
    to_s: Seconds
    margin_s: int = Field(300, ge=0, le=86_400)


class ViewOut(Schema):
    """A field of view: degrees of WGS-84, degrees clockwise from north, degrees, metres."""

    lon: float
    lat: float
    azimuth: int
    angle: int
    distance: int


class ProposedOut(Schema):
    """A camera and the spans to ask for. `recorded_s` is null when the recordings cannot be asked; `stretches` are first
    and last of runs of the route's points, `step_m` of the answer apart.
    """

    camera: str
    name: str
    holder: str
    holder_name: str
    spans: list[dict[str, Any]]
    asked_s: int
    recorded_s: int | None
    places: list[int]
    stretches: list[list[int]]
    route_m: int
    view: ViewOut


class ProposalOut(Schema):
    """`more` are cameras that see only what the proposed see; `whole_time_adds_s`: footage that asking the proposed for
    the whole time would add."""

    proposed: list[ProposedOut]
    more: list[ProposedOut]
    without_footage: list[ProposedOut]
    unseen_places: list[int]
    unseen_route_m: int
    asked_s: int
    more_adds_s: int
    whole_time_adds_s: int
    step_m: float
    route_points: int


@router.post("/cameras", auth=Requires(policies.ASK), response=ProposalOut, operation_id="retrievals_cameras")
def propose(request: HttpRequest, data: SoughtIn) -> dict[str, Any]:
    """The fewest cameras and spans that see these places and this route. Keeps nothing."""
    sought = proposing.Sought(
        tuple((one[0], one[1]) for one in data.places), tuple((one[0], one[1]) for one in data.route), data.from_s,
        data.to_s, data.margin_s,
    )  # fmt: skip
    found = proposing.propose(actor_of(request), sought)
    return {
        "proposed": [_out(one) for one in found.proposed],
        "more": [_out(one) for one in found.more],
        "without_footage": [_out(one) for one in found.without_footage],
        "unseen_places": list(found.unseen_places),
        "unseen_route_m": found.unseen_route_m,
        "asked_s": sum(one.asked_s for one in found.proposed),
        "more_adds_s": sum(one.asked_s for one in found.more),
        "whole_time_adds_s": found.whole_time_adds_s,
        "step_m": found.step_m,
        "route_points": found.route_points,
    }


def _out(one: proposing.Proposed) -> dict[str, Any]:
    holder = one.camera.organisation
    return {
        "camera": one.camera.pk,
        "name": one.camera.name,
        "holder": "" if holder is None else holder.id,
        "holder_name": "" if holder is None else holder.name,
        "spans": [{"from_s": span.from_s, "to_s": span.to_s} for span in one.spans],
        "asked_s": one.asked_s,
        "recorded_s": one.recorded_s,
        "places": list(one.places),
        "stretches": [list(run) for run in one.stretches],
        "route_m": one.route_m,
        "view": {
            "lon": one.view.at.lon_e7 / 1e7,
            "lat": one.view.at.lat_e7 / 1e7,
            "azimuth": one.view.azimuth_deg,
            "angle": one.view.angle_deg,
            "distance": one.view.distance_m,
        },
    }
