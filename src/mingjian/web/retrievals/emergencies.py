"""Emergencies (qd204 23.3): declared by one, opened at once for him, closed in minutes unless a second confirms.

That the time is over is judged whenever somebody looks (access.py); the worker writes the state down afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from mingjian.kernel.clock import NS_PER_S
from mingjian.kernel.ids import new_id
from mingjian.rules.library import current_law
from mingjian.rules.retrieval import ONE_DECLARANT_MINUTES
from mingjian.rules.state_table import step
from mingjian.rules.states.retrieval import RETRIEVAL
from mingjian.web import wiring
from mingjian.web.accounts.second_factor import confirm_second_factor
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.ground import Position, View, box_around, sees
from mingjian.web.http.problem import refused
from mingjian.web.http.versions import require_version
from mingjian.web.organisations.models import DivisionReach, Organisation
from mingjian.web.registry.models import Camera
from mingjian.web.retrievals import holds
from mingjian.web.retrievals.facts import facts_of
from mingjian.web.retrievals.models import Retrieval, RetrievalExtent
from mingjian.web.retrievals.policies import DECLARE, KNOW
from mingjian.web.retrievals.requests import retrieval_by_id
from mingjian.web.retrievals.stepping import move, today
from mingjian.web.zones.actions import check_outline

MOST_HOURS = 72
MOST_CAMERAS = 2000
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class NewDeclaration:
    """`from_s`: since when footage is needed; `expires_s`: when it closes by itself (seconds since 1970, UTC)."""

    organisation: str
    kind: str
    authority: str
    purpose: str
    area: Mapping[str, Any]
    from_s: int
    expires_s: int
    form: str = "view"


def declare(actor: Actor, new: NewDeclaration) -> Retrieval:
    """Declare it: cameras of one's own division in the area are open to the declarant when this returns.

    Raises RuledOut with the clause, MingjianError invalid (field), and Refused.
    """
    organisation = Organisation.objects.filter(pk=new.organisation).first()
    if organisation is None:
        raise refused("organisation", "没有这个单位", "there is no such organisation")
    DECLARE.require(actor, organisation)
    if not any(one.organisation == organisation.id for one in DECLARE.bindings(actor)):
        raise refused("organisation", "只能以本单位名义声明", "a declaration is made in the name of one's own body")
    check_outline(new.area)
    now_ns = wiring.clock().now_ns()
    if not now_ns < new.expires_s * NS_PER_S <= now_ns + MOST_HOURS * 3600 * NS_PER_S:
        raise refused("expires_s", f"应在今后{MOST_HOURS}小时以内关闭", f"it closes within {MOST_HOURS} hours")
    if new.from_s >= new.expires_s:
        raise refused("from_s", "开始时间应在关闭时间之前", "the span ends after it begins")
    cameras = cameras_in(new.area, organisation.division_id)
    if not cameras:
        raise refused("area", "范围内没有摄像机", "no camera is in the area")
    owners = {camera.organisation_id for camera in cameras}
    row = Retrieval(
        id=new_id(now_ns), way="emergency", organisation=organisation, division_id=organisation.division_id,
        holder_id=owners.pop() if len(owners) == 1 else None, requester_id=actor.user,
        requester_name=actor.name[:64], purpose=new.purpose, duty="emergency_handling", legal_basis=new.authority,
        form=new.form, event_kind=new.kind, authority=new.authority, area=dict(new.area),
        declared_ns=now_ns // NS_PER_S * NS_PER_S, expires_ns=new.expires_s * NS_PER_S, created_ns=now_ns,
    )  # fmt: skip
    with transaction.atomic():
        row.save(force_insert=True)
        spans = [(camera, granted) for camera in cameras for granted in (False, True)]
        RetrievalExtent.objects.bulk_create(
            RetrievalExtent(
                retrieval=row, camera=camera, from_ns=new.from_s * NS_PER_S, to_ns=new.expires_s * NS_PER_S,
                granted=granted,
            )
            for camera, granted in spans
        )  # fmt: skip
        move(actor, row, "declare", DECLARE, reason=new.purpose)
        holds.place_provisional(actor, row)
    return row


def confirm(actor: Actor, retrieval_id: str, proof: str, expected: int | None) -> Retrieval:
    """A second person of a body with the same power confirms, with his second factor."""
    DECLARE.require(actor, retrieval_by_id(actor, retrieval_id))
    confirm_second_factor(actor, proof)
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        require_version(row.version, expected)
        row.confirmed_by_id, row.confirmed_ns = actor.user, wiring.clock().now_ns()
        move(actor, row, "confirm", DECLARE)
    return row


def end_early(actor: Actor, retrieval_id: str, reason: str, expected: int | None) -> Retrieval:
    """It is over before its expiry: everything it opened is shut when this returns, tickets in use within a second."""
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        DECLARE.require(actor, row)
        require_version(row.version, expected)
        move(actor, row, "end", DECLARE, reason=reason)
    return row


def report(actor: Actor, retrieval_id: str, text: str, expected: int | None) -> Retrieval:
    """What was looked at and why, after it is over."""
    with transaction.atomic():
        row = retrieval_by_id(actor, retrieval_id, lock=True)
        DECLARE.require(actor, row)
        require_version(row.version, expected)
        move(actor, row, "report", DECLARE, reason=text)
    return row


@dataclass(frozen=True, slots=True)
class OpenEmergency:
    """One that is open for cameras of somebody's unit, and the names of these cameras."""

    row: Retrieval
    cameras: tuple[str, ...]


