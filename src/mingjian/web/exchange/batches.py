"""One file's way: uploaded and read into rows, looked at, applied as a whole, undone object by object.

Reading, applying and undoing are background work. Applying is one transaction: whatever interrupts it, nothing of the
file is in the register. Rows with problems forbid it; so does anything that changed since the preview.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.ids import new_id
from mingjian.kernel.text import Text, listed
from mingjian.web import configuration, wiring
from mingjian.web.audit.actions import record
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.cameras import Cameras
from mingjian.web.exchange.catalogue import catalogue_rows
from mingjian.web.exchange.channels import Channels
from mingjian.web.exchange.columns import Cell, CellReader, Column, Problem, WrongCell
from mingjian.web.exchange.devices import Devices
from mingjian.web.exchange.jobs import Job, desk
from mingjian.web.exchange.kinds import Finding, Kind, SheetRow
from mingjian.web.exchange.memberships import Memberships
from mingjian.web.exchange.models import ImportBatch, ImportRow
from mingjian.web.exchange.names import APPLIED, PREVIEWED, UNDONE
from mingjian.web.exchange.organisations import Organisations
from mingjian.web.exchange.places import Places
from mingjian.web.exchange.sheets import bad_file, form_of, rows_of
from mingjian.web.exchange.systems import Systems
from mingjian.web.files import store
from mingjian.web.http.bulk import insert_rows, many_changes
from mingjian.web.http.problem import not_found, refused
from mingjian.web.http.versions import require_version
from mingjian.web.registry.rights import IMPORT

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (Cameras(), Devices(), Channels(), Memberships(), Places(), Systems(), Organisations())
}
FILE_LIMIT = 64 << 20
CHUNK = 1000
AT_WORK = {"reading": "failed", "applying": "previewed", "undoing": "applied"}
"""States of a batch that a job is at, and where it goes when the job was interrupted: nothing was changed."""

_ROW_COLUMNS = (
    "batch_id", "number", "change", "subject_id", "seen_version", "name", "values", "before", "errors", "notes",
)  # fmt: skip
_T = TypeVar("_T")


def upload(
    actor: Actor, kind: str, name: str, body: store.Readable, options: Mapping[str, str], *, wait: bool = False
) -> ImportBatch:
    """Take a file and begin to read it. His previews that were never applied are dropped: one at a time.

    Raises Refused, and MingjianError invalid (kind of file), body_too_large, import_busy.
    """
    IMPORT.require(actor)
    if kind not in KINDS:
        raise refused("kind", "不能导入这类登记", "this kind cannot be imported")
    batch_id = new_id(wiring.clock().now_ns())
    with store.incoming(body, FILE_LIMIT) as path:
        form = form_of(path)
        if form == "gb28181" and kind != "cameras":
            raise bad_file("国标目录只能导入摄像机", "a catalogue of GB/T 28181 holds cameras only")
        digest = store.digest_of(path)
        kept = _path(batch_id)
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        path.replace(kept)
    home = next((one.organisation for one in actor.bindings if not one.grant), None)
    with transaction.atomic():
        ImportBatch.objects.filter(created_by=actor.user, state__in=("previewed", "failed")).update(state="dropped")
        ImportRow.objects.filter(batch__created_by=actor.user, batch__state="dropped").delete()
        batch = ImportBatch.objects.create(
            id=batch_id, kind=kind, form=form, name=_shown(name), sha256=digest, options=dict(options),
            organisation_id=home, created_by=actor.user, created_ns=wiring.clock().now_ns(),
        )  # fmt: skip
    try:
        desk.begin(batch_id, lambda job: _read(actor, batch_id, job), lambda error: _failed(batch_id, error), wait=wait)
    except MingjianError as error:
        _failed(batch_id, error)
        raise
    batch.refresh_from_db()
    return batch


def apply_batch(actor: Actor, batch_id: str, expected: int | None, *, wait: bool = False) -> ImportBatch:
    """Begin to apply a preview without problems. Raises MingjianError conflict, changed_meanwhile, import_busy."""
    batch = _taken(actor, batch_id, expected, "previewed", "applying")
    if batch.rows_refused:
        _put_back(batch)
        raise refused("rows", f"还有 {batch.rows_refused} 行有错，整个文件不能导入",
                      f"{batch.rows_refused} rows have problems: nothing is imported", "conflict")  # fmt: skip
    if not batch.rows_new + batch.rows_changed:
        _put_back(batch)
        raise refused("rows", "文件中没有要导入的变化", "the file changes nothing", "conflict")
    return _begin(batch, lambda job: _apply(actor, batch_id, job), wait=wait)


def undo_batch(actor: Actor, batch_id: str, reason: str, expected: int | None, *, wait: bool = False) -> ImportBatch:
    """Begin to take an import back. Objects changed since are left as they are, each with the reason."""
    batch = _taken(actor, batch_id, expected, "applied", "undoing")
    return _begin(batch, lambda job: _undo(actor, batch_id, reason, job), wait=wait)


def drop_batch(actor: Actor, batch_id: str, expected: int | None) -> ImportBatch:
    """Throw a preview away."""
    batch = batch_by_id(actor, batch_id)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        require_version(batch.version, expected)
        if batch.state not in ("previewed", "failed"):
            raise _wrong_state()
        batch.rows.all().delete()
        _move(batch, "dropped")
    return batch


def visible_batches(actor: Actor) -> QuerySet[ImportBatch]:
    """One's own; whoever imports for the whole installation sees all."""
    rows = ImportBatch.objects.exclude(state="dropped")
    return rows if IMPORT.everywhere(actor) else rows.filter(created_by=actor.user or "-")


