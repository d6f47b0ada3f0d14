"""Files to import, written by openpyxl and by hand, as people's programs would."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.batches import KINDS, apply_batch, upload
from mingjian.web.exchange.models import ImportBatch

CAMERA = {"name": "北门入口枪机", "organisation": "湖心商场有限公司", "division": "370202"}


def workbook(kind: str, rows: Iterable[Mapping[str, Any]], more: Sequence[str] = ()) -> bytes:
    """The sheet of a kind with the columns that the rows use, headers in Chinese."""
    rows = list(rows)
    keys = [column for column in KINDS[kind].columns if any(column.key in row for row in rows)]
    book = Workbook()
    sheet: Any = book.active
    sheet.append([column.title.zh for column in keys] + list(more))
    for row in rows:
        sheet.append([row.get(column.key) for column in keys])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def table(kind: str, rows: Iterable[Mapping[str, str]], charset: str = "utf-8-sig") -> bytes:
    """The same as CSV."""
    rows = list(rows)
    keys = [column for column in KINDS[kind].columns if any(column.key in row for row in rows)]
    lines = [",".join(column.title.zh for column in keys)]
    lines += [",".join(f'"{row.get(column.key, "")}"' for column in keys) for row in rows]
    return "\r\n".join(lines).encode(charset)


def preview(actor: Actor, content: bytes, kind: str = "cameras", **options: str) -> ImportBatch:
    """Upload and wait for the preview."""
    return upload(actor, kind, f"{kind}.xlsx", io.BytesIO(content), options, wait=True)


def bring_in(actor: Actor, content: bytes, kind: str = "cameras", **options: str) -> ImportBatch:
    """Preview and apply."""
    batch = preview(actor, content, kind, **options)
    assert batch.state == "previewed", batch.error
    assert not batch.rows_refused, [row.errors for row in batch.rows.filter(change="refused")]
    batch = apply_batch(actor, batch.id, None, wait=True)
    assert batch.state == "applied", batch.error
    return batch


def problems(batch: ImportBatch) -> dict[int, list[str]]:
    """Columns at fault by row."""
    return {row.number: [one["column"] for one in row.errors] for row in batch.rows.all() if row.errors}


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """New, changed, same, refused."""
    return batch.rows_new, batch.rows_changed, batch.rows_same, batch.rows_refused
