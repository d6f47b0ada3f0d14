"""With root's powers against web's database: what a checkpoint held outside covers is found, also when signed anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.app.ledger_anchor import Anchor, read_anchors
from mingjian.app.ledger_audit import audit_log, web_log_of
from mingjian.app.ledger_export import anchor_of_folder
from mingjian.app.ledger_findings import FolderReport
from mingjian.app.ledger_keys import ensure_key, load_signer, origin_of
from mingjian.kernel.clock import DAY_NS, NS_PER_S, ManualClock
from mingjian.ledger.leaf import ConfigurationChange
from mingjian.web.ledger import fence, queries
from mingjian.web.ledger.actions import append_leaf, sequence, sign_checkpoint
from mingjian.web.ledger.models import PendingLeaf

pytestmark = pytest.mark.django_db

Lines = list[bytes]


def change(number: int, clock: ManualClock) -> ConfigurationChange:
    return ConfigurationChange(
        at_ns=clock.now_ns(), subject=f"camera-{number}", setting="keep_days", before="90", after="30", person="t"
    )


@pytest.fixture
def folder(tmp_path: Path, clock: ManualClock) -> DataFolder:
    """A log of six leaves, signed with the folder's own key."""
    folder = init_data_folder(tmp_path / "data", demo=False, clock=clock)
    ensure_key(folder, "ed25519")
    for number in range(6):
        append_leaf(change(number, clock))
    sign(folder)
    return folder


@pytest.fixture
def anchors(folder: DataFolder, clock: ManualClock, tmp_path: Path) -> list[Anchor]:
    """What is held outside, taken before the attack."""
    return held(folder, clock, tmp_path / "anchor.json")


def held(folder: DataFolder, clock: ManualClock, path: Path) -> list[Anchor]:
    path.write_text(anchor_of_folder(folder, clock.now_ns(), web=True))
    return read_anchors(path)


def sign(folder: DataFolder) -> None:
    sequence("sha256")
    sign_checkpoint(origin_of(folder.identity().instance, "web"), "sha256", lambda: load_signer(folder))


def judge(folder: DataFolder, anchors: list[Anchor], clock: ManualClock) -> set[str]:
    report = FolderReport(hashed=False)
    audit_log(report, web_log_of(folder), anchors, clock.now_ns(), load_signer(folder).public)
    return {finding.code for finding in report.findings}


def by_root(*statements: str) -> None:
    """The database's own fence taken down, and put up again so that nobody sees it."""
    sqlite = connection.vendor == "sqlite"
    down, up = (fence._SQLITE_UNDO, fence._SQLITE) if sqlite else (fence._POSTGRESQL_UNDO, fence._POSTGRESQL)
    with connection.cursor() as cursor:
        for statement in (*down, *statements, *up):
            cursor.execute(statement)


def signed_anew(folder: DataFolder, lines: Lines) -> None:
    """The whole log written once more, with hashes, checkpoints and the folder's own signature."""
    by_root("DELETE FROM ledger_leaf", "DELETE FROM ledger_checkpoint", "DELETE FROM ledger_pending")
    for line in lines:
        PendingLeaf.objects.create(name=hashlib.sha256(line).hexdigest(), data=line)
    sign(folder)


FORGERIES: dict[str, Callable[[Lines], Lines]] = {
    "altered": lambda lines: [*lines[:2], lines[2].replace(b'"90"', b'"31"'), *lines[3:]],
    "deleted": lambda lines: [*lines[:2], *lines[3:]],
    "inserted": lambda lines: [*lines[:2], lines[2].replace(b"camera-2", b"camera-7"), *lines[2:]],
    "reordered": lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]],
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_database_rewritten_and_signed_anew_with_the_real_key_is_found(
    name: str, folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    assert judge(folder, anchors, clock) == set()
    lines = list(queries.leaves())
    forged = FORGERIES[name](lines)
    assert forged != lines
    signed_anew(folder, forged)
    assert judge(folder, [], clock) == set(), "by itself it looks whole: only what is held outside tells"
    assert judge(folder, anchors, clock) & {"differs", "missing", "rolled_back"}


@pytest.mark.parametrize("which", ['"index" = 2', '"index" > 3', '"index" >= 0'])
def test_rows_deleted_behind_the_fence_are_missing(
    which: str, folder: DataFolder, anchors: list[Anchor], clock: ManualClock
) -> None:
    by_root(f"DELETE FROM ledger_leaf WHERE {which}")
    assert judge(folder, anchors, clock) == {"missing"}


def test_yesterdays_database_put_back_is_found_also_when_it_has_grown_since(
    folder: DataFolder, clock: ManualClock, tmp_path: Path
) -> None:
    yesterday = list(queries.leaves())
    clock.advance(DAY_NS)
    for number in range(6, 9):
        append_leaf(change(number, clock))
    sign(folder)
    today = held(folder, clock, tmp_path / "today.json")
    signed_anew(folder, yesterday)
    assert "rolled_back" in judge(folder, today, clock)
    clock.advance(3600 * NS_PER_S)
    for number in range(10, 20):
        append_leaf(change(number, clock))
    sign(folder)
    assert judge(folder, today, clock) & {"differs", "missing"}
