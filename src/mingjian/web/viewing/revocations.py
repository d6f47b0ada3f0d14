"""Taking tickets back: rows in the database, and the file that edges watch.

The file `plan/revocations.json` is written whole and replaced atomically:
`{"format": 1, "revocations": [{"ticket"?, "viewer"?, "camera"?, "session"?, "from_ms", "until_ms"}]}`.
An entry takes back every ticket that fits all of its names and was issued at or before `from_ms`; after `until_ms` it
means nothing, because all such tickets have expired.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import transaction

from mingjian.kernel.errors import Fault, MingjianError
from mingjian.kernel.text import Text
from mingjian.web import configuration, wiring
from mingjian.web.viewing.lifetime import TICKET_MS
from mingjian.web.viewing.models import Revocation

FORMAT = 1
_NAMES = ("ticket", "viewer", "camera", "session")


def take_back(*, ticket: str = "", viewer: str = "", camera: str = "", session: str = "") -> None:
    """Within a transaction: take back what fits, and tell the edges on commit."""
    if not (ticket or viewer or camera or session):
        raise ValueError("a revocation without a name would take back every ticket")
    now_ms = wiring.clock().now_ns() // 1_000_000
    Revocation.objects.filter(until_ms__lte=now_ms).delete()
    Revocation.objects.create(
        ticket=ticket, viewer=viewer, camera=camera, session=session, from_ms=now_ms, until_ms=now_ms + TICKET_MS
    )
    transaction.on_commit(write_file)


def write_file() -> None:
    """Write the file from the database; also done when web starts.

    Raises MingjianError `revocations_not_written` when the disk refuses: the rows stand, the next writing has them.
    """
    path = configuration.current().revocations_file
    try:
        with _lock(path):
            _replace(path, {"format": FORMAT, "revocations": [_entry(row) for row in _in_force()]})
    except OSError as error:
        raise MingjianError(
            "revocations_not_written",
            Text(
                zh="凭证已收回,但尚未通知边缘服务:无法写入 plan/revocations.json",
                en="the tickets are taken back, but the edges were not told: plan/revocations.json cannot be written",
            ),
            fault=Fault.ENVIRONMENT,
            remedy=Text(
                zh="请检查数据目录的空间和权限后重试", en="check space and permissions of the data folder, then retry"
            ),
            detail=str(error),
        ) from error


def _in_force() -> list[Revocation]:
    now_ms = wiring.clock().now_ns() // 1_000_000
    return list(Revocation.objects.filter(until_ms__gt=now_ms).order_by("id"))


def _entry(row: Revocation) -> dict[str, Any]:
    entry: dict[str, Any] = {name: getattr(row, name) for name in _NAMES if getattr(row, name)}
    return {**entry, "from_ms": row.from_ms, "until_ms": row.until_ms}


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One writer at a time, whichever process: who reads the database last writes last."""
    with open(path.with_suffix(".lock"), "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _replace(path: Path, value: object) -> None:
    fresh = path.with_suffix(".new")
    with open(fresh, "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
