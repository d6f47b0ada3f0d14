"""Handing files in, reading them, taking them down. What a file is attached to decides who may."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q, Sum

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text
from mingjian.web import wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.authority.policy import Policy
from mingjian.web.authority.subjects import Located, subject_of
from mingjian.web.files import store
from mingjian.web.files.contents import EXTENSIONS, PICTURES, Content, content_of
from mingjian.web.files.models import StoredFile
from mingjian.web.files.names import DOWNLOADED, REMOVED, UPLOADED
from mingjian.web.files.pictures import encode_anew
from mingjian.web.files.policies import KEEP
from mingjian.web.files.rights import has_files, keeping_policies, may_read
from mingjian.web.files.signals import files_changed
from mingjian.web.http.problem import not_found
from mingjian.web.organisations.models import Organisation

QUOTA_BYTES = 512 << 20
"""Of one subject, or of one organisation's files of a kind before they have a subject. What was taken down counts."""

_LOCK = 0x66696C65
"""First half of PostgreSQL's advisory lock for adding a file; the second is of the kind of subject."""


@dataclass(frozen=True, slots=True)
class About:
    """What a file belongs to: an object, or (before there is one) an organisation and the kind of object to come."""

    kind: str
    subject_id: str = ""
    organisation_id: str = ""
    part: str = ""


def upload_file(actor: Actor, about: About, name: str, body: store.Readable) -> tuple[StoredFile, bool]:
    """Store a file. Gives it, and whether it is new: the same bytes for the same subject and part are one file.

    Raises Refused, and MingjianError not_found for what is out of reach, invalid for a content that is not taken,
    body_too_large, conflict when the quota is used up.
    """
    where = _located(actor, about)
    right = _keeping(actor, about.kind, where)
    with store.incoming(body, store.FILE_LIMIT) as path:
        return _store(actor, about, where, right, name, path, content_of(path), _check_quota)


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """Of pictures from people without an account: bytes of one as sent, bytes of all since a time (UTC ns)."""

    bytes: int
    total_bytes: int
    since_ns: int


def receive_picture(
    actor: Actor, right: Policy, about: About, where: Located, body: store.Readable, limits: PictureLimits
) -> tuple[StoredFile, bool]:
    """Store a picture that somebody without an account sends about `about`, which the caller has found to be his.

    No name of his is kept. Gives it and whether it is new. Raises Refused, and MingjianError invalid for what is no
    picture, body_too_large, conflict when such pictures have used up what is set aside for them.
    """
    right.require(actor)

    def check_total(row: StoredFile) -> None:
        rows = StoredFile.objects.filter(
            subject_kind=about.kind, part=about.part, created_by="", created_ns__gte=limits.since_ns
        )
        if (rows.aggregate(taken=Sum("bytes"))["taken"] or 0) + row.bytes > limits.total_bytes:
            said = Text(
                zh="目前收到的图片过多，暂时不能再上传；举报本身不受影响",
                en="too many pictures have come in: none can be added now; the report itself stands",
            )
            raise MingjianError("conflict", said, fault=Fault.USER, field="content")

    with store.incoming(body, limits.bytes) as path:
        content = content_of(path)
        if not content.picture:
            said = Text(zh="只能上传 JPEG 或者 PNG 图片", en="only JPEG and PNG pictures are taken")
            raise MingjianError("invalid", said, fault=Fault.USER, field="content")
        return _store(actor, about, where, right, "picture", path, content, check_total)


