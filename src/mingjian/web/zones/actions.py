"""Registering and removing zones. The audit record says that it happened, never where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mingjian.kernel.ids import new_id
from mingjian.kernel.sealing import seal, unseal
from mingjian.kernel.text import Text
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import record
from mingjian.web.audit.names import register
from mingjian.web.authority.actor import Actor
from mingjian.web.ground import Plane, Position
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.models import Organisation
from mingjian.web.zones.models import SecureZone
from mingjian.web.zones.policies import KEEP

ADDED = register("zones.add", "登记涉密周边区域", "registered a secure zone")
REMOVED = register("zones.remove", "撤销涉密周边区域", "removed a secure zone")

KINDS = {
    "military_forbidden": Text("军事禁区", "military forbidden zone"),
    "military_administrative": Text("军事管理区", "military administrative zone"),
    "classified_unit": Text("国家机关等涉密单位", "classified unit"),
}


def add_zone(actor: Actor, kind: str, name: str, geometry: Mapping[str, Any], organisation_id: str) -> SecureZone:
    """Register a zone. Raises MingjianError naming the field at fault, and Refused."""
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise not_found("没有这个单位", "there is no such organisation")
    KEEP.require(actor, organisation)
    if kind not in KINDS:
        raise refused("kind", "区域类型不在列举之内", "no kind of zone")
    if not 1 <= len(name.strip()) <= 128:
        raise refused("name", "名称应为 1 到 128 个字符", "a name has 1 to 128 characters")
    check_outline(geometry)
    now_ns = wiring.clock().now_ns()
    zone = SecureZone(id=new_id(now_ns), kind=kind, organisation=organisation, created_ns=now_ns)
    zone.sealed = seal(_key(), _context(zone.id), json.dumps({"name": name.strip(), "geometry": dict(geometry)}))
    with transaction.atomic():
        zone.save(force_insert=True)
        record(actor, ADDED, kind="zone", object_id=zone.id, after={"kind": kind}, policy=KEEP)
    return zone


def remove_zone(actor: Actor, zone_id: str, reason: str, expected_version: int | None) -> SecureZone:
    """Take it out of judgements; its row stays. Raises MingjianError not_found, changed_meanwhile, and Refused."""
    with transaction.atomic():
        zone = SecureZone.objects.select_for_update().select_related("organisation").filter(pk=zone_id).first()
        if zone is None or not KEEP.allows(actor, zone.organisation):
            KEEP.require(actor)
            raise not_found("没有这个区域", "there is no such zone")
        require_version(zone.version, expected_version)
        zone.removed_ns = wiring.clock().now_ns()
        zone.version += 1
        zone.save()
        record(actor, REMOVED, kind="zone", object_id=zone.id, policy=KEEP, reason=reason)
    return zone


def opened(zone: SecureZone) -> dict[str, Any]:
    """{"name", "geometry"} of a zone. Only judgements and the zone's own keepers may ask."""
    found: dict[str, Any] = json.loads(unseal(_key(), _context(zone.id), zone.sealed))
    return found


def check_outline(geometry: Mapping[str, Any]) -> None:
    """Raise MingjianError unless it is a GeoJSON Polygon or MultiPolygon in degrees."""
    try:
        if geometry.get("type") not in ("Polygon", "MultiPolygon"):
            raise ValueError("no area")
        found = Plane(Position(0, 0)).geometry(geometry)
    except ValueError as error:
        raise refused("geometry", "范围应为 GeoJSON 面", "an outline is a GeoJSON Polygon") from error
    west, south, east, north = found.bounds
    limit = 111_319.490793
    if west < -180 * limit or east > 180 * limit or south < -90 * limit or north > 90 * limit or not found.is_valid:
        raise refused(
            "geometry", "范围的坐标无效或者自相交", "the outline's coordinates are wrong, or it crosses itself"
        )


def _key() -> bytes:
    return configuration.current().secret_key


def _context(zone_id: str) -> str:
    return f"zone/{zone_id}"
