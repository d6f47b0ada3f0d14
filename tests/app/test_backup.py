from __future__ import annotations

import io
import sqlite3
import stat
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from mingjian.app.backup import backup, restore
from mingjian.app.data_folder import DataFolder, init_data_folder
from mingjian.kernel.clock import ManualClock
from mingjian.kernel.errors import MingjianError

CLOCK = ManualClock(1_795_435_200_000_000_000)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = init_data_folder(tmp_path / "d", demo=False, clock=CLOCK)
    with closing(sqlite3.connect(folder.database)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE camera (name TEXT)")
        database.execute("INSERT INTO camera VALUES ('大门')")
        database.commit()
    journal = folder.first_volume / "journal"
    journal.mkdir(exist_ok=True)
    (journal / "000001.jl").write_bytes(b"00000000 {}\n")
    (folder.first_volume / "segments").mkdir(exist_ok=True)
    (folder.first_volume / "segments" / "x.mp4").write_bytes(b"footage")
    return folder


def test_a_restored_folder_is_the_same_but_for_footage(folder: DataFolder, tmp_path: Path) -> None:
    report = backup(folder, tmp_path / "b.tgz", CLOCK)
    assert stat.S_IMODE((tmp_path / "b.tgz").stat().st_mode) == 0o600
    restored = DataFolder(tmp_path / "new")
    assert restore(tmp_path / "b.tgz", restored.root).members == report.members
    assert restored.identity() == folder.identity()
    assert restored.secret_key() == folder.secret_key()
    with closing(sqlite3.connect(restored.database)) as database:
        assert database.execute("SELECT name FROM camera").fetchall() == [("大门",)]
    assert (restored.first_volume / "journal" / "000001.jl").exists()
    assert not (restored.first_volume / "segments").exists()


def test_a_backup_never_overwrites_and_a_restore_never_overwrites(folder: DataFolder, tmp_path: Path) -> None:
    backup(folder, tmp_path / "b.tgz", CLOCK)
    with pytest.raises(MingjianError, match="exists already"):
        backup(folder, tmp_path / "b.tgz", CLOCK)
    with pytest.raises(MingjianError) as caught:
        restore(tmp_path / "b.tgz", folder.root)
    assert caught.value.code == "restore_refused"


def test_any_damage_is_found_before_anything_is_written(folder: DataFolder, tmp_path: Path) -> None:
    whole = tmp_path / "b.tgz"
    backup(folder, whole, CLOCK)
    content = whole.read_bytes()
    for number, at in enumerate(range(20, len(content), max(len(content) // 25, 1))):
        broken = tmp_path / f"broken{number}.tgz"
        broken.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        target = tmp_path / f"t{number}"
        try:
            restore(broken, target)
        except MingjianError as error:
            assert error.code == "backup_broken"  # noqa: PT017
            assert not target.exists()
        else:  # padding behind the last member
            assert DataFolder(target).identity() == folder.identity()


def test_a_member_outside_the_folder_is_refused(folder: DataFolder, tmp_path: Path) -> None:
    whole, evil = tmp_path / "b.tgz", tmp_path / "evil.tgz"
    backup(folder, whole, CLOCK)
    with tarfile.open(whole) as old, tarfile.open(evil, "w:gz") as new:
        for info in old:
            new.addfile(info, old.extractfile(info))
        info = tarfile.TarInfo("../../evil")
        info.size = 1
        new.addfile(info, io.BytesIO(b"x"))
    with pytest.raises(MingjianError) as caught:
        restore(evil, tmp_path / "t")
    assert caught.value.code == "backup_broken"
    assert not (tmp_path / "t").exists()
