"""Tickets, the register of looks, saved walls."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.kernel.isotime import format_iso_ns, parse_iso_ns
from mingjian.ports.ticket import Right
from mingjian.web.accounts.sessions import session_digest
from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.schemas import Cursor, Input, Limit
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.viewing import actions, policies, queries
from mingjian.web.viewing.admission import Wish
from mingjian.web.viewing.models import Layout, Look
from mingjian.web.viewing.tickets import Issued, issue_ticket, renew_ticket

tickets_router = Router(tags=["tickets"])
looks_router = Router(tags=["looks"])
layouts_router = Router(tags=["layouts"])

Id = Annotated[str, Field(max_length=26)]
StreamName = Literal["main", "sub"]
Time = Annotated[str, Field(max_length=40)]


class TicketIn(Input):
    """What to look at and what for. Playback and export name their time: from and to.

    `retrieval` ties the look to one. With `narrow` the answer has those of the rights that may be had.
    """

    camera: Id
    streams: list[StreamName] = Field(min_length=1, max_length=2)
    rights: list[Literal["live", "playback", "snapshot", "export"]] = Field(min_length=1, max_length=4)
    purpose: str = Field(min_length=2, max_length=200)
    from_: Time | None = Field(None, alias="from")
    to: Time | None = None
    retrieval: Id = ""
    narrow: bool = False


class RenewIn(Input):
    """The ticket to go on with."""

    ticket: str = Field(min_length=1, max_length=8192)


class RevokeIn(Input):
    """Whose tickets to take back: a viewer's, a camera's, both together, or one ticket's look."""

    viewer: Id = ""
    camera: Id = ""
    ticket: Id = ""
    reason: str = Field(min_length=2, max_length=500)


class TicketOut(Schema):
    """A ticket: `id` names it for revocation, `edge` serves it, `watermark` is burned into what it shows.

    `rights` and footage are what was let in: a retrieval cuts the span to what was approved. `masked`: privacy masks are
    burned into some of what it shows, but for what a lift names: the present, and footage of a span.
    """

    ticket: str
    id: str
    issued_at: str
    expires_at: str
    edge: str
    watermark: str
    rights: list[str]
    footage_from: str | None
    footage_to: str | None
    retrieval: str | None
    masked: bool
    unmasked_live: bool
    unmasked_from: str | None
    unmasked_to: str | None


class LookOut(Schema):
    """One look: who, at what, why, from when to when."""

    id: str
    viewer: str = Field(alias="viewer_id")
    viewer_name: str
    viewer_unit: str
    camera: str
    camera_name: str
    streams: list[str]
    rights: list[str]
    purpose: str
    began_at: str
    ends_at: str
    footage_from: str | None
    footage_to: str | None
    renewals: int
    revoked_at: str | None
    over_because: Literal["", "revoked", "signed_out", "locked", "account", "camera", "retrieval"]
    opened_by: str
    retrieval: str

    @staticmethod
    def resolve_began_at(look: Look) -> str:
        """When the first ticket was issued."""
        return _iso(look.issued_ms)

    @staticmethod
    def resolve_ends_at(look: Look) -> str:
        """When the last ticket ends, or was taken back."""
        return _iso(look.expires_ms if look.revoked_ms is None else min(look.revoked_ms, look.expires_ms))

    @staticmethod
    def resolve_footage_from(look: Look) -> str | None:
        """The beginning of the footage asked for."""
        return _iso(look.from_ms) if look.from_ms else None

    @staticmethod
    def resolve_footage_to(look: Look) -> str | None:
        """The end of the footage asked for."""
        return _iso(look.to_ms) if look.to_ms else None

    @staticmethod
    def resolve_revoked_at(look: Look) -> str | None:
        """When it was over before its last ticket ran out; `over_because` says why."""
        return None if look.revoked_ms is None else _iso(look.revoked_ms)


class LookPage(Schema):
    """Looks, newest first."""

    items: list[LookOut]
    next: str | None


class Tile(Input):
    """One tile of a wall."""

    camera: Id
    stream: StreamName = "sub"


class LayoutIn(Input):
    """A wall: so many tiles, row by row; null is an empty one."""

    name: str = Field(min_length=1, max_length=64)
    grid: int = Field(ge=1, le=36)
    tiles: list[Tile | None] = Field(max_length=36)


class LayoutOut(Schema):
    """A saved wall."""

    id: str
    name: str
    grid: int
    tiles: list[Tile | None]
    version: int


