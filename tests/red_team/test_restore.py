"""A backup that is put back at the command line with a reason."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.app.test_command_line import mingjian
from tests.red_team.attacked import held_now, run_engine

from mingjian.app.backup import backup
from mingjian.app.data_folder import DataFolder
from mingjian.kernel.clock import ManualClock
from mingjian.ledger.leaf import Restore, decode
from mingjian.web import prepared_database


@pytest.mark.more
def test_a_restore_with_a_reason_at_the_command_line_is_a_leaf_of_both_logs_and_told_by_the_audit(
    folder: DataFolder, tmp_path: Path
) -> None:
    """That one without a reason is found: test_ledger.py."""
    assert prepared_database.lay(folder.root / "web" / "web.sqlite3")
    copy, anchor, restored = tmp_path / "b.tgz", tmp_path / "today.json", tmp_path / "restored"
    clock = ManualClock(time.time_ns())
    backup(folder, copy, clock)
    run_engine(folder, clock, 3)
    held_now(folder, clock, anchor)
    done = mingjian("restore", str(copy), "--data", str(restored), "--reason", "磁盘损坏")
    assert done.returncode == 0, done.stderr
    shutil.rmtree(restored / "volumes", ignore_errors=True)
    shutil.copytree(folder.root / "volumes", restored / "volumes")
    run_engine(DataFolder(restored), clock, 1)  # what was recorded since the backup is taken in from its journal

    done = mingjian("ledger", "audit", "--data", str(restored), "--anchor", str(anchor), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["verdict"]) == (3, "declared_restore"), told["findings"]
    assert [(one["log"], one["reason"]) for one in told["restores"]] == [("engine", "磁盘损坏")]
    with closing(sqlite3.connect(restored / "web" / "web.sqlite3")) as web:  # its worker has not yet placed it
        waiting = [decode(bytes(data)) for (data,) in web.execute("SELECT data FROM ledger_pending")]
    assert [one.reason for one in waiting if isinstance(one, Restore)] == ["磁盘损坏"]
