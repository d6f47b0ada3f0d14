"""Changes of use, audits of fields of view, and bulk looking."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.db.models import QuerySet

from mingjian.kernel.clock import DAY_NS, NS_PER_MS
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.spans import merge
from mingjian.kernel.text import Text
from mingjian.rules import monitoring
from mingjian.rules.day_count import end_of_day_ns, shanghai_day
from mingjian.rules.judgement import Verdict
from mingjian.rules.library import current_law
from mingjian.rules.monitoring import CHANGES, bulk_threshold
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor, local_person
from mingjian.web.authority.applying import RuledOut, Subject, applying
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.monitoring.models import BulkAlarm, ChangeRequest, ViewAudit
from mingjian.web.monitoring.names import BULK_FOUND, CHANGE_ASKED, CHANGE_DECIDED, VIEW_AUDITED
from mingjian.web.monitoring.policies import ASK, DECIDE, READ
from mingjian.web.organisations.models import RoleBinding
from mingjian.web.registry.judging import today
from mingjian.web.registry.models import Camera
from mingjian.web.registry.queries import visible_camera
from mingjian.web.registry.shared import clean
from mingjian.web.viewing.models import Look

SEEN = ("state_secret", "trade_secret", "privacy")
HISTORY_DAYS = 30
_MINUTE_MS = 60_000

judge_change = applying(monitoring.judge_change, by=(CHANGE_ASKED, CHANGE_DECIDED))
judge_field_of_view = applying(monitoring.judge_field_of_view, by=VIEW_AUDITED)
judge_bulk = applying(monitoring.judge_bulk, by=BULK_FOUND)


def ask_change(actor: Actor, camera_id: str, kind: str, change: str, reason: str) -> ChangeRequest:
    """Ask for a change of use. Raises MingjianError not_found, invalid, and Refused."""
    camera = _camera(actor, camera_id)
    if kind not in CHANGES:
        raise refused("kind", "不在可选值之内", "not one of the known values")
    now_ns = wiring.clock().now_ns()
    judgement = judge_change(current_law(), kind, actor.user, None, today())
    with transaction.atomic():
        row = ChangeRequest.objects.create(
            id=new_id(now_ns), camera=camera, kind=kind, change=clean(change, "change", 2, 500),
            reason=clean(reason, "reason", 2, 500), asked_by_id=actor.user, asked_name=actor.name[:64], asked_ns=now_ns,
        )  # fmt: skip
        record(
            actor, CHANGE_ASKED, kind="camera", object_id=camera.id, name=camera.name,
            after={"request": row.id, "kind": kind, "change": row.change}, policy=ASK, reason=reason,
            judgements=[judgement],
        )  # fmt: skip
    return row


def decide_change(actor: Actor, request_id: str, approve: bool, answer: str, expected: int | None) -> ChangeRequest:
    """Approve or refuse; never one's own. Raises MingjianError not_found, conflict, RuledOut `conflict` for his own, Refused."""
    DECIDE.require(actor)
    with transaction.atomic():
        rows = ChangeRequest.objects.select_for_update(of=("self",)).select_related("camera")
        row = rows.filter(pk=request_id).first()
        if row is None or not DECIDE.allows(actor, row.camera):
            raise not_found("没有这项申请", "there is no such request")
        require_version(row.version, expected)
        if row.state != "asked":
            raise MingjianError("conflict", Text("该申请已有决定", "it was decided already"), fault=Fault.USER)
        judgement = judge_change(current_law(), row.kind, row.asked_by_id, actor.user, today())
        if judgement.verdict is Verdict.BLOCKED:
            subject = Subject("camera", row.camera_id, row.camera.name)
            raise RuledOut("conflict", judgement, actor=actor, action=CHANGE_DECIDED, subject=subject)
        row.state = "approved" if approve else "refused"
        row.decided_by_id, row.decided_name = actor.user, actor.name[:64]
        row.decided_ns, row.answer = wiring.clock().now_ns(), clean(answer, "answer", 2, 500)
        row.version += 1
        row.save()
        record(
            actor, CHANGE_DECIDED, kind="camera", object_id=row.camera_id, name=row.camera.name,
            before={"state": "asked"}, after={"request": row.id, "state": row.state}, policy=DECIDE, reason=answer,
            judgements=[judgement],
        )  # fmt: skip
    return row


