"""Taking tickets back: rows in the database, and the file that edges watch (its form: ports.revocation).

The file is written whole from the database and replaced atomically, under a lock that web and command line share.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction

from mingjian.files.whole import replace_file
from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.ports.revocation import Revocation, revocations_to_json
from mingjian.web import configuration, wiring
from mingjian.web.viewing.lifetime import TICKET_MS
from mingjian.web.viewing.models import RevocationRow


def take_back(*, ticket: str = "", viewer: str = "", camera: str = "", session: str = "") -> None:
    """Within a transaction: take back what fits, and tell the edges on commit."""
    if not (ticket or viewer or camera or session):
        raise ValueError("a revocation without a name would take back every ticket")
    now_ms = wiring.clock().now_ns() // 1_000_000
    RevocationRow.objects.filter(until_ms__lte=now_ms).delete()
    RevocationRow.objects.create(
        ticket=ticket, viewer=viewer, camera=camera, session=session, from_ms=now_ms, until_ms=now_ms + TICKET_MS
    )
    transaction.on_commit(write_file)


def take_back_all(tickets: Sequence[str]) -> None:
    """Within a transaction: take these tickets back, by their ids, and tell the edges once, on commit."""
    now_ms = wiring.clock().now_ns() // 1_000_000
    RevocationRow.objects.filter(until_ms__lte=now_ms).delete()
    RevocationRow.objects.bulk_create(
        RevocationRow(ticket=ticket, from_ms=now_ms, until_ms=now_ms + TICKET_MS) for ticket in tickets
    )
    if tickets:
        transaction.on_commit(write_file)


def write_file() -> None:
    """Write the file from the database; also done when web starts.

    Raises MingjianError `revocations_not_written` when the disk refuses: the rows stand, the next writing has them.
    """
    path = configuration.current().revocations_file
    try:
        with _lock(path):
            replace_file(path, json.dumps(revocations_to_json(in_force())).encode())
    except OSError as error:
        raise MingjianError(
            "revocations_not_written",
            Text(
                zh="凭证已收回，但尚未通知边缘服务：无法写入 plan/revocations.json",
                en="the tickets are taken back, but the edges were not told: plan/revocations.json cannot be written",
            ),
            fault=Fault.ENVIRONMENT,
            remedy=Text(
                zh="请检查数据目录的空间和权限后重试", en="check space and permissions of the data folder, then retry"
            ),
            detail=str(error),
        ) from error


def in_force() -> tuple[Revocation, ...]:
    """What is taken back: entries whose every ticket has expired are left out."""
    now_ms = wiring.clock().now_ns() // 1_000_000
    rows = RevocationRow.objects.filter(until_ms__gt=now_ms).order_by("id")
    return tuple(Revocation(row.from_ms, row.viewer, row.camera, row.ticket, row.session) for row in rows)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One writer at a time, whichever process: who reads the database last writes last."""
    with open(path.with_suffix(".lock"), "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
