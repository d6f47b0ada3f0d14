"""Zones for those who keep them: kind and who replies; the outline goes in and never comes out."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from mingjian.web.http.guard import Requires, actor_of
from mingjian.web.http.idempotency import create_once
from mingjian.web.http.paging import page
from mingjian.web.http.schemas import Cursor, Input, Limit, Reason
from mingjian.web.http.versions import expected_version, set_etag
from mingjian.web.zones import actions, policies
from mingjian.web.zones.models import SecureZone

router = Router(tags=["zones"])
ZoneKind = Literal["military_forbidden", "military_administrative", "classified_unit"]


class ZoneIn(Input):
    """A zone: its outline is GeoJSON in WGS-84."""

    kind: ZoneKind
    name: str = Field(min_length=1, max_length=128)
    organisation: str = Field(max_length=26)
    geometry: dict[str, Any]


class ZoneOut(Schema):
    """What may be shown of a zone."""

    id: str
    kind: ZoneKind
    organisation: str
    removed: bool
    version: int


class ZonePage(Schema):
    """A page of zones."""

    items: list[ZoneOut]
    next: str | None


@router.get("", auth=Requires(policies.KEEP), response=ZonePage, operation_id="zones_list")
def list_zones(request: HttpRequest, cursor: Cursor = None, limit: Limit = 200) -> dict[str, Any]:
    """Zones of one's own reach."""
    rows = SecureZone.objects.select_related("organisation")
    seen = policies.KEEP.visible(
        actor_of(request), rows, organisation="organisation_id", division="organisation__division_id"
    )
    found, following = page(seen, ["id"], cursor, limit)
    return {"items": [_out(zone) for zone in found], "next": following}


@router.post("", auth=Requires(policies.KEEP), response={201: ZoneOut}, operation_id="zones_add")
def add_zone(request: HttpRequest, response: HttpResponse, body: ZoneIn) -> Status[dict[str, Any]]:
    """Register a zone."""
    actor = actor_of(request)

    def create() -> dict[str, Any]:
        return _out(actions.add_zone(actor, body.kind, body.name, body.geometry, body.organisation))

    status, made = create_once(request, response, actor.user, create)
    set_etag(response, made["version"])
    return Status(status, made)


@router.post("/{zone_id}/remove", auth=Requires(policies.KEEP), response=ZoneOut, operation_id="zones_remove")
def remove_zone(request: HttpRequest, response: HttpResponse, zone_id: str, body: Reason) -> dict[str, Any]:
    """Take a zone out of judgements."""
    zone = actions.remove_zone(actor_of(request), zone_id, body.reason, expected_version(request))
    set_etag(response, zone.version)
    return _out(zone)


def _out(zone: SecureZone) -> dict[str, Any]:
    return {
        "id": zone.id,
        "kind": zone.kind,
        "organisation": zone.organisation_id,
        "removed": zone.removed_ns is not None,
        "version": zone.version,
    }
