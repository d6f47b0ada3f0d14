"""Reading proofs, and the figures of systems and organisations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from mingjian.ports.retention import certificate_of, proofs_folder
from mingjian.rules.day_count import end_of_day_ns, shanghai_day
from mingjian.web import configuration, wiring
from mingjian.web.authority.actor import Actor
from mingjian.web.http.paging import page
from mingjian.web.http.problem import not_found
from mingjian.web.organisations.models import Organisation
from mingjian.web.organisations.scope import ScopedPolicy
from mingjian.web.registry.models import Camera, Stream, System
from mingjian.web.registry.queries import visible_camera
from mingjian.web.retention.models import ProvedDay
from mingjian.web.retention.policies import READ

_WHERE = ("camera__organisation_id", "camera__division_id")
_GROUPS: dict[str, type[Organisation] | type[System]] = {"organisation": Organisation, "system": System}


def yesterday() -> str:
    """The last whole day in Shanghai: what proofs are due of."""
    return (shanghai_day(wiring.clock().now_ns()) - dt.timedelta(days=1)).isoformat()


def proofs(actor: Actor, policy: ScopedPolicy = READ) -> QuerySet[ProvedDay]:
    """The proofs of the actor's reach."""
    return policy.visible(actor, ProvedDay.objects.all(), *_WHERE)


def proof_of(actor: Actor, camera_id: str, day: str) -> ProvedDay:
    """One proof. Raises MingjianError not_found, also for a camera out of reach."""
    camera = visible_camera(actor, camera_id)
    READ.require(actor, camera)
    row = (
        ProvedDay.objects.filter(camera=camera, day=day)
        .select_related("camera__system__quality_profile", "camera__place")
        .prefetch_related("camera__place__kinds", "camera__place__parts")
        .first()
    )
    if row is None:
        raise not_found("没有这一天的留存证明", "there is no proof of that day")
    return row


def certificate_document(row: ProvedDay) -> dict[str, Any] | None:
    """The certificate as it was signed, None when it is not there any more (the ledger's audit says so, too)."""
    folder = configuration.current().data_folder
    stored = None if folder is None else certificate_of(proofs_folder(folder), row.day, row.camera_id)
    return None if stored is None or stored.certificate.digest() != row.digest else stored.certificate.to_json()


def recorded_cameras(actor: Actor) -> QuerySet[Camera]:
    """Cameras of the actor's reach whose footage is ours to keep."""
    rows = Camera.objects.filter(Exists(Stream.objects.filter(camera=OuterRef("pk"))), removed_ns__isnull=True)
    return READ.visible(actor, rows)


def unproved(actor: Actor, day: str) -> QuerySet[Camera]:
    """Cameras that were planned on the day and have no proof of it."""
    proved = ProvedDay.objects.filter(camera=OuterRef("pk"), day=day)
    end_ns = _end_ns(day)
    return recorded_cameras(actor).filter(~Exists(proved), planned_from_ns__lt=end_ns)


def completeness(
    actor: Actor, by: str, day: str, organisation: str, cursor: str | None, limit: int
) -> tuple[dict[str, Any], list[dict[str, Any]], str | None]:
    """Figures of a day: of everything in reach (below an organisation, if given), and of each system or organisation.

    `by`: organisation or system. The figures of an organisation in the list are those of its own cameras.
    """
    rows, cameras = proofs(actor).filter(day=day), recorded_cameras(actor)
    if organisation:
        below = {"organisation__reached_from__ancestor_id": organisation}
        rows = rows.filter(**{f"camera__{name}": value for name, value in below.items()})
        cameras = cameras.filter(**below)
    total = {"cameras": cameras.count(), **_ratio(rows.aggregate(**_SUMS))}
    holding: QuerySet[Any] = _GROUPS[by].objects.filter(Exists(cameras.filter(**{by: OuterRef("pk")})))
    found, following = page(holding, ["name", "id"], cursor, limit)
    ids = [one.pk for one in found]
    counts = dict(cameras.filter(**{f"{by}__in": ids}).values_list(by).annotate(Count("pk")))
    column = f"camera__{by}_id"
    figures = {one[column]: one for one in rows.filter(**{f"camera__{by}__in": ids}).values(column).annotate(**_SUMS)}
    items = [
        {"id": one.pk, "name": one.name, "cameras": counts.get(one.pk, 0), **_ratio(figures.get(one.pk, {}))}
        for one in found
    ]
    return total, items, following


_SUMS = {
    "proved": Count("pk"),
    "met": Count("pk", filter=Q(met=True)),
    "with_findings": Count("pk", filter=Q(sound=False)),
    "recorded": Sum("recorded_ms"),
    "owed": Sum("owed_ms"),
}


def _ratio(sums: dict[str, Any]) -> dict[str, Any]:
    recorded, owed = sums.get("recorded") or 0, sums.get("owed") or 0
    return {
        "proved": sums.get("proved", 0),
        "met": sums.get("met", 0),
        "with_findings": sums.get("with_findings", 0),
        "recorded_ms": recorded,
        "owed_ms": owed,
        "completeness_ppm": recorded * 1_000_000 // owed if owed else None,
    }


def _end_ns(day: str) -> int:
    return end_of_day_ns(dt.date.fromisoformat(day))
