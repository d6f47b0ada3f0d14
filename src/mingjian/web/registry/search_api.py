"""Finding cameras with progress: begin a search, ask how it goes on, call it off; ask a found device for its streams."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.language import language_of
from mingjian.web.http.schemas import Input
from mingjian.web.registry import actions, policies, searches
from mingjian.web.registry.api import DiscoverIn, FoundOut
from mingjian.web.registry.searches import Search

router = Router(tags=["cameras"])


class SearchErrorOut(Schema):
    """Why a search failed, in the reader's language."""

    code: str
    detail: str
    remedy: str | None


class SearchOut(Schema):
    """A search: `tried` of `total` addresses are done with (total 0: nobody can say), and what it has found so far."""

    id: str
    state: Literal["running", "done", "cancelled", "failed"]
    tried: int
    total: int
    found: list[FoundOut]
    error: SearchErrorOut | None


class AskDeviceIn(Input):
    """An ONVIF device, and the account to ask it with; the account is used once and not kept."""

    address: Annotated[str, Field(min_length=1, max_length=253)]
    port: int = Field(80, ge=1, le=65535)
    user: str = Field("", max_length=128)
    password: str = Field("", max_length=256)


class DeviceStreamOut(Schema):
    """A stream that the device tells, without credentials; sizes are 0 when it does not say."""

    profile: str
    stream_url: str
    codec: str
    width: int
    height: int


@router.post("/searches", auth=Requires(policies.PROBE), response={201: SearchOut}, operation_id="cameras_search_begin")
def begin_search(request: HttpRequest, data: DiscoverIn) -> Status[dict[str, Any]]:
    """Begin a search in the background. It lives in this server's memory and is forgotten when that restarts."""
    return Status(201, _out(actions.begin_search(actor_of(request), data.wish()), language_of(request)))


@router.get(
    "/searches/{search_id}", auth=Requires(policies.PROBE), response=SearchOut, operation_id="cameras_search_get"
)
def get_search(request: HttpRequest, search_id: str) -> dict[str, Any]:
    """How far one's own search has come."""
    return _out(searches.desk.get(actor_of(request).user, search_id), language_of(request))


@router.delete(
    "/searches/{search_id}", auth=Requires(policies.PROBE), response={204: None}, operation_id="cameras_search_cancel"
)
def cancel_search(request: HttpRequest, search_id: str) -> Status[None]:
    """Call one's own search off; it ends within a second and keeps what it has found."""
    searches.desk.get(actor_of(request).user, search_id).cancel()
    return Status(204, None)


@router.post(
    "/streams", auth=Requires(policies.PROBE), response=list[DeviceStreamOut], operation_id="cameras_device_streams"
)
def device_streams(request: HttpRequest, data: AskDeviceIn) -> list[Any]:
    """Ask an ONVIF device for its stream URLs (GetStreamUri). Takes up to 10 s."""
    return list(actions.streams_of_device(actor_of(request), data.address, data.port, data.user, data.password))


def _out(search: Search, language: str) -> dict[str, Any]:
    error = search.error
    return {
        "id": search.id,
        "state": search.state,
        "tried": search.tried,
        "total": search.total,
        "found": list(search.found),
        "error": None
        if error is None
        else {
            "code": error.code,
            "detail": error.message.for_language(language),
            "remedy": None if error.remedy is None else error.remedy.for_language(language),
        },
    }