def _store(
    actor: Actor, about: About, where: Located, right: Policy, name: str, path: Path, content: Content,
    check: Callable[[StoredFile], None],
) -> tuple[StoredFile, bool]:  # fmt: skip
    """Keep what came in at `path`; `check` may refuse the new row before anything is kept, and nobody adds meanwhile."""
    width, height = encode_anew(path, content.media_type) if content.picture else (None, None)
    row = StoredFile(
        id=new_id(wiring.clock().now_ns()), sha256=store.digest_of(path), media_type=content.media_type,
        bytes=path.stat().st_size, width=width, height=height, name=_shown(name, content.media_type),
        subject_kind=about.kind, subject_id=about.subject_id, part=_plain(about.part)[:32],
        organisation_id=where.organisation_id, division_id=where.division_id, created_by=actor.user,
        created_ns=wiring.clock().now_ns(),
    )  # fmt: skip
    with transaction.atomic():
        _one_at_a_time(row)
        known = _same(row)
        if known is not None:
            store.keep(path, row.sha256)  # the same bytes: what a full disk or a hand lost is there again
            return known, False
        check(row)
        store.keep(path, row.sha256)
        row.save(force_insert=True)
        after = {"sha256": row.sha256, "media_type": row.media_type, "bytes": row.bytes, "about": about.kind}
        _record(actor, UPLOADED, row, right, {**after, "subject": about.subject_id, "part": row.part})
        _tell(row)
    return row, True


def _one_at_a_time(row: StoredFile) -> None:
    """Until the transaction ends nobody else adds a file of the same kind: the quota is counted with it.

    SQLite's transactions are one at a time as they are (IMMEDIATE).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, row.subject_kind])


def _tell(row: StoredFile) -> None:
    files_changed.send(StoredFile, kind=row.subject_kind, subject_id=row.subject_id, part=row.part)


def download_file(actor: Actor, file_id: str) -> tuple[StoredFile, Iterator[bytes]]:
    """The file and its bytes, piece by piece. Raises MingjianError not_found, file_missing."""
    row = file_by_id(actor, file_id)
    if row.removed_ns is not None:
        raise not_found("文件已撤下", "the file was taken down")
    found = store.pieces(row.sha256, row.bytes)
    _record(actor, DOWNLOADED, row, None, {"sha256": row.sha256})
    return row, found


def download_shown(actor: Actor, row: StoredFile, right: Policy) -> tuple[StoredFile, Iterator[bytes]]:
    """The same for a file that the actor may read by `right` over what it is attached to: the caller has judged that."""
    found = store.pieces(row.sha256, row.bytes)
    _record(actor, DOWNLOADED, row, right, {"sha256": row.sha256})
    return row, found


def remove_file(actor: Actor, file_id: str, reason: str) -> StoredFile:
    """Take a file down: nobody reads it any more. Its row, digest and bytes stay: papers are records."""
    with transaction.atomic():
        row = file_by_id(actor, file_id, lock=True)
        right = _keeping(actor, row.subject_kind, where_of(row))
        if row.removed_ns is not None:
            raise MingjianError("conflict", Text("该文件已撤下", "the file was taken down already"), fault=Fault.USER)
        row.removed_ns = wiring.clock().now_ns()
        row.save(update_fields=["removed_ns"])
        _record(actor, REMOVED, row, right, {"removed": True}, reason)
        _tell(row)
    return row


def file_by_id(actor: Actor, file_id: str, *, lock: bool = False) -> StoredFile:
    """The file, if the actor may read its subject's files or handed it in himself. Raises MingjianError not_found."""
    rows = StoredFile.objects.select_for_update() if lock else StoredFile.objects.all()
    row = rows.filter(pk=file_id).first()
    if row is None or not (_own(actor, row) or may_read(actor, row.subject_kind, where_of(row))):
        raise not_found("没有这个文件", "there is no such file")
    return row


def require_picture(file_id: str, about: About, field: str) -> str:
    """The id of a stored picture about this very object. Raises MingjianError invalid naming `field`."""
    rows = StoredFile.objects.filter(pk=file_id, removed_ns__isnull=True, media_type__in=PICTURES)
    if not rows.filter(subject_kind=about.kind, subject_id=about.subject_id).exists():
        said = Text(zh="须先为该对象上传图片", en="upload a picture of this object first")
        raise MingjianError("invalid", said, fault=Fault.USER, field=field)
    return file_id