def batch_by_id(actor: Actor, batch_id: str) -> ImportBatch:
    """The batch. Raises MingjianError not_found."""
    batch = visible_batches(actor).filter(pk=batch_id).first()
    if batch is None:
        raise not_found("没有这次导入", "there is no such import")
    return settled(batch)


def settled(batch: ImportBatch) -> ImportBatch:
    """A batch that a job was at when the program stopped goes back to where it was: nothing of it was changed."""
    if batch.state in AT_WORK and desk.job_of(batch.id) is None:
        batch.refresh_from_db()
        if batch.state in AT_WORK and desk.job_of(batch.id) is None:
            if batch.state == "reading":
                batch.error = _document(MingjianError(
                    "interrupted", Text("读取时程序重启", "the program was restarted while it read"),
                    fault=Fault.ENVIRONMENT, remedy=Text("请重新上传", "upload it again"),
                ))  # fmt: skip
            _put_back(batch)
    return batch


# --- the work ------------------------------------------------------------------------------------------------------


def _read(actor: Actor, batch_id: str, job: Job) -> None:
    batch = ImportBatch.objects.get(pk=batch_id)
    kind, path = KINDS[batch.kind], _path(batch_id)
    counts = dict.fromkeys(("new", "changed", "same", "refused", "noted"), 0)
    try:
        work = kind.work(actor)
        for rows in _chunks(sheet_rows(path, batch, kind.columns), CHUNK):
            with transaction.atomic():
                findings = work.look(rows)
                insert_rows(ImportRow, _ROW_COLUMNS, (_row(batch_id, finding) for finding in findings))
            for finding in findings:
                counts[finding.change] += 1
                counts["noted"] += bool(finding.notes)
            job.done += len(rows)
    finally:
        path.unlink(missing_ok=True)
    with transaction.atomic():
        batch.previewed_ns = wiring.clock().now_ns()
        for name, number in counts.items():
            setattr(batch, f"rows_{name}", number)
        _move(batch, "previewed")
        _record(actor, PREVIEWED, batch, {"sha256": batch.sha256, "form": batch.form, **counts})


def _apply(actor: Actor, batch_id: str, job: Job) -> None:
    batch = ImportBatch.objects.get(pk=batch_id)
    job.total = batch.rows_new + batch.rows_changed
    work = KINDS[batch.kind].work(actor, again=True, reason=f"批量导入:{batch.name}")
    with many_changes(), transaction.atomic():
        for rows in _chunks(_rows(batch), CHUNK):
            work.apply(rows)
            job.done += len(rows)
        work.finish()
        batch.applied_ns = wiring.clock().now_ns()
        _move(batch, "applied")
        after = {"kind": batch.kind, "sha256": batch.sha256, "new": batch.rows_new, "changed": batch.rows_changed}
        _record(actor, APPLIED, batch, after)


def _undo(actor: Actor, batch_id: str, reason: str, job: Job) -> None:
    batch = ImportBatch.objects.get(pk=batch_id)
    job.total = batch.rows_new + batch.rows_changed
    work = KINDS[batch.kind].work(actor, again=True, reason=f"撤销导入“{batch.name}”:{reason}")
    left = 0
    with many_changes(), transaction.atomic():
        for rows in _chunks(_rows(batch, backwards=True), CHUNK):
            refusals = work.undo(rows)
            for row in rows:
                if row.number in refusals:
                    left += 1
                    ImportRow.objects.filter(pk=row.pk).update(left=_document(refusals[row.number]))
            job.done += len(rows)
        work.finish()
        batch.undone_ns, batch.rows_left = wiring.clock().now_ns(), left
        _move(batch, "undone")
        _record(actor, UNDONE, batch, {"undone": job.done - left, "left": left}, reason)


def sheet_rows(path: Path, batch: ImportBatch, columns: Sequence[Column]) -> Iterator[SheetRow]:
    """The file's rows with typed values. Raises MingjianError when file or header cannot be read."""
    rows = catalogue_rows(path, batch.options) if batch.form == "gb28181" else rows_of(path, batch.form)
    header = next(rows, None)
    if header is None:
        raise bad_file("文件是空的", "the file is empty")
    reader = CellReader(_header(header[1], columns))
    for number, cells in rows:
        yield _typed(number, cells, reader)