@tickets_router.post("", auth=Requires(policies.ASK_TICKET), response={201: TicketOut}, operation_id="tickets_issue")
def issue(request: HttpRequest, data: TicketIn) -> Status[dict[str, Any]]:
    """Ask to look; five minutes, renewable."""
    wish = Wish(
        camera=data.camera,
        streams=tuple(dict.fromkeys(data.streams)),
        rights=tuple(Right(right) for right in dict.fromkeys(data.rights)),
        purpose=data.purpose.strip(),
        from_ms=_ms(data.from_, "from"),
        to_ms=_ms(data.to, "to"),
        retrieval=data.retrieval,
        narrow=data.narrow,
    )
    return Status(201, _issued(issue_ticket(actor_of(request), session_digest(request), wish)))


@tickets_router.post("/renew", auth=Requires(policies.ASK_TICKET), response=TicketOut, operation_id="tickets_renew")
def renew(request: HttpRequest, data: RenewIn) -> dict[str, Any]:
    """Go on looking; rights are checked again."""
    return _issued(renew_ticket(actor_of(request), session_digest(request), data.ticket))


@tickets_router.post("/revoke", auth=Requires(policies.REVOKE), response={204: None}, operation_id="tickets_revoke")
def revoke(request: HttpRequest, data: RevokeIn) -> Status[None]:
    """Take tickets back; edges stop within 10 s."""
    actions.revoke(actor_of(request), data.reason, viewer=data.viewer, camera=data.camera, ticket=data.ticket)
    return Status(204, None)


@looks_router.get("", auth=Requires(policies.READ_LOOKS), response=LookPage, operation_id="looks_list")
def list_looks(
    request: HttpRequest,
    viewer: Annotated[str, Field(max_length=26)] = "",
    camera: Annotated[str, Field(max_length=26)] = "",
    at: Time | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """The register of looks. `at`: who was watching at that instant, or has looked at its footage since."""
    rows, following = queries.looks_page(viewer, camera, _ms(at, "at"), cursor, limit)
    return {"items": rows, "next": following}


@layouts_router.get("", auth=Requires(policies.LAYOUTS), response=list[LayoutOut], operation_id="layouts_list")
def list_layouts(request: HttpRequest) -> list[Layout]:
    """One's own walls, by name."""
    return queries.layouts_of(actor_of(request))


@layouts_router.post("", auth=Requires(policies.LAYOUTS), response={201: LayoutOut}, operation_id="layouts_create")
def create_layout(request: HttpRequest, response: HttpResponse, data: LayoutIn) -> Status[dict[str, Any]]:
    """Save a wall."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        layout = actions.save_layout(actor, data.name, data.grid, data.dict()["tiles"])
        return {field: getattr(layout, field) for field in ("id", "name", "grid", "tiles", "version")}

    status, body = create_once(request, response, actor.user, create)
    set_etag(response, body["version"])
    return Status(status, body)


@layouts_router.put("/{layout_id}", auth=Requires(policies.LAYOUTS), response=LayoutOut, operation_id="layouts_change")
def change_layout(request: HttpRequest, response: HttpResponse, layout_id: str, data: LayoutIn) -> Layout:
    """Save a wall again; needs If-Match."""
    layout = actions.change_layout(actor_of(request), layout_id, data.dict(), expected_version(request))
    set_etag(response, layout.version)
    return layout


@layouts_router.delete(
    "/{layout_id}", auth=Requires(policies.LAYOUTS), response={204: None}, operation_id="layouts_delete"
)
def delete_layout(request: HttpRequest, layout_id: str) -> Status[None]:
    """Delete a wall; needs If-Match."""
    actions.delete_layout(actor_of(request), layout_id, expected_version(request))
    return Status(204, None)


def _ms(text: str | None, field: str) -> int:
    return parse_iso_ns(text, field) // 1_000_000 if text else 0


def _iso(ms: int) -> str:
    return format_iso_ns(ms * 1_000_000)


def _issued(issued: Issued) -> dict[str, Any]:
    return {
        "ticket": issued.text,
        "id": issued.ticket.id,
        "issued_at": _iso(issued.ticket.issued_ms),
        "expires_at": _iso(issued.ticket.expires_ms),
        "edge": issued.ticket.edge,
        "watermark": issued.watermark,
        "rights": [right for right in issued.ticket.rights if right != Right.MASK_CHECK.value],
        "footage_from": _iso(issued.ticket.from_ms) if issued.ticket.to_ms else None,
        "footage_to": _iso(issued.ticket.to_ms) if issued.ticket.to_ms else None,
        "retrieval": issued.retrieval or None,
        "masked": issued.under.masked,
        "unmasked_live": issued.under.live,
        "unmasked_from": _iso(issued.under.from_ms) if issued.under.to_ms else None,
        "unmasked_to": _iso(issued.under.to_ms) if issued.under.to_ms else None,
    }