def audit_view(actor: Actor, camera_id: str, seen: list[str], mask_fails: bool, note: str) -> ViewAudit:
    """Say what a camera sees. Raises MingjianError not_found, invalid, and Refused."""
    camera = _camera(actor, camera_id)
    if not set(seen) <= set(SEEN):
        raise refused("seen", "不在可选值之内", "not one of the known values")
    judgement = judge_field_of_view(current_law(), frozenset(seen), mask_fails, today())
    now_ns = wiring.clock().now_ns()
    with transaction.atomic():
        row = ViewAudit.objects.create(
            id=new_id(now_ns), camera=camera, seen=sorted(seen), mask_fails=mask_fails, note=clean(note, "note", 0, 500),
            verdict=judgement.verdict.value, audited_name=actor.name[:64], audited_ns=now_ns,
        )  # fmt: skip
        record(
            actor, VIEW_AUDITED, kind="camera", object_id=camera.id, name=camera.name,
            after={"seen": row.seen, "mask_fails": mask_fails}, policy=ASK, judgements=[judgement],
        )  # fmt: skip
    return row


def find_bulk_looking() -> int:
    """Raise an alarm for who looks today far more than on his own days; how many. The worker's business."""
    now_ns, on = wiring.clock().now_ns(), today()
    begin_ns = end_of_day_ns(on) - DAY_NS
    law, found = current_law(), 0
    watched = Look.objects.filter(expires_ms__gt=begin_ns // NS_PER_MS).values_list("viewer_id", flat=True).distinct()
    done = set(BulkAlarm.objects.filter(day=on.isoformat()).values_list("viewer_id", flat=True))
    for viewer in sorted(set(watched) - done):
        minutes = camera_minutes(viewer, on, now_ns)
        before = [minutes.get(on - dt.timedelta(days=days), 0) for days in range(1, HISTORY_DAYS + 1)]
        judgement = judge_bulk(law, minutes.get(on, 0), before, on)
        if judgement.verdict is not Verdict.DUE:
            continue
        look = Look.objects.filter(viewer_id=viewer).order_by("-issued_ms").first()
        home = RoleBinding.objects.filter(user_id=viewer).select_related("organisation").order_by("id").first()
        with transaction.atomic():
            BulkAlarm.objects.create(
                id=new_id(now_ns), viewer_id=viewer, viewer_name="" if look is None else look.viewer_name,
                organisation=None if home is None else home.organisation,
                division_id=None if home is None else home.organisation.division_id, day=on.isoformat(),
                minutes=minutes.get(on, 0), threshold=bulk_threshold(law, before), raised_ns=now_ns,
            )  # fmt: skip
            record(
                local_person("worker"), BULK_FOUND, kind="user", object_id=viewer,
                name="" if look is None else look.viewer_name,
                after={"day": on.isoformat(), "minutes": minutes.get(on, 0)}, judgements=[judgement],
            )  # fmt: skip
        found += 1
    return found


def camera_minutes(viewer: str, on: dt.date, now_ns: int) -> dict[dt.date, int]:
    """Camera-minutes of a person by day in Shanghai, of that day and the 30 before, whole minutes.

    A look lasts from its first ticket to the end of its last, its revocation or now; looks at one camera at the same
    time count once. It belongs to the day it began.
    """
    begin_ms = (end_of_day_ns(on) - (HISTORY_DAYS + 1) * DAY_NS) // NS_PER_MS
    now_ms = now_ns // NS_PER_MS
    rows = Look.objects.filter(viewer_id=viewer, issued_ms__gte=begin_ms)
    spans: dict[tuple[dt.date, str], list[tuple[int, int]]] = defaultdict(list)
    for camera, issued_ms, expires_ms, revoked_ms in rows.values_list(
        "camera", "issued_ms", "expires_ms", "revoked_ms"
    ):
        end_ms = min(expires_ms, now_ms, expires_ms if revoked_ms is None else revoked_ms)
        if end_ms > issued_ms:
            spans[shanghai_day(issued_ms * NS_PER_MS), camera].append((issued_ms, end_ms))
    totals: dict[dt.date, int] = defaultdict(int)
    for (day, _), intervals in spans.items():
        totals[day] += sum(end - start for start, end in merge(sorted(intervals)))
    return {day: total // _MINUTE_MS for day, total in totals.items()}


def requests(actor: Actor) -> QuerySet[ChangeRequest]:
    """The change requests of the actor's reach."""
    rows = ChangeRequest.objects.select_related("camera")
    return READ.visible(actor, rows, "camera__organisation_id", "camera__division_id")


def audits(actor: Actor) -> QuerySet[ViewAudit]:
    """The audits of views of the actor's reach."""
    rows = ViewAudit.objects.select_related("camera")
    return READ.visible(actor, rows, "camera__organisation_id", "camera__division_id")


def alarms(actor: Actor) -> QuerySet[BulkAlarm]:
    """The alarms of bulk looking of the actor's reach."""
    return READ.visible(actor, BulkAlarm.objects.all())


def _camera(actor: Actor, camera_id: str) -> Camera:
    camera = visible_camera(actor, camera_id)
    ASK.require(actor, camera)
    return camera
