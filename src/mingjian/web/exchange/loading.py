"""The way of an import for whoever has the rows themselves: the same checks, rules and record, a chunk a transaction.

For filling a register that nobody works with yet (the demo city). What is applied stays when a later chunk fails: an
import of people's files goes through `batches`, whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web.authority.actor import Actor
from mingjian.web.exchange.batches import KINDS
from mingjian.web.exchange.columns import WrongCell, read_cell
from mingjian.web.exchange.kinds import Finding, SheetRow
from mingjian.web.exchange.models import ImportRow

CHUNK = 500
"""A second or so of the writer's lock."""


def load_rows(actor: Actor, kind: str, rows: Iterable[Mapping[str, str]], reason: str) -> Iterator[int]:
    """Register what the rows (cells by column key) say; gives how many are done after each chunk.

    Raises MingjianError `invalid` naming row and column of the first problem; its chunk is not applied.
    """
    columns = {column.key: column for column in KINDS[kind].columns}
    work = KINDS[kind].work(actor, reason=reason)
    numbered = enumerate(rows, 1)
    done = 0
    while some := list(islice(numbered, CHUNK)):
        read = [SheetRow(number, {}) for number, _ in some]
        for row, (_, cells) in zip(read, some, strict=True):
            for key, cell in cells.items():
                if cell == "":
                    continue
                try:
                    row.values[key] = read_cell(columns[key], cell)
                except WrongCell as error:
                    row.wrong(key, error)
        with transaction.atomic():
            findings = work.look(read)
            work.apply([_row(finding) for finding in findings if finding.change in ("new", "changed")])
            work.finish()
        done += len(some)
        yield done


def _row(finding: Finding) -> ImportRow:
    if finding.row.problems:
        first = finding.row.problems[0]
        raise MingjianError(
            "invalid",
            Text(f"第 {finding.row.number} 行：{first.said.zh}", f"row {finding.row.number}: {first.said.en}"),
            fault=Fault.USER,
            field=first.column,
            remedy=first.remedy,
        )
    return ImportRow(
        number=finding.row.number, change=finding.change, subject_id=finding.subject_id,
        seen_version=finding.seen_version, name=finding.name, values=finding.values, before=finding.before,
    )  # fmt: skip
