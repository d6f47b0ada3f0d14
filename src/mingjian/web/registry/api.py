"""Cameras: list, add, change, remove, test, find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns
from mingjian.ports.camera_probe import SearchWish
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Cursor, Input, Limit, Plain, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.registry import actions, policies, queries
from mingjian.web.registry.models import Camera
from mingjian.web.registry.queries import CameraRow
from mingjian.web.system.engine_view import EngineAnswer, EngineReachOut, StreamStatusOut, ask_engine, stream_out

router = Router(tags=["cameras"])

CameraName = Annotated[str, Field(min_length=1, max_length=128)]
Url = Annotated[str, Field(max_length=2048)]
Transport = Literal["tcp", "udp"]
MOST_NAMED = 200


class StreamOut(Plain):
    """A stream as registered: where it comes from, never the URL."""

    name: Literal["main", "sub"]
    transport: Transport
    host: str
    has_credentials: bool
    push: bool


class CameraOut(Plain):
    """A camera. `status` has an entry for each stream the engine knows; empty while the engine is away."""

    id: str
    name: str
    group: str
    enabled: bool
    keep_days: int
    priority: int
    record_audio: bool
    note: str
    code: str
    standing: str
    archive_score: int
    organisation: str | None
    planned_from: str
    removed_at: str | None
    version: int
    streams: list[StreamOut]
    status: list[StreamStatusOut]


class CameraPage(Schema):
    """Cameras by tree and name; `engine` says whether their status could be asked."""

    items: list[CameraOut]
    next: str | None
    engine: EngineReachOut


class BranchOut(Plain):
    """One path of the tree, with the cameras at it itself; `streaming` of them have a picture now."""

    group: str
    cameras: int
    streaming: int


class CameraTreeOut(Schema):
    """The tree of cameras that video is taken from, by path; `engine` says whether it could be asked who streams."""

    items: list[BranchOut]
    cameras: int
    streaming: int
    engine: EngineReachOut


class CameraIn(Input):
    """A new camera. URLs may carry credentials; they are sealed and never come out again."""

    name: CameraName
    url: Annotated[str, Field(min_length=1, max_length=2048)]
    sub_url: Url = ""
    transport: Transport = "tcp"
    push: bool = False
    group: str = Field("", max_length=255)
    enabled: bool = True
    keep_days: int | None = Field(None, ge=1, le=3650)
    priority: int = Field(5, ge=0, le=9)
    record_audio: bool = True
    note: str = Field("", max_length=1000)
    organisation: str = Field("", max_length=26)


class CameraChangeIn(Input):
    """What to change; what is not given stays. An empty `sub_url` drops the sub stream."""

    name: CameraName | None = None
    url: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    sub_url: Url | None = None
    transport: Transport | None = None
    group: str | None = Field(None, max_length=255)
    enabled: bool | None = None
    keep_days: int | None = Field(None, ge=1, le=3650)
    priority: int | None = Field(None, ge=0, le=9)
    record_audio: bool | None = None
    note: str | None = Field(None, max_length=1000)
    reason: str = Field("", max_length=500)


class TestIn(Input):
    """A URL to try."""

    url: Annotated[str, Field(min_length=1, max_length=2048)]
    transport: Transport = "tcp"


class ProbeStepOut(Schema):
    """One step of a test; `detail` is in the reader's language, `zh` and `en` are both."""

    step: Literal["name", "reach", "authenticate", "describe", "first_frame"]
    state: Literal["ok", "failed", "skipped"]
    detail: str
    zh: str
    en: str
    ms: int


class DiscoverIn(Input):
    """How to search: ONVIF in the local network, or RTSP over an address range."""

    method: Literal["onvif", "range"]
    range: str | None = Field(None, max_length=64)
    port: int = Field(554, ge=1, le=65535)

    def wish(self) -> SearchWish:
        """As the port to cameras takes it."""
        return SearchWish(self.method, self.range, self.port)


class FoundOut(Schema):
    """A device that answered. `urls` are its own word (onvif) or its maker's usual ones (range)."""

    address: str
    port: int
    name: str
    vendor: str
    model: str
    method: Literal["onvif", "range"]
    urls: list[str]
    needs_password: bool


