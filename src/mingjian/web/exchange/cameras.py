"""Cameras: each row goes through the checks and rules of a single enrolment, a thousand rows at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.isotime import format_iso_ns
from mingjian.kernel.text import Text
from mingjian.rules.judgement import Judgement, Verdict, strictest
from mingjian.rules.library import current_law
from mingjian.web import configuration
from mingjian.web.audit.actions import About, record, record_many
from mingjian.web.audit.models import Outcome
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.applying import cited_reason
from mingjian.web.exchange.camera_columns import CAMERA_COLUMNS
from mingjian.web.exchange.camera_drafts import ARCHIVE_DEFAULTS, CAMERA_ATTRIBUTES, Drafts, document_of, file_of
from mingjian.web.exchange.camera_reading import CameraReader
from mingjian.web.exchange.columns import Column, Problem
from mingjian.web.exchange.kinds import Finding, Names, SheetRow, Work, position_texts
from mingjian.web.exchange.likeness import Likeness
from mingjian.web.exchange.matching import Rights
from mingjian.web.exchange.models import ImportRow
from mingjian.web.exchange.refusals import outdated, touched
from mingjian.web.exchange.turning import Turning
from mingjian.web.http.bulk import insert_rows
from mingjian.web.inspections.leads import NewLead, open_lead
from mingjian.web.organisations.models import Identifier
from mingjian.web.registry.archive.actions import join_system, remember_file
from mingjian.web.registry.archive.codes import KIND as CODE_KIND
from mingjian.web.registry.archive.codes import SUBJECT, give_code
from mingjian.web.registry.archive.enrolment import deciding, standing_of
from mingjian.web.registry.archive.fields import OF_CAMERA, score
from mingjian.web.registry.archive.names import ENROLLED, FILE_CHANGED
from mingjian.web.registry.archive.photos import pictured
from mingjian.web.registry.models import Camera, CameraArchive, CameraSearch, DeviceChannel, Membership, Stream
from mingjian.web.registry.names import REMOVED
from mingjian.web.registry.plan import plan_changed
from mingjian.web.registry.policies import MANAGE
from mingjian.web.registry.rights import EXPORT
from mingjian.web.registry.searching import camera_text

_INSERTED = (
    "id", "name", "initials", "group", "keep_days", "planned_from_ns", "created_ns", "code", "organisation_id",
    "division_id", "place_id", "part_id", "room_id", "system_id", "lon_e7", "lat_e7", *OF_CAMERA, "standing",
    "archive_score",
)  # fmt: skip
_OF_CAMERA, _OF_ARCHIVE = attrgetter(*_INSERTED), attrgetter(*ARCHIVE_DEFAULTS)
MOST_LEADS = 50
"""Of one file: leads for refused cameras. What is refused beyond them is told in the preview."""


class Cameras:
    """The kind."""

    name = "cameras"
    title = Text("摄像机", "cameras")
    columns: tuple[Column, ...] = CAMERA_COLUMNS
    organisation_path = "organisation_id"
    division_path = "division_id"

    def work(self, actor: Actor, *, again: bool = False, reason: str = "") -> Work:
        """Begin."""
        return _CameraWork(actor, again=again, reason=reason)

    def cells(self, values: Mapping[str, Any], names: Names) -> dict[str, str]:
        """Texts by column key."""
        return names.texts(self.columns, values) | position_texts(values)

    def rows(self, actor: Actor) -> QuerySet[Camera]:
        """The cameras of the register within his reach."""
        return EXPORT.visible(actor, Camera.objects.filter(removed_ns=None)).order_by("id")

    def exported(self, some: Sequence[Camera]) -> Iterator[dict[str, str]]:
        """With the file of each, where it has one."""
        archives = CameraArchive.objects.in_bulk([camera.id for camera in some])
        documents = [document_of(camera, archives.get(camera.id)) for camera in some]
        names = Names(documents)
        for camera, document in zip(some, documents, strict=True):
            cells = self.cells(document, names) | {"id": camera.id}
            if not cells.get("lon") and camera.lon_e7 is not None and camera.lat_e7 is not None:
                cells |= {"datum": "WGS-84", "lon": f"{camera.lon_e7 / 1e7:.7f}", "lat": f"{camera.lat_e7 / 1e7:.7f}"}
            yield cells


class _CameraWork:
    def __init__(self, actor: Actor, *, again: bool, reason: str) -> None:
        self._actor = actor
        self._reason = reason
        self._drafts = Drafts(actor, counted=not again)
        self._reader = CameraReader(actor, self._drafts)
        self._likeness = Likeness(actor, current_law())
        self._rights = Rights(actor, MANAGE)
        self._turning = Turning(actor)
        self._leads = 0
        self._plan = False
        self._pictured: frozenset[str] = frozenset()

    def look(self, rows: Sequence[SheetRow]) -> list[Finding]:
        """As Work."""
        findings, existing = self._reader.read(rows)
        for finding in findings:
            if not finding.row.problems:
                self._judge(finding, existing.get(finding.subject_id))
            if finding.row.problems:
                finding.change = "refused"
        self._likeness.note(findings)
        return findings

    def _judge(self, finding: Finding, existing: Camera | None) -> None:
        camera = None if existing is None or existing.removed_ns is not None else existing
        if camera is not None:
            self._reduce(finding, camera)
            if finding.change == "same":
                return
            self._turning.look(finding, camera)
        draft = self._drafts.draft(finding.values, camera)
        judgements = self._drafts.judge(draft)
        standing = standing_of(judgements)
        if standing == "refused":
            blocking = strictest(one for one in judgements.values() if one.verdict is Verdict.BLOCKED)
            finding.row.problems.append(Problem("", cited_reason(blocking), blocking.remedy))
            self._refuse(finding, blocking)
        elif standing == "suspended":
            decided = strictest(deciding(judgements))
            finding.notes.append(Problem("", cited_reason(decided), decided.remedy))

    def _reduce(self, finding: Finding, camera: Camera) -> None:
        """Keep what differs, with what it replaces."""
        now = document_of(camera, file_of(camera))
        changed = {key: value for key, value in finding.values.items() if now.get(key) != value}
        finding.values = changed
        finding.before = {key: now.get(key) for key in changed}
        if not changed:
            finding.change, finding.before = "same", None

    def _refuse(self, finding: Finding, blocking: Judgement) -> None:
        """What a single enrolment leaves when the law refuses it: a denied entry, and a lead for the district's organ."""
        division, organisation = finding.values.get("division_id"), finding.values.get("organisation_id")
        if self._leads >= MOST_LEADS or not division:
            return
        self._leads += 1
        same = hashlib.sha256(f"{organisation}\n{finding.name}".encode()).hexdigest()[:26]
        with transaction.atomic():
            record(
                self._actor, ENROLLED, kind="camera", name=finding.name, judgements=[blocking],
                reason=blocking.reason.zh, outcome=Outcome.DENIED,
            )  # fmt: skip
            open_lead(
                self._actor,
                NewLead(
                    origin="import", title=finding.name, division_id=division, clauses=blocking.keys,
                    detail=blocking.reason.zh, about_id=organisation, place_id=finding.values.get("place_id"),
                    subject_kind="import_row", subject_id=same,
                ),
            )  # fmt: skip

    # --- applying --------------------------------------------------------------------------------------------------

    def apply(self, rows: Sequence[ImportRow]) -> None:
        """As Work."""
        fresh = [row for row in rows if row.change == "new" and not row.seen_version]
        others = [row for row in rows if row.change in ("new", "changed") and row.seen_version]
        self._drafts.load(row.values for row in rows)
        self._insert(fresh)
        self._change(others, ENROLLED, lambda row: row.values, undoing=False)

    def _insert(self, rows: Sequence[ImportRow]) -> None:
        default_days = configuration.current().keep_days
        drafts: list[SimpleNamespace] = []
        abouts: list[About] = []
        for row in rows:
            self._rights.require(row.values.get("organisation_id"), row.values.get("division_id"))
            draft = self._drafts.draft(row.values, None)
            judgements = self._drafts.judge(draft)
            self._settle(row, draft, judgements)
            draft.id, draft.created_ns, draft.planned_from_ns = row.subject_id, self._drafts.now_ns, self._drafts.now_ns
            draft.keep_days = row.values.get("keep_days", default_days)
            drafts.append(draft)
            after = {key: value for key, value in row.values.items() if value not in (None, "")}
            abouts.append(_about(draft, None, {**after, "standing": draft.standing}, judgements))
        self._write(drafts)
        record_many(self._actor, ENROLLED, "camera", abouts, policy=MANAGE, reason=self._reason)

    def _write(self, drafts: Sequence[SimpleNamespace]) -> None:
        day = self._drafts.today.isoformat()
        insert_rows(Camera, _INSERTED, (_OF_CAMERA(one) for one in drafts))
        insert_rows(
            CameraArchive,
            ("camera_id", *ARCHIVE_DEFAULTS),
            ((one.id, *_OF_ARCHIVE(one.archive)) for one in drafts),
        )
        texts = ([one.id, camera_text(one, (), one.archive)] for one in drafts)
        insert_rows(CameraSearch, ("subject_id", "text"), texts)
        in_systems = ([one.id, one.system_id, day] for one in drafts if one.system_id)
        insert_rows(Membership, ("camera_id", "system_id", "since_date"), in_systems)
        codes = ([CODE_KIND, one.code, SUBJECT, one.id, day] for one in drafts if one.code)
        names = ("kind", "value", "subject_kind", "subject_id", "since_date")
        try:
            insert_rows(Identifier, names, codes)
        except IntegrityError as error:
            raise outdated() from error

    def _settle(self, row: ImportRow, draft: SimpleNamespace, judgements: Mapping[str, Judgement]) -> None:
        draft.standing = standing_of(judgements)
        if draft.standing == "refused":
            blocking = strictest(one for one in judgements.values() if one.verdict is Verdict.BLOCKED)
            said = cited_reason(blocking)
            raise MingjianError(
                "enrolment_refused",
                Text(f"第 {row.number} 行：{said.zh}", f"row {row.number}: {said.en}"),
                fault=Fault.USER,
                remedy=blocking.remedy,
            )
        photo = row.subject_id in self._pictured
        draft.archive_score = score(cast("Camera", draft), cast("CameraArchive", draft.archive), photo=photo)

    def _change(
        self,
        rows: Sequence[ImportRow],
        action: str,
        values_of: Callable[[ImportRow], Mapping[str, Any]],
        *,
        undoing: bool,
    ) -> None:
        ids = [row.subject_id for row in rows]
        locked = {camera.id: camera for camera in Camera.objects.select_for_update(of=("self",)).filter(pk__in=ids)}
        full = Camera.objects.select_related("archive", "place", "part", "room", "archive__builder").in_bulk(ids)
        self._pictured = pictured(ids)
        streamed = set(Stream.objects.filter(camera_id__in=ids).values_list("camera_id", flat=True))
        changed: list[About] = []
        back: list[About] = []
        for row in rows:
            camera = full.get(row.subject_id)
            if camera is None or locked[camera.id].version != row.seen_version + undoing:
                raise outdated(row.number)
            returns = row.change == "new"
            if returns != (camera.removed_ns is not None):
                raise outdated(row.number)
            values = values_of(row)
            approved: list[Judgement] = []
            if undoing:
                self._turning.give_back(camera, row)
            elif not returns:
                approved = self._turning.take(camera, values)
            about = self._change_one(row, camera, values, returns=returns, approved=approved)
            (back if returns else changed).append(about)
            self._plan = self._plan or camera.id in streamed
        record_many(self._actor, ENROLLED, "camera", back, policy=MANAGE, reason=self._reason)
        record_many(self._actor, FILE_CHANGED, "camera", changed, policy=MANAGE, reason=self._reason)

    def _change_one(
        self, row: ImportRow, camera: Camera, values: Mapping[str, Any], *, returns: bool, approved: Sequence[Judgement]
    ) -> About:
        before = None if returns else {key: document_of(camera, file_of(camera)).get(key) for key in values}
        self._rights.require(camera.organisation_id, camera.division_id)
        draft = self._drafts.draft(values, None if returns else camera)
        self._rights.require(draft.organisation_id, draft.division_id)
        judgements = self._drafts.judge(draft)
        self._settle(row, draft, judgements)
        system = camera.system_id
        archive = CameraArchive.objects.filter(pk=camera.pk).first() or CameraArchive(camera=camera)
        for key in (*CAMERA_ATTRIBUTES, "initials", "standing", "archive_score"):
            setattr(camera, key, getattr(draft, key))
        for key in ARCHIVE_DEFAULTS:
            setattr(archive, key, getattr(draft.archive, key))
        if values.get("code") and values["code"] != camera.code:
            camera.division = None if camera.division_id is None else camera.division
            give_code(camera, values["code"])
        if returns:
            camera.removed_ns, camera.keep_days = None, values.get("keep_days", camera.keep_days)
            Identifier.objects.filter(subject_kind=SUBJECT, subject_id=camera.id, value=camera.code).update(
                until_date=""
            )
            system = None
        camera.version += 1
        camera.save()
        archive.save()
        join_system(camera, system)
        remember_file(camera, archive)
        after = {key: value for key, value in values.items() if not returns or value not in (None, "")}
        return _about(draft, before, {**after, "standing": draft.standing}, judgements, approved)

    def finish(self) -> None:
        """The engine is told once, when a camera with a stream was touched."""
        if self._plan:
            plan_changed()

    # --- undoing ---------------------------------------------------------------------------------------------------

    def undo(self, rows: Sequence[ImportRow]) -> dict[int, MingjianError]:
        """As Work: new cameras leave the register, changed ones get back what they were."""
        refused = self._remove([row for row in rows if row.change == "new"])
        others = [row for row in rows if row.change == "changed"]
        self._drafts.load(row.before or {} for row in others)
        for row in others:
            try:
                with transaction.atomic():
                    self._change([row], FILE_CHANGED, lambda row: row.before or {}, undoing=True)
            except MingjianError as error:
                refused[row.number] = touched() if error.code == "import_outdated" else error
        return refused

    def _remove(self, rows: Sequence[ImportRow]) -> dict[int, MingjianError]:
        wanted = {row.subject_id: row for row in rows}
        cameras = Camera.objects.select_for_update().filter(pk__in=list(wanted), removed_ns=None)
        found = {one.id: one for one in cameras}
        same = {key: one for key, one in found.items() if one.version == wanted[key].seen_version + 1}
        ids, day = list(same), self._drafts.today.isoformat()
        Camera.objects.filter(pk__in=ids).update(removed_ns=self._drafts.now_ns, version=F("version") + 1)
        Identifier.objects.filter(subject_kind=SUBJECT, subject_id__in=ids, until_date="").update(until_date=day)
        Membership.objects.filter(camera_id__in=ids, until_date="").update(until_date=day)
        DeviceChannel.objects.filter(camera_id__in=ids, until_date="").update(until_date=day)
        removed = {"removed_at": format_iso_ns(self._drafts.now_ns)}
        abouts = [
            About(one.id, one.name, one.organisation_id or "", one.division_id or "", None, removed)
            for one in same.values()
        ]
        record_many(self._actor, REMOVED, "camera", abouts, policy=MANAGE, reason=self._reason)
        return {row.number: touched() for key, row in wanted.items() if key not in same}


def _about(
    draft: SimpleNamespace, before: Mapping[str, Any] | None, after: Mapping[str, Any],
    judgements: Mapping[str, Judgement], approved: Sequence[Judgement] = (),
) -> About:  # fmt: skip
    said = (*approved, *deciding(judgements))
    return About(draft.id, draft.name, draft.organisation_id or "", draft.division_id or "", before, after, said)