def open_for(actor: Actor) -> list[OpenEmergency]:
    """Emergencies that are open for cameras of the actor's own unit, the newest first. Raises Refused."""
    KNOW.require(actor)
    mine = RetrievalExtent.objects.filter(KNOW.condition(actor, "camera__organisation_id", ""), granted=True)
    rows = Retrieval.objects.filter(
        way="emergency", state__in=("emergency", "confirmed"), pk__in=mine.values("retrieval")
    )
    now_s = wiring.clock().now_ns() // NS_PER_S
    running = [row for row in rows.order_by("-created_ns", "-id")[:_AT_ONCE] if (closes_s(row) or 0) > now_s]
    names: dict[str, list[str]] = {}
    of = mine.filter(retrieval__in=running).order_by("camera__name").values_list("retrieval", "camera__name").distinct()
    for retrieval, name in of if running else ():
        names.setdefault(retrieval, []).append(name)
    return [OpenEmergency(row, tuple(names.get(row.pk, ()))) for row in running]


def closes_s(row: Retrieval) -> int | None:
    """When it closes by itself, seconds since 1970: within minutes while one person alone declared it, else at its expiry."""
    if row.way != "emergency" or row.declared_ns is None or row.expires_ns is None:
        return None
    alone_ns = row.declared_ns + current_law().policy_number(ONE_DECLARANT_MINUTES) * 60 * NS_PER_S
    return (row.expires_ns if row.confirmed_ns is not None else min(row.expires_ns, alone_ns)) // NS_PER_S


def close_what_is_over() -> int:
    """Emergencies and approvals whose time is over change their state; how many. The worker's business."""
    law, worker, done = current_law(), local_person("worker"), 0
    over = Q(state__in=("confirmed", "approved", "presented", "registered")) & Q(
        expires_ns__lte=wiring.clock().now_ns()
    )
    running = Retrieval.objects.filter(over | Q(state="emergency"))  # one declarant's minutes end before the expiry
    for retrieval_id in running.order_by("created_ns").values_list("pk", flat=True)[:_AT_ONCE]:
        with transaction.atomic():
            row = Retrieval.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=retrieval_id)
            event = "close" if row.state in ("emergency", "confirmed") else "expire"
            if step(RETRIEVAL, row.state, event, law, facts_of(row), today()).moved:
                move(worker, row, event, None)
                done += 1
    return done


def cameras_in(area: Mapping[str, Any], division_id: str) -> list[Camera]:
    """Cameras of the division that stand in the area or look into it. Raises MingjianError invalid beyond MOST_CAMERAS."""
    below = DivisionReach.objects.filter(ancestor_id=division_id).values("descendant_id")
    west, south, east, north = _bounds(area)
    middle = Position((west + east) // 2, (south + north) // 2)
    margin = box_around(middle, 1000.0)
    wide, high = middle.lon_e7 - margin[0].lon_e7, middle.lat_e7 - margin[0].lat_e7
    rows = Camera.objects.filter(
        division_id__in=below, removed_ns__isnull=True,
        lon_e7__range=(west - wide, east + wide), lat_e7__range=(south - high, north + high),
    )  # fmt: skip
    found = [camera for camera in rows.select_related("organisation").order_by("pk") if sees(_view(camera), area)]
    if len(found) > MOST_CAMERAS:
        raise refused("area", f"范围内摄像机超过{MOST_CAMERAS}台", f"more than {MOST_CAMERAS} cameras are in the area")
    return found


def _view(camera: Camera) -> View:
    return View(
        Position(camera.lon_e7 or 0, camera.lat_e7 or 0), camera.azimuth_deg or 0, camera.view_angle_deg or 360,
        max(1, camera.view_distance_m or 0),
    )  # fmt: skip


def _bounds(area: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """West, south, east, north in degrees times 10,000,000."""
    polygons = area["coordinates"] if area["type"] == "MultiPolygon" else [area["coordinates"]]
    points = [point for polygon in polygons for ring in polygon for point in ring]
    lons, lats = [round(point[0] * 1e7) for point in points], [round(point[1] * 1e7) for point in points]
    return min(lons), min(lats), max(lons), max(lats)