def require_attached(file_id: str, about: About, field: str) -> str:
    """The id of a stored file of this very object, or of the organisation for an object of the kind that is to come.

    Raises MingjianError invalid naming `field`, the same for what is not there and for what belongs to another.
    """
    rows = StoredFile.objects.filter(pk=file_id, removed_ns__isnull=True, subject_kind=about.kind)
    to_come = Q(subject_id="", organisation_id=about.organisation_id) if about.organisation_id else Q(pk__in=())
    if not rows.filter(Q(subject_id=about.subject_id) & ~Q(subject_id="") | to_come).exists():
        said = Text(zh="没有这个文件，请先上传", en="there is no such file: upload it first")
        raise MingjianError("invalid", said, fault=Fault.USER, field=field)
    return file_id


def require_paper(actor: Actor, file_id: str, kind: str, organisations: Collection[str], field: str) -> StoredFile:
    """A stored file of this kind of one of these organisations, which the actor handed in or may read.

    Raises MingjianError invalid naming `field`, the same for what is not there and for what is somebody else's.
    """
    row = StoredFile.objects.filter(pk=file_id, removed_ns__isnull=True, subject_kind=kind).first()
    mine = row is not None and row.organisation_id in organisations
    if row is None or not mine or not (_own(actor, row) or may_read(actor, kind, where_of(row))):
        said = Text(zh="没有这个文件", en="there is no such file")
        raise MingjianError("invalid", said, fault=Fault.USER, field=field)
    return row


def where_of(row: StoredFile) -> Located:
    """Where its subject is today, else where it was handed in."""
    now = subject_of(row.subject_kind, row.subject_id) if row.subject_id else None
    return now or Located(row.organisation_id, row.division_id)


def located_subject(actor: Actor, kind: str, subject_id: str) -> Located:
    """Where the subject is, if the actor may read its files. Raises MingjianError not_found."""
    where = subject_of(kind, subject_id) if has_files(kind) else None
    if where is None or not may_read(actor, kind, where):
        raise not_found("没有这个对象", "there is no such object")
    return where


def _located(actor: Actor, about: About) -> Located:
    if about.subject_id:
        return located_subject(actor, about.kind, about.subject_id)
    row = Organisation.objects.filter(pk=about.organisation_id).first()
    where = None if row is None else Located(row.pk, row.division_id or "")
    if where is None or not has_files(about.kind) or not may_read(actor, about.kind, where):
        raise not_found("没有这个对象", "there is no such object")
    return where


def _keeping(actor: Actor, kind: str, where: Located) -> Policy:
    """The right under which he keeps files there. Raises Refused."""
    KEEP.require(actor, where)
    policies = keeping_policies(kind)
    for policy in policies:
        if policy.allows(actor, where):
            return policy
    policies[0].require(actor, where)
    return policies[0]


def _own(actor: Actor, row: StoredFile) -> bool:
    return bool(actor.user) and row.created_by == actor.user and not row.subject_id


def _same(row: StoredFile) -> StoredFile | None:
    same = {key: getattr(row, key) for key in ("sha256", "subject_kind", "subject_id", "part", "organisation_id")}
    return StoredFile.objects.filter(**same, removed_ns__isnull=True).first()


def _check_quota(row: StoredFile) -> None:
    same = {key: getattr(row, key) for key in ("subject_kind", "subject_id")}
    rows = StoredFile.objects.filter(**same)
    if not row.subject_id:
        rows = rows.filter(organisation_id=row.organisation_id)
    if (rows.aggregate(taken=Sum("bytes"))["taken"] or 0) + row.bytes > QUOTA_BYTES:
        said = Text(zh="该对象的文件总量已达 512 MiB 上限", en="the files of this object have reached 512 MiB")
        raise MingjianError("conflict", said, fault=Fault.USER, field="content")


def _shown(name: str, media_type: str) -> str:
    """The name as it is shown: no path, no control or direction characters, and the ending that the content has."""
    last = _plain(name.replace("\\", "/").rpartition("/")[2])
    stem = Path(last).stem.strip(" .")[:100] or "file"
    return f"{stem}.{EXTENSIONS[media_type]}"


def _plain(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one)[0] != "C").strip()


def _record(
    actor: Actor, action: str, row: StoredFile, right: Policy | None, after: dict[str, object], reason: str = ""
) -> None:
    record(actor, action, kind="file", object_id=row.id, name=row.name, after=after, policy=right, reason=reason)
