"""Taking certificates in, and saying what is asked of a system's stored quality."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice

from django.db import transaction

from mingjian.kernel.clock import NS_PER_MS
from mingjian.kernel.ids import new_id
from mingjian.ledger.retention import RetentionCertificate, StreamProof
from mingjian.ports.retention import StoredCertificate, new_certificates, proofs_folder
from mingjian.rules.day_count import shanghai_day
from mingjian.rules.judgement import Judgement, Verdict
from mingjian.rules.library import current_law
from mingjian.rules.misconduct import Deed
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import changes, record
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.http.versions import require_version
from mingjian.web.inspections.deeds import suspect
from mingjian.web.registry.keeping import governed_of
from mingjian.web.registry.models import Camera, CameraArchive
from mingjian.web.registry.shared import clean
from mingjian.web.registry.systems.queries import visible_system
from mingjian.web.retention.judging import found, judge_deed, judged
from mingjian.web.retention.models import ProofCursor, ProvedDay, QualityProfile
from mingjian.web.retention.names import JUDGED, PROFILED
from mingjian.web.retention.policies import PROFILE

_AT_ONCE = 200
_FIELDS = [field.name for field in ProvedDay._meta.fields if field.name not in ("id", "camera", "day")]


def take_certificates() -> int:
    """Certificates that were made since the last time become rows, judged; how many. The worker's business.

    An entry is left where the findings of a camera are others than before: what stays wrong is not said again.
    """
    folder = configuration.current().data_folder
    if folder is None:
        return 0
    cursors = dict(ProofCursor.objects.values_list("day", "bytes"))
    taken = 0
    waiting = new_certificates(proofs_folder(folder), cursors)
    while batch := list(islice(waiting, _AT_ONCE)):
        with transaction.atomic():
            taken += _take(batch)
            _keep(cursors)
    with transaction.atomic():
        _keep(cursors)  # the generator counts a line once the next one is asked for
    return taken


def set_quality_profile(
    actor: Actor, system_id: str, height: int, fps_milli: int, bitrate_bps: int, basis: str, expected: int | None
) -> QualityProfile:
    """Say what is asked of a system's stored quality from now on. `expected` None makes the first one.

    Raises MingjianError not_found, changed_meanwhile, invalid, and Refused.
    """
    system = visible_system(actor, system_id)
    PROFILE.require(actor, system)
    values = {
        "height": height,
        "fps_milli": fps_milli,
        "bitrate_bps": bitrate_bps,
        "basis": clean(basis, "basis", 2, 128),
    }
    with transaction.atomic():
        row = QualityProfile.objects.select_for_update().filter(system=system).first()
        before = {} if row is None else {name: getattr(row, name) for name in values}
        if row is not None:
            require_version(row.version, expected)
            row.version += 1
        else:
            row = QualityProfile(system=system)
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        old, new = changes(before, values)
        record(
            actor, PROFILED, kind="system", object_id=system.id, name=system.name, before=old, after=new, policy=PROFILE
        )
    return row


def _take(batch: Iterable[StoredCertificate]) -> int:
    instance = configuration.current().instance
    told = {
        (one.certificate.camera, one.certificate.day): one.certificate
        for one in batch
        if one.certificate.instance == instance
    }
    cameras = {
        camera.id: camera
        for camera in Camera.objects.filter(pk__in={camera for camera, _ in told})
        .select_related("system__quality_profile", "place")
        .prefetch_related("place__kinds", "place__parts")
    }
    before = _findings_before(told)
    law, rows = current_law(), []
    for (camera_id, day), certificate in told.items():
        camera = cameras.get(camera_id)
        if camera is None:
            continue  # the engine was told of it by another register
        row = _row(camera, certificate)
        profile = getattr(camera.system, "quality_profile", None)
        judgements = judged(
            law, row, camera.keep_days, profile, governed_of(law, camera, shanghai_day(certificate.made_ns))
        )
        row.findings = found(judgements)
        row.sound = not row.findings
        rows.append(row)
        if row.findings != before[camera_id, day]:
            said = list(judgements.values())
            if "original" in row.findings and "original" not in before[camera_id, day]:
                said.append(_altered(camera, row))
            record(
                local_person("worker"), JUDGED, kind="camera", object_id=camera.id, name=camera.name,
                before={"findings": before[camera_id, day]},
                after={"findings": row.findings, "day": day, "certificate": row.digest}, judgements=said,
            )  # fmt: skip
    ProvedDay.objects.bulk_create(rows, update_conflicts=True, unique_fields=["camera", "day"], update_fields=_FIELDS)
    for day in {row.day for row in rows}:
        of_day = [row.camera_id for row in rows if row.day == day]
        CameraArchive.objects.filter(camera_id__in=of_day).update(last_retention_proof_date=day)
    return len(rows)


def _altered(camera: Camera, row: ProvedDay) -> Judgement:
    """Bytes that are not what was recorded: somebody is to look into it. Whose doing it is, nobody knows yet."""
    judgement = judge_deed(current_law(), Deed("tampered", "anyone"), dt.date.fromisoformat(row.day))
    if judgement.verdict is Verdict.FAIL:
        suspect(
            local_person("worker"), camera, judgement,
            f"{row.day}的留存证明中，{row.altered}个抽样片段与记录时的摘要不符。证明摘要：{row.digest}",
        )  # fmt: skip
    return judgement


def _findings_before(told: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """What was found last, by the camera and day asked for: by an earlier proof of the day, else the day before."""
    asked = [(camera, day, (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()) for camera, day in told]
    days = {day for _, day, _ in asked} | {before for _, _, before in asked}
    rows = ProvedDay.objects.filter(camera_id__in={camera for camera, _, _ in asked}, day__in=days)
    known = {(camera, day): found for camera, day, found in rows.values_list("camera_id", "day", "findings")}
    return {(camera, day): known.get((camera, day), known.get((camera, before), [])) for camera, day, before in asked}


def _row(camera: Camera, certificate: RetentionCertificate) -> ProvedDay:
    lead = _lead(certificate.streams)
    samples = [sample for stream in certificate.streams for sample in stream.samples]
    quality = None if lead is None else lead.quality
    oldest = None if lead is None else lead.oldest
    deleted = [one.expired_until_ns for one in certificate.streams if one.expired_until_ns is not None]
    return ProvedDay(
        id=new_id(wiring.clock().now_ns()), camera=camera, day=certificate.day, window_days=certificate.window_days,
        made_ns=certificate.made_ns, digest=certificate.digest(), met=certificate.met,
        recorded_ms=0 if lead is None else lead.recorded_ns // NS_PER_MS,
        owed_ms=0 if lead is None else lead.owed_ns // NS_PER_MS,
        oldest_ns=None if oldest is None else oldest.at_ns, decodes=None if oldest is None else oldest.decoded,
        deleted_until=shanghai_day(max(deleted) - 1).isoformat() if deleted else "",
        altered=sum(sample.state == "altered" for sample in samples),
        missing=sum(sample.state == "missing" for sample in samples), volumes_absent=certificate.volumes_absent,
        codecs="" if quality is None else quality.codecs[:64], width=None if quality is None else quality.width,
        height=None if quality is None else quality.height, fps_milli=None if quality is None else quality.fps_milli,
        bitrate_bps=None if quality is None else quality.bitrate_bps,
    )  # fmt: skip


def _lead(streams: tuple[StreamProof, ...]) -> StreamProof | None:
    return next((one for one in streams if one.stream == "main"), streams[0] if streams else None)


def _keep(cursors: dict[str, int]) -> None:
    ProofCursor.objects.exclude(day__in=cursors).delete()
    ProofCursor.objects.bulk_create(
        (ProofCursor(day=day, bytes=end) for day, end in cursors.items()),
        update_conflicts=True, unique_fields=["day"], update_fields=["bytes"],
    )  # fmt: skip
