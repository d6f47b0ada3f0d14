"""The map's questions: what is in this viewport."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.schemas import Plain
from mingjian.web.registry.maps.queries import FURTHEST_ZOOM, read_viewport, viewport
from mingjian.web.registry.models import Camera, Place
from mingjian.web.registry.places.api import degrees
from mingjian.web.registry.policies import READ
from mingjian.web.registry.rights import READ_PLACES

router = Router(tags=["map"])

Box = Annotated[str, Field(max_length=100)]
Zoom = Annotated[int, Field(ge=0, le=FURTHEST_ZOOM)]


class ClusterOut(Plain):
    """Several in one cell: their middle, how many, and the box that holds them."""

    lon: float
    lat: float
    count: int
    bbox: list[float]


class MapCameraOut(Plain):
    """A camera as a sector. `state` is its standing in the register; what the engine says of it is in `GET cameras`."""

    id: str
    name: str
    lon: float
    lat: float
    azimuth: int | None
    view_angle: int | None
    max_view_distance: int | None
    state: str


class MapPlaceOut(Plain):
    """A place as a point."""

    id: str
    name: str
    lon: float
    lat: float


class CamerasOut(Schema):
    """What the viewport holds of cameras."""

    clusters: list[ClusterOut]
    cameras: list[MapCameraOut]


class PlacesOut(Schema):
    """What the viewport holds of places."""

    clusters: list[ClusterOut]
    places: list[MapPlaceOut]


@router.get("/cameras", auth=Requires(READ), response=CamerasOut, operation_id="map_cameras")
def map_cameras(request: HttpRequest, bbox: Box, zoom: Zoom) -> dict[str, Any]:
    """Cameras of one's reach in `bbox` (west,south,east,north in degrees WGS-84), clustered for `zoom`."""
    rows = READ.visible(actor_of(request), Camera.objects.filter(removed_ns__isnull=True))
    clusters, single = viewport(rows, read_viewport(bbox, zoom))
    cameras = [
        {
            "id": camera.id,
            "name": camera.name,
            "lon": degrees(camera.lon_e7),
            "lat": degrees(camera.lat_e7),
            "azimuth": camera.azimuth_deg,
            "view_angle": camera.view_angle_deg,
            "max_view_distance": camera.view_distance_m,
            "state": camera.standing,
        }
        for camera in single
    ]
    return {"clusters": clusters, "cameras": cameras}


@router.get("/places", auth=Requires(READ_PLACES), response=PlacesOut, operation_id="map_places")
def map_places(request: HttpRequest, bbox: Box, zoom: Zoom) -> dict[str, Any]:
    """Places of one's reach in `bbox`, clustered for `zoom`."""
    rows = READ_PLACES.visible(actor_of(request), Place.objects.filter(removed_ns__isnull=True).defer("geometry"))
    clusters, single = viewport(rows, read_viewport(bbox, zoom))
    places = [
        {"id": place.id, "name": place.name, "lon": degrees(place.lon_e7), "lat": degrees(place.lat_e7)}
        for place in single
    ]
    return {"clusters": clusters, "places": places}