def _header(cells: Sequence[Cell], columns: Sequence[Column]) -> list[Column | None]:
    """Which column each cell heads. Raises MingjianError naming unknown, repeated and missing ones."""
    named = {name.lower(): column for column in columns for name in column.names()}
    found: list[Column | None] = []
    for place, cell in enumerate(cells, 1):
        text = str(cell or "").strip(" *\t\r\n")
        if not text:
            found.append(None)
            continue
        column = named.get(text.lower())
        if column is None or column in found:
            what = ("重复的列", "a repeated column") if column else ("不认识的列", "an unknown column")
            raise bad_file(
                f"第 1 行第 {place} 列“{text[:40]}”是{what[0]}", f"row 1, column {place}: {text[:40]!r} is {what[1]}",
                Text("请使用导出的模板，不要改动表头", "use the template and leave its header as it is"),
            )  # fmt: skip
        found.append(column)
    missing = [column for column in columns if column.required and column not in found]
    if missing and not any(column is not None and column.key == "id" for column in found):
        lacking = listed(one.title for one in missing)
        raise bad_file(
            f"表头缺少必需的列：{lacking.zh}", f"the header lacks: {lacking.en}", Text("请使用模板", "use the template")
        )
    return found


def _typed(number: int, cells: Sequence[Cell], reader: CellReader) -> SheetRow:
    row = SheetRow(number, {})
    for place, cell in enumerate(cells):
        if cell is None or cell == "":
            continue
        column = reader.columns[place] if place < len(reader.columns) else None
        if column is None:
            row.problems.append(Problem("", Text(f"第 {place + 1} 列没有表头", f"column {place + 1} has no header")))
            continue
        try:
            value = reader.read(place, column, cell)
        except WrongCell as error:
            row.wrong(column.key, error)
        else:
            if value != "":
                row.values[column.key] = value
    return row


def _row(batch_id: str, finding: Finding) -> tuple[Any, ...]:
    return (
        batch_id, finding.row.number, finding.change, finding.subject_id, finding.seen_version, finding.name[:128],
        finding.values, finding.before, [one.document() for one in finding.row.problems],
        [one.document() for one in finding.notes],
    )  # fmt: skip


def _rows(batch: ImportBatch, *, backwards: bool = False) -> Iterator[ImportRow]:
    """Rows that do something, a chunk in memory: by number, so that other statements may run between."""
    doing = batch.rows.filter(change__in=("new", "changed")).defer("errors", "notes", "left")
    rows, at = doing, None
    while True:
        if at is not None:
            rows = doing.filter(**{f"number__{'lt' if backwards else 'gt'}": at})
        some = list(rows.order_by("-number" if backwards else "number")[:CHUNK])
        if not some:
            return
        yield from some
        at = some[-1].number


def _chunks(rows: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while some := list(islice(rows, size)):
        yield some


def _taken(actor: Actor, batch_id: str, expected: int | None, state: str, following: str) -> ImportBatch:
    """The batch, moved on under its lock: of two who press at once, one is told."""
    IMPORT.require(actor)
    batch_by_id(actor, batch_id)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
        require_version(batch.version, expected)
        if batch.state != state:
            raise _wrong_state()
        _move(batch, following)
    return batch


def _begin(batch: ImportBatch, do: Any, *, wait: bool) -> ImportBatch:
    try:
        desk.begin(batch.id, do, lambda error: _failed(batch.id, error), wait=wait)
    except MingjianError:
        _put_back(batch)
        raise
    batch.refresh_from_db()
    return batch


def _failed(batch_id: str, error: MingjianError) -> None:
    batch = ImportBatch.objects.get(pk=batch_id)
    batch.error = _document(error)
    _put_back(batch)


def _put_back(batch: ImportBatch) -> None:
    if batch.state == "reading":
        batch.rows.all().delete()
    _move(batch, AT_WORK.get(batch.state, batch.state))


def _move(batch: ImportBatch, state: str) -> None:
    if state in ("applied", "undone", "applying", "undoing"):
        batch.error = None
    batch.state = state
    batch.version += 1
    batch.save()


def _wrong_state() -> MingjianError:
    return MingjianError(
        "conflict",
        Text("这次导入不在可以这样办理的状态", "the import is not in a state for this"),
        fault=Fault.USER,
        remedy=Text("请刷新后查看", "load it again"),
    )


def _document(error: MingjianError) -> dict[str, str]:
    found = Problem("", error.message, error.remedy).document()
    return {"code": error.code, **found}


def _record(actor: Actor, action: str, batch: ImportBatch, after: Mapping[str, Any], reason: str = "") -> None:
    record(
        actor, action, kind="import", object_id=batch.id, name=batch.name, after=after, policy=IMPORT, reason=reason
    )  # fmt: skip


def _path(batch_id: str) -> Path:
    folder = configuration.current().data_folder
    if folder is None:
        raise MingjianError("no_data_folder", Text("没有数据目录", "there is no data folder"), fault=Fault.ENVIRONMENT)
    return folder / "imports" / batch_id


def _shown(name: str) -> str:
    """The file's name as it is shown: no path, no control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable()).strip()[:128] or "file"