@router.get("", auth=Requires(policies.READ), response=CameraPage, operation_id="cameras_list")
def list_cameras(
    request: HttpRequest,
    text: Annotated[str, Field(max_length=128)] = "",
    group: Annotated[str, Field(max_length=255)] = "",
    branch: Annotated[str | None, Field(max_length=255)] = None,
    system: Annotated[str, Field(max_length=26)] = "",
    removed: bool = False,
    streamed: bool = False,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """Cameras of one's reach with what they are doing now; `text` finds names, initials, parts of codes, addresses.

    `group` is a path of the tree with what is below it, `branch` one path alone, `streamed` leaves out cameras that stand
    in the register without video.
    """
    rows, following = queries.cameras_page(
        actor_of(request), text=text, group=group, branch=branch, system=system, removed=removed, streamed=streamed,
        cursor=cursor, limit=limit,
    )  # fmt: skip
    return _page(request, rows, following)


@router.get("/named", auth=Requires(policies.READ), response=CameraPage, operation_id="cameras_named")
def cameras_named(request: HttpRequest, ids: Annotated[str, Field(max_length=5400)]) -> dict[str, Any]:
    """Cameras by their ids, up to 200 with commas between, removed ones too: what a wall or a list asks for to stay fresh.

    In no particular order; ids that one may not see are left out.
    """
    return _page(request, queries.cameras_named(actor_of(request), ids.split(",")[:MOST_NAMED]), None)


@router.get("/tree", auth=Requires(policies.READ), response=CameraTreeOut, operation_id="cameras_tree")
def camera_tree(request: HttpRequest) -> dict[str, Any]:
    """The paths of the tree and how many cameras with video hang at each: what a tree shows before a branch is opened."""
    answer = ask_engine()
    streams = answer.status.streams if answer.status else ()
    streaming = frozenset(one.camera for one in streams if one.stream == "main" and one.state == "streaming")
    branches = queries.camera_tree(actor_of(request), streaming)
    return {
        "items": [one._asdict() for one in branches],
        "cameras": sum(one.cameras for one in branches),
        "streaming": sum(one.streaming for one in branches),
        "engine": answer.reach(language_of(request)),
    }


@router.post("", auth=Requires(policies.MANAGE), response={201: CameraOut}, operation_id="cameras_add")
def add_camera(request: HttpRequest, response: HttpResponse, data: CameraIn) -> Status[dict[str, Any]]:
    """Register a camera; recording begins within seconds."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        camera = actions.add_camera(actor, actions.NewCamera(**data.dict()))
        return _plain(camera, queries.streams_of([camera.id])[camera.id], [])

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@router.post("/test", auth=Requires(policies.PROBE), response=list[ProbeStepOut], operation_id="cameras_test")
def test_camera(request: HttpRequest, data: TestIn) -> list[dict[str, Any]]:
    """Try a URL: name, reach, authenticate, describe, first frame. Takes up to about 15 s."""
    language = language_of(request)
    steps = actions.test_camera(actor_of(request), data.url, data.transport)
    return [
        {
            "step": step.step,
            "state": step.state,
            "detail": step.zh if language == "zh" else step.en,
            "zh": step.zh,
            "en": step.en,
            "ms": step.ms,
        }
        for step in steps
    ]


@router.post("/discover", auth=Requires(policies.PROBE), response=list[FoundOut], operation_id="cameras_discover")
def discover_cameras(request: HttpRequest, data: DiscoverIn) -> list[Any]:
    """Search for cameras on the network and answer when done; `searches` does the same in the background."""
    return list(actions.discover_cameras(actor_of(request), data.wish()))


@router.get("/{camera_id}", auth=Requires(policies.READ), response=CameraOut, operation_id="cameras_get")
def get_camera(request: HttpRequest, response: HttpResponse, camera_id: str) -> dict[str, Any]:
    """One camera, with ETag."""
    camera = queries.visible_camera(actor_of(request), camera_id)
    set_etag(response, camera.version)
    return _with_status([camera], ask_engine(), language_of(request))[0]


@router.patch("/{camera_id}", auth=Requires(policies.MANAGE), response=CameraOut, operation_id="cameras_change")
def change_camera(request: HttpRequest, response: HttpResponse, camera_id: str, data: CameraChangeIn) -> dict[str, Any]:
    """Change a camera; needs If-Match."""
    values = data.given()
    reason = values.pop("reason", "")
    camera = actions.change_camera(actor_of(request), camera_id, values, expected_version(request), reason)
    set_etag(response, camera.version)
    return _with_status([camera], ask_engine(), language_of(request))[0]


@router.delete("/{camera_id}", auth=Requires(policies.MANAGE), response={204: None}, operation_id="cameras_remove")
def remove_camera(request: HttpRequest, camera_id: str, data: Reason) -> Status[None]:
    """Remove a camera; needs If-Match. Its footage stays."""
    actions.remove_camera(actor_of(request), camera_id, data.reason, expected_version(request))
    return Status(204, None)


def _page(request: HttpRequest, rows: list[CameraRow], following: str | None) -> dict[str, Any]:
    answer, language = ask_engine(), language_of(request)
    return {"items": _with_status(rows, answer, language), "next": following, "engine": answer.reach(language)}


def _with_status(cameras: Sequence[Camera | CameraRow], answer: EngineAnswer, language: str) -> list[dict[str, Any]]:
    status: dict[str, list[dict[str, Any]]] = {camera.id: [] for camera in cameras}
    for stream in answer.status.streams if answer.status else ():
        if stream.camera in status:
            status[stream.camera].append(stream_out(stream, language))
    streams = queries.streams_of(list(status))
    return [_plain(camera, streams[camera.id], status[camera.id]) for camera in cameras]


def _plain(camera: Camera | CameraRow, streams: list[dict[str, Any]], status: list[dict[str, Any]]) -> dict[str, Any]:
    fields = (
        "id",
        "name",
        "group",
        "enabled",
        "keep_days",
        "priority",
        "record_audio",
        "note",
        "version",
        "code",
        "standing",
        "archive_score",
    )
    return {
        **{field: getattr(camera, field) for field in fields},
        "organisation": camera.organisation_id,
        "planned_from": format_iso_ns(camera.planned_from_ns),
        "removed_at": None if camera.removed_ns is None else format_iso_ns(camera.removed_ns),
        "streams": streams,
        "status": status,
    }
